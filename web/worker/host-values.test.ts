import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { initSync } from "../pkg/waspnest.js";
import type { Project } from "../protocol/project.ts";
import { Bench, project } from "./testing.ts";

beforeAll(() => {
  initSync({ module: readFileSync(new URL("../pkg/core.wasm", import.meta.url)) });
});

/** The same run once more from its journal, which asks no host code. */
async function again(text: string, hostCode: string, bench: Bench, more: Partial<Project> = {}): Promise<Bench> {
  const copy = new Bench();
  const replay = { kind: "replay", project: project(text, hostCode, more), options: { hostCodeAllowed: true }, journal: bench.journal(), target: { note: "" } } as const;
  expect(await copy.ask<"replay">(replay)).toMatchObject({ kind: "loaded" });
  expect(copy.hostCode).toEqual(["host.js"]);
  return copy;
}

describe("exceptions that the program passes to host functions", () => {
  const TEXT = `(module
    (tag $own (export "own") (param i32 f64 externref))
    (tag $deep (param exnref))
    (import "env" "see" (func $see (param exnref) (result exnref)))
    (type $box (struct (field i64)))
    (func $made (param i32) (result exnref) (local exnref)
      (block $h (result exnref)
        (try_table (catch_all_ref $h) (throw $own (local.get 0) (f64.const -0.5) (ref.null extern)))
        (unreachable)))
    (func $garbage (param i32)
      (loop $more
        (drop (struct.new $box (i64.const 1)))
        (br_if $more (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))
    ;; What came back is thrown, and so is what the host throws itself.
    (func (export "f") (param $x i32) (result i32)
      (block $h (result i32 f64 externref)
        (try_table (catch $own $h) (throw_ref (call $see (call $made (local.get $x)))))
        (unreachable))
      (drop) (drop)
      (call $garbage (i32.const 200000)))
    (func (export "nested") (param $x i32) (result i32)
      (block $h (result exnref)
        (try_table (catch_all_ref $h) (throw $deep (call $made (local.get $x))))
        (unreachable))
      (ref.is_null (call $see))))`;
  const host = (body: string): string => `let kept;\nexport const env = {\n  see(ctx, e) { ${body} },\n};`;

  async function finished(exportName: string, body: string, ...args: readonly number[]): Promise<Bench> {
    const bench = new Bench();
    expect(await bench.load(TEXT, host(body))).toMatchObject({ kind: "loaded" });
    for (const arg of args) {
      await bench.begin(exportName, arg);
      expect((await bench.run()).status).toMatchObject({ kind: "finished" });
    }
    return bench;
  }

  test("are read by tag and values", async () => {
    const bench = await finished("f", "ctx.print(e); ctx.print(e.name, e.tag, e.values, e instanceof Error); return e;", 7);
    expect(bench.printed.map(({ text }) => text)).toEqual(["$own #0 (7, -0.5, null)", "WaspException $own [7,-0.5,null] true"]);
    expect(bench.view?.status).toEqual({ kind: "finished", results: [{ type: "i32", bits: 7 }] });
  });

  test("are the same each time, also when carried by another", async () => {
    const bench = await finished("nested", "const [inner] = e.values; ctx.print(e.message, inner.tag, inner.values[0], inner === e.values[0]); return inner;", 9);
    expect(bench.printed.map(({ text }) => text)).toEqual(["$deep (a reference) $own 9 true"]);
    expect(bench.view?.status).toEqual({ kind: "finished", results: [{ type: "i32", bits: 0 }] });
  });

  test("stay there while host code keeps them, are passed back and thrown again, and a replay does the same", async () => {
    for (const body of ["kept ??= ctx.keep(e); return kept;", "kept ??= ctx.keep(e); throw kept;"]) {
      const bench = await finished("f", body, 7, 8, 9);
      // Garbage was collected in between.
      expect(bench.view?.heap.collections).toBeGreaterThan(1n);
      expect(bench.view?.status).toEqual({ kind: "finished", results: [{ type: "i32", bits: 7 }] });
      const copy = await again(TEXT, host(body), bench);
      expect(copy.view).toMatchObject({ status: bench.view?.status, ticks: bench.view?.ticks, heap: bench.view?.heap });
    }
  });

  test("are gone after their call unless they are kept: a sentence says so, and numbers stay readable", async () => {
    const gone = "the exception $own, which belongs to a call of env.see that has ended; ctx.keep(it) keeps it";
    const cases = [
      ["kept ??= e; ctx.print(kept.tag, kept.values); return kept;", `env.see: it returned ${gone}`],
      ["kept ??= e; ctx.print(kept.tag, kept.values); throw kept;", `env.see: ${gone.replace(", which", "")}`],
      ["kept ??= e; ctx.print(kept.tag, kept.values); if (kept !== e) ctx.keep(kept); return e;", `env.see: TypeError: ${gone.replace(", which", "")}`],
      ["kept ??= ctx.keep(e); ctx.print(kept.tag, kept.values); if (kept !== e) { ctx.release(kept); ctx.release(kept); } return kept;", undefined],
    ] as const;
    for (const [body, sentence] of cases) {
      const bench = await finished("f", body, 7);
      await bench.begin("f", 8);
      const { status } = await bench.run();
      expect(bench.printed.map(({ text }) => text), body).toEqual(Array(2).fill("$own [7,-0.5,null]"));
      if (sentence !== undefined) expect(status, body).toMatchObject({ kind: "trapped", trap: { sentence: expect.stringContaining(sentence) } });
      else {
        expect(status, body).toMatchObject({ kind: "finished" });
        // Released in the call before.
        await bench.begin("f", 9);
        expect((await bench.run()).status, body).toMatchObject({ kind: "trapped", trap: { sentence: expect.stringContaining(gone) } });
      }
      const copy = await again(TEXT, host(body), bench);
      expect(copy.view, body).toMatchObject({ status: { kind: bench.view?.status.kind }, ticks: bench.view?.ticks, heap: bench.view?.heap });
    }
  });

  test("what a kept one carries is read in each call anew", async () => {
    const bench = await finished("nested", "kept ??= ctx.keep(e); const [inner] = kept.values; ctx.print(inner.values[0]); return inner;", 9, 10);
    expect(bench.printed.map(({ text }) => text)).toEqual(["9", "9"]);
    expect(bench.view?.status).toEqual({ kind: "finished", results: [{ type: "i32", bits: 0 }] });
  });

  test("are those of one machine and one run", async () => {
    const bench = new Bench();
    const cases = [
      ['return new Error("own")', "TypeError: it returned an object, which is not an exnref; give null or an exception that the program passed"],
      ["return { exception: 0 }", "it returned an object, which is not an exnref; give null or an exception that the program passed"],
    ] as const;
    for (const [body, sentence] of cases) {
      await bench.load(TEXT, host(body));
      await bench.begin("f", 1);
      const { status } = await bench.run();
      expect(status).toMatchObject({ kind: "trapped", trap: { sentence: expect.stringContaining(sentence.replace("TypeError: ", "")) } });
    }
    const keeps = "globalThis.waspnestKept ??= ctx.keep(e); return globalThis.waspnestKept;";
    await bench.load(TEXT, host(keeps));
    await bench.begin("f", 1);
    expect((await bench.run()).status).toMatchObject({ kind: "finished" });
    await bench.ask<"reset">({ kind: "reset" });
    await bench.begin("f", 1);
    expect((await bench.run()).status).toMatchObject({ kind: "trapped" });
    Reflect.deleteProperty(globalThis, "waspnestKept");
  });

  test("what nothing catches is told as thrown by the host function", async () => {
    const bench = new Bench();
    const text = TEXT.replace("(catch $own $h)", "(catch $deep $deeper)").replace('(block $h (result i32 f64 externref)\n        (try_table', "(block $deeper (result exnref)\n        (try_table").replace("(drop) (drop)\n      (call $garbage (i32.const 200000))", "(drop) (i32.const 0)");
    expect(await bench.load(text, host("throw e;"))).toMatchObject({ kind: "loaded" });
    await bench.begin("f", 7);
    const { status } = await bench.run();
    expect(status).toMatchObject({ kind: "trapped", trap: { sentence: "uncaught exception: the host function env.see threw $own (7, -0.5, null), which nothing catches", exception: { tag: "$own" } } });
  });
});

