// Questions about the tree of a text: which list, which word, which flat block. All tolerate half-typed text.
import { ensureSyntaxTree, syntaxTree } from "@codemirror/language";
import type { EditorState } from "@codemirror/state";
import type { SyntaxNode, Tree } from "@lezer/common";
import type { Span } from "../../protocol/dto.ts";
import { parser } from "./wat-parser.ts";

/**
 * How many siblings a search for the other end of a flat block looks at. Chosen: the fold gutter searches for each
 * visible line after each edit, and all of them together stay under a frame.
 */
const MAX_SIBLINGS = 4000;

/** How long a question by hand may wait for the tree of a part not looked at before, in milliseconds; chosen. */
const PARSE_PATIENCE = 150;
/** The same while drawing. */
export const DRAW_PATIENCE = 5;

/** How much text is looked at on its own when the tree is not there yet, in UTF-16 units; chosen. */
const MAX_PART = 20_000;

const instructionNodes: ReadonlySet<string> = new Set([
  "Control",
  "Variable",
  "Memory",
  "Numeric",
  "Vector",
  "Reference",
  "Atomic",
]);

export function isInstruction(node: { readonly name: string }): boolean {
  return instructionNodes.has(node.name);
}

/** The word that says what a list is: `func` in `(func $f …)`. */
export function headOf(list: SyntaxNode): SyntaxNode | undefined {
  const open = list.firstChild;
  const head = open?.nextSibling;
  return head ?? undefined;
}

export function headWord(state: EditorState, list: SyntaxNode): string {
  const head = headOf(list);
  return head === undefined ? "" : state.sliceDoc(head.from, Math.min(head.to, head.from + 64));
}

/** The innermost list around `pos`, not one that merely touches it. */
export function listAround(state: EditorState, pos: number): SyntaxNode | undefined {
  let node: SyntaxNode | null = syntaxTree(state).resolveInner(pos, -1);
  while (node !== null) {
    if ((node.name === "List" || node.name === "Annotation") && node.from < pos && !(node.to <= pos && isClosed(node))) {
      return node;
    }
    node = node.parent;
  }
  return undefined;
}

export function isClosed(list: SyntaxNode): boolean {
  return list.lastChild?.name === ")";
}

/** Whether `node` stands in the body of a function, however deep. */
export function functionAround(state: EditorState, node: SyntaxNode): SyntaxNode | undefined {
  for (let list: SyntaxNode | null = node; list !== null; list = list.parent) {
    if (list.name === "List" && isFunction(state, list)) return list;
  }
  return undefined;
}

const flatOpeners: ReadonlySet<string> = new Set(["block", "loop", "if", "try_table", "try"]);

/** `block`, `loop`, `if`, … written without parentheses, whose other end is an `end`. */
export function isFlatOpener(state: EditorState, node: SyntaxNode): boolean {
  return (
    node.name === "Control" && node.prevSibling?.name !== "(" && flatOpeners.has(state.sliceDoc(node.from, node.to))
  );
}

function isFlatEnd(state: EditorState, node: SyntaxNode): boolean {
  return node.name === "Control" && node.to - node.from === 3 && state.sliceDoc(node.from, node.to) === "end";
}

/** The `end` of a flat block. */
export function flatEndOf(state: EditorState, opener: SyntaxNode): SyntaxNode | undefined {
  let depth = 0;
  let seen = 0;
  for (let node = opener.nextSibling; node !== null && seen < MAX_SIBLINGS; node = node.nextSibling, seen++) {
    if (isFlatEnd(state, node)) {
      if (depth === 0) return node;
      depth--;
    } else if (isFlatOpener(state, node)) {
      depth++;
    }
  }
  return undefined;
}

/** The flat block that is open at `pos`, among the items of `list`. */
export function flatOpenerAt(state: EditorState, list: SyntaxNode, pos: number): SyntaxNode | undefined {
  let depth = 0;
  let seen = 0;
  for (let node = list.childBefore(pos); node !== null && seen < MAX_SIBLINGS; node = node.prevSibling, seen++) {
    if (node.to > pos) continue;
    if (isFlatEnd(state, node)) {
      depth++;
    } else if (isFlatOpener(state, node)) {
      if (depth === 0) return node;
      depth--;
    }
  }
  return undefined;
}

