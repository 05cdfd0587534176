import { expect, test } from "vitest";
import { decodeText } from "./decoding.ts";

const TEXT = '(module) ;; é \u65e5 \u{1f41d}\n';

function utf16(text: string, big: boolean): Uint8Array {
  const bytes = new Uint8Array(text.length * 2);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < text.length; at += 1) view.setUint16(at * 2, text.charCodeAt(at), !big);
  return bytes;
}

test("utf_8_and_utf_16_are_read_with_and_without_their_mark", () => {
  const mark = "\ufeff";
  for (const bytes of [new TextEncoder().encode(TEXT), new TextEncoder().encode(mark + TEXT), utf16(mark + TEXT, false), utf16(mark + TEXT, true), utf16(TEXT, false), utf16(TEXT, true)]) {
    expect(decodeText("a.wat", bytes)).toEqual({ kind: "text", text: TEXT });
  }
  expect(decodeText("a.wat", new Uint8Array())).toEqual({ kind: "text", text: "" });
});

test("other_bytes_are_refused_with_their_place", () => {
  const check = (bytes: readonly number[], expected: string): void => {
    expect(decodeText("a.wat", Uint8Array.from(bytes))).toEqual({ kind: "failed", message: `a.wat is not UTF-8 text: ${expected} is part of no character. Save it as UTF-8 and open it again.` });
  };
  check([0x0a, 0x41, 0xe9, 0x20, 0x41], "byte 0xe9 in line 2");
  check([0xff], "byte 0xff in line 1");
  check([0x41, 0x0a, 0x0a, 0xe2, 0x82], "byte 0xe2 in line 3");
  check([0xc3, 0xa9, 0x0a, 0x80], "byte 0x80 in line 2");
  check([0x41, 0xe2, 0x82, 0x41, 0x42], "byte 0xe2 in line 1");
  expect(decodeText("a.wat", Uint8Array.of(0xff, 0xfe, 0x00, 0xd8))).toMatchObject({ kind: "failed" });
});
