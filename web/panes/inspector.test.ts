import { expect, test } from "vitest";
import { inspect } from "./inspector.ts";

const near = { size: 65536n, addressType: "i32" } as const;

const read = (bytes: readonly number[], selected = 1): Record<string, string> =>
  Object.fromEntries(inspect(Uint8Array.from(bytes), selected, near).map((reading) => [reading.name, reading.text]));

test("bytes_are_read_little_endian_as_each_type", () => {
  const readings = read([0xff, 0xff, 0xff, 0xff, 0, 0, 0xf8, 0x3f]);
  expect(readings["i8"]).toBe("-1 or 255");
  expect(readings["i16"]).toBe("-1 or 65,535");
  expect(readings["i32"]).toBe("-1 or 4,294,967,295");
  expect(readings["i64"]).toBe("4,609,434,222,908,669,951");
  expect(readings["f32"]).toBe("-nan:0x7fffff");
});

test("at_the_end_of_memory_only_what_fits_is_read", () => {
  expect(Object.keys(read([0x2a]))).toEqual(["i8", "UTF-8"]);
});

test("a_pointer_leads_only_into_the_memory", () => {
  expect(inspect(Uint8Array.of(16, 0, 0, 0), 1, near).find((reading) => reading.name === "pointer")?.pointer).toBe(16n);
  expect(inspect(Uint8Array.of(0, 0, 1, 0), 1, near).find((reading) => reading.name === "pointer")?.pointer).toBeUndefined();
});

test("a_pointer_of_a_64_bit_memory_takes_eight_bytes", () => {
  const wide = { size: 65536n, addressType: "i64" } as const;
  const pointer = (bytes: readonly number[]) => inspect(Uint8Array.from(bytes), 1, wide).find((reading) => reading.name === "pointer");
  expect(pointer([16, 0, 0, 0])).toBeUndefined();
  expect(pointer([16, 0, 0, 0, 0, 0, 0, 0])?.pointer).toBe(16n);
  expect(pointer([16, 0, 0, 0, 1, 0, 0, 0])).toEqual({ name: "pointer", text: "0x0001\u20090000\u20090010" });
});

test("text_ends_at_a_zero_byte_and_control_characters_are_named", () => {
  const bytes = [...new TextEncoder().encode("héllo\n")];
  expect(read([...bytes, 0, 65])["UTF-8"]).toBe("héllo\\0a");
  expect(read(bytes, 3)["UTF-8"]).toBe("hé");
});
