// Measures the machine side by side with the browser's own engine and with wasmi, in one run.
//   npm run bench                                  all kernels, in Chromium
//   npm run bench -- MODULE EXPORT ARGS...         any module (.wat or .wasm), any exported function
// Options: --firefox, --node (no browser), --rounds N, --only KERNEL.
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { basename, extname, join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Failure, main, must, root } from './lib/run.mjs';

const WORKSPACE = join(root, 'crates/bench');
const TARGET_DIR = join(root, 'target/bench');
const SITE = join(TARGET_DIR, 'site');
const PEERS = [
  { name: 'waspnest', package: 'waspnest-bench-ours', file: 'waspnest.wasm' },
  { name: 'wasmi', package: 'waspnest-bench-wasmi', file: 'wasmi.wasm' },
];
/** The kernel that is compiled from Rust. */
const PROGRAM = { name: 'json-regex', package: 'waspnest-bench-json-regex' };
/** Odd, so that a median is one of the times measured; 9 keeps a whole run under two minutes (chosen). */
const ROUNDS = 9;

main(async () => {
  const { values: options, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      firefox: { type: 'boolean', default: false },
      node: { type: 'boolean', default: false },
      rounds: { type: 'string', default: String(ROUNDS) },
      only: { type: 'string' },
    },
    // A negative number is an argument of the function, not an option.
    args: process.argv.slice(2).map((word) => (/^-[\d.]/.test(word) ? ` ${word}` : word)),
  });
  const rounds = Number(options.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) throw new Failure('--rounds takes a whole number from 1.');

  const { checkTools, npmPackages, wasmTarget } = await import('./lib/setup.mjs');
  await checkTools();
  await npmPackages();
  mkdirSync(SITE, { recursive: true });
  await build(await wasmTarget());
  const kernels = positionals.length > 0 ? [await ownKernel(positionals)] : await ourKernels(options.only);
  const plan = { kernels, peers: PEERS.map(({ name, file }) => ({ name, file })), rounds };

  const where = options.node ? inNode : options.firefox ? inFirefox : inChromium;
  const { engine, results } = await where(plan);
  print(engine, results, rounds);
});

async function build(target) {
  console.log('Building the machine, wasmi and the kernels');
  const env = { ...target.env, CARGO_TARGET_DIR: TARGET_DIR };
  const packages = [...PEERS, PROGRAM].flatMap(({ package: name }) => ['-p', name]);
  await must('The interpreters could not be built', 'cargo', ['build', '--release', ...target.args, ...packages], {
    env,
    cwd: WORKSPACE,
  });
  await must('The assembler could not be built', 'cargo', ['build', '--release', '-p', 'waspnest-bench-assemble'], {
    env: { CARGO_TARGET_DIR: TARGET_DIR },
    cwd: WORKSPACE,
  });
  for (const { package: name, file } of PEERS) await optimise(compiled(name), join(SITE, file));
  for (const file of ['index.html', 'driver.js']) copyFileSync(join(root, 'bench', file), join(SITE, file));
}

function compiled(name) {
  return join(TARGET_DIR, 'wasm32-unknown-unknown/release', `${name.replaceAll('-', '_')}.wasm`);
}

/** Both interpreters get what the page's core gets. */
async function optimise(from, to) {
  const { OPTIMISE } = await import('./lib/core.mjs');
  const { hashOf, isFresh, writeStamp } = await import('./lib/stamp.mjs');
  const [input, output] = [relative(root, from), relative(root, to)];
  const hash = hashOf([input], [OPTIMISE.join(' ')]);
  if (isFresh(`${output}.stamp`, hash, [output])) return;
  const wasmOpt = join(root, 'node_modules/binaryen/bin/wasm-opt');
  await must('An interpreter could not be optimised', process.execPath, [wasmOpt, ...OPTIMISE, from, '-o', to]);
  writeStamp(`${output}.stamp`, hash);
}

async function ourKernels(only) {
  const listed = JSON.parse(readFileSync(join(root, 'bench/kernels.json'), 'utf8'));
  const chosen = listed.filter(({ name }) => only === undefined || name === only);
  if (chosen.length === 0) throw new Failure(`There is no kernel ${only}; there are ${listed.map(({ name }) => name).join(', ')}.`);
  const kernels = [];
  for (const { name, n } of chosen) {
    const from = name === PROGRAM.name ? compiled(PROGRAM.package) : join(root, 'bench/kernels', `${name}.wat`);
    kernels.push({ name, ...(await kernel(from, 'run', [String(n)])) });
  }
  return kernels;
}

async function ownKernel([file, func, ...args]) {
  if (func === undefined) throw new Failure('After the module, name the exported function and its arguments.');
  return { name: `${basename(file)} ${func}`, ...(await kernel(resolve(process.env.INIT_CWD ?? '.', file), func, args)) };
}

