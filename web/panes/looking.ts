// Slices that several panes draw from.

import type { View } from "../protocol/dto.ts";
import { changesBetween, NO_CHANGES, type Changes } from "../state/changes.ts";
import { isBroken, viewOf } from "../state/selectors.ts";
import type { State } from "../state/state.ts";
import { funcFinder } from "../state/funcs.ts";
import { useStore } from "../state/use.ts";
import type { FuncFinder, NumberFormat } from "../state/values.ts";

/** Finds functions by name or index, as those of a module read them, in the machine there is when it is asked. */
export function useFuncs(): (near: string | undefined) => FuncFinder {
  const store = useStore();
  return (near) => (text) => funcFinder(store.state.peek(), near)(text);
}

export const view = (state: State): View | undefined => viewOf(state);

export const format = (state: State): NumberFormat => state.eyes.format;

/** True while values may be changed by hand: at every stop, also between calls. */
export const editable = (state: State): boolean => {
  const kind = viewOf(state)?.status.kind;
  return kind !== undefined && kind !== "running" && kind !== "waiting";
};

/** The machine shown is not the one of the text. */
export const dimmed = (state: State): boolean => isBroken(state);

let last: { readonly before: View | undefined; readonly now: View | undefined; readonly changes: Changes } | undefined;

export function changes(state: State): Changes {
  const before = state.machine.loaded?.before;
  const now = viewOf(state);
  if (last === undefined || last.before !== before || last.now !== now) {
    last = { before, now, changes: now?.status.kind === "running" ? NO_CHANGES : changesBetween(before, now) };
  }
  return last.changes;
}
