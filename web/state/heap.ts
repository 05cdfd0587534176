// What is seen of the heap: what to ask the machine for, and what differs from the stop before.

import type { HeapView, HeapWindow, Value, View } from "../protocol/dto.ts";
import type { Eyes, State } from "./state.ts";
import { sameValue } from "./values.ts";

/** Objects, fields and elements listed at once. */
export const HEAP_ROWS = 64;

/**
 * Of so many objects it is found out at every stop what is out of reach and what refers to one; of more only when asked. Measured: about 10 ms. The
 * same number of frames and of elements of tables takes about as long, and so do 64 bytes for each.
 */
export const SURVEYED = 50_000;
const SURVEYED_BYTES = 64 * SURVEYED;

/** Objects that can be gone back to. Chosen. */
const PAST = 100;

/** What the person is looking at in the heap. */
export interface HeapEyes {
  /** Key of the kind of objects that is listed; all without one. */
  readonly kind?: string;
  readonly from: number;
  readonly object?: number;
  /** Objects that were shown before it, the last one last, and those that were gone back from, the nearest one last. */
  readonly past: readonly number[];
  readonly future: readonly number[];
  /** A reference led here: the object is to take the focus, so that the next reference is a key away. */
  readonly entering: boolean;
  readonly partsFrom: number;
  /** The object was chosen elsewhere: the list goes where it is. */
  readonly follow: boolean;
  /** Look at the whole heap, however large. */
  readonly survey: boolean;
}

export const FIRST_HEAP_EYES: HeapEyes = { from: 0, past: [], future: [], entering: false, partsFrom: 0, follow: false, survey: false };

/** Another object is shown; those before it stay reachable. */
export function showing(heap: HeapEyes, object: number): HeapEyes {
  const leaves = heap.object !== undefined && heap.object !== object;
  const past = leaves ? [...heap.past, heap.object].slice(-PAST) : heap.past;
  return { ...heap, object, past, future: leaves ? [] : heap.future, entering: false, partsFrom: leaves ? 0 : heap.partsFrom, survey: leaves ? false : heap.survey };
}

/** The object shown before this one, or the one that was gone back from. */
export function going(heap: HeapEyes, way: "back" | "forward"): HeapEyes {
  const [from, to] = way === "back" ? [heap.past, heap.future] : [heap.future, heap.past];
  const object = from.at(-1);
  if (object === undefined) return heap;
  const rest = from.slice(0, -1);
  const other = heap.object === undefined ? to : [...to, heap.object];
  const [past, future] = way === "back" ? [rest, other] : [other, rest];
  return { ...heap, object, past, future, entering: true, partsFrom: 0, survey: false, follow: true };
}

/**
 * What to ask of the heap; nothing while its pane is folded or there is nothing. Counting a million objects takes about 10 ms (measured), which
 * a machine at full speed has better use for.
 */
export function heapWindow(eyes: HeapEyes, view: View | undefined, collapsed: State["layout"]["collapsed"]): HeapWindow | undefined {
  if (!view || view.heap.objects === 0 || collapsed.includes("Heap")) return undefined;
  const running = view.status.kind === "running";
  if (running && !isSmall(view)) return undefined;
  return {
    ...(eyes.kind === undefined ? {} : { kind: eyes.kind }),
    from: eyes.from,
    count: HEAP_ROWS,
    ...(eyes.object === undefined ? {} : { object: eyes.object }),
    partsFrom: eyes.partsFrom,
    partsCount: HEAP_ROWS,
    survey: !running && (eyes.survey || isSmall(view)),
  };
}

function isSmall({ heap, frameCount, tables }: View): boolean {
  const elements = tables.reduce((sum, table) => sum + table.size, 0n);
  return heap.objects <= SURVEYED && heap.bytes <= SURVEYED_BYTES && frameCount <= SURVEYED && elements <= SURVEYED;
}

/** Whether what is seen is not yet what the person wants to look at. */
export function isBehind(eyes: HeapEyes, seen: HeapView): boolean {
  const { detail } = seen;
  if (seen.kind !== eyes.kind || seen.from !== eyes.from || seen.object !== eyes.object || eyes.follow) return true;
  return detail !== undefined && (detail.partsFrom !== eyes.partsFrom || (eyes.survey && detail.holders === undefined));
}

export function sameHeapWindow(left: HeapWindow | undefined, right: HeapWindow | undefined): boolean {
  if (!left || !right) return left === right;
  return (
    left.kind === right.kind &&
    left.from === right.from &&
    left.count === right.count &&
    left.object === right.object &&
    left.partsFrom === right.partsFrom &&
    left.partsCount === right.partsCount &&
    left.survey === right.survey
  );
}

/** The list goes to a page that shows the object chosen elsewhere, and back to where objects are after many have gone. */
export function heapEyesAfter(eyes: Eyes, view: View): Eyes {
  const { heap } = eyes;
  const seen = view.heapWindow;
  if (!seen) return eyes;
  const place = heap.follow && seen.detail?.object === heap.object ? seen.detail?.place : undefined;
  const last = Math.max(0, seen.total - 1);
  const wanted = place ?? Math.min(heap.from, last);
  const follow = heap.follow && seen.object !== heap.object;
  const from = place !== undefined && place >= heap.from && place < heap.from + HEAP_ROWS ? heap.from : wanted === heap.from ? wanted : pageOf(wanted);
  return from === heap.from && follow === heap.follow ? eyes : { ...eyes, heap: { ...heap, from, follow } };
}

function pageOf(place: number): number {
  return place - (place % HEAP_ROWS);
}

export interface HeapChanges {
  /** Objects that were made or written. */
  readonly objects: ReadonlySet<number>;
  /** Of the object that is shown in full: values before, by field or element; undefined where the old value is not known. */
  readonly parts: ReadonlyMap<number, Value | undefined>;
}

export const NO_HEAP_CHANGES: HeapChanges = { objects: new Set(), parts: new Map() };

export function heapChanges(before: View, now: View): HeapChanges {
  const objects = new Set<number>();
  const parts = new Map<number, Value | undefined>();
  const shown = now.heapWindow?.detail;
  for (const access of now.effect?.objects ?? []) {
    if (access.kind !== "write") continue;
    objects.add(access.object);
    if (access.object !== shown?.object || access.index === undefined) continue;
    const end = Math.min(access.index + access.count, shown.partsFrom + HEAP_ROWS);
    for (let part = Math.max(access.index, shown.partsFrom); part < end; part += 1) parts.set(part, access.before);
  }
  const texts = new Map(before.heapWindow?.rows.map((row) => [row.object, row.text]));
  for (const row of now.heapWindow?.rows ?? []) {
    const text = texts.get(row.object);
    if (text !== undefined && text !== row.text) objects.add(row.object);
  }
  const old = before.heapWindow?.detail;
  if (shown && old?.object === shown.object && old.name === shown.name) {
    const values = new Map(old.parts.map((part) => [part.index, part.value]));
    for (const part of shown.parts) {
      const value = values.get(part.index);
      if (value !== undefined && !sameValue(value, part.value)) parts.set(part.index, value);
    }
  }
  return { objects, parts };
}
