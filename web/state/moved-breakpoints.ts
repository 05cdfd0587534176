// Breakpoints that do not stop at their own place: which they are, and what is said of them.

import { assertUnreachable } from "../base/assert.ts";
import type { BreakpointPlace } from "../protocol/engine.ts";
import type { State } from "./state.ts";
import { isStale, remembered } from "./selectors.ts";

export interface MovedBreakpoint {
  readonly position: number;
  readonly tip: string;
  /** It stops nowhere. */
  readonly never: boolean;
}

/** Where it stops instead, and why; undefined for one that stops at its own place. */
export function movedText({ span, line, moved }: BreakpointPlace): string | undefined {
  const stops = span === undefined ? "so this breakpoint never stops" : `this breakpoint stops at line ${line}`;
  switch (moved) {
    case "delimiter":
      return span === undefined ? `The end of a block has no step of its own, ${stops}.` : `The end of a block has no step of its own: ${stops}, at what comes after it.`;
    case "unreachable":
      return span === undefined ? `No way leads to this instruction, ${stops}.` : `No way leads to this instruction: ${stops}, the next that is reached.`;
    case "function":
      return `No instruction follows in this function: ${stops}, in another one.`;
    case undefined:
      return span === undefined ? `No instruction follows, ${stops}.` : undefined;
    default:
      return assertUnreachable(moved);
  }
}

const NONE: readonly MovedBreakpoint[] = [];

const movedOf = remembered((places: readonly BreakpointPlace[]): ReadonlyMap<string, readonly MovedBreakpoint[]> => {
  const found = new Map<string, MovedBreakpoint[]>();
  for (const place of places) {
    const tip = movedText(place);
    const { module, position } = place.asked;
    if (tip !== undefined) found.set(module, [...(found.get(module) ?? []), { position, tip, never: place.span === undefined }]);
  }
  return found;
});

/** Of the module of that name, while the machine is of its text; the same list for the same places. */
export function movedBreakpoints(state: State, name: string): readonly MovedBreakpoint[] {
  const places = state.machine.loaded?.breakpoints;
  return places === undefined || isStale(state) ? NONE : (movedOf(places).get(name) ?? NONE);
}
