import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { ensureExists } from "../base/assert.ts";
import { initSync } from "../pkg/waspnest.js";
import type { CheckReport, ScriptFailure, View } from "../protocol/dto.ts";
import type { PrintLine } from "../protocol/engine.ts";
import type { FromWorker, LoadReply } from "../protocol/messages.ts";
import type { Project } from "../protocol/project.ts";
import { DIRECTIVE_KINDS, DIRECTIVE_WORDS, type ScriptOptions } from "../protocol/script.ts";
import { coreOf } from "./glue.ts";
import { MachineWorker } from "./machine.ts";
import { ScriptWorker } from "./script.ts";

beforeAll(() => {
  initSync({ module: readFileSync(new URL("../pkg/core.wasm", import.meta.url)) });
});

const OPTIONS: ScriptOptions = { mode: "plain", edition: "", ticks: 1_000_000 };
const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A script worker without its worker, and what it tells. */
class Bench {
  directives: Uint32Array = new Uint32Array();
  readonly verdicts: number[] = [];
  readonly failures: ScriptFailure[] = [];
  readonly worker = new ScriptWorker({ core: coreOf(), breathe, post: (message) => this.#receive(message) });

  #receive(message: FromWorker): void {
    if (message.kind !== "script") return;
    if (message.event.kind === "begun") this.directives = message.event.directives;
    else {
      this.verdicts.push(...message.event.verdicts);
      this.failures.push(...message.event.failures);
    }
  }

  rows(): readonly (readonly [kind: string | undefined, line: number, calls: number])[] {
    return Array.from({ length: this.directives.length / DIRECTIVE_WORDS }, (_, number) => {
      const word = (at: number): number => ensureExists(this.directives[number * DIRECTIVE_WORDS + at], "word");
      return [DIRECTIVE_KINDS[word(0)], word(1), word(4)];
    });
  }
}

describe("running", () => {
  test("each kind of directive is known by its name", async () => {
    const bench = new Bench();
    const lines = [
      '(module (func (export "f")) (start 0))',
      "(module definition $D)",
      "(module instance $I $D)",
      '(register "x")',
      '(invoke "f")',
      '(get "g")',
      '(assert_return (invoke "f"))',
      '(assert_trap (module) "x")',
      '(assert_exhaustion (invoke "f") "x")',
      '(assert_exception (invoke "f"))',
      '(assert_suspension (invoke "f") "x")',
      '(assert_invalid (module) "x")',
      '(assert_malformed (module) "x")',
      '(assert_unlinkable (module) "x")',
      '(assert_invalid_custom (module) "x")',
      '(assert_malformed_custom (module) "x")',
      "(thread $T)",
      "(wait $T)",
      "(what)",
    ];
    await bench.worker.run(lines.join("\n"), OPTIONS);
    const names = lines.map((line) => /^\((module (?:definition|instance)|\w+)/.exec(line)?.[1]);
    names[names.length - 1] = "unknown";
    expect(bench.rows().map(([kind]) => kind)).toEqual(names);
    expect(bench.rows().map(([, line]) => line)).toEqual(lines.map((_, index) => index + 1));
    expect(bench.rows().flatMap(([, line, calls]) => (calls === 1 ? [line] : []))).toEqual([1, 5, 7, 9, 10, 11]);
    await new Bench().worker.run("(func)", OPTIONS);
  });

  test("verdicts and failures come for every directive, in UTF-16 places", async () => {
    const bench = new Bench();
    const text = ';; é𝄞\n(module (func (export "f") (result i32) i32.const 7))\n(assert_return (invoke "f") (i32.const 7))\n(assert_return (invoke "f") (i32.const 8))';
    expect(await bench.worker.run(text, OPTIONS)).toBe(true);
    expect(bench.verdicts).toEqual([1, 1, 2]);
    expect(bench.failures).toEqual([{ directive: 2, expected: "i32.const 8", got: "i32.const 7" }]);
    expect(bench.directives[2]).toBe(text.indexOf("(module"));
  });

  test("an endless action fails at its limit, and a run is cancelled between slices", async () => {
    const text = '(module (func (export "spin") (loop (br 0))))\n(invoke "spin")\n(module)';
    const bench = new Bench();
    expect(await bench.worker.run(text, OPTIONS)).toBe(true);
    expect(bench.verdicts).toEqual([1, 2, 1]);
    expect(bench.failures[0]?.got).toBe("no end within 1000000 instructions");

    const cancelled = new Bench();
    const running = cancelled.worker.run(text, { ...OPTIONS, ticks: 1e15 });
    await breathe();
    cancelled.worker.cancel();
    expect(await running).toBe(false);
    expect(cancelled.verdicts).toEqual([1]);
  });

  test("every mode and edition of the page is known to the core", async () => {
    for (const mode of ["plain", "gas", "one-tick", "steps"] as const) {
      for (const edition of ["", "1", "2", "3", "threads", "memory64"] as const) {
        const bench = new Bench();
        expect(await bench.worker.run('(assert_invalid (module (func (result i32 i32) i32.const 1 i32.const 2)) "arity")', { ...OPTIONS, mode, edition })).toBe(true);
        expect(bench.verdicts).toEqual([["1", "threads", "memory64"].includes(edition) ? 1 : 2]);
      }
    }
  });

  test("a script's text is checked where it asserts nothing wrong", () => {
    const report: CheckReport = JSON.parse(coreOf().checkScript('(assert_invalid (module (func (result i32))) "x")\n(module (func (result i32)))\n(invok)'));
    expect(report.diagnostics.map(({ line, message }) => `${line} ${message}`)).toEqual([
      expect.stringMatching(/^2 .*i32/),
      expect.stringMatching(/^3 invok is no directive/),
    ]);
  });
});

const SCRIPT = `(module $calc
  (import "spectest" "print_i32" (func $print (param i32)))
  (global $calls (export "calls") (mut i32) (i32.const 0))
  (func (export "add") (param $a i32) (param $b i32) (result i32)
    (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
    (call $print (local.get $a))
    (i32.add (local.get $a) (local.get $b))))
(assert_return (invoke "add" (i32.const 1) (i32.const 2)) (i32.const 3))
(assert_return (invoke "add" (i32.const 20) (i32.const 22)) (i32.const 43))
(module binary "\\00asm\\01\\00\\00\\00\\01\\05\\01\\60\\00\\01\\7f\\03\\02\\01\\00\\07\\05\\01\\01f\\00\\00\\0a\\06\\01\\04\\00\\41\\2a\\0b")
(assert_return (invoke "f") (i32.const 42))
(module $s (global $g (mut i32) (i32.const 0)) (func $go (global.set $g (i32.const 9))) (start $go))`;

/** The machine worker without its worker. */
class Standing {
  view: View | undefined;
  readonly printed: PrintLine[] = [];
  readonly worker = new MachineWorker({
    core: coreOf(),
    importCode: () => ({ url: "", namespace: Promise.resolve({}) }),
    post: (message) => {
      if (message.kind !== "event") return;
      if (message.event.kind === "view") this.view = structuredClone(message.event.view);
      else if (message.event.kind === "print") this.printed.push(...message.event.lines);
    },
    breathe,
    nextFrame: () => Promise.resolve(),
  });

  async load(directive: number, more: Partial<Project> = {}): Promise<LoadReply> {
    const project: Project = {
      title: "test",
      modules: [{ kind: "script", name: "calc", text: SCRIPT }],
      hostCode: "",
      schedule: { builtin: "instructions" },
      limits: { stackSlots: 1 << 20, memoryPages: 256, tableElements: 1000, heapMib: 64, hostMillis: 2000 },
      breakpoints: [],
      ...more,
    };
    const reply = await this.worker.answer({ kind: "load", project, options: { hostCodeAllowed: false, stand: { script: "calc", directive } } });
    return reply as LoadReply;
  }

  async run(kind: "end" | "step"): Promise<View> {
    await this.worker.answer({ kind: "run", until: { kind } });
    return ensureExists(this.view, "view");
  }
}

describe("standing before an action", () => {
  test("the machine is as the actions before left it, and its places are those of the script", async () => {
    const bench = new Standing();
    expect(await bench.load(2)).toMatchObject({ kind: "loaded", call: { module: "calc:1 $calc", export: "add", args: [{ type: "i32", bits: 20 }, { bits: 22 }] } });
    expect(bench.view?.status).toEqual({ kind: "paused", reason: "start" });
    expect(bench.view?.gas.used).toBe(0n);
    expect(bench.view?.globals[0]).toMatchObject({ name: "$calls", module: "calc:1 $calc", value: { bits: 1 } });
    const view = await bench.run("step");
    const next = ensureExists(view.next, "next");
    expect(next).toMatchObject({ module: "calc", line: 5, mnemonic: "i32.const" });
    expect(SCRIPT.slice(next.span?.from, next.span?.to)).toBe("i32.const 1");
    expect((await bench.run("end")).status).toEqual({ kind: "finished", results: [{ type: "i32", bits: 42 }] });
    expect(bench.printed.map(({ text }) => text)).toEqual(["20"]);
    // And again from the same place.
    await bench.worker.answer({ kind: "reset" });
    expect(bench.view?.status).toEqual({ kind: "paused", reason: "start" });
    expect(bench.view?.globals[0]?.value).toMatchObject({ bits: 1 });
  });

  test("breakpoints stand in the script's text", async () => {
    const bench = new Standing();
    const position = SCRIPT.indexOf("(call $print");
    await bench.load(2, { breakpoints: [{ module: "calc", position }] });
    const view = await bench.run("end");
    expect(view.status).toMatchObject({ kind: "paused", reason: "breakpoint" });
    expect(view.next).toMatchObject({ line: 6, mnemonic: "call" });
  });

  test("a module given as bytes comes with a text of its own", async () => {
    const bench = new Standing();
    const reply = await bench.load(4);
    if (reply.kind !== "loaded") throw new Error("it did not load");
    const modules: readonly { readonly name: string; readonly file?: string; readonly text?: string }[] = JSON.parse(reply.modules);
    expect(modules.map(({ name, file, text }) => ({ name, file, printed: text?.includes("i32.const 42") }))).toEqual([
      { name: "calc:1 $calc", file: "calc", printed: undefined },
      { name: "calc:10", file: undefined, printed: true },
    ]);
    const view = ensureExists(bench.view, "view");
    expect(view.next).toMatchObject({ module: "calc:10", mnemonic: "i32.const" });
  });

  test("a start function is stepped like any call", async () => {
    const bench = new Standing();
    expect(await bench.load(5)).toMatchObject({ kind: "loaded" });
    expect(bench.view?.next).toMatchObject({ module: "calc", line: 12, mnemonic: "i32.const" });
    expect((await bench.run("end")).status).toEqual({ kind: "ready" });
    expect(bench.view?.globals.at(-1)?.value).toMatchObject({ bits: 9 });
  });

  test("what calls nothing is refused with a sentence", async () => {
    const bench = new Standing();
    expect(await bench.load(0)).toMatchObject({ kind: "failed", problems: [{ file: "calc", message: "this directive calls no function, so there is nothing to step" }] });
    expect(await bench.load(77)).toMatchObject({ kind: "failed", problems: [{ message: "the script has no such directive" }] });
  });

  test("a script that never comes to the directive is stopped by hand", async () => {
    const bench = new Standing();
    const text = '(module (func (export "spin") (loop (br 0))) (func (export "f")))\n(invoke "spin")\n(invoke "f")';
    const loading = bench.load(2, { modules: [{ kind: "script", name: "calc", text }] });
    for (let turn = 0; turn < 20; turn += 1) await breathe();
    bench.worker.notice({ kind: "pause" });
    expect(await loading).toMatchObject({ kind: "failed", problems: [{ message: "it was stopped on the way to the directive" }] });
  });
});
