import { describe, expect, test } from "vitest";
import type { HeapView, ObjectDetail, Value, View } from "../protocol/dto.ts";
import { FIRST_HEAP_EYES, going, heapChanges, heapEyesAfter, heapWindow, isBehind, showing, SURVEYED, type HeapEyes } from "./heap.ts";
import { reduce } from "./reducer.ts";
import { emptyProject, FIRST_EYES, initialState } from "./state.ts";

const i32 = (bits: number): Value => ({ type: "i32", bits });

interface Sketch {
  readonly objects?: number;
  readonly bytes?: bigint;
  readonly frames?: number;
  readonly running?: boolean;
  readonly seen?: HeapView;
  readonly effect?: View["effect"];
}

function view({ objects = 3, bytes = 96n, frames = 1, running = false, seen, effect }: Sketch): View {
  return {
    status: running ? { kind: "running", instructionsPerSecond: 0 } : { kind: "paused", reason: "step" },
    ticks: 1n,
    gas: { used: 1n, denominator: 1 },
    frameCount: frames,
    frames: [],
    globalCount: 0,
    globals: [],
    tables: [],
    tableWindows: [],
    memories: [],
    memoryWindows: [],
    exceptions: [],
    otherExceptionCount: 0,
    otherExceptions: [],
    hasTags: false,
    heap: { objects, bytes, limit: 1n << 20n, collections: 0n },
    ...(seen === undefined ? {} : { heapWindow: seen }),
    ...(effect === undefined ? {} : { effect }),
    traceOn: false,
    hasRun: true,
    traceEntries: 0,
  };
}

function detail(object: number, place: number, values: readonly number[]): ObjectDetail {
  return { object, kind: "struct", name: "$p", place, length: values.length, partsFrom: 0, parts: values.map((value, index) => ({ index, type: "i32", value: i32(value) })) };
}

const seen = (more: Partial<HeapView>): HeapView => ({ kinds: [], total: 3, from: 0, rows: [], ...more });

describe("what was shown", () => {
  const through = (...objects: readonly number[]): HeapEyes => objects.reduce((eyes: HeapEyes, object) => showing(eyes, object), FIRST_HEAP_EYES);

  test("back_and_forward_lead_through_what_was_followed", () => {
    const eyes = through(1, 2, 3);
    const back = going(going(eyes, "back"), "back");
    expect([back.object, back.past, back.future]).toEqual([1, [], [3, 2]]);
    expect(going(back, "back")).toBe(back);
    expect(going(going(back, "forward"), "forward")).toMatchObject({ object: 3, past: [1, 2], future: [] });
  });

  test("another_way_from_an_earlier_object_forgets_the_first_one", () => {
    expect(showing(going(through(1, 2), "back"), 5)).toMatchObject({ object: 5, past: [1], future: [] });
  });

  test("the_same_object_again_is_no_step", () => {
    expect(showing({ ...through(1, 2), partsFrom: 64, survey: true }, 2)).toMatchObject({ past: [1], partsFrom: 64, survey: true });
  });

  test("the_past_does_not_grow_without_end", () => {
    const { past } = through(...Array.from({ length: 500 }, (_, object) => object));
    expect([past.length, past.at(-1)]).toEqual([100, 498]);
  });

  test("following_a_reference_opens_the_pane_and_lists_all_types", () => {
    const state = initialState(emptyProject());
    const looking = { ...state, layout: { ...state.layout, collapsed: ["Heap", "Globals"] }, eyes: { ...state.eyes, heap: { ...FIRST_HEAP_EYES, kind: "s1", object: 1 } } };
    const { layout, eyes } = reduce(looking, { kind: "objectChosen", object: 7, from: "reference" });
    expect(layout).toMatchObject({ collapsed: ["Globals"], card: "memory" });
    expect(eyes.heap).toMatchObject({ object: 7, past: [1], follow: true, entering: true });
    expect(eyes.heap.kind).toBeUndefined();
    const listed = reduce(looking, { kind: "objectChosen", object: 7, from: "list" });
    expect(listed.eyes.heap).toMatchObject({ object: 7, kind: "s1", follow: false, entering: false });
  });
});

describe("what is asked of the machine", () => {
  test("nothing_while_the_pane_is_folded_or_the_heap_is_empty", () => {
    expect(heapWindow(FIRST_HEAP_EYES, undefined, [])).toBeUndefined();
    expect(heapWindow(FIRST_HEAP_EYES, view({ objects: 0 }), [])).toBeUndefined();
    expect(heapWindow(FIRST_HEAP_EYES, view({}), ["Heap"])).toBeUndefined();
    expect(heapWindow(FIRST_HEAP_EYES, view({ running: true, objects: SURVEYED + 1 }), [])).toBeUndefined();
    expect(heapWindow(FIRST_HEAP_EYES, view({ running: true }), [])).toMatchObject({ survey: false });
    expect(heapWindow(FIRST_HEAP_EYES, view({}), ["Memory"])).toMatchObject({ from: 0, count: 64 });
  });

  test("the_whole_heap_is_looked_at_only_where_that_is_quick_or_asked_for", () => {
    const surveys = (sketch: Sketch, eyes = FIRST_HEAP_EYES): boolean | undefined => heapWindow(eyes, view(sketch), [])?.survey;
    expect(surveys({})).toBe(true);
    expect(surveys({ objects: SURVEYED + 1 })).toBe(false);
    expect(surveys({ bytes: 1n << 24n })).toBe(false);
    expect(surveys({ frames: SURVEYED + 1 })).toBe(false);
    expect(surveys({ objects: SURVEYED + 1 }, { ...FIRST_HEAP_EYES, survey: true })).toBe(true);
    expect(surveys({ running: true }, { ...FIRST_HEAP_EYES, survey: true })).toBe(false);
  });
});

