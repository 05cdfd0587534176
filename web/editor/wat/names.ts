// Which names may stand where: after `call` a function's, after `br` a label's, and so on.
import type { EditorState } from "@codemirror/state";
import type { SyntaxNode } from "@lezer/common";
import type { SymbolDefinition } from "../../protocol/dto.ts";
import { headOf, headWord } from "./syntax.ts";

export type NameKind = SymbolDefinition["kind"];

const kindsByWord: ReadonlyMap<string, readonly (readonly NameKind[])[]> = new Map<string, readonly NameKind[][]>([
  ["call", [["func"]]],
  ["return_call", [["func"]]],
  ["ref.func", [["func"]]],
  ["start", [["func"]]],
  ["call_ref", [["type"]]],
  ["return_call_ref", [["type"]]],
  ["call_indirect", [["table"]]],
  ["return_call_indirect", [["table"]]],
  ["br", [["label"]]],
  ["br_if", [["label"]]],
  ["br_table", [["label"]]],
  ["br_on_null", [["label"]]],
  ["br_on_non_null", [["label"]]],
  ["br_on_cast", [["label"]]],
  ["br_on_cast_fail", [["label"]]],
  ["end", [["label"]]],
  ["else", [["label"]]],
  ["delegate", [["label"]]],
  ["rethrow", [["label"]]],
  ["throw", [["tag"]]],
  ["catch", [["tag"], ["label"]]],
  ["catch_ref", [["tag"], ["label"]]],
  ["catch_all", [["label"]]],
  ["catch_all_ref", [["label"]]],
  ["table.init", [["elem", "table"], ["elem"]]],
  ["elem.drop", [["elem"]]],
  ["memory.init", [["data", "memory"], ["data"]]],
  ["data.drop", [["data"]]],
  ["struct.get", [["type"], ["field"]]],
  ["struct.get_s", [["type"], ["field"]]],
  ["struct.get_u", [["type"], ["field"]]],
  ["struct.set", [["type"], ["field"]]],
  ["array.new_data", [["type"], ["data"]]],
  ["array.init_data", [["type"], ["data"]]],
  ["array.new_elem", [["type"], ["elem"]]],
  ["array.init_elem", [["type"], ["elem"]]],
  ["ref.null", [["type"]]],
  ["ref", [["type"]]],
  ["sub", [["type"]]],
  ["type", [["type"]]],
]);

/** Words that define a name after them, except inside these lists, where they refer to one. */
const referringLists: ReadonlySet<string> = new Set(["export", "elem", "data"]);
const definable: ReadonlySet<string> = new Set(["func", "table", "memory", "global", "tag"]);

function kindsAfter(word: SyntaxNode, text: string): readonly (readonly NameKind[])[] {
  const listed = kindsByWord.get(text);
  if (listed !== undefined) return listed;
  switch (word.name) {
    case "Variable":
      return text.startsWith("local.") ? [["local"]] : [["global"]];
    case "Memory":
      return text.startsWith("table.") ? [["table"]] : [["memory"]];
    case "Atomic":
      return [["memory"]];
    case "Vector":
      return /\.(?:load|store)/.test(text) ? [["memory"]] : [];
    case "Reference":
      return /^(?:struct|array)\./.test(text) ? [["type"]] : [];
    default:
      return [];
  }
}

/** `null` in `(ref null $t)` and `final` in `(sub final $t)`. */
function isFiller(state: EditorState, word: SyntaxNode): boolean {
  const text = word.to - word.from > 5 ? "" : state.sliceDoc(word.from, word.to);
  return text === "null" || text === "final";
}

/** The kinds of names that fit where `node` (a name, or the place of one) stands in `list`. Empty: none, or a new name. */
export function expectedNames(state: EditorState, list: SyntaxNode | undefined, pos: number): readonly NameKind[] {
  if (list === undefined) return [];
  let index = 0;
  let word = list.childBefore(pos);
  for (; word !== null; word = word.prevSibling) {
    if (word.to > pos || word.from === pos) continue;
    if (word.name === "Name" || word.name === "Number") index++;
    else if (word.name !== "String" && !isFiller(state, word)) break;
  }
  if (word === null || word.name === "(") return [];
  const text = state.sliceDoc(word.from, word.to);
  const listed = kindsAfter(word, text);
  const kinds = listed[Math.min(index, listed.length - 1)];
  if (kinds !== undefined) return kinds;
  // `(export "f" (func $f))`, `(elem func $f $g)`, `(data (memory $m) …)`.
  const own = headWord(state, list);
  const parent = list.parent?.name === "List" ? headWord(state, list.parent) : "";
  if (word.name === "Keyword" && definable.has(text)) {
    const refers = headOf(list)?.from === word.from ? referringLists.has(parent) : own === "elem";
    const kind = definitionKinds.get(text);
    if (refers && kind !== undefined) return [kind];
  }
  return [];
}

const definitionKinds: ReadonlyMap<string, NameKind> = new Map<string, NameKind>([
  ["func", "func"],
  ["table", "table"],
  ["memory", "memory"],
  ["global", "global"],
  ["tag", "tag"],
]);
