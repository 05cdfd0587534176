import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { ensureExists } from "../base/assert.ts";
import { initSync } from "../pkg/waspnest.js";
import type { CheckReport, Value } from "../protocol/dto.ts";
import { coreOf } from "./glue.ts";
import { Bench, project } from "./testing.ts";

beforeAll(() => {
  initSync({ module: readFileSync(new URL("../pkg/core.wasm", import.meta.url)) });
});

const LOG = `(module (import "env" "log" (func $log (param i32) (result i32))) (memory (export "mem") 1)
  (global $g (export "g") (mut i32) (i32.const 1))
  (func $f (export "f") (param $x i32) (result i32)
    (local $sum i32)
    (loop $l
      (local.set $sum (i32.add (local.get $sum) (call $log (local.get $x))))
      (br_if $l (local.tee $x (i32.sub (local.get $x) (i32.const 1)))))
    (i32.add (local.get $sum) (global.get $g))))`;
const DOUBLE = `export const env = { log(ctx, x) { ctx.memory(0).setU32(4 * x, x); ctx.global("g").set(x); ctx.charge(5); return 2 * x; } };`;

describe("what host code does besides answering", () => {
  test("a host function that shows its picture in a loop posts one for each frame, and the last one is shown", async () => {
    const bench = new Bench();
    const show = `export const env = { async log(ctx) { for (let i = 0; i < 50; i += 1) ctx.canvas.show(); await ctx.canvas.show(); await ctx.canvas.show(); return 1; } };`;
    await bench.load(LOG, show);
    await bench.begin("f", 1);
    expect((await bench.run()).status).toMatchObject({ kind: "finished" });
    expect(bench.pictures).toBe(3);
  });

  test("what nothing catches is a line on the console", async () => {
    const bench = new Bench();
    await bench.load(LOG, DOUBLE);
    bench.worker.uncaught(new TypeError("late"));
    expect(bench.printed).toMatchObject([{ text: "nothing caught this: TypeError: late", source: "host.js" }]);
  });

  test("a load that waits for its host.js is overtaken by a later one", async () => {
    const bench = new Bench();
    const slow = bench.load(LOG, `await new Promise((resolve) => setTimeout(resolve, 200));\n${DOUBLE}`);
    const later = bench.load(`(module (func (export "one") (result i32) (i32.const 1)))`);
    expect(await later).toMatchObject({ kind: "loaded" });
    expect(await slow).toMatchObject({ kind: "failed", problems: [{ message: "another machine was asked for meanwhile" }] });
    await bench.begin("one");
    expect((await bench.run()).status).toEqual({ kind: "finished", results: [{ type: "i32", bits: 1 }] });
  });
});

describe("loading", () => {
  test("what is missing or wrong is told with its place", async () => {
    const bench = new Bench();
    expect(await bench.load(LOG)).toMatchObject({ kind: "failed", problems: [{ file: "m", line: 1, message: expect.stringContaining("nothing defines env.log") }] });
    expect(await bench.load(LOG, "export const env = { log: 5 }")).toMatchObject({ problems: [{ message: "env.log in host.js is 5, but the module imports a function" }] });
    expect(await bench.load(LOG, "export const env = {")).toMatchObject({ problems: [{ file: "host.js" }] });
    expect(await bench.load(LOG, "\nthrow new Error('no')")).toMatchObject({ problems: [{ file: "host.js", message: "host.js does not load: no", line: 2 }] });
    expect(await bench.load(LOG, "\nexport const env = { get log() { throw new Error('not today') } }")).toMatchObject({
      problems: [{ file: "host.js", message: "env.log in host.js cannot be read: not today", line: 2 }],
    });
    expect(await bench.load(LOG, "await new Promise(() => {})")).toMatchObject({
      problems: [{ file: "host.js", message: "host.js does not load: an await at its top level did not come back within 2 s" }],
    });
    expect(await bench.load(`(module (import "print" "i32" (func (param i64))))`)).toMatchObject({
      problems: [{ message: "print.i32 is imported as (func (param i64)), but it is (func (param i32))" }],
    });
    expect(await bench.load("(module\n  (func i32.add))")).toMatchObject({ problems: [{ file: "m", line: 2, column: 9 }] });
  });

  test("P18 modules import from each other by name; a wrong order is named", async () => {
    const bench = new Bench();
    const a = `(module (func (export "one") (result i32) (i32.const 1)))`;
    const b = `(module (import "a" "one" (func $one (result i32))) (func (export "two") (result i32) (i32.add (call $one) (call $one))))`;
    expect(await bench.load({ b, a })).toMatchObject({ problems: [{ message: 'module b imports "one" from a, which comes after it; move a before b' }] });
    expect(await bench.load({ a, b })).toMatchObject({ kind: "loaded" });
    bench.moduleName = "b";
    await bench.begin("two");
    expect((await bench.run()).status).toEqual({ kind: "finished", results: [{ type: "i32", bits: 2 }] });
    bench.moduleName = "a";
    await bench.begin("one");
    expect((await bench.run()).status).toMatchObject({ kind: "finished" });
  });

  test("code that was not allowed stops with a sentence", async () => {
    const bench = new Bench();
    await bench.ask<"load">({ kind: "load", project: project(LOG, DOUBLE, {}), options: { hostCodeAllowed: false } });
    await bench.begin("f", 1);
    expect((await bench.run()).status).toMatchObject({ kind: "trapped", trap: { sentence: expect.stringContaining("was not allowed to run") } });
  });

  test("P13 a start function stands paused before its first instruction, and a call waits for it", async () => {
    const bench = new Bench();
    await bench.load(`(module (global $g (mut i32) (i32.const 0)) (func $s (global.set $g (i32.const 7))) (start $s) (func (export "g") (result i32) (global.get $g)))`);
    expect(bench.view).toMatchObject({ status: { kind: "paused", reason: "start" }, call: { export: "(start)" } });
    await bench.begin("g");
    expect((await bench.run()).status).toEqual({ kind: "finished", results: [{ type: "i32", bits: 7 }] });
  });
});

