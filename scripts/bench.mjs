// Measures the machine side by side with the browser's own engine and with wasmi, in one run.
//   npm run bench                                  all kernels, in Chromium and Firefox
//   npm run bench -- MODULE EXPORT ARGS...         any module (.wat or .wasm), any exported function
// Options: --chromium, --firefox, --node (only there), --rounds N, --only KERNEL (may be repeated),
// --limit SECONDS (a call that takes longer is given up), --readme (writes the figures into the README).
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Failure, main } from './lib/run.mjs';

/** Odd, so that a median is one of the times measured; 15 keeps a whole run under five minutes (chosen). */
const ROUNDS = 15;
/** A call of this many seconds is none that can be repeated as often as it takes (chosen). */
const LIMIT_SECONDS = 30;
/** The module that is opened: wasmi itself, which has 1.2 MB of ordinary code, and one of its functions. */
const OPENED = { file: 'wasmi.wasm', func: 'buffer', args: ['8'], params: ['i32'], results: ['i32'] };

const PLACES = { chromium: 'Chromium', firefox: 'Firefox', node: 'Node' };

main(async () => {
  const { options, words } = readOptions();
  const { checkTools, npmPackages, wasmTarget } = await import('./lib/setup.mjs');
  await checkTools();
  await npmPackages();
  const { PEERS, SITE, buildAssembler, buildPeers, buildPrograms } = await import('./lib/bench/build.mjs');
  const { listed, ourKernel, ownKernel } = await import('./lib/bench/kernels.mjs');
  const assembler = await buildAssembler();
  const chosen = listed(options.only);
  const kernels = [];
  if (words.length > 0) {
    // What is wrong with it is said before anything is built.
    kernels.push(await ownKernel(words, assembler));
    await tryInNode(SITE, kernels[0], options.limitMs);
  }

  console.log('Building the machine, wasmi and the kernels');
  const target = await wasmTarget();
  if (words.length === 0) {
    await buildPrograms(target);
    for (const one of chosen) kernels.push(await ourKernel(one, assembler));
  }
  await buildPeers(target);

  const { measure, measureOpening } = await import('./lib/bench/measure.mjs');
  const { report, writeReadme } = await import('./lib/bench/report.mjs');
  const places = await openPlaces(options.places, SITE);
  try {
    const plan = { kernels, peers: PEERS, places, rounds: options.rounds, limitMs: options.limitMs };
    const results = await measure(plan, console.log);
    const isWhole = words.length === 0 && options.only.length === 0;
    const opening = isWhole
      ? { bytes: statSync(join(SITE, OPENED.file)).size, times: await measureOpening({ ...plan, call: OPENED }) }
      : undefined;
    const names = options.places.map((place) => PLACES[place]);
    const text = report({ names, places, results, rounds: options.rounds, opening });
    console.log(`\n${text}`);
    if (options.readme) writeReadme(text);
  } finally {
    for (const place of places) await place.close();
  }
});

function readOptions() {
  const { values, positionals } = parsed();
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) throw new Failure('--rounds takes a whole number from 1.');
  const limit = Number(values.limit);
  if (!(limit > 0 && limit <= 3600)) throw new Failure('--limit takes a number of seconds, above 0 and at most 3600.');
  const asked = Object.keys(PLACES).filter((place) => values[place]);
  const options = {
    rounds,
    limitMs: limit * 1000,
    only: values.only,
    readme: values.readme,
    places: asked.length > 0 ? asked : ['chromium', 'firefox'],
  };
  const isPart = positionals.length > 0 || values.only.length > 0 || asked.length > 0;
  if (values.readme && isPart) throw new Failure('--readme writes the figures of a whole run: all kernels, in all browsers.');
  if (positionals.length > 0 && values.only.length > 0) throw new Failure('--only chooses among our kernels; leave it out with a module of your own.');
  return { options, words: positionals };
}

function parsed() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        chromium: { type: 'boolean', default: false },
        firefox: { type: 'boolean', default: false },
        node: { type: 'boolean', default: false },
        rounds: { type: 'string', default: String(ROUNDS) },
        limit: { type: 'string', default: String(LIMIT_SECONDS) },
        only: { type: 'string', multiple: true, default: [] },
        readme: { type: 'boolean', default: false },
      },
      // A negative number is an argument of the function, not an option.
      args: process.argv.slice(2).map((word) => (/^-(?:[\d.]|inf$)/.test(word) ? ` ${word}` : word)),
    });
  } catch (error) {
    if (error instanceof TypeError && 'code' in error) throw new Failure(error.message.split('. ')[0].replace(/\.?$/, '.'));
    throw error;
  }
}

/**
 * Makes the call once in Node's own engine: a trap, or a call that does not end, is found in no time. What that
 * engine cannot load is left to the browsers.
 */
async function tryInNode(site, kernel, limitMs) {
  const { inNode } = await import('./lib/bench/places.mjs');
  const { tryOut } = await import('./lib/bench/measure.mjs');
  const place = await inNode(site);
  try {
    const outcome = await tryOut(place, 'native', kernel, limitMs);
    if ('error' in outcome && outcome.at === 'call') throw new Failure(`${kernel.name} fails: ${outcome.error}.`);
  } finally {
    await place.close();
  }
}

/** Opens the places, without a Firefox that nobody asked for and that is not there. */
async function openPlaces(wanted, site) {
  const { inChromium, inFirefox, inNode } = await import('./lib/bench/places.mjs');
  const places = [];
  try {
    for (const name of wanted) {
      const place = await { chromium: inChromium, firefox: inFirefox, node: inNode }[name](site);
      if (place !== undefined) {
        places.push(place);
        continue;
      }
      const sentence = 'Firefox was not found, and could not be installed; install it, or set FIREFOX to its path';
      if (wanted.length === 1) throw new Failure(`${sentence}.`);
      console.log(`${sentence}. Its columns stay empty.`);
    }
    return places;
  } catch (error) {
    for (const place of places) await place.close();
    throw error;
  }
}
