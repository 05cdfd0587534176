// Which instructions modules have whose results the specification leaves to the engine, or that let a program see them.
import type { Traits } from "../protocol/compare.ts";

/** Strings and comments, in which an instruction is none. */
const NO_CODE = /"(?:\\[^]|[^"\\])*"|;;.*|\(;[^]*?;\)/g;

export function traitsOf(texts: readonly string[]): Traits {
  const code = texts.map((text) => text.replace(NO_CODE, " "));
  const has = (instruction: RegExp): boolean => code.some((text) => instruction.test(text));
  return {
    relaxed: has(/\.relaxed_/),
    storesFloats: has(/\b(?:f32|f64|v128)\.store/),
    readsBits: has(/\.reinterpret_f|\.copysign|\bv128\.|\.(?:extract_lane|bitmask|any_true|all_true)/),
    growsTables: has(/\btable\.grow/),
  };
}
