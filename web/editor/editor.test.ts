import { CompletionContext } from "@codemirror/autocomplete";
import { history, redo, undo } from "@codemirror/commands";
import { javascript } from "@codemirror/lang-javascript";
import { diagnosticCount, forEachDiagnostic } from "@codemirror/lint";
import { EditorState, type Transaction } from "@codemirror/state";
import { describe, expect, test } from "vitest";
import type { CheckReport, ImportInfo } from "../protocol/dto.ts";
import { breakpoints, breakpointsField, placeForLine, setBreakpointsEffect } from "./breakpoints.ts";
import { smallestChange } from "./common.ts";
import { watSupport } from "./wat/language.ts";
import { completeHost, importMember } from "./host-completion.ts";
import { normalizeText } from "./normalize.ts";
import { parsedState } from "./testing.ts";
import { definitionSpan, namesInScope, occurrences, reportField, reportTransaction, symbolAt } from "./report.ts";

describe("breakpoints move with the text", () => {
  const start = (): EditorState => {
    const state = EditorState.create({ doc: "one\ntwo\nthree\n", extensions: [history(), breakpoints(() => undefined, () => undefined)] });
    return state.update({ effects: setBreakpointsEffect.of([4, 8]) }).state;
  };
  const after = (from: number, to: number, insert = ""): readonly number[] =>
    start().update({ changes: { from, to, insert } }).state.field(breakpointsField);

  test("text before shifts them", () => expect(after(0, 0, "xx")).toEqual([6, 10]));
  test("a new line at the place goes before them", () => expect(after(4, 4, "\n")).toEqual([5, 9]));
  test("text after leaves them", () => expect(after(9, 9, "x")).toEqual([4, 8]));
  test("retyping the instruction keeps them", () => expect(after(4, 7, "2")).toEqual([4, 6]));
  test("deleting around one removes it", () => expect(after(2, 6)).toEqual([4]));
  test("deleting around both removes both", () => expect(after(2, 12)).toEqual([]));
  test("two on one place become one", () => expect(after(4, 8)).toEqual([4]));

  test("undo brings back what a deletion took, redo takes it again", () => {
    let state = start().update({ changes: { from: 2, to: 12 } }).state;
    const dispatch = (transaction: Transaction): void => {
      state = transaction.state;
    };
    expect(undo({ state, dispatch })).toBe(true);
    expect(state.doc.toString()).toBe("one\ntwo\nthree\n");
    expect(state.field(breakpointsField)).toEqual([4, 8]);
    expect(redo({ state, dispatch })).toBe(true);
    expect(state.field(breakpointsField)).toEqual([]);
  });

  test("places outside the text are dropped, the rest sorted and told apart", () => {
    const state = start().update({ effects: setBreakpointsEffect.of([8, 99, -1, 4, 8]) }).state;
    expect(state.field(breakpointsField)).toEqual([4, 8]);
  });
});

describe("a breakpoint asked for at a line", () => {
  /** What stands at the place for the line with the mark, which is taken out; and whether that is the line itself. */
  const place = (marked: string): readonly [string, boolean] | undefined => {
    const at = marked.indexOf("▸");
    const state = parsedState(marked.replace("▸", ""), watSupport());
    const found = placeForLine(state, state.doc.lineAt(at));
    return found && [state.sliceDoc(found.span.from, state.doc.lineAt(found.span.from).to), found.isOwn];
  };
  test("is at the first instruction of the line, or of those after it", () => {
    expect(place("(module (func\n▸ (drop (i32.const 1))))")).toEqual(["drop (i32.const 1))))", true]);
    expect(place("(module (func\n▸ ;; none\n nop))")).toEqual(["nop))", false]);
    expect(place("(module (func nop)\n▸ ;; none\n (func nop))")).toBeUndefined();
    expect(place("(module (func nop)\n▸)")).toBeUndefined();
  });
  test("is at the parenthesis that ends the function, where the machine can stop", () => {
    expect(place("(module (func\n nop\n▸ )\n)")).toEqual([")", true]);
    expect(place("(module (func\n nop\n▸ ;; none\n ) )")).toEqual([") )", false]);
    expect(place("(module (func (block\n nop\n▸ )) )")).toEqual([") )", true]);
    expect(place("(func (block\n nop\n▸ ))")).toEqual([")", true]);
  });
  test("or at that of a block, which the machine says is none of its own", () => {
    expect(place("(module (func (loop\n nop\n▸ )\n nop))")).toEqual([")", true]);
    expect(place("(module (func (if (i32.const 1) (then\n nop\n▸ )\n) nop))")).toEqual(["nop))", false]);
  });
  test("is at no parenthesis of an import or a type", () => {
    expect(place('(module (import "a" "b" (func\n▸ )))')).toBeUndefined();
    expect(place('(module (func (import "a" "b")\n▸ ))')).toBeUndefined();
    expect(place("(module (type (func\n▸ )))")).toBeUndefined();
  });
});