describe("running", () => {
  test("steps in, over and out", async () => {
    const bench = new Bench();
    await bench.load(`(module (func $g (export "g") nop nop) (func (export "f") call $g nop))`);
    await bench.begin("f");
    expect((await bench.run("step")).frames.map((frame) => frame.name)).toEqual(["$g", '"f"']);
    expect((await bench.run("out")).next?.mnemonic).toBe("nop");
    await bench.begin("f");
    expect((await bench.run("over")).next).toMatchObject({ mnemonic: "nop", funcName: '"f"' });
  });

  test("a function is called by its name, else by the first it is exported under, else by its index", async () => {
    const bench = new Bench();
    const long = "x".repeat(100);
    await bench.load(`(module (func (export "${long}") call 1) (func (export "one") (export "two") call 2) (func call $named) (func $named (export "three") nop))`);
    await bench.begin(long);
    await bench.run("step");
    await bench.run("step");
    expect((await bench.run("step")).frames.map((frame) => frame.name)).toEqual(["$named", "[2]", '"one"', `"${long.slice(0, 80)}…"`]);
  });

  test("a step over a host call ends behind it", async () => {
    const bench = new Bench();
    await bench.load(LOG, DOUBLE);
    await bench.begin("f", 3);
    for (let count = 0; count < 3; count += 1) await bench.run("step");
    const view = await bench.run("step");
    expect(view.status).toEqual({ kind: "paused", reason: "step" });
    expect(view.effect?.sentence).toBe("call popped 3, called env.log, which answered 6");
    expect(view.next?.mnemonic).toBe("i32.add");
  });

  test("P1 a breakpoint and the cursor stop at the instruction of their place", async () => {
    const bench = new Bench();
    const text = `(module (func (export "f") (local $i i32)\n  (loop $l\n    (local.set $i (i32.add (local.get $i) (i32.const 1)))\n    (br_if $l (i32.lt_u (local.get $i) (i32.const 3))))))`;
    await bench.load(text);
    const [place] = await bench.ask<"setBreakpoints">({ kind: "setBreakpoints", breakpoints: [{ module: "m", position: text.indexOf("i32.add") }] });
    expect(text.slice(place?.span?.from, place?.span?.to)).toBe("i32.add");
    await bench.begin("f");
    for (let turn = 0; turn < 3; turn += 1) expect((await bench.run()).status).toEqual({ kind: "paused", reason: "breakpoint" });
    expect((await bench.run()).status.kind).toBe("finished");
    await bench.ask<"setBreakpoints">({ kind: "setBreakpoints", breakpoints: [] });
    await bench.begin("f");
    await bench.ask<"run">({ kind: "run", until: { kind: "cursor", module: "m", position: text.indexOf("br_if") } });
    expect(bench.view).toMatchObject({ status: { reason: "cursor" }, next: { mnemonic: "br_if", line: 4 } });
  });

  test("an endless loop is paused, and goes on", async () => {
    const bench = new Bench();
    await bench.load(`(module (func (export "f") (loop br 0)))`);
    await bench.begin("f");
    const running = bench.run();
    setTimeout(() => bench.worker.notice({ kind: "pause" }), 20);
    const { status, ticks, effect } = await running;
    expect(status).toEqual({ kind: "paused", reason: "pause" });
    expect(effect?.sentence).toMatch(/^br /);
    await bench.run("step");
    expect(bench.view?.ticks).toBe(ticks + 1n);
  });

  test("a pause in a host call that has no answer yet leaves the call whole, and going on goes to the end", async () => {
    const bench = new Bench();
    await bench.load(LOG, `export const env = { async log(ctx, x) { if (x === 2) await new Promise((resolve) => setTimeout(resolve, 60)); return x; } };`);
    await bench.begin("f", 3);
    for (let count = 0; bench.view?.next?.mnemonic !== "call" || bench.view.frame?.locals[0]?.value.type !== "i32" || bench.view.frame.locals[0].value.bits !== 2; count += 1) {
      expect(count).toBeLessThan(50);
      await bench.run("step");
    }
    const step = bench.run("step");
    setTimeout(() => bench.worker.notice({ kind: "pause" }), 5);
    expect((await step).status).toMatchObject({ kind: "paused", reason: "unanswered" });
    expect((await bench.run()).status).toMatchObject({ kind: "finished", results: [{ type: "i32", bits: 7 }] });
  });

  test("P12 out of gas is a pause; with more gas the call ends as it would have", async () => {
    const bench = new Bench();
    const text = `(module (func (export "f") (result i32) (i32.add (i32.const 2) (i32.const 40))))`;
    const limits = { stackSlots: 1 << 20, memoryPages: 256, tableElements: 1000, heapMib: 64, hostMillis: 2000 };
    await bench.load(text, "", { limits: { ...limits, gas: 2n } });
    await bench.begin("f");
    expect(await bench.run()).toMatchObject({ status: { kind: "paused", reason: "gas" }, gas: { used: 2n, limit: 2n } });
    await bench.ask<"setLimits">({ kind: "setLimits", limits: { ...limits, gas: 10n } });
    expect(await bench.run()).toMatchObject({ status: { kind: "finished" }, gas: { used: 3n } });
  });

  test("limits hold at once in the middle of a call, and a run that is made again has them at the same instruction", async () => {
    const limits = { stackSlots: 1 << 20, memoryPages: 1, tableElements: 1000, heapMib: 64, hostMillis: 2000 };
    const grow = "(memory.grow (i32.const 1))";
    const made = project(`(module (memory 1) (func (export "f") (result i32 i32 i32) ${grow} ${grow} ${grow}))`, "", { limits });
    const first = new Bench();
    const options = { hostCodeAllowed: true };
    await first.ask<"load">({ kind: "load", project: made, options });
    await first.begin("f");
    await first.run("step");
    await first.run("step");
    await first.ask<"setLimits">({ kind: "setLimits", limits: { ...limits, memoryPages: 2 } });
    const { status, ticks } = await first.run();
    expect(status).toEqual({ kind: "finished", results: [-1, 1, -1].map((number) => ({ type: "i32", bits: number >>> 0 })) });
    const again = new Bench();
    await again.ask<"replay">({ kind: "replay", project: made, options, journal: first.journal(), target: { note: "" } });
    expect(again.view).toMatchObject({ status, ticks });
  });

  test("what the host has no memory for is a pause, not an answer to the program", async () => {
    const bench = new Bench();
    const text = `(module (table 0 funcref) (func (export "f") (result i32) (table.grow (ref.null func) (i32.const 300000000))))`;
    const limits = { stackSlots: 1 << 20, memoryPages: 256, tableElements: 400_000_000, heapMib: 64, hostMillis: 2000 };
    await bench.load(text, "", { limits });
    await bench.begin("f");
    const refused = { kind: "paused", reason: "memory", note: "the host gave no more memory: a table wants 2400000000 more bytes; continue to ask again" };
    expect(await bench.run()).toMatchObject({ status: refused, next: { mnemonic: "table.grow" }, ticks: 2n });
    expect(await bench.run()).toMatchObject({ status: refused, ticks: 2n });
    expect(await bench.run("step")).toMatchObject({ status: refused, ticks: 2n });
  });

  test("async host functions are waited for, and a pause does not lose their answer", async () => {
    const bench = new Bench();
    await bench.load(LOG, `export const env = { async log(ctx, x) { await new Promise((r) => setTimeout(r, 60)); ctx.print(x); return x; } };`);
    await bench.begin("f", 1);
    const running = bench.run();
    setTimeout(() => bench.worker.notice({ kind: "pause" }), 5);
    expect((await running).status).toMatchObject({ kind: "paused", reason: "unanswered" });
    expect((await bench.run()).status).toEqual({ kind: "finished", results: [{ type: "i32", bits: 2 }] });
    expect(bench.printed.map((line) => line.text)).toEqual(["1"]);
  });

  test("a step that waits for its host call is no step of what is asked for instead", async () => {
    const waiting = async (): Promise<Bench> => {
      const bench = new Bench();
      await bench.load(`(module (import "env" "wait" (func $wait)) (func (export "f") (drop (i32.const 1)) (call $wait) (nop) (nop)))`, `export const env = { wait: () => new Promise((r) => setTimeout(r, 20)) };`);
      await bench.begin("f");
      await bench.run("step");
      await bench.run("step");
      const step = bench.run("step");
      bench.worker.notice({ kind: "pause" });
      expect((await step).status).toMatchObject({ kind: "paused", reason: "unanswered" });
      return bench;
    };
    const out = await waiting();
    expect((await out.run("out")).status).toEqual({ kind: "finished", results: [] });
    const anew = await waiting();
    await anew.begin("f");
    expect((await anew.run("step")).next).toMatchObject({ mnemonic: "drop" });
    const same = await waiting();
    expect((await same.run("step")).next).toMatchObject({ mnemonic: "nop" });
  });

  test("P5 what host code throws is a trap with its place in host.js", async () => {
    const bench = new Bench();
    await bench.load(LOG, `export const env = {\n  log() {\n    throw new TypeError("not today");\n  } };`);
    await bench.begin("f", 1);
    expect((await bench.run()).status).toMatchObject({
      kind: "trapped",
      trap: { sentence: expect.stringContaining("env.log: TypeError: not today (host.js line 3)"), host: { line: 3 } },
    });
    expect(bench.view?.frames).toHaveLength(1);
  });

  test("P14 the trace has every instruction with operands, gas and depth", async () => {
    const bench = new Bench();
    await bench.load(`(module (func $g (result i32) (i32.const 40)) (func (export "f") (result i32) (i32.add (i32.const 2) (call $g))))`);
    await bench.ask<"setTrace">({ kind: "setTrace", on: true });
    await bench.begin("f");
    await bench.run();
    const lines = (await bench.ask<"trace">({ kind: "trace" })).trimEnd().split("\n");
    expect(lines).toHaveLength(6);
    expect(lines[2]).toMatch(/^3\tdepth 1\t {2}i32\.const \[ -> 40\]\tgas 3$/);
    expect(lines[4]).toMatch(/i32\.add \[2 40 -> 42\]\tgas \d+$/);
    await bench.ask<"setTrace">({ kind: "setTrace", on: false });
    expect(bench.view).toMatchObject({ traceOn: false, traceEntries: 0 });
  });

  test("the ready-made imports print and draw random numbers, the same each time", async () => {
    const text = `(module (import "print" "u32" (func $u (param i32))) (import "print" "f32" (func $f32 (param f32))) (import "print" "string" (func $s (param i32 i32)))
      (import "print" "char" (func $c (param i32))) (import "random" "range" (func $r (param i32 i32) (result i32))) (memory 1) (data (i32.const 8) "Hi 🐝\\nthere")
      (func (export "f") (call $u (i32.const -1)) (call $f32 (f32.const 0.1)) (call $s (i32.const 8) (i32.const 13)) (call $c (i32.const 33)) (call $u (call $r (i32.const 1) (i32.const 6)))))`;
    const runs: string[][] = [];
    for (let turn = 0; turn < 2; turn += 1) {
      const bench = new Bench();
      await bench.load(text);
      await bench.begin("f");
      await bench.run();
      runs.push(bench.printed.map((line) => line.text));
    }
    expect(runs[0]?.slice(0, 4)).toEqual(["4294967295", "0.1", "Hi 🐝", "there!"]);
    expect(Number(runs[0]?.[4])).toBeGreaterThanOrEqual(1);
    expect(Number(runs[0]?.[4])).toBeLessThanOrEqual(6);
    expect(runs[1]).toEqual(runs[0]);
  });
});

