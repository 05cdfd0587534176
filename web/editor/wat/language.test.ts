import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { foldable, getIndentation } from "@codemirror/language";
import type { EditorState } from "@codemirror/state";
import { buildParserFile } from "@lezer/generator";
import { describe, expect, test } from "vitest";
import { parsedState } from "../testing.ts";
import { instructionNames, keywordNames, typeNames } from "./instructions.ts";
import { watSupport } from "./language.ts";
import { firstInstruction } from "./syntax.ts";
import { parser } from "./wat-parser.ts";

const stateOf = (doc: string): EditorState => parsedState(doc, watSupport());

/** The leaves of a text's tree, as `Kind:text`. */
function leaves(text: string): string {
  const found: string[] = [];
  parser.parse(text).iterate({
    enter(ref) {
      if (ref.node.firstChild === null && ref.name !== "(" && ref.name !== ")") found.push(`${ref.name}:${text.slice(ref.from, ref.to)}`);
    },
  });
  return found.join(" ");
}

describe("words have the colour of their kind", () => {
  const cases: readonly (readonly [text: string, expected: string])[] = [
    ["i32.add", "Numeric:i32.add"],
    ["i32.ad", "Word:i32.ad"],
    ["i64.extend32_s", "Numeric:i64.extend32_s"],
    ["i32.extend32_s", "Word:i32.extend32_s"],
    ["local.tee $x", "Variable:local.tee PlainName:$x"],
    ["i64.load32_u offset=0x10 align=4", "Memory:i64.load32_u MemoryArgument:offset=0x10 MemoryArgument:align=4"],
    ["i64x2.extmul_high_i32x4_u", "Vector:i64x2.extmul_high_i32x4_u"],
    ["i32x4.relaxed_dot_i8x16_i7x16_add_s", "Vector:i32x4.relaxed_dot_i8x16_i7x16_add_s"],
    ["i64.atomic.rmw32.cmpxchg_u", "Atomic:i64.atomic.rmw32.cmpxchg_u"],
    ["struct.new_default array.init_elem any.convert_extern", "Reference:struct.new_default Reference:array.init_elem Reference:any.convert_extern"],
    ["br_on_cast_fail return_call_ref try_table throw_ref", "Control:br_on_cast_fail Control:return_call_ref Control:try_table Control:throw_ref"],
    ["module func i32 v128 nullexnref", "Keyword:module Keyword:func Type:i32 Type:v128 Type:nullexnref"],
    ["-0x1.8p+3 1_000 .5", "Number:-0x1.8p+3 Number:1_000 Word:.5"],
    ["inf -inf nan nan:0x7f_ff nan:canonical", "Number:inf Number:-inf Number:nan Number:nan:0x7f_ff Number:nan:canonical"],
    ["0x 1__0 0b1 1e", "Word:0x Word:1__0 Word:0b1 Word:1e"],
    ["$a.b!#%&'*+-/:<=>?@\\^_`|~z", "PlainName:$a.b!#%&'*+-/:<=>?@\\^_`|~z"],
    ["é", "Stray:é"],
    ["[x]", "Stray:[ Word:x Stray:]"],
    [";; to the end\nnop", "LineComment:;; to the end Control:nop"],
    ["(; a (; b ;) c ;) nop", "BlockComment:(; a (; b ;) c ;) Control:nop"],
    ["(; never closed nop", "BlockComment:(; never closed nop"],
    ["(;) ;) nop", "BlockComment:(;) ;) Control:nop"],
    ["(@name \"x\") nop", 'AnnotationOpen:(@name ":" ":" Control:nop'],
    ['"a\\n\\u{1F600}\\00" nop', '":" Escape:\\n\\u{1F600}\\00 ":" Control:nop'],
    ['"\\q" nop', '":" InvalidEscape:\\ ":" Control:nop'],
    ['"not closed\nnop', '":" Control:nop'],
    ['$"quoted id" nop', 'QuotedNameOpen:$" ":" Control:nop'],
  ];
  test.each(cases)("%s", (text, expected) => {
    expect(leaves(text)).toBe(expected);
  });
});

