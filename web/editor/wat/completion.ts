// What may be typed next: instructions with their stack effect, types, the parts of a module, names in scope.
import { type Completion, type CompletionContext, type CompletionResult, snippetCompletion } from "@codemirror/autocomplete";
import type { EditorState } from "@codemirror/state";
import type { SyntaxNode } from "@lezer/common";
import type { InstructionInfo, SymbolDefinition } from "../../protocol/dto.ts";
import { readyMade } from "../../protocol/ready-made.ts";
import { namesInScope } from "../report.ts";
import { instructionNames, typeNames } from "./instructions.ts";
import { expectedNames, type NameKind } from "./names.ts";
import { functionAround, headOf, headWord, listAround } from "./syntax.ts";

/** Lists that hold types. */
const typeLists: ReadonlySet<string> = new Set(["param", "result", "local", "field", "mut", "array", "ref", "global", "table"]);

const fieldSnippets: readonly Completion[] = [
  snippetCompletion("func $${name} (param $${x} i32) (result i32)\n  ${}", {
    label: "func",
    detail: "function",
    type: "keyword",
    boost: 2,
  }),
  snippetCompletion('import "${module}" "${name}" (func $${local} (param i32))', { label: "import", detail: "function from outside", type: "keyword" }),
  snippetCompletion('export "${name}" (func $${f})', { label: "export", detail: "make visible", type: "keyword" }),
  snippetCompletion("memory $${m} 1", { label: "memory", detail: "pages of 64 KiB", type: "keyword" }),
  snippetCompletion("table $${t} 1 funcref", { label: "table", detail: "references", type: "keyword" }),
  snippetCompletion("global $${g} (mut i32) (i32.const 0)", { label: "global", detail: "variable of the module", type: "keyword" }),
  snippetCompletion("type $${t} (func (param i32) (result i32))", { label: "type", detail: "named type", type: "keyword" }),
  snippetCompletion('data (i32.const 0) "${text}"', { label: "data", detail: "bytes for memory", type: "keyword" }),
  snippetCompletion("elem (i32.const 0) func $${f}", { label: "elem", detail: "elements for a table", type: "keyword" }),
  snippetCompletion("start $${f}", { label: "start", detail: "runs first", type: "keyword" }),
  snippetCompletion("tag $${e} (param i32)", { label: "tag", detail: "kind of exception", type: "keyword" }),
  { label: "rec", detail: "types that name each other", type: "keyword" },
];

const readyMadeImports: readonly Completion[] = readyMade.map(({ module, name, params, results, summary }) => {
  const clause = (word: string, types: readonly string[]): string => (types.length === 0 ? "" : ` (${word} ${types.join(" ")})`);
  const type = clause("param", params) + clause("result", results);
  return snippetCompletion(`import "${module}" "${name}" (func $\${${module}_${name}}${type})`, {
    label: `import "${module}" "${name}"`,
    detail: "ready-made",
    info: summary,
    type: "keyword",
    boost: -20,
  });
});

const functionParts: readonly Completion[] = [
  snippetCompletion('export "${name}"', { label: "export", type: "keyword" }),
  snippetCompletion("param $${x} ${i32}", { label: "param", type: "keyword", boost: 1 }),
  snippetCompletion("result ${i32}", { label: "result", type: "keyword", boost: 1 }),
  snippetCompletion("local $${x} ${i32}", { label: "local", type: "keyword", boost: 1 }),
  snippetCompletion("type $${t}", { label: "type", type: "keyword" }),
];

const foldedBlocks: readonly Completion[] = [
  snippetCompletion("if (${condition})\n  (then\n    ${})\n  (else\n    )", { label: "if", detail: "if then else", type: "keyword", boost: 1 }),
  snippetCompletion("block $${done}\n  ${}", { label: "block", detail: "br leaves it", type: "keyword", boost: 1 }),
  snippetCompletion("loop $${again}\n  ${}\n  (br_if $${again} (${condition}))", { label: "loop", detail: "br repeats it", type: "keyword", boost: 1 }),
  { label: "then", type: "keyword" },
];

const flatBlocks: readonly Completion[] = [
  snippetCompletion("if\n  ${}\nend", { label: "if", detail: "if … end", type: "keyword", boost: 1 }),
  snippetCompletion("block $${done}\n  ${}\nend", { label: "block", detail: "block … end", type: "keyword", boost: 1 }),
  snippetCompletion("loop $${again}\n  ${}\n  br_if $${again}\nend", { label: "loop", detail: "loop … end", type: "keyword", boost: 1 }),
];

const blockLabels: ReadonlySet<string> = new Set(["if", "block", "loop"]);

const types: readonly Completion[] = typeNames
  .filter((name) => !/x\d+$/.test(name))
  .map((label) => ({ label, type: "type" }));

const keyword = (label: string): Completion => ({ label, type: "keyword" });
const partsByHead: ReadonlyMap<string, readonly Completion[]> = new Map([
  ["type", ["func", "struct", "array", "sub", "rec", "cont"].map(keyword)],
  ["sub", ["func", "struct", "array"].map(keyword)],
  ["struct", [snippetCompletion("field $${x} ${i32}", keyword("field"))]],
  ["rec", [keyword("type")]],
  ["import", ["func", "table", "memory", "global", "tag"].map(keyword)],
  ["export", ["func", "table", "memory", "global", "tag"].map(keyword)],
  ["param", [keyword("ref")]],
  ["result", [keyword("ref")]],
  ["local", [keyword("ref")]],
  ["field", [keyword("mut"), keyword("ref")]],
  ["global", [keyword("mut"), keyword("ref"), keyword("import"), keyword("export")]],
  ["array", [keyword("mut"), keyword("ref")]],
  ["mut", [keyword("ref")]],
  ["try_table", ["catch", "catch_ref", "catch_all", "catch_all_ref", "param", "result"].map(keyword)],
]);