/** The instruction's word at `pos`, or touching it. */
export function instructionAt(state: EditorState, pos: number): SyntaxNode | undefined {
  const tree = syntaxTree(state);
  for (const side of [1, -1] as const) {
    const node = tree.resolveInner(pos, side);
    if (isInstruction(node)) return node;
  }
  return undefined;
}

/** The first instruction of a function's body that starts in the range, for a breakpoint asked for at a line. */
export function firstInstruction(state: EditorState, from: number, to: number, patience = PARSE_PATIENCE): Span | undefined {
  const tree = ensureSyntaxTree(state, to, patience);
  if (tree !== null) return firstInFunctions(tree, from, to, (node) => node.name === "List" && isFunction(state, node));
  // Far below what was looked at so far: the range alone shows instructions, though not what surrounds them.
  const part = parser.parse(state.sliceDoc(from, Math.min(to, from + MAX_PART)));
  const found = firstInFunctions(part, 0, part.length, (node) => node.name === "Text");
  return found && { from: from + found.from, to: from + found.to };
}

function firstInFunctions(tree: Tree, from: number, to: number, opens: (node: SyntaxNode) => boolean): Span | undefined {
  let found: Span | undefined;
  let functions = 0;
  // Outer lists are entered before inner ones, so what surrounds a node is known without climbing from it.
  tree.iterate({
    from,
    to,
    enter(ref) {
      if (found !== undefined) return false;
      if (isContainer(ref) && opens(ref.node)) functions++;
      if (functions > 0 && ref.from >= from && ref.from <= to && isInstruction(ref)) found = { from: ref.from, to: ref.to };
      return found === undefined;
    },
    leave(ref) {
      if (found === undefined && isContainer(ref) && opens(ref.node)) functions--;
    },
  });
  return found;
}

/**
 * The parenthesis in the range that is the `end` of a function's body, where the machine can stop, or else that of a
 * folded block.
 */
export function closingEnd(state: EditorState, from: number, to: number): Span | undefined {
  const tree = ensureSyntaxTree(state, to, PARSE_PATIENCE);
  let ofBlock: Span | undefined;
  let ofFunction: Span | undefined;
  tree?.iterate({
    from,
    to,
    enter(ref) {
      if (ofFunction !== undefined) return false;
      const list = ref.name === ")" && ref.from >= from && ref.to <= to ? ref.node.parent : null;
      if (list === null) return true;
      if (functionEnd(state, list) !== undefined) ofFunction = { from: ref.from, to: ref.to };
      else if (isFoldedBlock(state, list)) ofBlock ??= { from: ref.from, to: ref.to };
      return true;
    },
  });
  return ofFunction ?? ofBlock;
}

/** The parenthesis that closes a function with a body; nothing for one that is imported, or only a type. */
export function functionEnd(state: EditorState, list: SyntaxNode): Span | undefined {
  const around = list.parent;
  const isField = around !== null && (around.name === "Text" || headWord(state, around) === "module");
  if (!isField || !isFunction(state, list) || list.getChildren("List").some((part) => headWord(state, part) === "import")) return undefined;
  const close = list.lastChild;
  return close?.name === ")" ? { from: close.from, to: close.to } : undefined;
}

function isFoldedBlock(state: EditorState, list: SyntaxNode): boolean {
  return list.name === "List" && flatOpeners.has(headWord(state, list)) && functionAround(state, list) !== undefined;
}

function isContainer(node: { readonly name: string }): boolean {
  return node.name === "List" || node.name === "Text";
}

function isFunction(state: EditorState, list: SyntaxNode): boolean {
  const head = headOf(list);
  return head?.name === "Keyword" && head.to - head.from === 4 && state.sliceDoc(head.from, head.to) === "func";
}
