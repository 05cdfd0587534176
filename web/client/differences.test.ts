import { expect, test } from "vitest";
import type { NativeResult, Outcome, Remains, Traits } from "../protocol/compare.ts";
import type { Value } from "../protocol/dto.ts";
import { differencesOf, likeness, maySameTrap, type Pages, timesFaster } from "./differences.ts";

const NOTHING: Remains = { memories: [], globals: [] };
const finished = (bits: number): Outcome => ({ kind: "finished", results: [{ type: "i32", bits }] });
const native = (outcome: Outcome, remains: Remains = NOTHING): NativeResult => ({ outcome, millis: 1, remains });
const noPages = { ours: () => Promise.reject(new Error("no page is asked for")), theirs: () => Promise.reject(new Error("no page is asked for")) };

test("traps are alike by their reason, in whatever words", () => {
  expect(maySameTrap("out of bounds memory access: i32.load reads 4 bytes", "memory access out of bounds")).toBe(true);
  expect(maySameTrap("out of bounds memory access", "index out of bounds")).toBe(true);
  expect(maySameTrap("integer divide by zero: i32.div_s of 1 by 0", "divide by zero")).toBe(true);
  expect(maySameTrap("unreachable", "divide by zero")).toBe(false);
  expect(maySameTrap("something new", "divide by zero")).toBe(true);
});

const PLAIN: Traits = { relaxed: false, storesFloats: false, readsBits: false, growsTables: false };
const noTraits = (): Promise<Traits> => Promise.reject(new Error("nothing is to be explained"));
const traits = (has: Partial<Traits>) => (): Promise<Traits> => Promise.resolve({ ...PLAIN, ...has });

test("NaNs are alike as such, zeros of two signs are not", () => {
  expect(likeness({ type: "f32", bits: 0x7fc00000 }, { type: "f32", bits: 0xffc00001 })).toBe("nan");
  expect(likeness({ type: "f32", bits: 0x7fc00000 }, { type: "f32", bits: 0x7fc00000 })).toBe("same");
  expect(likeness({ type: "f64", bits: 0n }, { type: "f64", bits: 1n << 63n })).toBe("other");
});

test("vectors are alike bit by bit, but for NaNs in lanes of floats", () => {
  const vector = (low: bigint, high: bigint, shape?: "f32x4" | "i32x4") => ({ type: "v128", low, high, ...(shape === undefined ? {} : { shape }) }) as const;
  const nans = [0x7fc00000_3f800000n, 0xffc00001_3f800000n] as const;
  expect(likeness(vector(1n, 2n), vector(1n, 2n))).toBe("same");
  expect(likeness(vector(1n, 2n), vector(1n, 3n))).toBe("other");
  expect(likeness(vector(nans[0], 0n, "f32x4"), vector(nans[1], 0n))).toBe("nan");
  // How it is read is not known; then they may be numbers.
  expect(likeness(vector(nans[0], 0n), vector(nans[1], 0n))).toBe("maybeNan");
  expect(likeness(vector(nans[0], 0n, "i32x4"), vector(nans[1], 0n))).toBe("other");
  expect(likeness(vector(nans[0], 0n, "f32x4"), vector(nans[1] + 1n, 0n))).toBe("other");
  expect(likeness(vector(5n, 0x7ff80000_00000000n), vector(5n, 0xfff80000_00000007n))).toBe("maybeNan");
  expect(likeness(vector(0n, 0n), { type: "i64", bits: 0n })).toBe("other");
});

test("results and outcomes that differ are found", async () => {
  expect(await differencesOf(finished(1), NOTHING, native(finished(1)), noPages, noTraits)).toEqual([]);
  expect(await differencesOf(finished(1), NOTHING, native(finished(2)), noPages, traits({}))).toMatchObject([{ kind: "result", index: 0 }]);
  expect(await differencesOf(finished(1), NOTHING, native({ kind: "trapped", message: "unreachable" }), noPages, traits({}))).toEqual([{ kind: "outcome" }]);
});

/** 64 KiB of zeros but for a few 64-bit numbers, by their address. */
function pageOf(numbers: Readonly<Record<number, bigint>>): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(65_536));
  for (const [address, number] of Object.entries(numbers)) bytes.setBigUint64(Number(address), number, true);
  return new Uint8Array(bytes.buffer);
}

/** What is said of two memories that differ in their second page. */
function memoriesDiffer(ours: Readonly<Record<number, bigint>>, theirs: Readonly<Record<number, bigint>>, has: Partial<Traits>, outcomes = [finished(1), finished(1)]) {
  const memory = (hash: number): Remains => ({ memories: [{ module: 0, index: 0, size: 131_072, hashes: [1, hash] }], globals: [] });
  const pages: Pages = { ours: () => Promise.resolve(pageOf(ours)), theirs: () => Promise.resolve(pageOf(theirs)) };
  const [left = finished(1), right = finished(1)] = outcomes;
  return differencesOf(left, memory(2), native(right, memory(3)), pages, traits(has));
}