describe("the smallest change between two texts", () => {
  test.each([
    ["", "abc"],
    ["abc", ""],
    ["aaa", "aa"],
    ["aa", "aaa"],
    ["one two three", "one 2 three"],
    ["xabx", "xabcabx"],
  ])("%j to %j", (before, after) => {
    const change = smallestChange(before, after);
    expect(change && before.slice(0, change.from) + change.insert + before.slice(change.to)).toBe(after);
  });
  test("equal texts have none", () => expect(smallestChange("abc", "abc")).toBeUndefined());
});

test("line ends become one character", () => expect(normalizeText("a\r\nb\rc\n")).toBe("a\nb\nc\n"));

describe("a report stays in step with the text", () => {
  const doc = "(func $f (param $n i32) local.get $n)";
  const definition = { kind: "local", name: "$n", span: { from: 16, to: 18 }, scope: { from: 0, to: 37 }, detail: "(param $n i32)" } as const;
  const report: CheckReport = {
    diagnostics: [
      { severity: "error", span: { from: 24, to: 33 }, line: 1, column: 25, message: "wrong" },
      { severity: "warning", span: { from: 900, to: 950 }, line: 9, column: 1, message: "beyond the end" },
    ],
    outline: [],
    definitions: [definition],
    references: [{ span: { from: 34, to: 36 }, definition: 0 }],
  };
  const checked = (): EditorState => {
    const state = EditorState.create({ doc, extensions: reportField });
    return state.update(...reportTransaction(state, report)).state;
  };

  test("problems are underlined at their place, and those beyond the end at the end", () => {
    const state = checked();
    const found: [number, number, string][] = [];
    forEachDiagnostic(state, ({ message }, from, to) => found.push([from, to, message]));
    expect(diagnosticCount(state)).toBe(2);
    expect(found).toContainEqual([24, 33, "wrong"]);
    expect(found).toContainEqual([37, 37, "beyond the end"]);
  });
  test("a use leads to its definition", () => {
    expect(symbolAt(checked(), 35)?.definition).toBe(definition);
    expect(symbolAt(checked(), 17)?.index).toBe(0);
    expect(symbolAt(checked(), 26)).toBeUndefined();
  });
  test("also after an edit before it", () => {
    const state = checked().update({ changes: { from: 0, insert: ";; comment\n" } }).state;
    expect(symbolAt(state, 46)?.span).toEqual({ from: 45, to: 47 });
    expect(definitionSpan(state, definition)).toEqual({ from: 27, to: 29 });
    expect(occurrences(state, 0)).toEqual([{ from: 27, to: 29 }, { from: 45, to: 47 }]);
    expect(namesInScope(state, 40, new Set(["local"])).map(({ name }) => name)).toEqual(["$n"]);
  });
  test("a name that was changed since is not taken for the old one", () => {
    const state = checked().update({ changes: { from: 35, to: 36, insert: "other" } }).state;
    expect(symbolAt(state, 37)?.definition).toBeUndefined();
  });
});

describe("host code", () => {
  const imports: readonly ImportInfo[] = [
    { module: "env", name: "log", kind: "func", type: "(func (param i32 i64) (result f64))", func: { params: ["i32", "i64"], results: ["f64"] } },
    { module: "env", name: "lost", kind: "tag", type: "(tag (param i32))", func: { params: ["i32"], results: [] } },
    { module: "other", name: "x", kind: "func", type: "(func)", func: { params: [], results: [] } },
  ];
  const offered = (text: string): readonly string[] | undefined => {
    const pos = text.indexOf("▸");
    const state = parsedState(text.replace("▸", ""), javascript());
    return completeHost(new CompletionContext(state, pos, false), imports)?.options.map(({ label }) => label);
  };
  test("members of the first argument, whatever its name", () => {
    expect(offered("export const env = { log(vm, x) { vm.▸ } }")).toContain("memory");
    expect(offered("export const env = { log: (c, x) => c.me▸ }")).toContain("memory");
    expect(offered("export const env = { log(vm, x) { x.▸ } }")).toBeUndefined();
    expect(offered("export const env = { log: async function (c) { await c.canvas.▸ } }")).toContain("show");
  });
  test("members of a memory", () => {
    expect(offered("export const env = { log(c) { c.memory(0).▸ } }")).toEqual(expect.arrayContaining(["u8", "setF64", "cstring"]));
  });
  test("functions and tags the module wants", () => {
    expect(offered("export const env = { l▸ }")).toEqual(["log", "lost"]);
  });
  test("a method for an import has its parameters and a value to return", () => {
    expect(imports.map(importMember)).toEqual(["log(ctx, i32_0, i64_1) { return 0; },", 'lost: { parameters: ["i32"] },', "x(ctx) {  },"]);
  });
});