describe("editing and looking", () => {
  test("P7 values and bytes change by hand while paused", async () => {
    const bench = new Bench();
    await bench.load(`(module (memory 1) (global $g (mut i64) (i64.const 0)) (func (export "f") (param $x i32) (result i32) nop (i32.add (local.get $x) (i32.load (i32.const 0)))))`);
    await bench.begin("f", 1);
    await bench.run("step");
    await bench.ask<"edit">({ kind: "edit", edit: { kind: "local", frame: 0, index: 0, value: { type: "i32", bits: 40 } } });
    await bench.ask<"edit">({ kind: "edit", edit: { kind: "bytes", memory: 0, address: 0n, bytes: Uint8Array.of(2) } });
    await bench.ask<"edit">({ kind: "edit", edit: { kind: "global", address: 0, value: { type: "i64", bits: 9n } } });
    expect(bench.view?.globals[0]?.value).toEqual({ type: "i64", bits: 9n });
    await expect(bench.ask<"edit">({ kind: "edit", edit: { kind: "local", frame: 0, index: 0, value: { type: "i64", bits: 1n } } })).rejects.toThrow();
    expect((await bench.run()).status).toEqual({ kind: "finished", results: [{ type: "i32", bits: 42 }] });
  });

  test("fields change by hand while paused, and a wrong type, a wrong place and an exception do not", async () => {
    const bench = new Bench();
    const text = `(module (type $p (struct (field $x (mut i32)) (field $y i8))) (tag $t (param i32)) (global $g (mut (ref null $p)) (ref.null $p))
      (func (export "f") (result i32)
        (global.set $g (struct.new $p (i32.const 1) (i32.const 2)))
        (drop (block $l (result exnref) (try_table (catch_all_ref $l) (throw $t (i32.const 3))) (unreachable)))
        (i32.add (struct.get $p $x (global.get $g)) (struct.get_u $p $y (global.get $g)))))`;
    await bench.load(text);
    await bench.begin("f");
    const looking = { frame: 0, framesFrom: 0, framesCount: 8, memories: [], tables: [], heap: { from: 0, count: 10, object: 0, partsFrom: 0, partsCount: 10, survey: true } };
    bench.worker.notice({ kind: "watch", viewport: looking });
    while (bench.view?.next?.mnemonic !== "drop") await bench.run("step");
    expect(bench.view.heap).toMatchObject({ objects: 2, collections: 0n });
    expect(bench.view.heapWindow).toMatchObject({
      kinds: [
        { kind: "struct", name: "$p", objects: 1 },
        { kind: "exception", name: "$t", objects: 1 },
      ],
      rows: [
        { object: 0, text: "$p #0 {x 1, y 2}", reachable: true },
        { object: 1, text: "$t #1 (3)", reachable: true },
      ],
      detail: { name: "$p", length: 2, holders: [{ text: "global $g" }] },
    });
    const set = (object: number, index: number, value: Value): Promise<unknown> => bench.ask<"edit">({ kind: "edit", edit: { kind: "part", object, index, value } });
    await set(0, 0, { type: "i32", bits: 40 });
    expect(bench.view.heapWindow?.detail?.parts[0]).toEqual({ index: 0, name: "$x", type: "i32", value: { type: "i32", bits: 40 } });
    await expect(set(0, 0, { type: "i64", bits: 1n })).rejects.toThrow();
    await expect(set(0, 2, { type: "i32", bits: 1 })).rejects.toThrow("has no part 2");
    await expect(set(7, 0, { type: "i32", bits: 1 })).rejects.toThrow("object 7");
    await expect(set(1, 0, { type: "i32", bits: 1 })).rejects.toThrow("cannot be changed");

    const finished = { kind: "finished", results: [{ type: "i32", bits: 42 }] };
    expect((await bench.run()).status).toEqual(finished);

    // A change by hand is part of the journal.
    const copy = new Bench();
    await copy.ask<"replay">({ kind: "replay", project: project(text, "", {}), options: { hostCodeAllowed: true }, journal: bench.journal(), target: { note: "" } });
    expect(copy.view?.status).toEqual(finished);
  });

  test("search wraps around and reads stop at the end of the memory", async () => {
    const bench = new Bench();
    await bench.load(`(module (memory 1) (data (i32.const 100) "needle") (data (i32.const 65530) "needle"))`);
    const needle = new TextEncoder().encode("needle");
    const find = (from: bigint) => bench.ask<"search">({ kind: "search", memory: 0, from, needle });
    expect([await find(0n), await find(101n), await find(65_531n)]).toEqual([100n, 65_530n, 100n]);
    expect(await bench.ask<"readMemory">({ kind: "readMemory", window: { memory: 0, from: 65_534n, length: 100 } })).toEqual(Uint8Array.of(108, 101));
  });

  test("P16 custom sections are in the outline with their size", () => {
    const report: CheckReport = JSON.parse(coreOf().check(`(module (@custom "mine" "abc"))`));
    expect(report.outline).toContainEqual(expect.objectContaining({ kind: "custom", bytes: expect.any(Number) }));
  });
});

