import { describe, expect, test } from "vitest";
import type { Shape } from "../protocol/dto.ts";
import { formatTyped, formatValue, parseValue, sameValue } from "./values.ts";
import { editableLane, editableVector, withLane } from "./lanes.ts";
import { bytesOfVector, formatLane, lanesOf, parseVector, SHAPES, vectorBits, vectorHex, vectorOf, vectorOfBytes } from "./vectors.ts";

const COUNTING = vectorOf(0x0f0e0d0c0b0a09080706050403020100n);

function check(text: string, expected: bigint | string, known?: Shape): void {
  const parsed = parseVector(text, known);
  if (typeof expected === "string") {
    expect(parsed, text).toEqual({ kind: "failed", message: expected });
    return;
  }
  expect(parsed, text).toEqual({ kind: "ok", value: vectorOf(expected) });
}

describe("reading", () => {
  test("lane_0_is_first_and_lies_in_the_lowest_bits", () => {
    expect(lanesOf(COUNTING, "i8x16")).toEqual(Array.from({ length: 16 }, (_, lane) => BigInt(lane)));
    expect(lanesOf(COUNTING, "i16x8")[1]).toBe(0x0302n);
    expect(lanesOf(COUNTING, "f64x2")).toEqual([0x0706050403020100n, 0x0f0e0d0c0b0a0908n]);
    const bytes = Uint8Array.from({ length: 16 }, (_, at) => at);
    expect(vectorOfBytes(bytes)).toEqual(COUNTING);
    expect(bytesOfVector(COUNTING)).toEqual(bytes);
  });

  test("lanes_follow_the_choice_of_integers_and_floats_show_their_bits", () => {
    expect(formatLane(0xffn, "i8x16", "signed")).toBe("-1");
    expect(formatLane(0xffn, "i8x16", "unsigned")).toBe("255");
    expect(formatLane(0xffn, "i8x16", "hex")).toBe("0xff");
    expect(formatLane(0x3fc0_0000n, "f32x4", "unsigned")).toBe("1.5");
    expect(formatLane(0x3fc0_0000n, "f32x4", "hex")).toBe("0x3fc0\u20090000");
    expect(formatLane(0x7fc0_0001n, "f32x4", "signed")).toBe("nan:0x400001");
  });

  test("a_vector_is_told_in_the_shape_that_is_chosen_or_known_or_usual", () => {
    const value = { ...vectorOf(0x3ff8_0000_0000_0000n), shape: "f64x2" } as const;
    expect(formatValue(value)).toBe("f64x2 1.5 0");
    expect(formatTyped(value)).toBe("f64x2 1.5 0");
    expect(formatValue(value, "signed", "i64x2")).toBe("i64x2 4609434218613702656 0");
    expect(formatValue(vectorOf(5n))).toBe("i32x4 5 0 0 0");
    expect(sameValue(value, vectorOf(vectorBits(value)))).toBe(true);
  });
});

describe("typing", () => {
  test("the_form_of_the_text_format_and_32_digits_are_read", () => {
    check("i32x4 1 2 3 4", 0x4_00000003_00000002_00000001n);
    check("v128.const i32x4 1 2 3 4", 0x4_00000003_00000002_00000001n);
    check("(v128.const i64x2 -1 0x10)", (0x10n << 64n) | 0xffff_ffff_ffff_ffffn);
    check(" f32x4  1.5,nan, -inf , 0x1p-1 ", 0x3f000000_ff800000_7fc00000_3fc00000n);
    check("i8x16 -128 255 0 0 0 0 0 0 0 0 0 0 0 0 0 0", 0xff80n);
    check("0x000102030405060708090a0b0c0d0e0f", 0x000102030405060708090a0b0c0d0e0fn);
    check("0x00010203_04050607_08090a0b_0c0d0e0f", 0x000102030405060708090a0b0c0d0e0fn);
  });

  test("lanes_alone_are_read_where_their_shape_is_known", () => {
    check("1 2", 0x2_00000000_00000001n, "i64x2");
    check("i32x4 1 0 0 0", 1n, "i64x2");
    check("1 2", "not a v128: write lanes such as i32x4 1 2 3 4, or 0x and 32 digits");
  });

  test("bad_input_gets_a_sentence", () => {
    check("", "type a v128 value: write lanes such as i32x4 1 2 3 4, or 0x and 32 digits");
    check("i32x4", "i32x4 has 4 lanes, this has none");
    check("i32x4 1 2 3", "i32x4 has 4 lanes, this has 3");
    check("i8x16 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17", "i8x16 has 16 lanes, this has 17");
    check("i8x16 0 256 0 0 0 0 0 0 0 0 0 0 0 0 0 0", "lane 1: outside of i8: -128 to 255");
    check("i16x8 0 0 0 0 0 0 0 x", "lane 7: not an i16: write 42, -1 or 0x2a");
    check("f64x2 1 one", "lane 1: not an f64: write 1.5, -0, 1e9, 0x1.8p3, inf or nan");
    check("i32x8 1 2", "there is no shape i32x8: write one of i8x16, i16x8, i32x4, i64x2, f32x4, f64x2");
    check("5", "not a v128: write lanes such as i32x4 1 2 3 4, or 0x and 32 digits");
    check("0x1234", "a v128 in hexadecimal has 32 digits, this has 4");
    check("0x12g4", "not a v128: write lanes such as i32x4 1 2 3 4, or 0x and 32 digits");
    check("null", "not a v128: write lanes such as i32x4 1 2 3 4, or 0x and 32 digits");
    expect(parseValue("v128", "five")).toMatchObject({ kind: "failed" });
  });

  test("what_is_shown_reads_back_to_the_same_bits", () => {
    const vectors = [COUNTING, vectorOf(0n), vectorOf(2n ** 128n - 1n), vectorOf(0x7ff1_2345_6789_abcd_ffa0_0001_8000_0000n)];
    for (const vector of vectors) {
      for (const shape of SHAPES) {
        for (const format of ["signed", "unsigned", "hex"] as const) {
          expect(parseVector(editableVector(vector, shape, format)), `${shape} ${format}`).toEqual({ kind: "ok", value: vector });
          const lanes = lanesOf(vector, shape).map((lane) => editableLane(lane, shape, format));
          expect(parseVector(lanes.join(" "), shape), `lanes of ${shape} ${format}`).toEqual({ kind: "ok", value: vector });
        }
      }
      expect(parseVector(vectorHex(vector))).toEqual({ kind: "ok", value: vector });
    }
  });

  test("one_lane_is_replaced_and_the_others_kept", () => {
    for (const shape of SHAPES) {
      const lanes = lanesOf(COUNTING, shape);
      for (const lane of lanes.keys()) {
        expect(lanesOf(withLane(COUNTING, shape, lane, 1n), shape)).toEqual(lanes.map((old, at) => (at === lane ? 1n : old)));
      }
    }
  });
});
