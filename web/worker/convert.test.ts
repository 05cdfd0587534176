import { describe, expect, test } from "vitest";
import { fromBits, fromSlots, resultBits, toBits } from "./convert.ts";
import { Handles } from "./handles.ts";

const handles = new Handles({ exception: () => ({ tag: 0, name: "$t", types: [], slots: [] }), keep: () => undefined, release: () => undefined, view: () => ({}), heldHandles: () => undefined });

describe("bits of JavaScript values", () => {
  test.each([
    ["i32", -1, 0xffffffffn],
    ["i32", 0xffffffff, 0xffffffffn],
    ["i32", true, 1n],
    ["i64", -1n, 2n ** 64n - 1n],
    ["i64", 2n ** 63n, 2n ** 63n],
    ["f32", 1, 0x3f800000n],
    ["f32", Number.NaN, 0x7fc00000n],
    ["f64", -0, 1n << 63n],
    ["f64", Number.NaN, 0x7ff8000000000000n],
    ["externref", null, 0n],
    ["funcref", { func: 3 }, 4n],
    ["v128", -1n, 2n ** 128n - 1n],
    ["i31ref", -1, 0x17fffffffn],
    ["anyref", handles.references?.objectOf(5), 0x200000005n],
    ["externref", handles.references?.objectOf(6), 0x200000006n],
    ["exnref", handles.references?.exceptionOf(7, () => []), 0x200000007n],
  ])("%s %s", (type, value, bits) => {
    expect(toBits(type, value, handles)).toBe(bits);
  });

  test.each([
    ["i32", 2 ** 32, "4294967296 is not an i32; it holds whole numbers from -2147483648 to 4294967295"],
    ["i32", "1", 'the text "1" is not an i32'],
    ["i64", 1, "1 is not an i64; an i64 is a BigInt such as 5n"],
    ["i64", 2n ** 64n, "18446744073709551616n is not an i64; it has 64 bits"],
    ["f32", 1n, "1n is not an f32"],
    ["funcref", { func: 2 ** 32 + 3 }, "an object is not a funcref"],
    ["funcref", { func: 0.5 }, "an object is not a funcref"],
    ["funcref", { func: -1 }, "an object is not a funcref"],
    ["anyref", Object.freeze({ object: 5 }), "an object is not an anyref; give null or a reference that the program passed"],
    ["exnref", handles.references?.objectOf(8), "#8 is not an exnref; give null or an exception that the program passed"],
    ["funcref", {}, "an object is not a funcref; give null or a reference that the program passed"],
  ])("%s %s is refused with a sentence", (type, value, message) => {
    expect(() => toBits(type, value, handles)).toThrow(message);
  });

  test("what goes in comes out", () => {
    const thing = {};
    for (const [type, value] of [
      ["i32", -5],
      ["i64", -5n],
      ["f32", 0.5],
      ["f64", -0],
      ["externref", thing],
      ["externref", undefined],
      ["v128", 2n ** 127n],
      ["i31ref", -1],
    ] as const)
      expect(fromBits(type, toBits(type, value, handles), handles)).toBe(value ?? null);
  });
});

test("results must be as many as the type says", () => {
  expect(resultBits([], undefined, handles)).toHaveLength(0);
  expect([...resultBits(["i32", "i64"], [1, 2n], handles)]).toEqual([1n, 2n]);
  expect([...resultBits(["v128", "i32"], [3n << 64n, 7], handles)]).toEqual([0n, 3n, 7n]);
  expect(fromSlots(["v128", "i32"], BigUint64Array.of(0n, 3n, 7n), handles)).toEqual([3n << 64n, 7]);
  expect(() => resultBits([], 1, handles)).toThrow("it returned 1, but its type has no result");
  expect(() => resultBits(["i32", "i32"], 1, handles)).toThrow("its type has 2 results (i32 i32), so it must return an array of 2");
  expect(() => resultBits(["i32", "i32"], [1, "x"], handles)).toThrow('its result 1 is the text "x", which is not an i32');
  expect(() => resultBits(["i32"], undefined, handles)).toThrow("it returned nothing, but its type has the result i32");
  expect(() => resultBits(["i64"], 5, handles)).toThrow("it returned 5, which is not an i64; an i64 is a BigInt such as 5n");
});
