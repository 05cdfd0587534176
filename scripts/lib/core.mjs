// The core: bindings and engine compiled to Wasm, with the JavaScript glue, in web/pkg/.
import { copyFileSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { namedByPlace } from './order.mjs';
import { must, root } from './run.mjs';
import { filesBelow, hashOf, isFresh, writeStamp } from './stamp.mjs';

const COMPILED = 'target/wasm32-unknown-unknown/release/waspnest_bindings.wasm';
/** The machine as a module without imports, for the example in which it runs itself. */
const NEST = 'target/wasm32-unknown-unknown/release/waspnest_nest.wasm';
const PKG = 'web/pkg';
const OUTPUTS = ['waspnest.js', 'waspnest.d.ts', 'core.wasm', 'nest.wasm'].map((name) => `${PKG}/${name}`);

// What rustc enables for this target by itself; wasm-opt refuses code that uses more than it was told.
const FEATURES = ['bulk-memory', 'bulk-memory-opt', 'multivalue', 'mutable-globals', 'nontrapping-float-to-int', 'reference-types', 'sign-ext', 'simd'];
/** While developing, cargo may add a new dependency to the lock file. */
const LOCKED = process.env.CI ? ['--locked'] : [];

const ALLOWED = FEATURES.map((name) => `--enable-${name}`);

/**
 * What wasm-opt does with the core, and with the interpreters that it is measured against: everything but
 * inlining. The compiler has inlined what pays, and more of it makes the core a fifth larger (measured: 593 kB
 * gzipped without, 747 kB with). What is known of all functions together, and further rounds for as long as they find something,
 * save 4 kB. The most called functions stand first, so that their numbers are short.
 */
export const OPTIMISE = ['-O3', '--gufa-optimizing', '-O4', '--converge', '-ocimfs=0', '-aimfs=0', '-fimfs=0', '--reorder-functions', '--strip-producers', ...ALLOWED];
/** Puts functions where their names say: beside those like them, which saves 12 kB gzipped of 616 kB in the order of their own names (measured). */
const ARRANGE = ['--reorder-functions-by-name', '--strip-debug', ...ALLOWED];

/**
 * Compiles the core.
 * @param {import('./setup.mjs').WasmTarget} target
 */
export async function compileCore(target) {
  await must(
    'The core could not be compiled',
    'cargo',
    ['build', '--release', ...LOCKED, ...target.args, '-p', 'waspnest-bindings', '-p', 'waspnest-nest'],
    { env: { ...target.env, CARGO_ENCODED_RUSTFLAGS: `--remap-path-prefix=${registryFolder()}=registry` } },
  );
}

/** Panics name their source; whose machine it lay on is nobody's business and makes no two builds alike. */
function registryFolder() {
  return join(process.env.CARGO_HOME ?? join(homedir(), '.cargo'), 'registry', 'src');
}

/** Makes the glue and optimises the core, unless both were made from this very core. Says whether it did. */
export async function finishCore() {
  const xtask = filesBelow(['crates/xtask']);
  const hash = hashOf([COMPILED, NEST, 'Cargo.lock', 'scripts/lib/order.mjs', ...xtask], [...OPTIMISE, ...ARRANGE]);
  if (isFresh(`${PKG}/.stamp`, hash, OUTPUTS)) return false;
  console.log('4/5 Core: making its JavaScript glue and optimising (the first time the generator is compiled too, which takes minutes)');
  mkdirSync(join(root, PKG), { recursive: true });
  await must('The JavaScript glue could not be made', 'cargo', [
    ...['run', '--quiet', ...LOCKED, '-p', 'xtask', '--', 'bindgen', COMPILED, PKG],
  ]);
  const raw = join(root, PKG, 'waspnest_bg.wasm');
  const wasmOpt = join(root, 'node_modules/binaryen/bin/wasm-opt');
  for (const [from, name] of [[raw, 'core.wasm'], [join(root, NEST), 'nest.wasm']]) {
    const done = join(root, PKG, name);
    const half = `${done}.tmp`;
    await must('The core could not be optimised', process.execPath, [wasmOpt, ...OPTIMISE, '-g', from, '-o', half]);
    writeFileSync(half, namedByPlace(readFileSync(half)));
    await must('The functions of the core could not be put in order', process.execPath, [wasmOpt, ...ARRANGE, half, '-o', half]);
    renameSync(half, done);
  }
  rmSync(raw);
  writeStamp(`${PKG}/.stamp`, hash);
  return true;
}

/** Puts the core where it is served from, and says its size in bytes. */
export function copyCore(to) {
  const from = join(root, PKG, 'core.wasm');
  copyFileSync(from, to);
  return statSync(from).size;
}
