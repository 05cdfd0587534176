// The text format as a language of the editor: colours, folding, indentation, comments.
import {
  foldEffect,
  foldNodeProp,
  foldService,
  indentService,
  indentUnit,
  LanguageSupport,
  LRLanguage,
  syntaxTree,
} from "@codemirror/language";
import type { EditorState, StateEffect } from "@codemirror/state";
import type { Command } from "@codemirror/view";
import type { SyntaxNode } from "@lezer/common";
import { styleTags, Tag, tags } from "@lezer/highlight";
import { flatEndOf, flatOpenerAt, headWord, isClosed, isFlatOpener, listAround } from "./syntax.ts";
import { parser } from "./wat-parser.ts";

/** Finer than the library's tags, so that a theme may tell the kinds of instructions apart. */
export const watTags = {
  variable: Tag.define(tags.keyword),
  memory: Tag.define(tags.keyword),
  numeric: Tag.define(tags.keyword),
  vector: Tag.define(tags.keyword),
  reference: Tag.define(tags.keyword),
  atomic: Tag.define(tags.keyword),
};

export const watLanguage = LRLanguage.define({
  name: "wat",
  parser: parser.configure({
    props: [
      styleTags({
        Keyword: tags.definitionKeyword,
        Type: tags.typeName,
        Control: tags.controlKeyword,
        Variable: watTags.variable,
        Memory: watTags.memory,
        Numeric: watTags.numeric,
        Vector: watTags.vector,
        Reference: watTags.reference,
        Atomic: watTags.atomic,
        Number: tags.number,
        MemoryArgument: tags.attributeName,
        Word: tags.name,
        Stray: tags.invalid,
        "Unopened/)": tags.invalid,
        "Name/...": tags.variableName,
        "String/...": tags.string,
        Escape: tags.escape,
        InvalidEscape: tags.invalid,
        LineComment: tags.lineComment,
        BlockComment: tags.blockComment,
        AnnotationOpen: tags.annotation,
        "( )": tags.paren,
      }),
      foldNodeProp.add({ "List Annotation": foldList, BlockComment: foldInside }),
    ],
  }),
  languageData: {
    commentTokens: { line: ";;", block: { open: "(;", close: ";)" } },
    closeBrackets: { brackets: ["(", '"'], before: ") \t\r\n;", stringPrefixes: ["$"] },
    indentOnInput: /^\s*(?:\)|end|else)$/,
    wordChars: "$._!#%&'*+-/:<=>?@\\^`|~",
  },
});

function foldList(node: SyntaxNode, state: EditorState): { from: number; to: number } | null {
  if (!isClosed(node)) return null;
  const from = state.doc.lineAt(node.from).to;
  const to = node.to - 1;
  return from < to ? { from, to } : null;
}

function foldInside(node: SyntaxNode, state: EditorState): { from: number; to: number } | null {
  const from = state.doc.lineAt(node.from).to;
  const to = Math.max(from, node.to - 2);
  return from < to ? { from, to } : null;
}

/** A block without parentheses folds from its line to its `end`. */
function foldFlatBlock(state: EditorState, lineFrom: number, lineTo: number): { from: number; to: number } | null {
  const text = state.sliceDoc(lineFrom, Math.min(lineTo, lineFrom + 400));
  const match = /^\s*(?:block|loop|if|try_table|try)(?=\s|$)/.exec(text);
  if (match === null) return null;
  const opener = syntaxTree(state).resolveInner(lineFrom + match[0].length, -1);
  if (!isFlatOpener(state, opener)) return null;
  const end = flatEndOf(state, opener);
  if (end === undefined || end.from <= lineTo) return null;
  return { from: lineTo, to: end.from };
}

/** Folds functions and the other parts of modules, not the modules themselves. */
export const foldFields: Command = (view) => {
  const { state } = view;
  const folds: StateEffect<{ from: number; to: number }>[] = [];
  const fold = (list: SyntaxNode): void => {
    if (list.name === "List" && headWord(state, list) === "module") return list.getChildren("List").forEach(fold);
    const range = list.name === "List" ? foldList(list, state) : null;
    if (range !== null) folds.push(foldEffect.of(range));
  };
  syntaxTree(state).topNode.getChildren("List").forEach(fold);
  if (folds.length > 0) view.dispatch({ effects: folds });
  return folds.length > 0;
};

/** The column that a line starting at `pos` belongs to. */
function indentationAt(state: EditorState, pos: number, textAfter: string, unit: number, indentOf: (pos: number) => number): number {
  const list = listAround(state, pos);
  const opener = list === undefined ? undefined : flatOpenerAt(state, list, pos);
  if (opener !== undefined) {
    const base = indentOf(opener.from);
    return /^(?:end|else)(?=[\s();]|$)/.test(textAfter) ? base : base + unit;
  }
  if (list === undefined) return 0;
  const base = indentOf(list.from);
  return textAfter.startsWith(")") ? base : base + unit;
}

export function watSupport(): LanguageSupport {
  return new LanguageSupport(watLanguage, [
    indentUnit.of("  "),
    foldService.of(foldFlatBlock),
    indentService.of((context, pos) => {
      const inside = syntaxTree(context.state).resolveInner(pos, -1);
      if ((inside.name === "String" || inside.name === "BlockComment") && inside.from < pos && inside.to > pos) {
        return undefined;
      }
      const { text, from } = context.lineAt(pos, -1);
      const after = context.textAfterPos(pos, 1);
      const start = text.trim() === "" || pos === from ? pos : from;
      return indentationAt(context.state, start, after, context.unit, (at) => context.lineIndent(at));
    }),
  ]);
}
