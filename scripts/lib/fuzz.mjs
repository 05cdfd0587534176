// Building the fuzzing, which has a workspace of its own.
import { join } from 'node:path';
import { must, root, run } from './run.mjs';

const WORKSPACE = join(root, 'crates/fuzz');
const ENV = { CARGO_TARGET_DIR: join(root, 'target/fuzz') };

/**
 * @param {{ long: boolean }} options `long`: worth the minutes it takes to optimise the other engine.
 * @returns {Promise<string>} the path of the program.
 */
export async function buildFuzz({ long }) {
  console.log(long ? 'Building the fuzzing, optimised' : 'Building the fuzzing');
  const args = ['build', ...(long ? ['--release'] : [])];
  await must('The fuzzing could not be built', 'cargo', args, { env: ENV, cwd: WORKSPACE });
  return join(ENV.CARGO_TARGET_DIR, long ? 'release' : 'debug', 'waspnest-fuzz');
}

/** Its tests, with a short run of all kinds of cases among them. */
export async function testFuzz() {
  return (await run('cargo', ['test', '--quiet'], { env: ENV, cwd: WORKSPACE })).code;
}

/** Generated modules of the browser test (chosen: a few seconds in the page). */
const SAMPLE_MODULES = 150;

/**
 * Writes generated modules and what becomes of them.
 * @returns {Promise<string>} the path of the file.
 */
export async function writeSample() {
  const program = await buildFuzz({ long: false });
  const file = join(ENV.CARGO_TARGET_DIR, 'sample.json');
  await must('No modules could be generated', program, ['sample', '--cases', String(SAMPLE_MODULES), '--out', file]);
  return file;
}