describe("objects and values of the host", () => {
  const TEXT = `(module
    (type $box (struct (field i32)))
    (import "env" "see" (func $see (param (ref null $box)) (result anyref)))
    (import "env" "give" (func $give (result externref)))
    (import "env" "take" (func $take (param externref)))
    (global $held (export "held") (mut externref) (ref.null extern))
    (func (export "f") (param $n i32) (result i32) (local $sum i32)
      (loop $more
        (local.set $sum (i32.add (local.get $sum)
          (struct.get $box 0 (ref.cast (ref $box) (call $see (struct.new $box (local.get $n)))))))
        (br_if $more (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
      (local.get $sum))
    (func (export "g") (param $n i32)
      (global.set $held (call $give))
      (loop $more
        (drop (call $give))
        (br_if $more (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
      (call $take (global.get $held))))`;
  const host = (see: string): string => `let kept, n = 0;
    export const env = { see(ctx, box) { ${see} }, give() { return { n: n++ }; }, take(ctx, value) { ctx.print(value); } };`;

  const limited: Partial<Project> = { limits: { ...project("", "", {}).limits, heapMib: 1 } };

  async function run(exportName: string, n: number, see = "return box;"): Promise<Bench> {
    const bench = new Bench();
    expect(await bench.load(TEXT, host(see), limited)).toMatchObject({ kind: "loaded" });
    await bench.begin(exportName, n);
    await bench.run();
    return bench;
  }

  test("an object is the same for its call alone, and never another one afterwards", async () => {
    expect((await run("f", 3)).view?.status).toEqual({ kind: "finished", results: [{ type: "i32", bits: 6 }] });
    const stale = await run("f", 3, "kept ??= box; return kept;");
    const sentence = "env.see: it returned the reference, which belongs to a call of env.see that has ended; ctx.keep(it) keeps it";
    expect(stale.view?.status).toMatchObject({ kind: "trapped", trap: { sentence: expect.stringContaining(sentence) } });
    // What looks like one is none.
    expect((await run("f", 1, "return Object.freeze({ object: 0 });")).view?.status).toMatchObject({ kind: "trapped" });
    expect((await run("f", 1, "return new box.constructor(0);")).view?.status).toMatchObject({ kind: "trapped" });
  });

  test("many objects pass through a host function in a small heap, and a replay gives them the same numbers", async () => {
    const body = "const old = kept; kept = ctx.keep(box); ctx.release(old); return box;";
    const bench = await run("f", 60_000, body);
    expect(bench.view?.status).toEqual({ kind: "finished", results: [{ type: "i32", bits: (60_000 * 60_001) / 2 }] });
    expect(bench.view?.heap.collections).toBeGreaterThan(0n);
    const copy = await again(TEXT, host(body), bench, limited);
    expect(copy.view).toMatchObject({ status: bench.view?.status, ticks: bench.view?.ticks, heap: bench.view?.heap });
  });

  test("values that the program drops are dropped, those that it holds are not, also after a replay", async () => {
    const bench = await run("g", 20_000);
    expect(bench.printed.map(({ text }) => text)).toEqual(['{"n":0}']);
    const copy = await again(TEXT, host(""), bench);
    await copy.begin("g", 1);
    await copy.run();
    expect(copy.printed.map(({ text }) => text)).toEqual(['{"n":0}']);
  });
});

