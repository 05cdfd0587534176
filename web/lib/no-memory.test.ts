// A host that gives no more memory. The core's own is used up for the whole file.
import { readFileSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { initSync } from "../pkg/waspnest.js";
import { instantiate, LinkError, type Machine } from "./machine.ts";
import { Module } from "./module.ts";
import { Bench, project } from "../worker/testing.ts";

const WHOLE_PAGES = 65_536;
/** So many bytes lie in the heap that it cannot grow a little without being moved, which takes as much again. */
const TEXT = `(module
  (type $bytes (array (mut i8)))
  (tag $lost (export "lost") (param i32))
  (import "env" "ask" (func $ask (param i32)))
  (global $large (mut (ref null $bytes)) (ref.null $bytes))
  (table $all 20 exnref)
  (func (export "prepare") (global.set $large (array.new_default $bytes (i32.const 4000000))))
  (func (export "f") (param $n i32) (result i32) (local $at i32)
    (loop $more
      (table.set $all (local.get $at)
        (block $h (result exnref)
          (try_table (catch_all_ref $h) (call $ask (local.get $at)))
          (unreachable)))
      (br_if $more (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 1))) (local.get $n))))
    (local.get $at)))`;
const HOST = `let calls = 0;
export const env = { ask(ctx, at) { if (at !== calls) ctx.print("asked again"); calls += 1; ctx.throw("lost", at); } };`;
const FINISHED = { kind: "finished", results: [{ type: "i32", bits: 20 }] };

let memory: WebAssembly.Memory;

beforeAll(() => {
  ({ memory } = initSync({ module: readFileSync(new URL("../pkg/core.wasm", import.meta.url)) }));
});

/** Takes memory in pieces of so many pages until there is none; freed, they give it back. */
function takeAll(pages: number): Machine[] {
  const taken: Machine[] = [];
  const module = Module.fromText(`(module (memory ${pages}))`);
  for (;;) {
    try {
      taken.push(instantiate(module));
    } catch (thrown) {
      if (thrown instanceof LinkError) return taken;
      throw thrown;
    }
  }
}

test("what a host function throws waits for memory, and so does a replay, which stands on the way and goes on", async () => {
  const bench = new Bench();
  expect(await bench.load(TEXT, HOST)).toMatchObject({ kind: "loaded" });
  await bench.begin("prepare");
  await bench.run();
  // Right behind the heap, which therefore cannot grow where it lies.
  const large = instantiate(Module.fromText("(module (memory 256))"));
  memory.grow(WHOLE_PAGES - memory.buffer.byteLength / 65_536);
  await bench.begin("f", 20);
  const refused = { kind: "paused", reason: "memory", note: expect.stringMatching(/^the host gave no more memory: the heap wants \d+ more bytes; continue to ask again$/) };
  for (let time = 0; time < 2; time += 1) expect((await bench.run()).status).toEqual(refused);
  const { ticks } = bench.view ?? {};
  large.free();
  expect((await bench.run()).status).toEqual(FINISHED);
  expect(bench.view?.ticks).toBeGreaterThan(ticks ?? 0n);
  expect(bench.printed).toEqual([]);

  const taken = takeAll(16);
  // Another machine can be made, but no heap of this size.
  for (const machine of taken.splice(-2)) machine.free();
  const copy = new Bench();
  const target = { note: "it stands again", ticks: (bench.view?.ticks ?? 0n) - 1n };
  await copy.ask<"replay">({ kind: "replay", project: project({ m: TEXT }, HOST, {}), options: { hostCodeAllowed: true }, journal: bench.journal(), target });
  const short = { kind: "paused", reason: "memory", note: expect.stringMatching(/^the host gave no more memory: the heap wants \d+ more bytes, on the way back to where the call stood; continue to ask again$/) };
  expect(copy.view?.status).toEqual(short);
  // The page keeps its log until the replay is through.
  expect(copy.pieces).toEqual([]);
  for (const machine of taken) machine.free();
  const { heap } = bench.view ?? {};
  await bench.load("(module)");
  expect((await copy.run()).status).toEqual({ kind: "paused", reason: "restarted", note: target.note });
  expect(copy.journal().actions).toMatchObject([{ action: { exportName: "prepare" } }, { action: { exportName: "f" } }]);
  expect((await copy.run()).status).toEqual(FINISHED);
  expect(copy.view?.heap).toEqual(heap);
  expect(copy.printed).toEqual([]);
});
