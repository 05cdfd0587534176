// Where breakpoints stand, as the core tells it.
import { ensureExists } from "../base/assert.ts";
import type { BreakpointStand, Moved } from "../protocol/dto.ts";

/** The reasons in the order of their numbers. */
const REASONS: readonly Moved[] = ["function", "delimiter", "unreachable"];

/** From offset plus one, start and end of the span, line, reason plus one; 0 for what is not there. */
export function standOf(words: Uint32Array): BreakpointStand {
  const [offset = 0, from = 0, to = 0, line = 0, reason = 0] = words;
  return {
    ...(offset === 0 ? {} : { offset: offset - 1 }),
    ...(to === 0 ? {} : { span: { from, to } }),
    ...(line === 0 ? {} : { line }),
    ...(reason === 0 ? {} : { moved: ensureExists(REASONS[reason - 1], "reason") }),
  };
}
