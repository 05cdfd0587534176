import { CompletionContext } from "@codemirror/autocomplete";
import type { Transaction } from "@codemirror/state";
import { describe, expect, test } from "vitest";
import type { CheckReport, InstructionInfo, SymbolDefinition } from "../../protocol/dto.ts";
import { parsedState } from "../testing.ts";
import { reportField, reportTransaction } from "../report.ts";
import { completeWat, instructionOptions } from "./completion.ts";
import { watSupport } from "./language.ts";

const info = (mnemonic: string): InstructionInfo => ({
  mnemonic,
  stack: "[] -> []",
  summary: "",
  proposal: "",
  specUrl: "",
  immediates: "",
});
const describeNothing = (): Node => {
  throw new Error("no option is looked at in these tests");
};
const instructions = instructionOptions(["i32.add", "i32.and", "local.get", "block", "end"].map(info), describeNothing);

const kinds: readonly SymbolDefinition["kind"][] = ["func", "local", "label", "global", "table", "memory", "type", "data", "elem", "field", "tag"];

/** A name of each kind, `$func` to `$tag`, in scope everywhere. */
function reportFor(text: string): CheckReport {
  const scope = { from: 0, to: text.length };
  const definitions = kinds.map((kind): SymbolDefinition => ({ kind, name: `$${kind}`, span: { from: 0, to: 0 }, scope, detail: kind }));
  return { diagnostics: [], outline: [], definitions, references: [] };
}

/** What is offered at `▸`. */
function offered(text: string, explicit = false): readonly string[] | undefined {
  const pos = text.indexOf("▸");
  const doc = text.replace("▸", "");
  const start = parsedState(doc, [watSupport(), reportField]);
  const state = start.update(...reportTransaction(start, reportFor(doc))).state;
  const result = completeWat(new CompletionContext(state, pos, explicit), instructions);
  return result?.options.map(({ label }) => label);
}

describe("names of the kind that fits", () => {
  test.each<[string, readonly string[] | undefined]>([
    ["(module (func (call $▸)))", ["$func"]],
    ["(module (func call $▸))", ["$func"]],
    ["(module (func (local.get $▸)))", ["$local"]],
    ["(module (func local.set $f▸ nop))", ["$local"]],
    ["(module (func (global.set $▸ (i32.const 1))))", ["$global"]],
    ["(module (func (br_if $▸)))", ["$label"]],
    ["(module (func br_table 0 $▸))", ["$label"]],
    ["(module (func (call_indirect $▸)))", ["$table"]],
    ["(module (func (call_indirect $t (type $▸))))", ["$type"]],
    ["(module (func (struct.get $▸)))", ["$type"]],
    ["(module (func (struct.get $t $▸)))", ["$field"]],
    ["(module (func (memory.init $m $▸)))", ["$data"]],
    ["(module (func (i32.load $▸)))", ["$memory"]],
    ["(module (func (table.get $▸)))", ["$table"]],
    ["(module (func (throw $▸)))", ["$tag"]],
    ["(module (func (try_table (catch $e $▸))))", ["$label"]],
    ["(module (func (param (ref null $▸))))", ["$type"]],
    ["(module (start $▸))", ["$func"]],
    ['(module (export "f" (func $▸)))', ["$func"]],
    ["(module (elem func $a $▸))", ["$func"]],
    ["(module (func $▸))", undefined],
    ["(module (func (param $▸ i32)))", undefined],
  ])("%s", (text, expected) => expect(offered(text)).toEqual(expected));
});

describe("words that fit the place", () => {
  test.each<[string, readonly string[], readonly string[]]>([
    ["(▸)", ["module", "func"], ["i32.add"]],
    ["(module (▸))", ["func", "memory", "import"], ["i32.add", "i32"]],
    ["(module (func (▸)))", ["param", "result", "local", "i32.add", "if"], ["end", "memory"]],
    ["(module (func (i32.add (i▸))))", ["i32.add", "if"], ["memory"]],
    ["(module (func i32.▸))", ["i32.add", "i32.and", "end", "loop"], ["param"]],
    ["(module (func (param i▸)))", ["i32", "externref", "v128"], ["i32.add"]],
    ["(module (type (▸)))", ["func", "struct", "array"], ["i32.add"]],
    ["(module (func (if (▸))))", ["then", "else", "i32.add"], []],
    ["(module (global i32 (▸)))", ["mut"], []],
    ["(module (data (▸)))", ["i32.add"], ["param"]],
  ])("%s", (text, present, absent) => {
    const labels = offered(text) ?? [];
    for (const label of present) expect(labels).toContain(label);
    for (const label of absent) expect(labels).not.toContain(label);
  });
});

/** The text after the option `label` was taken at `▸`. */
function taken(text: string, label: string): string {
  const pos = text.indexOf("▸");
  let state = parsedState(text.replace("▸", ""), [watSupport(), reportField]);
  const result = completeWat(new CompletionContext(state, pos, true), instructions);
  const option = result?.options.find((candidate) => candidate.label === label);
  if (result === null || option === undefined) throw new Error(`${label} is not offered`);
  if (typeof option.apply !== "function") return "";
  const editor = {
    state,
    dispatch: (transaction: Transaction) => {
      state = transaction.state;
    },
  };
  // A snippet needs no more of a view than this.
  Reflect.apply(option.apply, undefined, [editor, option, result.from, pos]);
  return state.doc.toString();
}

describe("snippets", () => {
  test.each<[string, string, string]>([
    ["(module\n  (▸)\n)", "func", "(module\n  (func $name (param $x i32) (result i32)\n    )\n)"],
    ["(module (▸))", "memory", "(module (memory $m 1))"],
    ["(module (▸))", "global", "(module (global $g (mut i32) (i32.const 0)))"],
    ["(module (▸))", 'import "print" "string"', '(module (import "print" "string" (func $print_string (param i32 i32))))'],
    ["(module (▸))", 'import "clock" "now"', '(module (import "clock" "now" (func $clock_now (result f64))))'],
    ["(module (func (▸)))", "param", "(module (func (param $x i32)))"],
    ["(module (func (▸)))", "loop", "(module (func (loop $again\n  \n  (br_if $again (condition)))))"],
    ["(module (func l▸))", "loop", "(module (func loop $again\n  \n  br_if $again\nend))"],
  ])("%j, %s", (text, label, expected) => expect(taken(text, label)).toBe(expected));
});

describe("silence", () => {
  test.each(['(module (data "i3▸"))', "(module ;; i3▸\n)", "(module (; i3▸ ;))", "(module (func ▸))", "▸"])("%s", (text) => {
    expect(offered(text)).toBeUndefined();
  });
  test("ends when asked", () => expect(offered("(module (func ▸))", true)).toContain("i32.add"));
});

test("without a reference the names of all instructions are offered", () => {
  expect(instructionOptions([], describeNothing).map(({ label }) => label)).toContain("i8x16.swizzle");
});
