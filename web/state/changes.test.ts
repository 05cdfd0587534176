import { expect, test } from "vitest";
import type { SlotRow, Value, View } from "../protocol/dto.ts";
import { changesBetween } from "./changes.ts";

const i32 = (bits: number): Value => ({ type: "i32", bits });
const slot = (index: number, bits: number): SlotRow => ({ index, type: "i32", value: i32(bits) });

interface Sketch {
  readonly ticks: bigint;
  readonly func?: number;
  readonly depth?: number;
  readonly locals?: readonly SlotRow[];
  readonly operands?: readonly SlotRow[];
  readonly operandCount?: number;
  readonly effect?: View["effect"];
  readonly global?: number;
  readonly size?: bigint;
}

function view({ ticks, func = 0, depth = 1, locals = [], operands = [], operandCount, effect, global = 0, size = 65536n }: Sketch): View {
  return {
    status: { kind: "paused", reason: "step" },
    ticks,
    gas: { used: ticks, denominator: 1 },
    frameCount: depth,
    frames: [{ index: 0, func, name: "$f", module: "m", offset: 0 }],
    frame: { index: 0, localCount: locals.length, locals, operandCount: operandCount ?? operands.length, operands, labelCount: 0, labels: [] },
    ...(effect === undefined ? {} : { effect }),
    globalCount: 1,
    globals: [{ address: 3, module: "m", index: 0, type: "i32", mutable: true, value: i32(global) }],
    tables: [],
    tableWindows: [],
    memories: [{ address: 0, module: "m", index: 0, addressType: "i32", shared: false, size, pageSize: 65_536, pages: size / 65536n }],
    memoryWindows: [],
    hasTags: false,
    exceptions: [],
    otherExceptionCount: 0,
    otherExceptions: [],
    heap: { objects: 0, bytes: 0n, limit: 1n << 20n, collections: 0n },
    traceOn: false,
    hasRun: true,
    traceEntries: 0,
  };
}

test("a_changed_local_keeps_its_old_value", () => {
  const changes = changesBetween(view({ ticks: 1n, locals: [slot(0, 1), slot(1, 5)] }), view({ ticks: 2n, locals: [slot(0, 1), slot(1, 6)] }));
  expect([...changes.locals]).toEqual([[1, i32(5)]]);
});

test("a_pushed_operand_is_new_and_has_no_old_value", () => {
  const changes = changesBetween(view({ ticks: 1n, operands: [slot(0, 1)] }), view({ ticks: 2n, operands: [slot(1, 2), slot(0, 1)] }));
  expect([...changes.operands]).toEqual([[1, undefined]]);
});

test("another_function_has_no_changed_locals", () => {
  const deeper = view({ ticks: 2n, func: 1, depth: 2, locals: [slot(0, 9)] });
  expect(changesBetween(view({ ticks: 1n, locals: [slot(0, 1)] }), deeper).locals.size).toBe(0);
  const recursive = view({ ticks: 2n, depth: 2, locals: [slot(0, 9)] });
  expect(changesBetween(view({ ticks: 1n, locals: [slot(0, 1)] }), recursive).locals.size).toBe(0);
});

test("globals_and_sizes_are_compared_by_address", () => {
  const changes = changesBetween(view({ ticks: 1n }), view({ ticks: 2n, global: 7, size: 131072n }));
  expect([...changes.globals]).toEqual([[3, i32(0)]]);
  expect([...changes.grown]).toEqual([[0, 65536n]]);
});

test("a_machine_that_began_again_has_no_changes", () => {
  expect(changesBetween(view({ ticks: 9n, global: 1 }), view({ ticks: 0n })).globals.size).toBe(0);
});

test("what_was_written_outside_of_the_window_is_changed_and_what_comes_into_it_is_not", () => {
  const effect = {
    mnemonic: "local.set",
    module: "m",
    offset: 0,
    sentence: "",
    popped: [],
    pushed: [],
    accesses: [],
    localsWritten: [{ index: 900, before: i32(4) }],
    globalsWritten: [{ address: 3, before: i32(5) }],
    tablesWritten: [],
    objects: [],
  };
  const before = { ...view({ ticks: 1n, locals: [slot(0, 1)], operands: [slot(200, 1)], operandCount: 201 }), globals: [] };
  const changes = changesBetween(before, view({ ticks: 2n, locals: [slot(0, 1), slot(900, 7)], operands: [slot(199, 3)], operandCount: 200, global: 6, effect }));
  expect([...changes.locals]).toEqual([[900, i32(4)]]);
  expect([...changes.globals]).toEqual([[3, i32(5)]]);
  expect([...changes.operands]).toEqual([]);
});
