import { expect, test } from "vitest";
import type { NativeResult, Outcome, Remains } from "../protocol/compare.ts";
import { agree, differencesOf, maySameTrap, timesFaster } from "./differences.ts";

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

test("NaNs agree, zeros of two signs do not", () => {
  expect(agree({ type: "f32", bits: 0x7fc00000 }, { type: "f32", bits: 0xffc00001 })).toBe(true);
  expect(agree({ type: "f64", bits: 0n }, { type: "f64", bits: 1n << 63n })).toBe(false);
});

test("vectors agree bit by bit, but for NaNs in lanes of floats", () => {
  const vector = (low: bigint, high: bigint) => ({ type: "v128", low, high }) as const;
  expect(agree(vector(1n, 2n), vector(1n, 2n))).toBe(true);
  expect(agree(vector(1n, 2n), vector(1n, 3n))).toBe(false);
  expect(agree(vector(0x7fc00000_3f800000n, 0n), vector(0xffc00001_3f800000n, 0n))).toBe(true);
  expect(agree(vector(0x7fc00000_3f800000n, 0n), vector(0xffc00001_3f800001n, 0n))).toBe(false);
  expect(agree(vector(5n, 0x7ff80000_00000000n), vector(5n, 0xfff80000_00000007n))).toBe(true);
  expect(agree(vector(0n, 0n), { type: "i64", bits: 0n })).toBe(false);
});

test("results and outcomes that differ are found", async () => {
  expect(await differencesOf(finished(1), NOTHING, native(finished(1)), noPages)).toEqual([]);
  expect(await differencesOf(finished(1), NOTHING, native(finished(2)), noPages)).toMatchObject([{ kind: "result", index: 0 }]);
  expect(await differencesOf(finished(1), NOTHING, native({ kind: "trapped", message: "unreachable" }), noPages)).toEqual([{ kind: "outcome" }]);
  const deep = await differencesOf(finished(1), NOTHING, native({ kind: "trapped", message: "Maximum call stack size exceeded" }), noPages);
  expect(deep).toMatchObject([{ kind: "outcome", note: expect.stringContaining("call stack is smaller") }]);
});

test("the first byte that differs is named", async () => {
  const memory = (hashes: readonly number[]): Remains => ({ memories: [{ module: 0, index: 0, size: 131_072, hashes }], globals: [] });
  const page = (byte: number) => (_memory: unknown, at: number): Promise<Uint8Array> => Promise.resolve(Uint8Array.of(at, 0, byte));
  const found = await differencesOf(finished(1), memory([1, 2]), native(finished(1), memory([1, 3])), { ours: page(7), theirs: page(8) });
  expect(found).toEqual([{ kind: "byte", module: 0, index: 0, address: 65_538, ours: 7, theirs: 8 }]);
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
