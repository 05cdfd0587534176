// What the cell of a vector needs besides: fields for lanes, and their readings.

import type { Shape } from "../protocol/dto.ts";
import type { LaneType, NumberFormat } from "./numbers.ts";
import { formatLane, isFloat, LANES, plainLane, vectorBits, vectorHex, vectorOf, vectorText, type Vector } from "./vectors.ts";

export function laneType(shape: Shape): LaneType {
  return LANES[shape].type;
}

export function withLane(vector: Vector, shape: Shape, lane: number, value: bigint): Vector {
  const { bits } = LANES[shape];
  const at = BigInt(lane * bits);
  const mask = ((1n << BigInt(bits)) - 1n) << at;
  return vectorOf((vectorBits(vector) & ~mask) | (value << at));
}

/** What a field for a lane shows: reads back to the same lane. Bits of a float would be read as a number. */
export function editableLane(bits: bigint, shape: Shape, format: NumberFormat): string {
  return plainLane(bits, shape, isFloat(shape) ? "signed" : format);
}

/** Every reading of a lane, for a hover. */
export function laneReadings(bits: bigint, shape: Shape): string {
  const text = (format: NumberFormat): string => formatLane(bits, shape, format);
  return isFloat(shape) ? `value ${text("signed")}\nbits ${text("hex")}` : `signed ${text("signed")}\nunsigned ${text("unsigned")}\nhex ${text("hex")}`;
}

/** What a field for a whole vector shows: reads back to the same. */
export function editableVector(vector: Vector, shape: Shape, format: NumberFormat): string {
  return format === "hex" ? vectorHex(vector) : vectorText(vector, shape, format);
}
