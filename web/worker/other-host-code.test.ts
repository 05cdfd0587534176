import { readFileSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { initSync } from "../pkg/waspnest.js";
import { Bench, project } from "./testing.ts";

beforeAll(() => {
  initSync({ module: readFileSync(new URL("../pkg/core.wasm", import.meta.url)) });
});

const TEXT = `(module (import "env" "note" (func $note (param i32) (result i32))) (import "env" "ask" (func $ask (result i32)))
  (import "env" "base" (global $base i32)) (memory (export "memory") 1)
  (func (export "f") (result i32) (i32.add (global.get $base) (i32.add (call $note (i32.const 1)) (i32.add (call $ask) (call $note (i32.const 2)))))))`;
const HANGING = `export const env = { base: 1000, note: (ctx, x) => 10 * x, ask: async (ctx) => { ctx.memory().setU8(0, 7); await new Promise(() => {}); } };`;
const MENDED = `export const env = { base: 2000, note: (ctx, x) => 100 * x, ask: (ctx) => ctx.memory().u8(0) };`;

/** A machine whose host function has been waited for in vain. */
async function waiting(): Promise<Bench> {
  const bench = new Bench();
  await bench.load(TEXT, HANGING);
  await bench.begin("f");
  const run = bench.run();
  bench.worker.notice({ kind: "pause" });
  expect((await run).status).toMatchObject({ kind: "paused", reason: "unanswered", note: "env.ask has not answered yet; continue to go on waiting" });
  return bench;
}

const take = (bench: Bench, hostCode: string): Promise<unknown> => bench.ask<"takeHostCode">({ kind: "takeHostCode", hostCode });

test("a call that has no answer is answered by the host.js that is taken, which begins none of the globals anew", async () => {
  const bench = await waiting();
  expect(await take(bench, MENDED)).toEqual([]);
  expect(bench.view?.status).toEqual({ kind: "paused", reason: "host" });
  expect((await bench.run()).status).toEqual({ kind: "finished", results: [{ type: "i32", bits: 1000 + 10 + 7 + 200 }] });
});

test("what follows is replayed under the host.js of its time, and what it began with is the same", async () => {
  const bench = await waiting();
  await take(bench, MENDED);
  await bench.run();
  await bench.begin("f");
  await bench.run();
  const copy = new Bench();
  await copy.ask<"replay">({ kind: "replay", project: project(TEXT, HANGING, {}), options: { hostCodeAllowed: true }, journal: bench.journal(), target: { note: "" } });
  expect(copy.view).toEqual(bench.view);
  await copy.begin("f");
  expect((await copy.run()).status).toEqual({ kind: "finished", results: [{ type: "i32", bits: 1000 + 100 + 7 + 200 }] });
});

test("the same host.js calls the function again, as it stands", async () => {
  const bench = new Bench();
  await bench.load(TEXT, `let calls = 0; export const env = { base: 0, note: (ctx, x) => x, ask: () => (calls++ === 0 ? new Promise(() => {}) : calls) };`);
  await bench.begin("f");
  const run = bench.run();
  bench.worker.notice({ kind: "pause" });
  await run;
  const { actions } = bench.journal();
  expect(await take(bench, `let calls = 0; export const env = { base: 0, note: (ctx, x) => x, ask: () => (calls++ === 0 ? new Promise(() => {}) : calls) };`)).toEqual([]);
  expect((await bench.run()).status).toMatchObject({ kind: "finished", results: [{ bits: 5 }] });
  expect(bench.journal().actions).toEqual(actions);
});

test("a host.js that cannot be taken says why, and the call goes on as before", async () => {
  const bench = await waiting();
  const before = bench.view;
  expect(await take(bench, "export const env = {")).toMatchObject([{ file: "host.js", message: expect.stringMatching(/^host\.js does not load: SyntaxError/) }]);
  expect(await take(bench, "export const env = { base: 1, note: () => 1 };")).toMatchObject([{ message: "nothing defines env.ask, which is imported as (func (result i32)); add it to host.js" }]);
  expect(await take(bench, "export const env = { base: 1, note: 5, ask: () => 1 };")).toMatchObject([{ message: "env.note in host.js is 5, but the module imports a function" }]);
  expect(bench.view).toEqual(before);
  expect(await take(bench, MENDED)).toEqual([]);
  expect((await bench.run()).status).toMatchObject({ kind: "finished" });
});
