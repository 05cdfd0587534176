// One run: all kernels in all places, with all engines taking turns.
//
// One round of a kernel is one turn of every engine in every place, in an order that rotates, so that a
// machine that gets slower or faster hurts all of them alike. Medians over rounds are the result.
import { Failure } from '../run.mjs';
import { SCALAR } from './build.mjs';

/**
 * Each engine is warmed up on each kernel for this long, in milliseconds. An optimising compiler
 * that works in the background needs about one second for an interpreter's loop (measured).
 */
const WARM_UP_MS = 1500;

/** More for the first kernel, in which the interpreters themselves are compiled (chosen). */
const FIRST_WARM_UP_MS = 4000;

/** Warming up makes at least three calls, each of which may take the whole limit, and runs on for a while. */
const warmUpLimit = (limitMs) => 4 * limitMs + FIRST_WARM_UP_MS;

/** The interpreter that is measured; the others are what it is compared with. */
export const OURS = 'waspnest';

/**
 * @typedef {import('../../../bench/driver.js').Call} Call
 * @typedef {import('./places.mjs').Place} Place
 * @typedef {Call & { name: string, what?: string, original: boolean }} Kernel
 *   `original`: one of those that have been there from the start.
 * @typedef {{ name: string, file: string, originalOnly?: boolean }} Peer an interpreter
 * @typedef {{ kernel: Kernel, medians: Record<string, Record<string, number>>, loops: Record<string, number>, notes: string[] }} Result
 *   `medians`: milliseconds of one call, by place and engine; what an engine cannot run is missing.
 *   `loops`: by place, how many times as long our loop takes as the one with fewer ops, the median over rounds:
 *   the two turns of a round stand side by side, so that this is finer than the quotient of their medians.
 */

/**
 * Loads a call into an engine and makes it once.
 * @param {Call & { name: string }} call
 * @returns {Promise<{ bits: string } | { error: string, at: 'load' | 'call' }>}
 */
export async function tryOut(place, engine, call, limitMs) {
  for (const at of ['load', 'call']) {
    const answer = await place.ask({ kind: at, engine, call }, limitMs);
    if ('late' in answer) {
      const seconds = limitMs / 1000;
      const more = `; give it less to do, or more time with --limit ${2 * seconds}`;
      const who = engine === 'native' ? place.name : `${titled(engine)} in ${place.name}`;
      const what = at === 'load' ? 'does not start' : 'does not end';
      throw new Failure(`${call.name} ${what} within ${seconds} s on ${who}${more}.`);
    }
    if ('error' in answer) return { error: answer.error, at };
    if (at === 'call') return { bits: answer.ok };
  }
}

/**
 * @param {{ kernels: readonly Kernel[], peers: readonly Peer[], places: readonly Place[], rounds: number, limitMs: number }} plan
 * @param {(words: string) => void} say
 * @returns {Promise<Result[]>}
 */
export async function measure({ kernels, peers, places, rounds, limitMs }, say) {
  for (const place of places) {
    for (const { name, file } of peers) await expectOk(place, { kind: 'open', name, file }, warmUpLimit(limitMs));
  }
  const results = [];
  for (const kernel of kernels) {
    say(`Measuring ${kernel.name}`);
    const names = ['native', ...peers.filter((peer) => kernel.original || !peer.originalOnly).map(({ name }) => name)];
    const { entries, notes } = await enter(kernel, names, places, limitMs);
    const warmUpMs = results.length === 0 ? FIRST_WARM_UP_MS : WARM_UP_MS;
    for (const { place, engine } of entries) {
      await expectOk(place, { kind: 'warmUp', engine, ms: warmUpMs }, warmUpLimit(limitMs));
    }
    for (let round = 0; round < rounds; round++) {
      for (let nth = 0; nth < entries.length; nth++) {
        const entry = entries[(nth + round) % entries.length];
        const request = { kind: 'turn', engine: entry.engine };
        entry.times.push(await expectOk(entry.place, request, warmUpLimit(limitMs)));
      }
    }
    const medians = Object.fromEntries(places.map(({ name }) => [name, {}]));
    for (const { place, engine, times } of entries) medians[place.name][engine] = median(times);
    results.push({ kernel, medians, loops: loopsOf(entries), notes });
  }
  return results;
}

function loopsOf(entries) {
  const loops = {};
  for (const { place, times } of entries.filter(({ engine }) => engine === OURS)) {
    const scalar = entries.find((entry) => entry.place === place && entry.engine === SCALAR);
    if (scalar !== undefined) loops[place.name] = median(times.map((time, round) => time / scalar.times[round]));
  }
  return loops;
}

/** Loads a kernel everywhere, makes one call each, and sees that all agree. */
async function enter(kernel, names, places, limitMs) {
  const entries = [];
  const notes = [];
  let agreed;
  for (const place of places) {
    for (const engine of names) {
      const outcome = await tryOut(place, engine, kernel, limitMs);
      if ('error' in outcome) {
        if (engine === OURS) throw new Failure(`${kernel.name} fails on Waspnest: ${outcome.error}.`);
        if (engine === 'native' && outcome.at === 'call') {
          throw new Failure(`${kernel.name} fails in ${place.name}: ${outcome.error}.`);
        }
        const note = `${engine === 'native' ? place.name : engine} cannot run ${kernel.name}: ${outcome.error.split('\n')[0]}`;
        if (!notes.includes(note)) notes.push(note);
        continue;
      }
      agreed ??= { bits: outcome.bits, place, engine };
      if (outcome.bits !== agreed.bits) {
        throw new Failure(
          `${kernel.name} gives ${outcome.bits} with ${engine} in ${place.name}, ` +
            `but ${agreed.bits} with ${agreed.engine} in ${agreed.place.name}.`,
        );
      }
      entries.push({ place, engine, times: [] });
    }
  }
  return { entries, notes };
}

/**
 * How long a module takes until it is validated, and from there until the first instruction of a call has run.
 * @returns {Promise<Record<string, { validated: number, first: number }>>} medians in milliseconds, by place
 */
export async function measureOpening({ call, places, rounds, limitMs }) {
  const times = new Map(places.map((place) => [place, []]));
  for (let round = 0; round < rounds; round++) {
    for (const place of places) {
      times.get(place).push(await expectOk(place, { kind: 'opening', engine: OURS, call }, limitMs));
    }
  }
  const entries = [...times].map(([place, list]) => [
    place.name,
    { validated: median(list.map(({ validated }) => validated)), first: median(list.map(({ first }) => first)) },
  ]);
  return Object.fromEntries(entries);
}

async function expectOk(place, request, limitMs) {
  const answer = await place.ask(request, limitMs);
  const subject = request.engine ?? request.name;
  if ('late' in answer) throw new Failure(`${subject} gave no answer in ${place.name} for ${limitMs / 1000} s.`);
  if ('error' in answer) throw new Failure(`${subject} fails in ${place.name}: ${answer.error}.`);
  return answer.ok;
}

function titled(engine) {
  return engine === OURS ? 'Waspnest' : engine;
}

export function median(times) {
  const sorted = [...times].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
