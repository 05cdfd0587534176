// The way from a fresh clone to everything that bundling needs, said step by step.
import { checkTools, npmPackages, wasmTarget } from './setup.mjs';

const STEPS = 5;

/**
 * Sets up and builds the core. Steps 1 to 4 of 5; the caller does the last.
 * @returns {Promise<void>}
 */
export async function prepare() {
  const rustc = await checkTools();
  say(1, `Tools: ${rustc}, Node ${process.versions.node}`);
  const target = await wasmTarget();
  say(2, `Wasm target: ${target.how}`);
  const installed = await npmPackages();
  say(3, `npm packages: ${installed ? 'installed' : 'unchanged'}`);
  const { compileCore, finishCore } = await import('./core.mjs');
  say(4, 'Core: compiling what changed');
  await compileCore(target);
  const made = await finishCore();
  if (made) say(4, 'Core: optimised');
}

/** @param {number} step 1 to 5 */
export function say(step, text) {
  console.log(`${step}/${STEPS} ${text}`);
}
