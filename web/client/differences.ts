// Where the browser's own engine and our machine do not agree about a call.
import { DIGEST_BYTES, type Difference, type Freedom, type Leeway, type MemoryDigest, type NativeResult, type Outcome, type Remains, type Traits } from "../protocol/compare.ts";
import type { RefTarget, Value } from "../protocol/dto.ts";

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
  ["room", /heap exhausted|out of memory|allocat|too large/i],
];

function reasons(message: string): ReadonlySet<string> {
  return new Set(REASONS.filter(([, words]) => words.test(message)).map(([reason]) => reason));
}

/** Whether two traps may have one reason; a message that no row knows is given the benefit of the doubt. */
export function maySameTrap(ours: string, theirs: string): boolean {
  const [left, right] = [reasons(ours), reasons(theirs)];
  return left.size === 0 || right.size === 0 || [...left].some((reason) => right.has(reason));
}

/** How two values are to each other: alike in all bits, only as far as a NaN is one whatever its bits, or not at all. */
type Likeness = "same" | "nan" | "maybeNan" | "other";

function vectorLikeness(ours: Vector, theirs: Vector): Likeness {
  if (ours.low === theirs.low && ours.high === theirs.high) return "same";
  const halves = [ours.low, ours.high].map((half, at) => [half, at === 0 ? theirs.low : theirs.high] as const);
  const alike = (lanes: readonly (readonly [Value, Value])[]): boolean => lanes.every(([a, b]) => likeness(a, b) !== "other");
  const f64 = alike(halves.map(([a, b]) => [{ type: "f64", bits: a }, { type: "f64", bits: b }]));
  const f32 = alike(halves.flatMap(([a, b]) => [0n, 32n].map((shift) => [f32Lane(a, shift), f32Lane(b, shift)] as const)));
  // Where nothing says how the vector is read, lanes that read as NaNs may be integers.
  if ((ours.shape === "f32x4" && f32) || (ours.shape === "f64x2" && f64)) return "nan";
  return ours.shape === undefined && (f32 || f64) ? "maybeNan" : "other";
}

function f32Lane(half: bigint, shift: bigint): Value {
  return { type: "f32", bits: Number(BigInt.asUintN(32, half >> shift)) };
}

function isNan(value: Value): boolean {
  if (value.type === "f32") return (value.bits & 0x7fffffff) > 0x7f800000;
  return value.type === "f64" && (value.bits & 0x7fffffffffffffffn) > 0x7ff0000000000000n;
}

export function likeness(ours: Value, theirs: Value): Likeness {
  if (ours.type === "v128" || theirs.type === "v128") return ours.type === "v128" && theirs.type === "v128" ? vectorLikeness(ours, theirs) : "other";
  if (ours.type === "ref" || theirs.type === "ref") return ours.type === "ref" && theirs.type === "ref" && sameTarget(ours.target, theirs.target) ? "same" : "other";
  if (ours.type === theirs.type && ours.bits === theirs.bits) return "same";
  return ours.type === theirs.type && isNan(ours) && isNan(theirs) ? "nan" : "other";
}

function sameTarget(a: RefTarget, b: RefTarget): boolean {
  if (a.kind === "extern" && b.kind === "extern") return a.handle === b.handle;
  if (a.kind === "i31" && b.kind === "i31") return a.value === b.value;
  // From outside one function or object is like another.
  return a.kind === b.kind;
}

/** What of a value differs, if anything does. */
function leewayOf(ours: Value, theirs: Value): { readonly leeway?: Leeway } | undefined {
  const alike = likeness(ours, theirs);
  if (alike === "same") return undefined;
  return alike === "other" ? {} : { leeway: { what: "nan", sure: alike === "nan" } };
}

/** One of the two came to a limit that the specification leaves to it. */
function limitReached(ours: Outcome, theirs: Outcome): Freedom | undefined {
  const found = new Set([ours, theirs].flatMap((outcome) => (outcome.kind === "trapped" ? [...reasons(outcome.message)] : [])));
  return found.has("stack") ? "depth" : found.has("room") ? "memory" : undefined;
}

function* outcomeDifferences(ours: Outcome, theirs: Outcome): Generator<Difference> {
  if (ours.kind === "finished" && theirs.kind === "finished") {
    for (const [index, result] of ours.results.entries()) {
      const other = theirs.results[index];
      const found = other && leewayOf(result, other);
      if (other && found) yield { kind: "result", index, ours: result, theirs: other, ...found };
    }
    return;
  }
  if (ours.kind === "trapped" && theirs.kind === "trapped" && maySameTrap(ours.message, theirs.message)) return;
  const what = limitReached(ours, theirs);
  yield what === undefined ? { kind: "outcome" } : { kind: "outcome", leeway: { what, sure: true } };
}

