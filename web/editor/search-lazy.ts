// The search panel and its commands; see search.ts.
import {
  findNext,
  findPrevious,
  gotoLine,
  highlightSelectionMatches,
  openSearchPanel,
  search,
  searchKeymap,
  selectNextOccurrence,
  selectSelectionMatches,
} from "@codemirror/search";
import { StateEffect, StateField } from "@codemirror/state";
import { type Command, type EditorView, keymap } from "@codemirror/view";

const commands = {
  open: openSearchPanel,
  next: findNext,
  previous: findPrevious,
  selectNext: selectNextOccurrence,
  selectAll: selectSelectionMatches,
  line: gotoLine,
} satisfies Readonly<Record<string, Command>>;

export type SearchCommand = keyof typeof commands;

/** Tells a state that has search from one that was made before it was loaded. */
const hasSearch = StateField.define<true>({ create: () => true, update: () => true });

const extension = [hasSearch, search({ top: true }), highlightSelectionMatches({ minSelectionLength: 2 }), keymap.of(searchKeymap)];

export function runSearchCommand(view: EditorView, name: SearchCommand): boolean {
  if (view.state.field(hasSearch, false) === undefined) view.dispatch({ effects: StateEffect.appendConfig.of(extension) });
  return commands[name](view);
}
