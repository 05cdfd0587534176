// For tests: a state whose whole text is parsed, however busy the machine is. An editor parses for some milliseconds and goes on later.
import { ensureSyntaxTree } from "@codemirror/language";
import { EditorState, type Extension } from "@codemirror/state";

const PATIENCE_MILLIS = 60_000;

export function parsedState(doc: string, extensions: Extension): EditorState {
  const state = EditorState.create({ doc, extensions });
  ensureSyntaxTree(state, state.doc.length, PATIENCE_MILLIS);
  // The tree that has grown is taken over with the next transaction.
  return state.update({}).state;
}
