import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root, run } from '../run.mjs';
import { buildAssembler } from './build.mjs';
import { report } from './report.mjs';

/** On a busy machine the assembler and its libraries take a minute, once (chosen: far above). */
const BUILD_MS = 600_000;

/** A folder with modules, good and bad. */
let folder;

beforeAll(async () => {
  await buildAssembler();
  folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const wat = (name, text) => writeFileSync(join(folder, name), text);
  wat('good.wat', `(module
    (func (export "add") (param i32 i64) (result i32) (local.get 0))
    (func (export "spin") (loop (br 0)))
    (func (export "trap") (unreachable))
    (func (export "vector") (param v128)))`);
  wat('start.wat', '(module (func $spin (loop (br 0))) (start $spin) (func (export "run")))');
  wat('imports.wat', '(module (import "env" "log" (func)) (func (export "run")))');
  wat('typo.wat', '(module\n  (fun))');
  wat('invalid.wat', '(module (func (export "run") (result i32)))');
  writeFileSync(join(folder, 'damaged.wasm'), Uint8Array.from([0, 97, 115, 109, 1, 0, 0, 0, 1, 99]));
  mkdirSync(join(folder, 'sub'));
}, BUILD_MS);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What `npm run bench` says that does not get to the measuring. */
async function refused(...words) {
  const { code, output } = await run(process.execPath, [join(root, 'scripts/bench.mjs'), ...words], {
    quiet: true,
    env: { INIT_CWD: folder },
  });
  expect(code).toBe(1);
  return output.trim();
}

describe('bench with bad input ends with one sentence and code 1', () => {
  const cases = [
    [['none.wasm', 'run'], 'There is no file none.wasm.'],
    [['sub', 'run'], 'sub is no file; name a module, .wat or .wasm.'],
    [['typo.wat', 'run'], 'typo.wat is no WebAssembly text: expected valid module field, in line 2, column 4.'],
    [['invalid.wat', 'run'], /^invalid\.wat is no valid WebAssembly: type mismatch: [^\n]*\.$/],
    [['damaged.wasm', 'run'], /^damaged\.wasm is no valid WebAssembly: [^\n]*\.$/],
    [['imports.wat', 'run'], 'imports.wat imports "env" "log"; only modules without imports can be measured.'],
    [['good.wat'], 'After good.wat, name the function to call; it exports add, spin, trap, vector.'],
    [['good.wat', 'sub'], 'good.wat exports no function sub; it exports add, spin, trap, vector.'],
    [['good.wat', 'add', '1'], 'add takes 2 arguments (i32, i64), not 1.'],
    [['good.wat', 'add', 'x', '1'], '"x" is not an integer, which i32 asks for.'],
    [['good.wat', 'add', '-2147483649', '1'], '-2147483649 does not fit i32.'],
    [['good.wat', 'vector', '1'], 'vector takes or gives a value of type v128; only numbers can be given and compared.'],
    [['good.wat', 'trap'], 'good.wat trap fails: unreachable.'],
    [['--limit', '2', 'good.wat', 'spin'], 'good.wat spin does not end within 2 s on Node; give it less to do, or more time with --limit 4.'],
    [['--limit', '2', 'start.wat', 'run'], 'start.wat run does not start within 2 s on Node; give it less to do, or more time with --limit 4.'],
    [['--only', 'none'], /^There is no kernel none; there are fib, [^\n]*\.$/],
    [['--only', 'fib', 'good.wat', 'add', '1', '2'], '--only chooses among our kernels; leave it out with a module of your own.'],
    [['--readme', '--only', 'fib'], '--readme writes the figures of a whole run: all kernels, in all browsers.'],
    [['--rounds', '0'], '--rounds takes a whole number from 1.'],
    [['--limit', 'long'], '--limit takes a number of seconds, above 0 and at most 3600.'],
    [['--fast'], "Unknown option '--fast'."],
  ];
  it.each(cases)('%s', async (words, sentence) => {
    const said = await refused(...words);
    if (typeof sentence === 'string') expect(said).toBe(sentence);
    else expect(said).toMatch(sentence);
  });
});

describe('the report', () => {
  const kernel = (name, original) => ({ name, what: 'sums', original });
  const medians = (native, waspnest, wasmi) => ({ native, waspnest, ...(wasmi && { wasmi }) });
  const text = report({
    names: ['Chromium', 'Firefox'],
    places: [{ name: 'Chromium', version: '1.2' }],
    results: [
      { kernel: kernel('a', true), medians: { Chromium: medians(1, 4, 16) }, loops: { Chromium: 1.21 }, notes: [] },
      { kernel: kernel('b', true), medians: { Chromium: medians(2, 32, 64) }, loops: { Chromium: 1 }, notes: [] },
      { kernel: kernel('c', false), medians: { Chromium: medians(0.5, 32) }, loops: {}, notes: ['wasmi cannot run c'] },
    ],
    rounds: 3,
    opening: { bytes: 1_234_567, times: { Chromium: { validated: 20, first: 1.5 } } },
  });
  const cells = (name) => text.split('\n').find((line) => line.startsWith(`| ${name} `))?.split('|').slice(3, -1).map((cell) => cell.trim());

  it('names the engines and how often they were asked', () => {
    expect(text).toContain('one run: Chromium 1.2; Waspnest ');
    expect(text).toContain('medians of 3 rounds');
  });

  it('shows times of other engines as multiples of the native one, and a dash for what is not there', () => {
    expect(cells('a')).toEqual(['1.00', '4.00', '16.0', '–', '–', '–']);
    expect(cells('c')).toEqual(['0.50', '64.0', '–', '–', '–', '–']);
  });

  it('takes geometric means over the first kernels and over all, where an engine runs all', () => {
    const means = text.split('\n').filter((line) => line.startsWith('| mean'));
    expect(means[0]).toMatch(/of the first 2 +\| +\| +8\.00 \| +22\.6 \| +\| +– \| +– \|$/);
    expect(means[1]).toMatch(/of all 3 +\| +\| +16\.0 \| +– \|/);
  });

  it('tells what all the ops cost the loop, and how fast a module is open', () => {
    expect(text).toContain('alone: 1.100 in Chromium (at most 1.15).');
    expect(text).toContain('A module of 1.2 MB is opened, and validated; its first instruction has run 1.50 ms after that in Chromium');
    expect(text).toContain('Waspnest is 2.83 times as fast as wasmi in Chromium (mean of the first 2).');
    expect(text).toContain('wasmi cannot run c.');
  });
});
