// Vectors as lanes: of which shape, as text for people, and back.

import type { Shape, Value } from "../protocol/dto.ts";
import { F32, F64, formatFloatBits } from "./float.ts";
import { failed, groupThousands, hex, parseLane, THIN_SPACE, type LaneType, type NumberFormat, type Parsed } from "./numbers.ts";

export type Vector = Extract<Value, { readonly type: "v128" }>;

export const SHAPES: readonly Shape[] = ["i8x16", "i16x8", "i32x4", "i64x2", "f32x4", "f64x2"];

/** In which a vector is read that no instruction tells a shape of. */
export const USUAL_SHAPE: Shape = "i32x4";

export const LANES: Readonly<Record<Shape, { readonly type: LaneType; readonly bits: number }>> = {
  i8x16: { type: "i8", bits: 8 },
  i16x8: { type: "i16", bits: 16 },
  i32x4: { type: "i32", bits: 32 },
  i64x2: { type: "i64", bits: 64 },
  f32x4: { type: "f32", bits: 32 },
  f64x2: { type: "f64", bits: 64 },
};

export function shapeNamed(name: string): Shape | undefined {
  return SHAPES.find((shape) => shape === name);
}

/** All 128 bits, lane 0 in the lowest. */
export function vectorBits({ low, high }: Vector): bigint {
  return low | (high << 64n);
}

export function vectorOf(bits: bigint): Vector {
  return { type: "v128", low: BigInt.asUintN(64, bits), high: bits >> 64n };
}

// Memory is little-endian, and so are typed arrays wherever pages run.

export function vectorOfBytes(bytes: Uint8Array): Vector {
  const [low = 0n, high = 0n] = new BigUint64Array(bytes.slice(0, 16).buffer);
  return { type: "v128", low, high };
}

export function bytesOfVector({ low, high }: Vector): Uint8Array {
  return new Uint8Array(BigUint64Array.of(low, high).buffer);
}

/** The bits of each lane, lane 0 first. */
export function lanesOf(vector: Vector, shape: Shape): readonly bigint[] {
  const { bits } = LANES[shape];
  const all = vectorBits(vector);
  return Array.from({ length: 128 / bits }, (_, lane) => BigInt.asUintN(bits, all >> BigInt(lane * bits)));
}

/** A lane as the other numbers on the page are read; of floats hex shows the bits. */
export function formatLane(bits: bigint, shape: Shape, format: NumberFormat): string {
  const lane = LANES[shape];
  if (format === "hex") return hex(bits, lane.bits / 4);
  if (lane.type === "f32") return formatFloatBits(bits, F32);
  if (lane.type === "f64") return formatFloatBits(bits, F64);
  return groupThousands(format === "signed" ? BigInt.asIntN(lane.bits, bits) : bits);
}

export function plainLane(bits: bigint, shape: Shape, format: NumberFormat): string {
  return formatLane(bits, shape, format).replaceAll(",", "").replaceAll(THIN_SPACE, "");
}

export function isFloat(shape: Shape): boolean {
  return shape.startsWith("f");
}

/** As the text format writes it: `i32x4 1 2 3 4`, without grouping, so that it can be typed again (but the bits of floats). */
export function vectorText(vector: Vector, shape: Shape, format: NumberFormat): string {
  return [shape, ...lanesOf(vector, shape).map((lane) => plainLane(lane, shape, format))].join(" ");
}

/** All bits as one number, lane 0 in its last digits. */
export function vectorHex(vector: Vector): string {
  return `0x${vectorBits(vector).toString(16).padStart(32, "0")}`;
}

const HOW = "write lanes such as i32x4 1 2 3 4, or 0x and 32 digits";

/**
 * Reads a vector: a shape and its lanes as the text format writes them, or all bits as one number. Where a shape is
 * known, the lanes alone will do.
 */
export function parseVector(text: string, known?: Shape): Parsed<Vector> {
  const words = text.replaceAll(THIN_SPACE, "").trim().replace(/^\((.*)\)$/, "$1").split(/[\s,]+/).filter((word) => word !== "");
  if (words[0] === "v128.const") words.shift();
  const [first] = words;
  if (first === undefined) return failed(`type a v128 value: ${HOW}`);
  if (words.length === 1 && /^0x/i.test(first)) return parseHex(first);
  const named = shapeNamed(first);
  if (named !== undefined) return parseLanes(words.slice(1), named);
  if (/^[if]\d+x\d+$/i.test(first)) return failed(`there is no shape ${first}: write one of ${SHAPES.join(", ")}`);
  if (known === undefined || words.length === 1) return failed(`not a v128: ${HOW}`);
  return parseLanes(words, known);
}

function parseHex(typed: string): Parsed<Vector> {
  const digits = typed.slice(2).replaceAll("_", "");
  if (!/^[0-9a-f]*$/i.test(digits)) return failed(`not a v128: ${HOW}`);
  if (digits.length !== 32) return failed(`a v128 in hexadecimal has 32 digits, this has ${digits.length}`);
  return { kind: "ok", value: vectorOf(BigInt(`0x${digits}`)) };
}

function parseLanes(words: readonly string[], shape: Shape): Parsed<Vector> {
  const { type, bits } = LANES[shape];
  const count = 128 / bits;
  if (words.length !== count) return failed(`${shape} has ${count} lanes, this has ${words.length === 0 ? "none" : words.length}`);
  let all = 0n;
  for (const [lane, word] of words.entries()) {
    const parsed = parseLane(type, word);
    if (parsed.kind === "failed") return failed(`lane ${lane}: ${parsed.message}`);
    all |= parsed.value << BigInt(lane * bits);
  }
  return { kind: "ok", value: vectorOf(all) };
}
