// Building what the benchmark runs: interpreters, kernels, and the assembler that reads modules.
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { must, root } from '../run.mjs';

const WORKSPACE = join(root, 'crates/bench');
const TARGET_DIR = join(root, 'target/bench');

/** What the page of the benchmark serves. */
export const SITE = join(TARGET_DIR, 'site');

/** The interpreter whose loop has the ops of WebAssembly 1.0 alone; the same code otherwise. */
export const SCALAR = 'scalar';

export const PEERS = [
  { name: 'waspnest', package: 'waspnest-bench-ours', file: 'waspnest.wasm' },
  { name: SCALAR, package: 'waspnest-bench-ours', file: 'scalar.wasm', features: ['scalar-loop'], originalOnly: true },
  { name: 'wasmi', package: 'waspnest-bench-wasmi', file: 'wasmi.wasm' },
];

/** The kernels that are compiled from Rust, by their names, with their packages. */
export const PROGRAMS = { 'json-regex': 'waspnest-bench-json-regex', deflate: 'waspnest-bench-deflate' };

/** @returns {Promise<string>} the path of the assembler. */
export async function buildAssembler() {
  mkdirSync(SITE, { recursive: true });
  const args = ['build', '--quiet', '-p', 'waspnest-bench-assemble'];
  await must('The assembler could not be built', 'cargo', args, { env: { CARGO_TARGET_DIR: TARGET_DIR }, cwd: WORKSPACE });
  return join(TARGET_DIR, 'debug/waspnest-bench-assemble');
}

/** @param {import('../setup.mjs').WasmTarget} target */
export async function buildPrograms(target) {
  await compile(target, Object.values(PROGRAMS), []);
}

/** @param {import('../setup.mjs').WasmTarget} target */
export async function buildPeers(target) {
  // One after the other: packages that are built together are built with the features of all.
  for (const { package: name, file, features = [] } of PEERS) {
    await compile(target, [name], features);
    await optimise(compiled(name), join(SITE, file));
  }
  for (const file of ['index.html', 'driver.js', 'worker.js']) copyFileSync(join(root, 'bench', file), join(SITE, file));
}

async function compile(target, packages, features) {
  const env = { ...target.env, CARGO_TARGET_DIR: TARGET_DIR };
  const chosen = [...packages.flatMap((name) => ['-p', name]), ...features.flatMap((name) => ['--features', name])];
  const args = ['build', '--release', ...target.args, ...chosen];
  await must(`${packages.join(' and ')} could not be built`, 'cargo', args, { env, cwd: WORKSPACE });
}

/** Where cargo puts a package's module. */
export function compiled(name) {
  return join(TARGET_DIR, 'wasm32-unknown-unknown/release', `${name.replaceAll('-', '_')}.wasm`);
}

/** All interpreters get what the page's core gets. */
async function optimise(from, to) {
  const { OPTIMISE } = await import('../core.mjs');
  const { hashOf, isFresh, writeStamp } = await import('../stamp.mjs');
  const [input, output] = [relative(root, from), relative(root, to)];
  const hash = hashOf([input], [OPTIMISE.join(' ')]);
  if (isFresh(`${output}.stamp`, hash, [output])) return;
  const wasmOpt = join(root, 'node_modules/binaryen/bin/wasm-opt');
  await must('An interpreter could not be optimised', process.execPath, [wasmOpt, ...OPTIMISE, '--strip-debug', from, '-o', to]);
  writeStamp(`${output}.stamp`, hash);
}

/** The versions of what is compared, as they are locked. */
export function versions() {
  const wasmi = /^name = "wasmi"\nversion = "(.*)"$/m.exec(readFileSync(join(WORKSPACE, 'Cargo.lock'), 'utf8'))?.[1];
  return { waspnest: JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version, wasmi };
}
