// Numbers as text for people, and back: what values and the lanes of vectors have in common.

import { F32, F64, parseFloatBits } from "./float.ts";

/** How integers and floats are read; a choice of the person at the page. */
export type NumberFormat = (typeof NUMBER_FORMATS)[number];
export const NUMBER_FORMATS = ["signed", "unsigned", "hex"] as const;

/** Between groups of hexadecimal digits: thin enough to read as one number. */
export const THIN_SPACE = "\u2009";

export function groupThousands(value: number | bigint): string {
  const text = value.toString();
  return text.replace(/\B(?=(\d{3})+$)/g, ",");
}

export function hex(bits: bigint, digits: number): string {
  const text = bits.toString(16).padStart(digits, "0");
  return `0x${text.replace(/\B(?=([0-9a-f]{4})+$)/g, THIN_SPACE)}`;
}

export type Parsed<T> = { readonly kind: "ok"; readonly value: T } | { readonly kind: "failed"; readonly message: string };

export function failed(message: string): { readonly kind: "failed"; readonly message: string } {
  return { kind: "failed", message };
}

/** Type of a lane. */
export type LaneType = "i8" | "i16" | "i32" | "i64" | "f32" | "f64";

/** The bits of a lane of a vector. */
export function parseLane(type: LaneType, text: string): Parsed<bigint> {
  const typed = text.replaceAll(THIN_SPACE, "").trim();
  if (typed === "") return failed(`type ${article(type)} value`);
  return type === "f32" || type === "f64" ? parseDecimal(typed, type) : parseInteger(typed, INTEGER_BITS[type]);
}

const INTEGER_BITS = { i8: 8, i16: 16, i32: 32, i64: 64 } as const;

export function parseDecimal(typed: string, type: "f32" | "f64"): Parsed<bigint> {
  const bits = parseFloatBits(typed, type === "f32" ? F32 : F64);
  return bits === undefined ? failed(`not ${article(type)}: write 1.5, -0, 1e9, 0x1.8p3, inf or nan`) : { kind: "ok", value: bits };
}

export function parseInteger(typed: string, width: 8 | 16 | 32 | 64): Parsed<bigint> {
  const match = /^([+-]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|\d+)$/.exec(typed.replace(/(?<=[0-9a-fA-F])[_,](?=[0-9a-fA-F])/g, ""));
  if (!match?.[2] || match[2].length > 200) return failed(`not an i${width}: write 42, -1 or 0x2a`);
  const magnitude = BigInt(match[2]);
  const value = match[1] === "-" ? -magnitude : magnitude;
  const low = -(1n << BigInt(width - 1));
  const high = (1n << BigInt(width)) - 1n;
  if (value < low || value > high) return failed(`outside of i${width}: ${groupThousands(low)} to ${groupThousands(high)}`);
  return { kind: "ok", value: BigInt.asUintN(width, value) };
}

export function article(type: string): string {
  return /^(f\d|[aeiou])/.test(type) ? `an ${type}` : `a ${type}`;
}
