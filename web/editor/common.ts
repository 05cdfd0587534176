// What both editors share: history, search, brackets, keys, special characters.
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { bidiIsolates, bracketMatching, codeFolding, foldGutter, foldKeymap, indentOnInput } from "@codemirror/language";
import { lintGutter, nextDiagnostic, openLintPanel, previousDiagnostic } from "@codemirror/lint";
import { EditorState, type Extension } from "@codemirror/state";
import {
  crosshairCursor,
  drawSelection,
  dropCursor,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  type KeyBinding,
  keymap,
  rectangularSelection,
} from "@codemirror/view";
import { closeBrackets, closeBracketsKeymap } from "./brackets.ts";
import { lazySearch } from "./search.ts";
import { editorTheme } from "./theme.ts";
import { hangingIndent } from "./wrapping.ts";

/** The debugger's, not the editor's: they go on to the page. */
const pageKeys: ReadonlySet<string> = new Set(["Mod-Enter", "F8"]);

function withoutPageKeys(bindings: readonly KeyBinding[]): readonly KeyBinding[] {
  return bindings.filter(({ key }) => key === undefined || !pageKeys.has(key));
}

/** Characters that change the direction of text or have no width: shown, so that a text cannot look like another. */
const directional = /[\u200c\u200d\u2060-\u2064\u202a-\u202e\u2066-\u2069]/g;

export function commonExtensions(label: string, foldMarks: Extension = foldGutter()): Extension {
  return [
    lintGutter(),
    foldMarks,
    codeFolding(),
    highlightSpecialChars({ addSpecialChars: directional }),
    bidiIsolates(),
    history(),
    drawSelection(),
    dropCursor(),
    EditorState.allowMultipleSelections.of(true),
    EditorState.tabSize.of(2),
    indentOnInput(),
    bracketMatching(),
    closeBrackets(),
    rectangularSelection(),
    crosshairCursor(),
    highlightActiveLine(),
    highlightActiveLineGutter(),
    lazySearch(),
    hangingIndent,
    EditorView.contentAttributes.of({
      "aria-label": label,
      "aria-description": "Press Escape and then Tab to leave the editor.",
      spellcheck: "false",
      autocorrect: "off",
      autocapitalize: "off",
    }),
    // Files dropped on the text are opened by the page, not inserted.
    EditorView.domEventHandlers({ drop: (event) => (event.dataTransfer?.files.length ?? 0) > 0 }),
    keymap.of([
      { key: "Alt-F8", run: nextDiagnostic, shift: previousDiagnostic },
      { key: "Mod-Shift-m", run: openLintPanel },
      ...closeBracketsKeymap,
      ...withoutPageKeys(defaultKeymap),
      ...historyKeymap,
      ...foldKeymap,
      indentWithTab,
    ]),
    editorTheme(),
  ];
}


/** One smallest change that turns one text into another; undefined when they are equal. */
export function smallestChange(before: string, after: string): { from: number; to: number; insert: string } | undefined {
  if (before === after) return undefined;
  const limit = Math.min(before.length, after.length);
  let start = 0;
  while (start < limit && before.charCodeAt(start) === after.charCodeAt(start)) start++;
  let end = 0;
  while (end < limit - start && before.charCodeAt(before.length - 1 - end) === after.charCodeAt(after.length - 1 - end)) end++;
  return { from: start, to: before.length - end, insert: after.slice(start, after.length - end) };
}
