import { describe, expect, test } from "vitest";
import type { Value } from "../protocol/dto.ts";
import { editableText, formatAddress, formatBytes, formatGas, formatValue, parseAddress, parseNeedle, parseValue } from "./values.ts";

function check(type: string, text: string, expected: bigint | number | string): void {
  const parsed = parseValue(type, text);
  if (typeof expected === "string") {
    expect(parsed, `${type} ${text}`).toMatchObject({ kind: "failed" });
    expect(parsed.kind === "failed" ? parsed.message : "").toContain(expected);
    return;
  }
  expect(parsed, `${type} ${text}`).toEqual({ kind: "ok", value: { type, bits: expected } });
}

describe("integers", () => {
  test("typed_integers_cover_the_signed_and_the_unsigned_range", () => {
    check("i32", "42", 42);
    check("i32", "-1", 0xffff_ffff);
    check("i32", "4294967295", 0xffff_ffff);
    check("i32", "-2147483648", 0x8000_0000);
    check("i32", "0xFFFF_FFFF", 0xffff_ffff);
    check("i32", "-0x1", 0xffff_ffff);
    check("i32", "1,000,000", 1_000_000);
    check("i32", "4294967296", "outside of i32");
    check("i32", "-2147483649", "outside of i32");
    check("i64", "18446744073709551615", 0xffff_ffff_ffff_ffffn);
    check("i64", "-9223372036854775808", 0x8000_0000_0000_0000n);
    check("i64", "0x8000000000000000", 0x8000_0000_0000_0000n);
    check("i64", "18446744073709551616", "outside of i64");
    check("i64", "9007199254740993", 9007199254740993n);
  });

  test("what_is_not_an_integer_is_said_kindly", () => {
    for (const text of ["", " ", "1.5", "abc", "0x", "--1", "1e3"]) check("i32", text, "");
  });

  test("integers_are_shown_signed_unsigned_and_hex", () => {
    const minusOne: Value = { type: "i64", bits: 0xffff_ffff_ffff_ffffn };
    expect(formatValue(minusOne)).toBe("-1");
    expect(formatValue(minusOne, "unsigned")).toBe("18,446,744,073,709,551,615");
    expect(formatValue(minusOne, "hex")).toBe("0xffff\u2009ffff\u2009ffff\u2009ffff");
    expect(formatValue({ type: "i32", bits: 0x8000_0000 })).toBe("-2,147,483,648");
    expect(formatValue({ type: "i32", bits: 42 }, "hex")).toBe("0x0000\u2009002a");
  });
});

describe("floats", () => {
  test("typed_floats_give_exact_bits", () => {
    check("f64", "1.5", 0x3ff8_0000_0000_0000n);
    check("f64", "-0", 0x8000_0000_0000_0000n);
    check("f64", "0.1", 0x3fb9_9999_9999_999an);
    check("f64", "inf", 0x7ff0_0000_0000_0000n);
    check("f64", "-inf", 0xfff0_0000_0000_0000n);
    check("f64", "nan", 0x7ff8_0000_0000_0000n);
    check("f64", "nan:0x1", 0x7ff0_0000_0000_0001n);
    check("f64", "-nan", 0xfff8_0000_0000_0000n);
    check("f64", "0x1.8p3", 0x4028_0000_0000_0000n);
    check("f64", "5e-324", 1n);
    check("f64", "2.2250738585072011e-308", 0x000f_ffff_ffff_ffffn);
    check("f64", "1e400", 0x7ff0_0000_0000_0000n);
    check("f64", "1e-400", 0n);
    check("f64", "1e999999999", 0x7ff0_0000_0000_0000n);
    check("f32", "1.5", 0x3fc0_0000);
    check("f32", "nan:0x200000", 0x7fa0_0000);
    check("f32", "nan:0x800000", "not an f32");
    check("f32", "3.4028235e38", 0x7f7f_ffff);
    check("f32", "1e-45", 1);
    check("f64", "one", "not an f64");
  });

  test("an_f32_is_rounded_once", () => {
    // Just above the middle of 1 and its successor: rounding to f64 first would fall on the middle and go down to even.
    check("f32", "1.00000005960464477540", 0x3f80_0001);
  });

  test("every_float_that_is_shown_reads_back", () => {
    for (let round = 0, seed = 12345; round < 2000; round += 1) {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      const f32: Value = { type: "f32", bits: seed };
      expect(parseValue("f32", formatValue(f32))).toEqual({ kind: "ok", value: f32 });
      const f64: Value = { type: "f64", bits: (BigInt(seed) << 32n) | BigInt(Math.imul(seed, 22695477) >>> 0) };
      expect(parseValue("f64", formatValue(f64))).toEqual({ kind: "ok", value: f64 });
    }
  });

  test("floats_agree_with_the_browser", () => {
    for (const number of [0.1, 1 / 3, 1e21, 123456.789, 1e-7, Number.MIN_VALUE, Number.MAX_VALUE]) {
      const view = new DataView(new ArrayBuffer(8));
      view.setFloat64(0, number);
      check("f64", String(number), view.getBigUint64(0));
    }
  });

  test("special_floats_are_named", () => {
    expect(formatValue({ type: "f32", bits: 0x7fc0_0000 })).toBe("nan");
    expect(formatValue({ type: "f32", bits: 0x7fc0_0001 })).toBe("nan:0x400001");
    expect(formatValue({ type: "f64", bits: 0x8000_0000_0000_0000n })).toBe("-0");
    expect(formatValue({ type: "f32", bits: 0x3dcc_cccd })).toBe("0.1");
    expect(formatValue({ type: "f64", bits: 0x3ff8_0000_0000_0000n }, "hex")).toBe("0x3ff8\u20090000\u20090000\u20090000");
  });
});