/** Puts a module into the site and finds out what the function takes. */
async function kernel(from, func, words) {
  const file = `${basename(from, extname(from))}.kernel.wasm`;
  const assembler = join(TARGET_DIR, 'release/waspnest-bench-assemble');
  const description = await must('The module cannot be read', assembler, [from, join(SITE, file)], { quiet: true });
  const lines = description.trim().split('\n').map((line) => line.split('\t'));
  const imported = lines.find(([kind]) => kind === 'import');
  if (imported) {
    throw new Failure(`${basename(from)} imports "${imported[1]}" "${imported[2]}"; only modules without imports can be measured.`);
  }
  const funcs = lines.filter(([kind]) => kind === 'func');
  const found = funcs.find(([, name]) => name === func);
  if (!found) {
    const names = funcs.map(([, name]) => name).join(', ');
    throw new Failure(`${basename(from)} exports no function ${func}; it exports ${names || 'none'}.`);
  }
  const [params, results] = found.slice(2).map((list) => (list === '-' ? [] : list.split(',')));
  if (params.length !== words.length) {
    throw new Failure(`${func} takes ${params.length} arguments (${params.join(', ') || 'none'}), not ${words.length}.`);
  }
  return { file, func, params, results, args: words.map((word, i) => bitsOf(word.trim(), params[i])) };
}

/** An argument as bits in decimal, which any page can read. */
function bitsOf(word, type) {
  const view = new DataView(new ArrayBuffer(8));
  if (type === 'i32' || type === 'i64') {
    if (!/^-?(\d+|0x[\da-f]+)$/i.test(word)) throw new Failure(`${word} is not an integer, which ${type} asks for.`);
    const value = word.startsWith('-') ? -BigInt(word.slice(1)) : BigInt(word);
    const width = type === 'i32' ? 32 : 64;
    if (value < -(1n << BigInt(width - 1)) || value >= 1n << BigInt(width)) {
      throw new Failure(`${word} does not fit ${type}.`);
    }
    return BigInt.asUintN(width, value).toString();
  }
  if (type !== 'f32' && type !== 'f64') throw new Failure(`Arguments of type ${type} cannot be given.`);
  const names = { nan: NaN, inf: Infinity, '-inf': -Infinity };
  const value = names[word] ?? (word === '' ? NaN : Number(word));
  if (Number.isNaN(value) && word !== 'nan') throw new Failure(`${word} is not a number, which ${type} asks for.`);
  if (type === 'f32') view.setFloat32(0, value, true);
  else view.setFloat64(0, value, true);
  return view.getBigUint64(0, true).toString();
}

async function inNode(plan) {
  const { measure } = await import('../bench/driver.js');
  const results = await measure(plan, async (file) => readFileSync(join(SITE, file)), (name) => console.log(`Measuring ${name}`));
  return { engine: `Node ${process.versions.node} (V8 ${process.versions.v8})`, results };
}

async function inChromium(plan) {
  const { chromium } = await import('playwright-core');
  const { CHROMIUM_FLAGS, findChromium } = await import('./lib/browsers.mjs');
  const browser = await chromium.launch({ executablePath: await findChromium(), args: CHROMIUM_FLAGS });
  try {
    const page = await browser.newPage();
    const results = await inPage(plan, page);
    return { engine: `Chromium ${browser.version()}`, results };
  } finally {
    await browser.close();
  }
}

async function inFirefox(plan) {
  const { default: puppeteer } = await import('puppeteer-core');
  const { findFirefox } = await import('./lib/browsers.mjs');
  const executablePath = findFirefox();
  if (executablePath === undefined) throw new Failure('Firefox was not found: install it, or set FIREFOX to its path.');
  // A run takes longer than the three minutes that a command may take by default.
  const browser = await puppeteer.launch({ browser: 'firefox', executablePath, headless: true, protocolTimeout: 0 });
  try {
    const results = await inPage(plan, await browser.newPage());
    return { engine: (await browser.version()).replace('firefox/', 'Firefox '), results };
  } finally {
    await browser.close();
  }
}

/** Measures in a page; both libraries' pages know what is called here. */
async function inPage(plan, page) {
  const { serve } = await import('./lib/serve.mjs');
  const server = await serve(SITE, 0);
  try {
    page.on('console', (message) => console.log(message.text()));
    await page.goto(server.url);
    return await page.evaluate((given) => globalThis.measure(given), plan);
  } finally {
    await server.close();
  }
}

function print(engine, results, rounds) {
  const ratio = (a, b) => results.map(({ medians }) => medians[a] / medians[b]);
  const rows = results.map(({ name, medians: { native, waspnest, wasmi } }) => [
    name,
    ms(native),
    ms(waspnest),
    times(waspnest / native),
    times(wasmi / native),
    times(waspnest / wasmi),
  ]);
  rows.push(['geometric mean', '', '', ...[ratio('waspnest', 'native'), ratio('wasmi', 'native'), ratio('waspnest', 'wasmi')].map((list) => times(geometricMean(list)))]);
  const wasmi = /^name = "wasmi"\nversion = "(.*)"$/m.exec(readFileSync(join(WORKSPACE, 'Cargo.lock'), 'utf8'))?.[1];
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  console.log(`\n${engine}; Waspnest ${version} with exact gas; wasmi ${wasmi} with fuel; medians of ${rounds} rounds\n`);
  console.log(table(['kernel', 'native ms', 'Waspnest ms', 'Waspnest / native', 'wasmi / native', 'Waspnest / wasmi'], rows));
}

function geometricMean(list) {
  return Math.exp(list.reduce((sum, x) => sum + Math.log(x), 0) / list.length);
}

function ms(value) {
  return value.toFixed(value < 10 ? 2 : 1);
}

function times(value) {
  return value.toFixed(value < 10 ? 2 : 1);
}

/** A Markdown table whose columns also line up in a terminal. */
function table(head, rows) {
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i].length)));
  const line = (cells) => `| ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join(' | ')} |`;
  const rule = `|${widths.map((width, i) => (i === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  return [line(head), rule, ...rows.map(line)].join('\n');
}