describe("tables that host functions change", () => {
  const TEXT = `(module
    (import "env" "put" (func $put (param funcref)))
    (type $unary (func (param i32) (result i32)))
    (type $point (struct (field i32)))
    (table $ops (export "ops") 2 4 funcref)
    (table $wide (export "wide") i64 2 externref)
    (table $points (export "points") 1 (ref null $point))
    (elem declare func $double)
    (func $double (type $unary) (i32.mul (local.get 0) (i32.const 2)))
    (func (export "f") (param i32) (result i32)
      (call $put (ref.func $double))
      (call_indirect $ops (type $unary) (local.get 0) (i32.const 1))))`;
  const host = (body: string): string => `export const env = {\n  put(ctx, f) { ${body} },\n};`;

  async function run(body: string): Promise<Bench> {
    const bench = new Bench();
    expect(await bench.load(TEXT, host(body))).toMatchObject({ kind: "loaded" });
    await bench.begin("f", 21);
    await bench.run();
    return bench;
  }

  test("take functions, null and values of the host, and a replay finds them there", async () => {
    const body = 'const t = ctx.table("ops"); t.set(1, f); t.set(0n, t.get(1)); t.set(0, null); const w = ctx.table("$wide"); w.set(1n, "kept"); ctx.print(t.get(0), w.get(1), t.size);';
    const bench = await run(body);
    expect(bench.printed.map(({ text }) => text)).toEqual(["null kept 2"]);
    expect(bench.view?.status).toEqual({ kind: "finished", results: [{ type: "i32", bits: 42 }] });
    const copy = await again(TEXT, host(body), bench);
    expect(copy.view?.status).toEqual(bench.view?.status);
  });

  test("refuse a wrong place and what does not fit, with a sentence", async () => {
    const cases = [
      ['ctx.table("ops").set(2, null)', 'RangeError: element 2 is outside table "ops" of 2 elements'],
      ['ctx.table("ops").set(-1n, null)', 'RangeError: element -1 is outside table "ops" of 2 elements'],
      ['ctx.table("ops").set(0, 5)', 'TypeError: element 0 of table "ops": 5 is not a funcref; give null or a reference that the program passed'],
      ['ctx.table("ops").set(0, { func: 99 })', 'TypeError: element 0 of table "ops": '],
      ['ctx.table("points").set(0, 5)', 'TypeError: element 0 of table "points": '],
    ] as const;
    for (const [body, message] of cases) {
      const { status } = (await run(body)).view ?? {};
      expect(status, body).toMatchObject({ kind: "trapped", trap: { sentence: expect.stringContaining(`env.put: ${message}`) } });
    }
  });
});