/** Whether the bytes about a place read as a NaN in both memories, as compilers lay floats out. */
function isInNan(left: Uint8Array, right: Uint8Array, place: number): boolean {
  const reads = ({ buffer, byteOffset, byteLength }: Uint8Array, from: number, size: number): boolean => {
    if (from < 0 || from + size > byteLength) return false;
    const view = new DataView(buffer, byteOffset + from, size);
    return Number.isNaN(size === 4 ? view.getFloat32(0, true) : view.getFloat64(0, true));
  };
  const word = place - (place % 4);
  const windows = [[word, 4], [word, 8], [word - 4, 8]] as const;
  return windows.some(([from, size]) => reads(left, from, size) && reads(right, from, size));
}

/** Pages of a memory that are looked at for what is not part of a NaN (chosen). */
const MOST_PAGES = 64;

export interface Pages {
  /** 64 KiB of a memory, on both engines. */
  ours(memory: MemoryDigest, page: number): Promise<Uint8Array>;
  theirs(memory: MemoryDigest, page: number): Promise<Uint8Array>;
}

type ByteDifference = Extract<Difference, { readonly kind: "byte" }>;

/** The first byte that differs; where there is one, the first that is not part of a NaN. */
async function byteDifference(memory: MemoryDigest, other: MemoryDigest, pages: Pages): Promise<Difference | undefined> {
  const { module, index } = memory;
  const differing = memory.hashes.flatMap((hash, at) => (other.hashes[at] !== undefined && hash !== other.hashes[at] ? [at] : []));
  let first: ByteDifference | undefined;
  for (const page of differing.slice(0, MOST_PAGES)) {
    const [left, right] = await Promise.all([pages.ours(memory, page), pages.theirs(memory, page)]);
    const byteAt = (at: number): ByteDifference => ({ kind: "byte", module, index, address: page * DIGEST_BYTES + at, ours: left[at] ?? 0, theirs: right[at] ?? 0 });
    const differs = (byte: number, at: number): boolean => byte !== right[at];
    const at = left.findIndex(differs);
    if (first === undefined && at >= 0) first = byteAt(at);
    const beside = left.findIndex((byte, place) => differs(byte, place) && !isInNan(left, right, place));
    if (beside >= 0) return first?.address === page * DIGEST_BYTES + beside ? first : { ...byteAt(beside), besideNans: true };
  }
  return first === undefined || differing.length > MOST_PAGES ? first : { ...first, leeway: { what: "nan", sure: false } };
}

/** All differences, with what the specification has to do with them; of each memory the first byte. */
export async function differencesOf(outcome: Outcome, ours: Remains, native: NativeResult, pages: Pages, traits: () => Promise<Traits>): Promise<readonly Difference[]> {
  const found = [...outcomeDifferences(outcome, native.outcome)];
  for (const memory of ours.memories) {
    const { module, index } = memory;
    const other = native.remains.memories.find((candidate) => candidate.module === module && candidate.index === index);
    if (other === undefined) continue;
    if (other.size !== memory.size) found.push({ kind: "memorySize", module, index, ours: memory.size, theirs: other.size });
    const byte = await byteDifference(memory, other, pages);
    if (byte !== undefined) found.push(byte);
  }
  for (const { module, index, value } of ours.globals) {
    const other = native.remains.globals.find((candidate) => candidate.module === module && candidate.index === index);
    const differs = other && leewayOf(value, other.value);
    if (other && differs) found.push({ kind: "global", module, index, ours: value, theirs: other.value, ...differs });
  }
  if (found.every(({ leeway }) => leeway?.sure === true)) return found;
  return withLeeway(found, limitReached(outcome, native.outcome), await traits());
}

/** One thing that may differ may have made others differ: those have that reason too, though not for sure. */
function withLeeway(found: readonly Difference[], limit: Freedom | undefined, traits: Traits): readonly Difference[] {
  const looksLikeNan = (difference: Difference): boolean => difference.leeway?.what === "nan" && (difference.kind !== "byte" || traits.storesFloats);
  const sizesDiffer = found.some(({ kind }) => kind === "memorySize");
  const bitsMatter = traits.readsBits || found.some(looksLikeNan);
  const common: Freedom | undefined = limit ?? (traits.relaxed ? "relaxed" : sizesDiffer || traits.growsTables ? "memory" : undefined);
  return found.map((difference): Difference => {
    if (difference.leeway?.sure === true || looksLikeNan(difference)) return difference;
    const { leeway: _guess, ...rest } = difference;
    const what = common ?? (bitsMatter && difference.kind !== "byte" ? "nan" : undefined);
    return what === undefined ? rest : { ...rest, leeway: { what, sure: false } };
  });
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