test("a replay stands at the call without an answer, in the same state", async () => {
  const bench = new Bench();
  await bench.load(LOG, DOUBLE);
  await bench.begin("f", 5);
  await bench.run("step");
  await bench.ask<"edit">({ kind: "edit", edit: { kind: "local", frame: 0, index: 1, value: { type: "i32", bits: 100 } } });
  for (let count = 0; count < 12; count += 1) await bench.run("step");
  const journal = bench.journal();
  // On to the next call of the host, which stays without an answer in the copy.
  while (bench.view?.next?.mnemonic !== "call") await bench.run("step");
  const stood = ensureExists(bench.view, "view");

  const copy = new Bench();
  const replay = { kind: "replay", project: project(LOG, DOUBLE, {}), options: { hostCodeAllowed: true }, journal, target: { note: "env.log hangs" } } as const;
  expect(await copy.ask<"replay">(replay)).toMatchObject({ kind: "loaded" });
  expect(copy.view?.status).toEqual({ kind: "paused", reason: "host", note: "env.log hangs" });
  expect(copy.view?.frame?.locals).toEqual(stood.frame?.locals);
  expect(copy.view?.globals).toEqual(stood.globals);
  expect(await copy.run()).toMatchObject({ status: (await bench.run()).status });
  expect(copy.view?.gas).toEqual(bench.view?.gas);
});

