import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { initSync } from "../pkg/waspnest.js";
import { Bench, project } from "./testing.ts";

beforeAll(() => {
  initSync({ module: readFileSync(new URL("../pkg/core.wasm", import.meta.url)) });
});

/** The same run once more from its journal, which asks no host code. */
async function again(text: string, hostCode: string, bench: Bench): Promise<Bench> {
  const copy = new Bench();
  const replay = { kind: "replay", project: project(text, hostCode, {}), options: { hostCodeAllowed: true }, journal: bench.journal(), target: { note: "" } } as const;
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
    expect(bench.printed.map(({ text }) => text)).toEqual(["WaspException: $own (7, -0.5, null)", "WaspException $own [7,-0.5,null] true"]);
    expect(bench.view?.status).toEqual({ kind: "finished", results: [{ type: "i32", bits: 7 }] });
  });

  test("are the same each time, also when carried by another", async () => {
    const bench = await finished("nested", "const [inner] = e.values; ctx.print(e.message, inner.tag, inner.values[0], inner === e.values[0]); return inner;", 9);
    expect(bench.printed.map(({ text }) => text)).toEqual(["$deep $own 9 true"]);
    expect(bench.view?.status).toEqual({ kind: "finished", results: [{ type: "i32", bits: 0 }] });
  });

  test("stay there while host code has them, are passed back and thrown again, and a replay does the same", async () => {
    for (const body of ["kept ??= e; return kept;", "kept ??= e; throw kept;"]) {
      const bench = await finished("f", body, 7, 8, 9);
      // Garbage was collected in between.
      expect(bench.view?.heap.collections).toBeGreaterThan(1n);
      expect(bench.view?.status).toEqual({ kind: "finished", results: [{ type: "i32", bits: 7 }] });
      const copy = await again(TEXT, host(body), bench);
      expect(copy.view).toMatchObject({ status: bench.view?.status, ticks: bench.view?.ticks, heap: bench.view?.heap });
    }
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
    const keeps = "globalThis.waspnestKept ??= e; return globalThis.waspnestKept;";
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