test("no word is of two kinds", () => {
  const all = Object.values(instructionNames).flat();
  expect(new Set(all).size).toBe(all.length);
  expect(all.length).toBeGreaterThan(550);
  const others = new Set([...keywordNames, ...typeNames]);
  expect(all.filter((name) => others.has(name))).toEqual([]);
});

test("the generated parser belongs to the grammar", () => {
  const file = (name: string): string => readFileSync(fileURLToPath(new URL(name, import.meta.url)), "utf8");
  const { parser: made, terms } = buildParserFile(file("wat.grammar"), { fileName: "wat.grammar", typeScript: true, moduleStyle: "es" });
  expect(file("wat-parser.ts").trim()).toBe(made.trim());
  expect(file("wat-parser.terms.ts").trim()).toBe(terms.trim());
}, 30_000);

test("any text has a tree that covers it", () => {
  const hostile = [")))", "(".repeat(20_000), "(".repeat(20_000) + ")".repeat(20_000), '"', '$"', "(;", "(@", "\u0000\uffff\ud800", "(@x (; \"", "\\"];
  for (const text of hostile) {
    const tree = parser.parse(text);
    expect(tree.length).toBe(text.length);
    expect(tree.type.name).toBe("Text");
  }
});

/** Folds at the line of `▸`; what remains is shown with `…`. */
function folded(text: string): string | undefined {
  const at = text.indexOf("▸");
  const doc = text.replace("▸", "");
  const state = stateOf(doc);
  const line = state.doc.lineAt(at);
  const range = foldable(state, line.from, line.to);
  return range === null ? undefined : `${doc.slice(line.from, range.from)}…${doc.slice(range.to)}`.split("\n")[0];
}

describe("folding", () => {
  test.each<[string, string | undefined]>([
    ["▸(module\n  (func\n    nop))", "(module…)"],
    ["(module\n  ▸(func $f (param i32)\n    nop))", "  (func $f (param i32)…))"],
    ["▸(func nop)", undefined],
    ["(func\n  ▸block $a\n    nop\n  end)", "  block $a…end)"],
    ["(func\n  ▸block\n  loop\n  end\n  nop\n  end\n  drop)", "  block…end"],
    ["(func\n  ▸block\n  nop)", undefined],
    ["▸(; long\n comment ;) nop", "(; long…;) nop"],
    ["▸(func\n  nop", undefined],
  ])("%j", (text, expected) => expect(folded(text)).toBe(expected));
});

function indentation(text: string): number | null {
  const at = text.indexOf("▸");
  return getIndentation(stateOf(text.replace("▸", "")), at);
}

describe("indentation", () => {
  test.each<[string, number]>([
    ["(module\n▸", 2],
    ["(module\n  (func\n▸", 4],
    ["(module\n  (func\n    (i32.add\n▸", 6],
    ["(module\n  (func)\n▸", 2],
    ["(module\n  (func\n▸)", 2],
    ["(module)\n▸", 0],
    ["(func\n  block $a\n▸", 4],
    ["(func\n  block $a\n    nop\n▸end", 2],
    ["(func\n  block\n    nop\n  end\n▸", 2],
    ["(func\n  if\n    nop\n▸else", 2],
    ["(func\n  if\n    nop\n  else\n▸", 4],
    ["(func\n  (block\n▸", 4],
    ["▸", 0],
  ])("%j", (text, expected) => expect(indentation(text)).toBe(expected));
});

describe("the first instruction of a range", () => {
  test.each<[string, string | undefined]>([
    ["(module (func (i32.add (i32.const 1))))", "i32.add"],
    ["(module (global i32 (i32.const 1)) (func nop))", "nop"],
    ["(module (data (i32.const 1)))", undefined],
    ["(module (func $f (param i32)))", undefined],
    ["(module (func) (global i32 (i32.const 1)))", undefined],
  ])("%s", (text, expected) => {
    const node = firstInstruction(stateOf(text), 0, text.length);
    expect(node && text.slice(node.from, node.to)).toBe(expected);
  });
});
