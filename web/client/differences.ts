// Where the browser's own engine and our machine do not agree about a call.
import { DIGEST_BYTES, type Difference, type MemoryDigest, type NativeResult, type Outcome, type Remains } from "../protocol/compare.ts";
import type { Value } from "../protocol/dto.ts";

type Vector = Extract<Value, { readonly type: "v128" }>;

/** Reasons of traps, by the words that engines have for them. A message may fit several: not all engines tell them apart. */
const REASONS: readonly (readonly [string, RegExp])[] = [
  ["unreachable", /unreachable/i],
  ["memory", /out of bounds memory|memory access out of bounds|index out of bounds/i],
  ["table", /out of bounds table|table index|table .*out of bounds|undefined element|index out of bounds/i],
  ["division", /divide by zero|remainder by zero/i],
  ["overflow", /integer overflow|unrepresentable/i],
  ["conversion", /invalid conversion|unrepresentable|integer overflow/i],
  ["call", /indirect call|null function|signature mismatch|uninitialized element|undefined element|table index/i],
  ["stack", /call stack|recursion/i],
  ["null", /null .*reference|null pointer|dereferenc|null reference/i],
  ["cast", /cast/i],
  ["array", /array/i],
  ["exception", /exception/i],
];

function reasons(message: string): ReadonlySet<string> {
  return new Set(REASONS.filter(([, words]) => words.test(message)).map(([reason]) => reason));
}

/** Whether two traps may have one reason; a message that no row knows is given the benefit of the doubt. */
export function maySameTrap(ours: string, theirs: string): boolean {
  const [left, right] = [reasons(ours), reasons(theirs)];
  return left.size === 0 || right.size === 0 || [...left].some((reason) => right.has(reason));
}

/** Lanes of floats in a vector, as far as NaNs are alike in either reading. */
function sameVector(ours: Vector, theirs: Vector): boolean {
  if (ours.low === theirs.low && ours.high === theirs.high) return true;
  const halves = [ours.low, ours.high].map((half, at) => [half, at === 0 ? theirs.low : theirs.high] as const);
  const f64 = halves.every(([a, b]) => agree({ type: "f64", bits: a }, { type: "f64", bits: b }));
  const f32 = halves.every(([a, b]) => [0n, 32n].every((shift) => agree(f32Lane(a, shift), f32Lane(b, shift))));
  return f32 || f64;
}

function f32Lane(half: bigint, shift: bigint): Value {
  return { type: "f32", bits: Number(BigInt.asUintN(32, half >> shift)) };
}

/** NaNs are alike whatever their bits: the specification leaves them to the engine. */
function isNan(value: Value): boolean {
  if (value.type === "f32") return (value.bits & 0x7fffffff) > 0x7f800000;
  return value.type === "f64" && (value.bits & 0x7fffffffffffffffn) > 0x7ff0000000000000n;
}

export function agree(ours: Value, theirs: Value): boolean {
  if (isNan(ours) && isNan(theirs)) return ours.type === theirs.type;
  if (ours.type === "ref" || theirs.type === "ref") {
    if (ours.type !== "ref" || theirs.type !== "ref") return false;
    const [a, b] = [ours.target, theirs.target];
    if (a.kind === "extern" && b.kind === "extern") return a.handle === b.handle;
    if (a.kind === "i31" && b.kind === "i31") return a.value === b.value;
    // From outside one function or object is like another.
    return a.kind === b.kind;
  }
  if (ours.type === "v128" || theirs.type === "v128") return ours.type === "v128" && theirs.type === "v128" && sameVector(ours, theirs);
  return ours.type === theirs.type && ours.bits === theirs.bits;
}

function* outcomeDifferences(ours: Outcome, theirs: Outcome): Generator<Difference> {
  if (ours.kind === "finished" && theirs.kind === "finished") {
    for (const [index, result] of ours.results.entries()) {
      const other = theirs.results[index];
      if (other !== undefined && !agree(result, other)) yield { kind: "result", index, ours: result, theirs: other };
    }
    return;
  }
  if (ours.kind === "trapped" && theirs.kind === "trapped" && maySameTrap(ours.message, theirs.message)) return;
  if (theirs.kind === "trapped" && reasons(theirs.message).has("stack"))
    yield { kind: "outcome", note: "The browser's call stack is smaller than this machine's, so this is no difference of the program." };
  else yield { kind: "outcome" };
}

export interface Pages {
  /** 64 KiB of a memory, on both engines. */
  ours(memory: MemoryDigest, page: number): Promise<Uint8Array>;
  theirs(memory: MemoryDigest, page: number): Promise<Uint8Array>;
}

/** All differences; of each memory the first byte. */
export async function differencesOf(outcome: Outcome, ours: Remains, native: NativeResult, pages: Pages): Promise<readonly Difference[]> {
  const found = [...outcomeDifferences(outcome, native.outcome)];
  for (const memory of ours.memories) {
    const { module, index } = memory;
    const other = native.remains.memories.find((candidate) => candidate.module === module && candidate.index === index);
    if (other === undefined) continue;
    if (other.size !== memory.size) found.push({ kind: "memorySize", module, index, ours: memory.size, theirs: other.size });
    const page = memory.hashes.findIndex((hash, at) => other.hashes[at] !== undefined && hash !== other.hashes[at]);
    if (page < 0) continue;
    const [left, right] = await Promise.all([pages.ours(memory, page), pages.theirs(memory, page)]);
    const at = left.findIndex((byte, place) => byte !== right[place]);
    if (at >= 0) found.push({ kind: "byte", module, index, address: page * DIGEST_BYTES + at, ours: left[at] ?? 0, theirs: right[at] ?? 0 });
  }
  for (const { module, index, value } of ours.globals) {
    const other = native.remains.globals.find((candidate) => candidate.module === module && candidate.index === index);
    if (other !== undefined && !agree(value, other.value)) found.push({ kind: "global", module, index, ours: value, theirs: other.value });
  }
  return found;
}

/** A call too short for a clock says nothing of speed, in milliseconds. */
const LEAST_MILLIS = 0.1;
/** What is hardly faster is not told. */
const LEAST_FACTOR = 1.5;

/** How many times as fast the other engine made the call. Where one of them came to its own limit, the two did not do the same work. */
export function timesFaster(ours: Outcome, millis: number, theirs: NativeResult): number | undefined {
  const limited = [ours, theirs.outcome].some((outcome) => outcome.kind === "trapped" && reasons(outcome.message).has("stack"));
  if (limited || ours.kind !== theirs.outcome.kind || theirs.millis < LEAST_MILLIS) return undefined;
  const factor = millis / theirs.millis;
  return factor < LEAST_FACTOR ? undefined : factor;
}