const NANS = [0x7ff80000_00000000n, 0xfff80000_00000000n] as const;

test("the first byte that differs is named", async () => {
  const found = await memoriesDiffer({ 0: 7n }, { 0: 8n }, { storesFloats: true });
  expect(found).toEqual([{ kind: "byte", module: 0, index: 0, address: 65_536, ours: 7, theirs: 8 }]);
});

test("bytes that read as NaNs may be allowed where floats are stored, and no byte beside them is", async () => {
  const inNan = { kind: "byte", module: 0, index: 0, address: 65_551, ours: 0x7f, theirs: 0xff } as const;
  const nan = { what: "nan", sure: false };
  expect(await memoriesDiffer({ 8: NANS[0] }, { 8: NANS[1] }, { storesFloats: true })).toEqual([{ ...inNan, leeway: nan }]);
  expect(await memoriesDiffer({ 12: NANS[0] >> 32n }, { 12: NANS[1] >> 32n }, { storesFloats: true })).toEqual([{ ...inNan, leeway: nan }]);
  expect(await memoriesDiffer({ 8: NANS[0] }, { 8: NANS[1] }, {})).toEqual([inNan]);
  expect(await memoriesDiffer({ 8: NANS[0], 24: 1n }, { 8: NANS[1] }, { storesFloats: true })).toEqual([{ ...inNan, address: 65_560, ours: 1, theirs: 0, besideNans: true }]);
  // What a program reads of a NaN's bits goes anywhere.
  const results = await memoriesDiffer({ 8: NANS[0] }, { 8: NANS[1] }, { storesFloats: true }, [finished(127), finished(255)]);
  expect(results.map(({ leeway }) => leeway)).toEqual([nan, nan]);
});

test("what the specification leaves open is told as far as it is known", async () => {
  const leeways = async (ours: Outcome, theirs: Outcome, has: Partial<Traits> = {}) => (await differencesOf(ours, NOTHING, native(theirs), noPages, traits(has))).map(({ leeway }) => leeway);
  const result = (value: Value): Outcome => ({ kind: "finished", results: [value] });
  expect(await leeways(result({ type: "f64", bits: NANS[0] }), result({ type: "f64", bits: NANS[1] }))).toEqual([{ what: "nan", sure: true }]);
  const deep = { kind: "trapped", message: "Maximum call stack size exceeded" } as const;
  expect(await leeways(finished(1), deep)).toEqual([{ what: "depth", sure: true }]);
  expect(await leeways({ kind: "trapped", message: "call stack exhausted: 9 frames fill the 9 slots of the call stack" }, finished(1))).toEqual([{ what: "depth", sure: true }]);
  expect(await leeways({ kind: "trapped", message: "heap exhausted: array.new wants more than is left" }, finished(1))).toEqual([{ what: "memory", sure: true }]);
  expect(await leeways(finished(1), finished(2), { relaxed: true })).toEqual([{ what: "relaxed", sure: false }]);
  expect(await leeways(finished(1), finished(2), { growsTables: true })).toEqual([{ what: "memory", sure: false }]);
  expect(await leeways(finished(1), finished(2), { readsBits: true })).toEqual([{ what: "nan", sure: false }]);
  expect(await leeways(finished(1), finished(2), { storesFloats: true })).toEqual([undefined]);
  // Where the stack was full, the rest of the call is missing as well.
  expect((await memoriesDiffer({ 0: 7n }, {}, {}, [finished(1), deep])).map(({ leeway }) => leeway)).toEqual([{ what: "depth", sure: true }, { what: "depth", sure: false }]);
});

test("speeds are compared only where both did the same work", () => {
  const took = (millis: number, outcome: Outcome): NativeResult => ({ outcome, millis, remains: NOTHING });
  const trapped = (message: string): Outcome => ({ kind: "trapped", message });
  expect(timesFaster(finished(1), 20, took(2, finished(1)))).toBe(10);
  expect(timesFaster(finished(1), 2, took(2, finished(1)))).toBeUndefined();
  expect(timesFaster(finished(1), 2, took(0.01, finished(1)))).toBeUndefined();
  expect(timesFaster(trapped("unreachable"), 20, took(2, trapped("unreachable")))).toBe(10);
  expect(timesFaster(trapped("call stack exhausted: 9 frames fill the 9 slots of the call stack"), 20, took(2, trapped("Maximum call stack size exceeded")))).toBeUndefined();
  expect(timesFaster(finished(1), 20, took(2, trapped("too much recursion")))).toBeUndefined();
});
