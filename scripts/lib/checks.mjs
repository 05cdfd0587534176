// The checks without a run, each with a name; all are done, whatever fails.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { checkArrows } from './arrows.mjs';
import { checkHygiene, checkLinks } from './hygiene.mjs';
import { Failure, root, run } from './run.mjs';
import { GENERATED, staleTypes } from './types.mjs';

const TSC = join(root, 'node_modules/typescript/bin/tsc');

/** @type {readonly (readonly [string, () => Promise<boolean>])[]} */
const CHECKS = [
  ['rustfmt', () => succeeds('cargo', ['fmt', '--all', '--check'])],
  ['rustfmt of the fuzzing', () => succeeds('cargo', ['fmt', '--manifest-path', 'crates/fuzz/Cargo.toml', '--check'])],
  ['clippy', () => succeeds('cargo', ['clippy', '--workspace', '--all-targets', '--quiet', '--', '-D', 'warnings'])],
  ['types', () => succeeds(process.execPath, [TSC, '--noEmit'])],
  ['arrows', () => sentences(checkArrows())],
  ['style', async () => sentences(await checkHygiene())],
  ['links', () => sentences(checkLinks())],
  ['generated types', async () => (existsSync(join(root, GENERATED)) ? sentences([await staleTypes()].filter((text) => text !== undefined)) : sentences([`${GENERATED} is missing; npm run types writes it.`]))],
];

/** @returns {Promise<string[]>} the names of the checks that failed. */
export async function runChecks() {
  const failed = [];
  for (const [name, check] of CHECKS) {
    console.log(`check: ${name}`);
    if (!(await holds(check))) failed.push(name);
  }
  return failed;
}

async function holds(check) {
  try {
    return await check();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    console.log(error.message);
    return false;
  }
}

async function succeeds(program, args) {
  return (await run(program, args)).code === 0;
}

async function sentences(problems) {
  for (const problem of problems) console.log(problem);
  return problems.length === 0;
}