/** Makes the options of all instructions; `describe` builds what is shown beside the list. */
export function instructionOptions(
  reference: readonly InstructionInfo[],
  describe: (info: InstructionInfo) => Node,
): readonly Completion[] {
  if (reference.length === 0) {
    return Object.values(instructionNames).flatMap((names) => names.map((label): Completion => ({ label, type: "function" })));
  }
  return reference.map((info) => ({
    label: info.mnemonic,
    detail: info.stack,
    type: "function",
    info: () => describe(info),
  }));
}

function nameOptions(state: EditorState, pos: number, kinds: readonly NameKind[]): readonly Completion[] {
  const definitions = namesInScope(state, pos, new Set(kinds));
  const seen = new Set<string>();
  const options: Completion[] = [];
  for (const [place, definition] of definitions.entries()) {
    // An inner label or local hides an outer one of the same name.
    const key = `${definition.kind} ${definition.name}`;
    if (seen.has(key) || definition.name === "") continue;
    seen.add(key);
    options.push(nameOption(definition, Math.max(-50, -place)));
  }
  return options;
}

function nameOption(definition: SymbolDefinition, boost: number): Completion {
  return { label: definition.name, detail: definition.detail, type: definition.kind === "func" ? "method" : "variable", boost };
}

const anyName: readonly NameKind[] = ["func", "local", "label", "global", "table", "memory", "type", "data", "elem", "field", "tag"];

/** The list whose first word is being typed at `from`, if any. */
function listOfHead(list: SyntaxNode | undefined, from: number): SyntaxNode | undefined {
  if (list === undefined) return undefined;
  const head = headOf(list);
  const open = list.firstChild;
  const isHead = head === undefined || head.name === ")" ? open !== null && open.to <= from : head.from === from;
  return isHead ? list : undefined;
}

function outer(list: SyntaxNode): SyntaxNode | undefined {
  for (let node = list.parent; node !== null; node = node.parent) if (node.name === "List") return node;
  return undefined;
}

function optionsAfterParen(state: EditorState, list: SyntaxNode, instructions: readonly Completion[]): readonly Completion[] {
  const parent = outer(list);
  if (parent === undefined) return [snippetCompletion("module\n  ${}", { label: "module", type: "keyword" }), ...fieldSnippets, ...readyMadeImports];
  const head = headWord(state, parent);
  if (head === "module") return [...fieldSnippets, ...readyMadeImports];
  const parts = partsByHead.get(head);
  const inBody = functionAround(state, parent) !== undefined && !typeLists.has(head);
  if (parts !== undefined && !inBody) return parts;
  const folded = instructions.filter(({ label }) => !blockLabels.has(label) && label !== "end" && label !== "else");
  if (head === "func") return [...functionParts, ...foldedBlocks, ...folded];
  if (head === "if") return [keyword("then"), keyword("else"), keyword("param"), keyword("result"), ...folded, ...foldedBlocks];
  if (inBody) return [...(parts ?? []), ...foldedBlocks, ...folded, keyword("param"), keyword("result"), keyword("type"), keyword("ref")];
  // Offsets and initial values: constant expressions.
  return folded;
}

/**
 * The source of completions. `from` of the result is the start of the word at the cursor.
 * Nothing is offered inside strings and comments, and where a new name is being made up.
 */
export function completeWat(
  context: CompletionContext,
  instructions: readonly Completion[],
): CompletionResult | null {
  const { state, pos } = context;
  const word = context.matchBefore(/[$@]?[\w.$!#%&'*+\-/:<=>?\\^`|~]*$/);
  const from = word?.from ?? pos;
  const inside = context.tokenBefore(["String", "LineComment", "BlockComment"]);
  if (inside !== null && inside.type.name !== "Name") {
    const closed = inside.type.name === "String" && /^".*"$/s.test(inside.text) && inside.text.length > 1;
    if (!closed) return null;
  }
  const list = listAround(state, from === pos ? pos : from + 1) ?? listAround(state, from);
  const typed = state.sliceDoc(from, pos);
  if (typed.startsWith("$")) {
    const expected = expectedNames(state, list, from);
    const options = nameOptions(state, pos, expected.length > 0 ? expected : context.explicit ? anyName : []);
    return options.length === 0 ? null : { from, options: [...options], validFor: /^\$[^\s()";,[\]{}]*$/ };
  }
  const result = (options: readonly Completion[]): CompletionResult | null =>
    options.length === 0 ? null : { from, options: [...options], validFor: /^[\w.]*$/ };
  const headed = listOfHead(list, from);
  if (headed !== undefined) {
    const afterParen = state.sliceDoc(from - 1, from) === "(";
    return typed === "" && !context.explicit && !afterParen ? null : result(optionsAfterParen(state, headed, instructions));
  }
  if (typed === "" && !context.explicit) return null;
  if (list === undefined) return null;
  const names = nameOptions(state, pos, expectedNames(state, list, from));
  if (typeLists.has(headWord(state, list))) return result([...types, ...names]);
  if (functionAround(state, list) === undefined) return result(names);
  return result([...names, ...flatBlocks, ...instructions.filter(({ label }) => !blockLabels.has(label))]);
}