describe("what a host function has done before it answers", () => {
  const TEXT = `(module
    (import "env" "ask" (func $ask (result i32)))
    (memory (export "memory") 1)
    (func (export "f") (result i32) (i32.add (call $ask) (i32.load (i32.const 0)))))`;
  /** A module of its own for each `name`: the same text is loaded once. */
  const hostOf = (name: string): string => `let calls = 0; // ${name}
  export const env = { async ask(ctx) {
    ctx.memory("memory").setI32(0, 1);
    ctx.memory("memory").setU8(8 + calls++, 9);
    await new Promise((resolve) => setTimeout(resolve, 50));
    ctx.memory("memory").setI32(4, ctx.memory("memory").i32(4) + 10);
    return 5;
  } };`;

  /** Stands while the function waits. */
  async function waiting(host: string): Promise<Bench> {
    const bench = new Bench();
    expect(await bench.load(TEXT, host)).toMatchObject({ kind: "loaded" });
    await bench.begin("f");
    const run = bench.run();
    await new Promise((resolve) => setImmediate(resolve));
    bench.worker.notice({ kind: "pause" });
    expect((await run).status).toMatchObject({ kind: "paused", reason: "unanswered" });
    return bench;
  }

  const memory = (bench: Bench): Promise<Uint8Array> => bench.ask<"readMemory">({ kind: "readMemory", window: { memory: 0, from: 0n, length: 10 } });

  test("comes before a change by hand meanwhile, also in a replay", async () => {
    const host = hostOf("edited");
    const bench = await waiting(host);
    await bench.ask<"edit">({ kind: "edit", edit: { kind: "bytes", memory: 0, address: 0n, bytes: Uint8Array.of(7) } });
    await bench.ask<"edit">({ kind: "edit", edit: { kind: "bytes", memory: 0, address: 4n, bytes: Uint8Array.of(30) } });
    expect((await bench.run()).status).toEqual({ kind: "finished", results: [{ type: "i32", bits: 12 }] });
    expect([...(await memory(bench))]).toEqual([7, 0, 0, 0, 40, 0, 0, 0, 9, 0]);
    const copy = await again(TEXT, host, bench);
    expect(copy.view).toMatchObject({ status: bench.view?.status, ticks: bench.view?.ticks });
    expect(await memory(copy)).toEqual(await memory(bench));
  });

  test("stays when another call begins meanwhile, also in a replay", async () => {
    const host = hostOf("left");
    const bench = await waiting(host);
    await bench.begin("f");
    expect((await bench.run()).status).toEqual({ kind: "finished", results: [{ type: "i32", bits: 6 }] });
    expect([...(await memory(bench))]).toEqual([1, 0, 0, 0, 10, 0, 0, 0, 9, 9]);
    const copy = await again(TEXT, host, bench);
    expect(copy.view).toMatchObject({ status: bench.view?.status, ticks: bench.view?.ticks });
    expect(await memory(copy)).toEqual(await memory(bench));
    // The copy's own log is as whole.
    const third = await again(TEXT, host, copy);
    expect(await memory(third)).toEqual(await memory(bench));
  });
});

