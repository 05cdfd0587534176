// Slices that several panes draw from.

import type { Shape, View } from "../protocol/dto.ts";
import { changesBetween, NO_CHANGES, type Changes } from "../state/changes.ts";
import { isBroken, viewOf } from "../state/selectors.ts";
import type { State } from "../state/state.ts";
import { funcFinder } from "../state/funcs.ts";
import { useDispatch, useSelect, useStore } from "../state/use.ts";
import type { FuncFinder, NumberFormat } from "../state/values.ts";
import type { ShapeChoice } from "../widgets/vector-cell.tsx";

/** Finds functions by name or index, as those of a module read them, in the machine there is when it is asked. */
export function useFuncs(): (near: string | undefined) => FuncFinder {
  const store = useStore();
  return (near) => (text) => funcFinder(store.state.peek(), near)(text);
}

export const view = (state: State): View | undefined => viewOf(state);

export const format = (state: State): NumberFormat => state.eyes.format;

const shapes = (state: State): Readonly<Record<string, Shape>> => state.eyes.shapes;

/** How the vector of a place is read, and how that is chosen. */
export function useShapes(): (place: string) => ShapeChoice {
  const chosen = useSelect(shapes);
  const dispatch = useDispatch();
  return (place) => ({ shape: chosen[place], onShape: (shape) => dispatch({ kind: "shapeChosen", place, shape }) });
}

// Places whose shape is remembered: the same in every call of a function.

export function operandPlace(now: View | undefined, index: number): string {
  return `operand ${shownFunc(now)} ${index}`;
}

export function localPlace(now: View | undefined, index: number): string {
  return `local ${shownFunc(now)} ${index}`;
}

function shownFunc(now: View | undefined): number | undefined {
  return now?.frames.find((row) => row.index === now.frame?.index)?.func;
}

/** True while values may be changed by hand: at every stop, also between calls. */
export const editable = (state: State): boolean => {
  const kind = viewOf(state)?.status.kind;
  return kind !== undefined && kind !== "running" && kind !== "waiting";
};

/** The machine shown is not the one of the text. */
export const dimmed = (state: State): boolean => isBroken(state);

/** The class of what belongs to a machine that is not the one of the text. */
export function useDimmed(): string {
  return useSelect(dimmed) ? " dimmed" : "";
}

let last: { readonly before: View | undefined; readonly now: View | undefined; readonly changes: Changes } | undefined;

export function changes(state: State): Changes {
  const before = state.machine.loaded?.before;
  const now = viewOf(state);
  if (last === undefined || last.before !== before || last.now !== now) {
    last = { before, now, changes: now?.status.kind === "running" ? NO_CHANGES : changesBetween(before, now) };
  }
  return last.changes;
}