describe("where the list stands", () => {
  const after = (eyes: Partial<HeapEyes>, shown: Partial<HeapView>): HeapEyes => heapEyesAfter({ ...FIRST_EYES, heap: { ...FIRST_HEAP_EYES, ...eyes } }, view({ seen: seen(shown) })).heap;

  test("it_goes_to_the_page_of_an_object_that_was_followed", () => {
    expect(after({ object: 9, follow: true }, { total: 1000, object: 9, detail: detail(9, 700, []) })).toMatchObject({ from: 640, follow: false });
    expect(after({ object: 9, follow: true, from: 100 }, { total: 1000, object: 9, detail: detail(9, 110, []) })).toMatchObject({ from: 100, follow: false });
    expect(after({ object: 9, follow: false, from: 64 }, { total: 1000, detail: detail(9, 700, []) }).from).toBe(64);
  });

  test("it_waits_for_an_object_that_is_not_there_no_longer", () => {
    const eyes = after({ object: 9, follow: true }, { total: 1000, object: 9 });
    expect(eyes).toMatchObject({ from: 0, follow: false });
    expect(after({ object: 9, follow: true }, { total: 1000, object: 8, detail: detail(8, 700, []) })).toMatchObject({ follow: true });
  });

  test("it_comes_back_when_objects_were_collected", () => {
    expect(after({ from: 640 }, { total: 70 }).from).toBe(64);
    expect(after({ from: 640 }, { total: 0 }).from).toBe(0);
  });

  test("what_is_shown_is_behind_until_it_is_what_was_asked", () => {
    expect(isBehind({ ...FIRST_HEAP_EYES, object: 9 }, seen({ object: 8 }))).toBe(true);
    expect(isBehind({ ...FIRST_HEAP_EYES, object: 9 }, seen({ object: 9 }))).toBe(false);
    expect(isBehind({ ...FIRST_HEAP_EYES, from: 64 }, seen({}))).toBe(true);
    expect(isBehind({ ...FIRST_HEAP_EYES, object: 9, survey: true }, seen({ object: 9, detail: detail(9, 0, []) }))).toBe(true);
  });
});

describe("what the last step changed", () => {
  const effect = (objects: NonNullable<View["effect"]>["objects"]): NonNullable<View["effect"]> => ({
    mnemonic: "struct.set",
    module: "m",
    offset: 0,
    sentence: "",
    popped: [],
    pushed: [],
    accesses: [],
    localsWritten: [],
    globalsWritten: [],
    tablesWritten: [],
    objects,
  });

  test("a_field_that_was_set_keeps_its_old_value_and_its_object_is_marked", () => {
    const before = view({ seen: seen({ detail: detail(4, 0, [1, 2]) }) });
    const now = view({ seen: seen({ detail: detail(4, 0, [1, 7]) }), effect: effect([{ kind: "write", object: 4, index: 1, count: 1, before: i32(2) }]) });
    const changes = heapChanges(before, now);
    expect([...changes.objects]).toEqual([4]);
    expect([...changes.parts]).toEqual([[1, i32(2)]]);
  });

  test("a_read_changes_nothing_and_a_new_object_is_marked", () => {
    const now = view({
      effect: effect([
        { kind: "read", object: 1, index: 0, count: 1 },
        { kind: "write", object: 2, count: 0 },
      ]),
    });
    expect([...heapChanges(view({}), now).objects]).toEqual([2]);
  });

  test("many_elements_are_marked_as_far_as_they_are_shown", () => {
    const now = view({ seen: seen({ detail: detail(4, 0, [0]) }), effect: effect([{ kind: "write", object: 4, index: 10, count: 1_000_000 }]) });
    expect([...heapChanges(view({}), now).parts.keys()]).toEqual(Array.from({ length: 54 }, (_, offset) => 10 + offset));
  });

  test("after_a_run_objects_whose_text_differs_are_marked", () => {
    const row = (text: string): Partial<HeapView> => ({ rows: [{ object: 1, text }] });
    expect([...heapChanges(view({ seen: seen(row("$p #1 {1}")) }), view({ seen: seen(row("$p #1 {2}")) })).objects]).toEqual([1]);
  });
});
