// The figures as tables: for the terminal, and for the README between its markers.
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { Failure, root } from '../run.mjs';
import { versions } from './build.mjs';
import { OURS } from './measure.mjs';

const README = join(root, 'README.md');
const BEGIN = '<!-- bench: written by npm run bench -- --readme -->';
const END = '<!-- end of bench -->';

/** What the loop with all ops may take, of what it takes with those of WebAssembly 1.0 (chosen). */
const MOST_LOOP = 1.15;
/** Milliseconds that the first instruction may take after validation (chosen: one does not wait for it). */
const MOST_OPENING_MS = 20;

const NOTHING = '–';

/**
 * @typedef {import('./measure.mjs').Result} Result
 * @typedef {{
 *   names: readonly string[],
 *   places: readonly { name: string, version: string }[],
 *   results: readonly Result[],
 *   rounds: number,
 *   opening?: { bytes: number, times: Record<string, { validated: number, first: number }> },
 * }} Figures `names`: of the columns; a place that was not to be had is none of `places`.
 */

/**
 * All that was found, as Markdown that also lines up in a terminal.
 * @param {Figures} figures
 */
export function report({ names, places, results, rounds, opening }) {
  const { waspnest, wasmi } = versions();
  const engines = places.map(({ name, version }) => `${name} ${version}`).join(' and ');
  const paragraphs = [
    `${day()}, ${cpu()}, one run: ${engines}; Waspnest ${waspnest} with exact gas; wasmi ${wasmi} with fuel; medians of ${rounds} rounds. ` +
      `Times of Waspnest and wasmi are multiples of the browser's own.`,
    table(head(names), [...results.map((result) => row(result, names)), ...means(results, names)]),
    ...sentences(names, results, opening),
  ];
  return `${paragraphs.join('\n\n')}\n`;
}

/** Writes the report into the README. */
export function writeReadme(text) {
  const readme = readFileSync(README, 'utf8');
  const [before, rest, ...more] = readme.split(BEGIN);
  const after = rest?.split(END)[1];
  if (after === undefined || more.length > 0) throw new Failure(`README.md has no place for the figures: "${BEGIN}" and "${END}".`);
  writeFileSync(README, `${before}${BEGIN}\n${text}${END}${after}`);
}

function head(names) {
  return ['kernel', 'of', ...names.flatMap((name) => [`${name} ms`, 'Waspnest', 'wasmi'])];
}

function row({ kernel, medians }, names) {
  const cells = names.flatMap((name) => {
    const { native, [OURS]: ours, wasmi } = medians[name] ?? {};
    return [written(native, ms), written(ours / native, times), written(wasmi / native, times)];
  });
  return [kernel.name, kernel.what ?? '', ...cells];
}

/** The means of the kernels that have been there from the start, and of all. */
function means(results, names) {
  if (results.length < 2) return [];
  const originals = results.filter(({ kernel }) => kernel.original);
  const rows = [];
  if (originals.length > 1) rows.push(['mean', `geometric, of the first ${originals.length}`, ...meanCells(originals, names)]);
  if (originals.length < results.length) rows.push(['mean', `geometric, of all ${results.length}`, ...meanCells(results, names)]);
  return rows;
}

function meanCells(results, names) {
  return names.flatMap((name) => ['', written(mean(results, name, OURS, 'native'), times), written(mean(results, name, 'wasmi', 'native'), times)]);
}

/** Geometric mean of how many times as long one engine takes as another; no number unless both run all. */
function mean(results, place, engine, other) {
  return geometric(results.map(({ medians }) => medians[place]?.[engine] / medians[place]?.[other]));
}

function geometric(ratios) {
  return Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length);
}

function sentences(names, results, opening) {
  const originals = results.filter(({ kernel }) => kernel.original);
  const inPlaces = (number, text) =>
    names.map((name) => [name, number(name)]).filter(([, value]) => Number.isFinite(value)).map(([name, value]) => text(name, value));
  const faster = inPlaces((name) => mean(originals, name, 'wasmi', OURS), (name, value) => `${times(value)} times as fast as wasmi in ${name}`);
  const loop = inPlaces((name) => geometric(originals.map(({ loops }) => loops[name])), (name, value) => `${value.toFixed(3)} in ${name}`);
  const first = inPlaces((name) => opening?.times[name]?.first ?? NaN, (name, value) => `${ms(value)} ms after that in ${name} (validation: ${ms(opening.times[name].validated)} ms)`);
  return [
    ...(originals.length > 1 && faster.length > 0 ? [`Waspnest is ${faster.join(', ')} (mean of the first ${originals.length}).`] : []),
    ...(loop.length > 0 ? [`The loop with all instructions takes this many times what it takes with those of WebAssembly 1.0 alone: ${loop.join(', ')} (at most ${MOST_LOOP}).`] : []),
    ...(first.length > 0 ? [`A module of ${(opening.bytes / 1e6).toFixed(1)} MB is opened, and validated; its first instruction has run ${first.join(', ')} (at most ${MOST_OPENING_MS} ms).`] : []),
    ...results.flatMap(({ notes }) => notes.map((note) => `${note}.`)),
  ];
}

function day() {
  return new Date().toISOString().slice(0, 10);
}

function cpu() {
  return cpus()[0]?.model.trim() || process.arch;
}

function written(value, form) {
  return Number.isFinite(value) ? form(value) : NOTHING;
}

function ms(value) {
  return value.toFixed(value < 10 ? 2 : 1);
}

function times(value) {
  return value.toFixed(value < 10 ? 2 : 1);
}

/** A Markdown table whose columns also line up in a terminal. */
function table(titles, rows) {
  const widths = titles.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i].length)));
  const isText = (i) => i < 2;
  const line = (cells) => `| ${cells.map((cell, i) => (isText(i) ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join(' | ')} |`;
  const rule = `|${widths.map((width, i) => (isText(i) ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  return [line(titles), rule, ...rows.map(line)].join('\n');
}
