// Exceptions and what catches them, in the words of the text format.

import type { Clause } from "../protocol/dto.ts";

/** `catch $t`, `catch_all_ref`. */
export function clauseText(clause: Clause, tag: string | undefined): string {
  const takesTag = clause === "catch" || clause === "catch_ref";
  return takesTag ? `${clause} ${tag ?? ""}` : clause;
}

/** `line 12`, or the offset of a module without text. */
export function placeText(line: number | undefined, offset = 0): string {
  return line === undefined ? `+0x${offset.toString(16)}` : `line ${line}`;
}