describe("a reference in a sentence", () => {
  const TEXT = `(module (type $point (struct (field $x i32) (field $y i32))) (tag $t (export "t") (param i32))
    (import "env" "see" (func $see (param (ref $point) exnref) (result i32)))
    (func (export "f") (result i32)
      (call $see (struct.new $point (i32.const 3) (i32.const 4)) (block (result exnref) (try_table (catch_all_ref 0) (throw $t (i32.const 5))) unreachable)))
    (func (export "caught") (result i32)
      (block $h (result i32) (try_table (result i32) (catch $t $h) (call $see (struct.new $point (i32.const 3) (i32.const 4)) (block (result exnref) (try_table (catch_all_ref 0) (throw $t (i32.const 5))) unreachable))))))`;

  async function run(exportName: string, body: string): Promise<{ readonly status: unknown; readonly lines: readonly string[] }> {
    const bench = new Bench();
    await bench.load(TEXT, `let old; export const env = { see(ctx, point, e) { ${body} } };`);
    await bench.begin(exportName);
    await bench.run();
    return { status: bench.view?.status, lines: bench.printed.map(({ text }) => text) };
  }

  test("is what the page shows of it, printed, as text and in what is wrong", async () => {
    const { lines } = await run("f", "ctx.print(point, e); ctx.print([point, { e }]); ctx.print(`${point}`); return 1;");
    expect(lines).toEqual(["$point #0 {x 3, y 4} $t #1 (5)", '["$point #0 {x 3, y 4}",{"e":"$t #1 (5)"}]', "$point #0 {x 3, y 4}"]);
    expect((await run("f", "return point;")).status).toMatchObject({ kind: "trapped", trap: { sentence: expect.stringContaining("it returned $point #0 {x 3, y 4}, which is not an i32") } });
  });

  test("is gone where the reference is", async () => {
    const bench = new Bench();
    await bench.load(TEXT, "let old; export const env = { see(ctx, point) { ctx.print(old ?? null); old = point; return 1; } };");
    for (let count = 0; count < 2; count += 1) {
      await bench.begin("f");
      await bench.run();
    }
    expect(bench.printed.map(({ text }) => text)).toEqual(["null", "a reference that belongs to a call of env.see that has ended; ctx.keep(it) keeps it"]);
  });

  test("an exception that the program passed is thrown by ctx.throw as by throw", async () => {
    for (const body of ["throw e;", "ctx.throw(e);"]) expect((await run("caught", body)).status).toEqual({ kind: "finished", results: [{ type: "i32", bits: 5 }] });
  });
});
