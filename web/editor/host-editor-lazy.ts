// The host code's editor itself; loaded when it is first needed, since JavaScript's grammar is large.
import { autocompletion } from "@codemirror/autocomplete";
import { indentUnit } from "@codemirror/language";
import { javascript, javascriptLanguage } from "@codemirror/lang-javascript";
import { type Diagnostic, setDiagnostics } from "@codemirror/lint";
import { Compartment, EditorState, type Text } from "@codemirror/state";
import { EditorView, lineNumbers } from "@codemirror/view";
import { commonExtensions, smallestChange } from "./common.ts";
import { completeHost } from "./host-completion.ts";
import { openSearch } from "./search.ts";
import type { HostEditor, HostEditorOptions, HostProblem } from "./host-editor.ts";

/** The place of a problem: its word, or its line when the column is unknown. */
function placeOf(doc: Text, problem: HostProblem): { from: number; to: number } {
  const line = doc.line(Math.min(Math.max(problem.line ?? 1, 1), doc.lines));
  if (problem.column === undefined) return { from: line.from, to: line.to };
  const from = Math.min(line.from + Math.max(problem.column - 1, 0), line.to);
  const word = /^[\w$]+/.exec(doc.sliceString(from, line.to));
  return { from, to: Math.min(from + (word?.[0].length ?? 1), line.to) };
}

export function createLoadedHostEditor(parent: HTMLElement, text: string, options: HostEditorOptions): HostEditor {
  const readOnly = new Compartment();
  let isReadOnly = false;
  let known = text;
  const extensions = [
    readOnly.of([]),
    javascript(),
    indentUnit.of("  "),
    javascriptLanguage.data.of({
      autocomplete: (context: Parameters<typeof completeHost>[0]) => completeHost(context, options.imports()),
    }),
    autocompletion({ icons: false }),
    lineNumbers(),
    commonExtensions(options.label ?? "Host code"),
    EditorView.updateListener.of((update) => {
      if (!update.docChanged || update.transactions.every((transaction) => transaction.isUserEvent("set"))) return;
      known = update.state.doc.toString();
      options.onChange(known);
    }),
  ];
  const freshState = (doc: string): EditorState => EditorState.create({ doc, extensions });
  const view = new EditorView({ parent, state: freshState(text) });
  const readOnlyExtension = () => (isReadOnly ? EditorState.readOnly.of(true) : []);

  return {
    setText(next, { keepHistory }) {
      if (next === known) return;
      const change = smallestChange(known, next);
      known = next;
      if (keepHistory && change !== undefined) {
        view.dispatch({ changes: change, userEvent: "set" });
      } else {
        view.setState(freshState(next));
        view.dispatch({ effects: readOnly.reconfigure(readOnlyExtension()) });
      }
    },
    text: () => known,
    setProblems(problems) {
      const { doc } = view.state;
      const diagnostics = problems.map(
        (problem): Diagnostic => ({ ...placeOf(doc, problem), severity: "error", message: problem.message }),
      );
      view.dispatch(setDiagnostics(view.state, diagnostics));
    },
    reveal(line, column) {
      const { from } = placeOf(view.state.doc, { line, column: column ?? 1, message: "" });
      view.dispatch({ selection: { anchor: from }, effects: EditorView.scrollIntoView(from, { y: "center" }) });
    },
    focus: () => view.focus(),
    find: () => {
      view.focus();
      openSearch(view);
    },
    setReadOnly(next) {
      isReadOnly = next;
      view.dispatch({ effects: readOnly.reconfigure(readOnlyExtension()) });
    },
    destroy: () => view.destroy(),
  };
}
