// Completion in host code: members of the context, whatever its first argument is called, and missing imports.
import type { Completion, CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import { syntaxTree } from "@codemirror/language";
import type { EditorState } from "@codemirror/state";
import type { SyntaxNode } from "@lezer/common";
import type { ImportInfo } from "../protocol/dto.ts";
import { contextMembers, type Member, membersBelow } from "./host-members.ts";

const functionNodes: ReadonlySet<string> = new Set([
  "FunctionDeclaration",
  "FunctionExpression",
  "ArrowFunction",
  "MethodDeclaration",
  "Property",
]);

function firstParameter(state: EditorState, node: SyntaxNode): string | undefined {
  const list = node.getChild("ParamList");
  const name = list?.getChild("VariableDefinition");
  return name ? state.sliceDoc(name.from, name.to) : undefined;
}

/** Whether `name` is the first parameter of the function around `pos`, or of one around that. */
function isContext(state: EditorState, pos: number, name: string): boolean {
  for (let node: SyntaxNode | null = syntaxTree(state).resolveInner(pos, -1); node !== null; node = node.parent) {
    if (functionNodes.has(node.name) && firstParameter(state, node) === name) return true;
  }
  return false;
}

function options(members: readonly Member[]): Completion[] {
  return members.map(({ name, signature, doc }) => ({
    label: name,
    detail: signature,
    info: doc,
    type: signature.startsWith("(") ? "method" : "property",
  }));
}

/** `ctx.` and `ctx.memory(…).`. */
function completeMember(context: CompletionContext): CompletionResult | null {
  const match = context.matchBefore(/[\w$]+(?:\s*\.\s*[\w$]+(?:\([^()]*\))?)?\s*\.\s*[\w$]*$/);
  if (match === null) return null;
  const parts = /^([\w$]+)(?:\s*\.\s*([\w$]+)(?:\([^()]*\))?)?\s*\.\s*([\w$]*)$/.exec(match.text);
  const [, object, middle, typed] = parts ?? [];
  if (object === undefined || typed === undefined || !isContext(context.state, match.from, object)) return null;
  const members = middle === undefined ? contextMembers : Object.hasOwn(membersBelow, middle) ? membersBelow[middle] : undefined;
  if (members === undefined) return null;
  return { from: context.pos - typed.length, options: options(members), validFor: /^[\w$]*$/ };
}

const zeroOf = (type: string): string => {
  if (type === "i64") return "0n";
  return /^(?:i32|f32|f64)$/.test(type) ? "0" : "null";
};

/** A method that answers an import, with parameters named by their types; of a tag its description. */
export function importMember({ name, kind, func }: ImportInfo): string {
  const key = /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
  if (kind === "tag") return `${key}: { parameters: [${(func?.params ?? []).map((type) => JSON.stringify(type)).join(", ")}] },`;
  const params = func?.params.map((type, index) => `${type.replace(/[^\w]/g, "") || "value"}_${index}`) ?? [];
  const results = func?.results ?? [];
  const zeros = results.map(zeroOf);
  const answer = zeros.length === 0 ? "" : zeros.length === 1 ? `return ${zeros[0]};` : `return [${zeros.join(", ")}];`;
  return `${key}(${["ctx", ...params].join(", ")}) { ${answer} },`;
}

/** Inside `export const env = { … }`: the functions and tags that modules import from `env`. */
function completeImport(context: CompletionContext, imports: readonly ImportInfo[]): CompletionResult | null {
  const word = context.matchBefore(/[\w$]*$/);
  const node = syntaxTree(context.state).resolveInner(word?.from ?? context.pos, -1);
  const object = node.name === "ObjectExpression" ? node : node.parent?.name === "Property" ? node.parent.parent : null;
  const declaration = object?.parent;
  const name = declaration?.name === "VariableDeclaration" ? declaration.getChild("VariableDefinition") : undefined;
  if (object?.name !== "ObjectExpression" || !name) return null;
  const moduleName = context.state.sliceDoc(name.from, name.to);
  const found = imports.filter((item) => (item.kind === "func" || item.kind === "tag") && item.module === moduleName);
  if (found.length === 0 || (word?.text === "" && !context.explicit)) return null;
  return {
    from: word?.from ?? context.pos,
    options: found.map((item) => ({ label: item.name, detail: item.type, apply: importMember(item), type: item.kind === "tag" ? "property" : "method", boost: 10 })),
  };
}

export function completeHost(context: CompletionContext, imports: readonly ImportInfo[]): CompletionResult | null {
  return completeMember(context) ?? completeImport(context, imports);
}