describe("exceptions of host functions", () => {
  const SAFE = `(module
    (import "env" "refuse" (tag $refuse (param i32 i64)))
    (import "env" "ask" (func $ask (param i32) (result i32)))
    (memory (export "mem") 1)
    (func (export "safe") (param $x i32) (result i32)
      (block $h (result i32 i64)
        (try_table (catch $refuse $h)
          (return (call $ask (local.get $x))))
        (unreachable))
      (drop))
    (func (export "bare") (param $x i32) (result i32) (call $ask (local.get $x))))`;
  const host = (body: string): string => `export const env = {\n  refuse: { parameters: ["i32", "i64"] },\n  ask(ctx, x) {\n    ${body}\n  },\n};`;
  const THROWS = host("ctx.memory().setU8(x, 9); if (x > 1) ctx.throw('refuse', x, 5n); return 100;");

  test("what they throw is caught by the program, now and later", async () => {
    for (const tag of ["refuse", "env.refuse", "$refuse"]) {
      const thrown = `ctx.throw('${tag}', x, 5n)`;
      for (const body of [`${thrown};`, `return Promise.resolve().then(() => ${thrown});`]) {
        const bench = new Bench();
        expect(await bench.load(SAFE, host(body))).toMatchObject({ kind: "loaded", warnings: [] });
        await bench.begin("safe", 7);
        expect((await bench.run()).status, body).toEqual({ kind: "finished", results: [{ type: "i32", bits: 7 }] });
      }
    }
  });

  test("what nothing catches is a trap at the call, with its place in host.js", async () => {
    const bench = new Bench();
    await bench.load(SAFE, host("ctx.throw('refuse', x, -1n);"));
    await bench.begin("bare", 7);
    const view = await bench.run();
    expect(view.status).toMatchObject({
      kind: "trapped",
      trap: {
        sentence: "uncaught exception: the host function env.ask threw env.refuse (7, -1), which nothing catches",
        exception: { tag: "env.refuse", values: [{ type: "i32", bits: 7 }, { type: "i64", bits: 2n ** 64n - 1n }] },
        host: { line: 4 },
      },
    });
    expect(view.next?.mnemonic).toBe("call");
    expect(view.exceptions).toMatchObject([{ state: "uncaught" }]);
  });

  test("a wrong tag and wrong values are named, with their place", async () => {
    const cases = [
      ["ctx.throw('refused', x, 5n)", 'RangeError: no tag named "refused" is known to module m; a tag is named by its export, its $name or its import'],
      ["ctx.throw('refuse', x)", "TypeError: an exception of the tag refuse carries 2 values (i32 i64), not 1"],
      ["ctx.throw('refuse')", "TypeError: an exception of the tag refuse carries 2 values (i32 i64), not nothing"],
      ["ctx.throw('refuse', x, 5)", "TypeError: value 1 of the exception refuse is 5, which is not an i64; an i64 is a BigInt such as 5n"],
    ] as const;
    for (const [body, message] of cases) {
      const bench = new Bench();
      await bench.load(SAFE, host(body));
      await bench.begin("safe", 7);
      expect((await bench.run()).status).toMatchObject({ kind: "trapped", trap: { kind: "host function failed", sentence: `host function failed: env.ask: ${message} (host.js line 4)` } });
    }
  });

  test("a tag of host.js must be the one that the module imports", async () => {
    const bench = new Bench();
    const ask = "ask() { return 1; }";
    expect(await bench.load(SAFE, `export const env = { ${ask} };`)).toMatchObject({
      kind: "loaded",
      warnings: [{ message: "nothing defines env.refuse, so a fresh tag is made for it: (tag (param i32 i64))" }],
    });
    expect(await bench.load(SAFE, `export const env = { refuse: 5, ${ask} };`)).toMatchObject({
      problems: [{ file: "m", line: 2, message: 'env.refuse in host.js is 5, but the module imports a tag; write { parameters: ["i32", "i64"] }' }],
    });
    expect(await bench.load(SAFE, `export const env = { refuse: { parameters: ["i32"] }, ${ask} };`)).toMatchObject({
      problems: [{ message: 'env.refuse in host.js is a tag that carries i32, but the module imports (tag (param i32 i64)); write { parameters: ["i32", "i64"] }' }],
    });
  });

  test("a replay throws again what was thrown, and asks nobody", async () => {
    const text = SAFE.replace('(func (export "safe")', '(func (export "twice") (result i32) (i32.add (call $safe (i32.const 3)) (call $safe (i32.const 1))))\n    (func $safe (export "safe")');
    const bench = new Bench();
    await bench.load(text, THROWS);
    await bench.begin("twice");
    const end = await bench.run();
    expect(end.status).toEqual({ kind: "finished", results: [{ type: "i32", bits: 103 }] });
    const copy = new Bench();
    const replay = { kind: "replay", project: project(text, THROWS, {}), options: { hostCodeAllowed: true }, journal: bench.journal(), target: { note: "" } } as const;
    expect(await copy.ask<"replay">(replay)).toMatchObject({ kind: "loaded" });
    expect(copy.hostCode).toEqual(["host.js"]);
    expect(copy.view).toMatchObject({ status: end.status, ticks: end.ticks, gas: end.gas });
    const bytes = { kind: "readMemory", window: { memory: 0, from: 0n, length: 4 } } as const;
    expect([...(await copy.ask<"readMemory">(bytes))]).toEqual([0, 9, 0, 9]);
  });
});

test("with the first call of each host function in a run comes the machine as it stands in it, and not with each of many", async () => {
  const bench = new Bench();
  const text = `(module (import "env" "often" (func $often)) (import "env" "once" (func $once)) (func (export "f") (param $n i32)
    (loop $l (call $often) (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (call $once)))`;
  await bench.load(text, "export const env = { often() {}, once() {} };");
  await bench.begin("f", 20_000);
  await bench.run();
  expect(bench.calls.length).toBe(20_001);
  const shown = bench.calls.flatMap(({ ticks, view }) => (view === undefined ? [] : [{ ticks, view }]));
  expect(shown.length).toBeLessThan(1_000);
  for (const { ticks, view } of shown) expect(view).toMatchObject({ ticks, next: { mnemonic: "call" } });
  expect(shown[0]?.ticks).toBe(bench.calls[0]?.ticks);
  expect(shown.at(-1)?.view).toMatchObject({ ticks: bench.calls.at(-1)?.ticks, status: { kind: "running", importName: "env.once" } });
});