test("references_are_null_or_a_handle", () => {
  expect(parseValue("funcref", "null")).toEqual({ kind: "ok", value: { type: "ref", refType: "funcref", target: { kind: "null" } } });
  expect(parseValue("externref", "7")).toEqual({ kind: "ok", value: { type: "ref", refType: "externref", target: { kind: "extern", handle: 7 } } });
  expect(parseValue("funcref", "7")).toMatchObject({ kind: "failed" });
  expect(parseValue("(ref $t)", "null")).toMatchObject({ kind: "failed" });
});

test("references_to_objects_are_given_by_number_and_small_integers_by_value", () => {
  const target = (type: string, text: string): unknown => {
    const parsed = parseValue(type, text);
    return parsed.kind === "ok" && parsed.value.type === "ref" ? parsed.value.target : parsed.kind;
  };
  expect(target("(ref null $node)", "#12")).toEqual({ kind: "object", object: 12, text: "" });
  expect(target("exnref", "#12")).toEqual({ kind: "exception", object: 12, text: "" });
  expect(target("(ref exn)", "#12")).toEqual({ kind: "exception", object: 12, text: "" });
  expect(target("anyref", "#4294967296")).toBe("failed");
  expect(target("anyref", "-1")).toEqual({ kind: "i31", value: 0x7fff_ffff });
  expect(target("i31ref", "0x3fffffff")).toEqual({ kind: "i31", value: 0x3fff_ffff });
  expect(target("i31ref", "0x40000000")).toBe("failed");
  expect(target("(ref null $node)", "12")).toBe("failed");
});

test("references_are_shown_by_what_they_point_to_and_read_back", () => {
  const reference = (target: Extract<Value, { type: "ref" }>["target"]): Value => ({ type: "ref", refType: "anyref", target });
  const object = reference({ kind: "object", object: 12, text: "$point #12 {x 1}" });
  expect([formatValue(object), editableText(object)]).toEqual(["$point #12 {x 1}", "#12"]);
  const exception = reference({ kind: "exception", object: 3, text: "$tag (1)" });
  expect([formatValue(exception), editableText(exception)]).toEqual(["$tag (1)", "#3"]);
  const small = reference({ kind: "i31", value: 0x7fff_fff6 });
  expect([formatValue(small), formatValue(small, "unsigned"), editableText(small)]).toEqual(["i31 -10", "i31 2,147,483,638", "-10"]);
  expect(parseValue("anyref", editableText(small))).toEqual({ kind: "ok", value: small });
});

test("an_input_shows_what_reads_back", () => {
  for (const format of ["signed", "unsigned", "hex"] as const) {
    const value: Value = { type: "i64", bits: 0xfedc_ba98_7654_3210n };
    expect(parseValue("i64", editableText(value, format))).toEqual({ kind: "ok", value });
  }
});

test("addresses_sizes_and_gas", () => {
  expect(formatAddress(0x1_0004n)).toBe("0x0001\u20090004");
  expect(formatAddress(4n)).toBe("0x0004");
  expect(parseAddress("0x1_0004")).toEqual({ kind: "ok", value: 0x1_0004n });
  expect(parseAddress("0x0001\u20090004")).toEqual({ kind: "ok", value: 0x1_0004n });
  expect(parseAddress("4294967296")).toEqual({ kind: "ok", value: 0x1_0000_0000n });
  expect(parseAddress("here")).toMatchObject({ kind: "failed" });
  expect(formatBytes(65536n)).toBe("64 KiB");
  expect(formatBytes(4294967296n)).toBe("4 GiB");
  expect(formatGas(1204n, 1)).toBe("1,204");
  expect(formatGas(12045n, 10)).toBe("1,204.5");
  expect(formatGas(15n, 16)).toBe("0.9375");
  expect(formatGas(1n, 3)).toBe("0.333333");
});

test("a_needle_is_bytes_or_text", () => {
  expect(parseNeedle("de ad")).toEqual({ kind: "ok", value: Uint8Array.of(0xde, 0xad) });
  expect(parseNeedle("0xdead")).toEqual({ kind: "ok", value: Uint8Array.of(0xde, 0xad) });
  expect(parseNeedle('"de"')).toEqual({ kind: "ok", value: Uint8Array.of(0x64, 0x65) });
  expect(parseNeedle("hello")).toEqual({ kind: "ok", value: new TextEncoder().encode("hello") });
  expect(parseNeedle("0xabc")).toMatchObject({ kind: "failed" });
});

test("references_to_functions_are_found_by_name_or_index", () => {
  const funcs = (text: string) => (text === "$f" ? { func: 7, name: "$f" } : undefined);
  for (const type of ["funcref", "(ref func)", "(ref null func)", "(ref 3)"]) {
    expect(parseValue(type, "$f", funcs)).toEqual({ kind: "ok", value: { type: "ref", refType: type, target: { kind: "func", func: 7, name: "$f" } } });
    expect(parseValue(type, "$g", funcs).kind).toBe("failed");
  }
  expect(parseValue("funcref", "null", funcs)).toEqual({ kind: "ok", value: { type: "ref", refType: "funcref", target: { kind: "null" } } });
  expect(parseValue("externref", "$f", funcs).kind).toBe("failed");
});
