// What differs between two stops of the machine, for the marks of the panes.

import type { FrameDetail, GlobalChange, GlobalRow, LocalChange, SlotRow, Value, View } from "../protocol/dto.ts";
import { heapChanges, NO_HEAP_CHANGES, type HeapChanges } from "./heap.ts";
import { sameValue } from "./values.ts";

export interface Changes {
  /** Value before, by local index of the frame shown. */
  readonly locals: ReadonlyMap<number, Value>;
  /** By operand index; undefined where the slot is new. */
  readonly operands: ReadonlyMap<number, Value | undefined>;
  /** By address. */
  readonly globals: ReadonlyMap<number, Value>;
  /** `table:index` of elements written by the last step. */
  readonly elements: ReadonlyMap<string, Value>;
  /** Bytes each memory had, by address, where it grew. */
  readonly grown: ReadonlyMap<number, bigint>;
  readonly heap: HeapChanges;
}

export const NO_CHANGES: Changes = {
  locals: new Map(),
  operands: new Map(),
  globals: new Map(),
  elements: new Map(),
  grown: new Map(),
  heap: NO_HEAP_CHANGES,
};

export function changesBetween(before: View | undefined, view: View | undefined): Changes {
  if (!before || !view || before.ticks >= view.ticks) return NO_CHANGES;
  const sameFrame = frameIdentity(before) === frameIdentity(view) && frameIdentity(view) !== undefined;
  return {
    locals: sameFrame ? changedSlots(before.frame?.locals ?? [], view.frame?.locals ?? [], writtenLocals(view)) : new Map(),
    operands: sameFrame ? changedOperands(before.frame, view.frame) : new Map(),
    globals: changedGlobals(before.globals, view.globals, view.effect?.globalsWritten ?? []),
    elements: new Map((view.effect?.tablesWritten ?? []).map((written) => [`${written.table}:${written.index}`, written.before])),
    grown: new Map(
      view.memories.flatMap((memory) => {
        const old = before.memories.find((candidate) => candidate.address === memory.address);
        return old !== undefined && old.size < memory.size ? [[memory.address, old.size] as const] : [];
      }),
    ),
    heap: heapChanges(before, view),
  };
}

/** The same activation of the same function: its depth from the outside and its function. */
function frameIdentity(view: View): string | undefined {
  const { frame } = view;
  if (!frame) return undefined;
  const row = view.frames.find((candidate) => candidate.index === frame.index);
  return `${view.frameCount - frame.index}:${row?.func ?? "?"}`;
}

/** Those of the innermost frame: an instruction writes no others. */
function writtenLocals(view: View): readonly LocalChange[] {
  return view.frame?.index === 0 ? (view.effect?.localsWritten ?? []) : [];
}

/** What the last step wrote may be outside of the rows that were listed before. */
function changedSlots(before: readonly SlotRow[], now: readonly SlotRow[], written: readonly LocalChange[]): Map<number, Value> {
  const old = new Map([...written.map((change) => [change.index, change.before] as const), ...before.map((row) => [row.index, row.value] as const)]);
  const changed = new Map<number, Value>();
  for (const row of now) {
    const value = old.get(row.index);
    if (value !== undefined && !sameValue(value, row.value)) changed.set(row.index, value);
  }
  return changed;
}

function changedOperands(before: FrameDetail | undefined, now: FrameDetail | undefined): Map<number, Value | undefined> {
  const old = new Map((before?.operands ?? []).map((row) => [row.index, row.value]));
  const changed = new Map<number, Value | undefined>();
  for (const row of now?.operands ?? []) {
    const value = old.get(row.index);
    // One that was there and not listed is not new.
    if (value === undefined ? row.index >= (before?.operandCount ?? 0) : !sameValue(value, row.value)) changed.set(row.index, value);
  }
  return changed;
}

function changedGlobals(before: readonly GlobalRow[], now: readonly GlobalRow[], written: readonly GlobalChange[]): Map<number, Value> {
  const old = new Map([...written.map((change) => [change.address, change.before] as const), ...before.map((row) => [row.address, row.value] as const)]);
  const changed = new Map<number, Value>();
  for (const row of now) {
    const value = old.get(row.address);
    if (value !== undefined && !sameValue(value, row.value)) changed.set(row.address, value);
  }
  return changed;
}
