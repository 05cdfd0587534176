// The search panel and its commands; see search.ts.
import {
  getSearchQuery,
  gotoLine,
  highlightSelectionMatches,
  openSearchPanel,
  search,
  searchKeymap,
  selectNextOccurrence,
  selectSelectionMatches,
} from "@codemirror/search";
import { EditorSelection, Prec, StateEffect, StateField } from "@codemirror/state";
import { type Command, EditorView, keymap, ViewPlugin } from "@codemirror/view";
import { type Match, nextMatch, previousMatch, quickQuery } from "./find.ts";

/** The panel's own field for the text that is searched. */
const FIELD = "[main-field]";

function goTo(view: EditorView, match: Match | undefined): boolean {
  if (match === undefined) return true;
  const selection = EditorSelection.single(match.from, match.to);
  const line = view.state.doc.lineAt(match.from);
  const found = `${view.state.sliceDoc(match.from, match.to)} on line ${line.number}: ${line.text.trim().slice(0, 80)}`;
  view.dispatch({ selection, effects: [EditorView.scrollIntoView(selection.main, { y: "center" }), EditorView.announce.of(found)], userEvent: "select.search" });
  const { activeElement } = document;
  if (activeElement instanceof HTMLInputElement && activeElement.matches(FIELD)) activeElement.select();
  return true;
}

const findNext: Command = (view) => {
  const query = getSearchQuery(view.state);
  return query.valid ? goTo(view, nextMatch(view.state, quickQuery(query), view.state.selection.main.to)) : openSearchPanel(view);
};

const findPrevious: Command = (view) => {
  const query = getSearchQuery(view.state);
  return query.valid ? goTo(view, previousMatch(view.state, quickQuery(query), view.state.selection.main.from)) : openSearchPanel(view);
};

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

const inField =
  (command: Command): Command =>
  (view) =>
    document.activeElement?.matches(FIELD) === true && command(view);

const ownKeys = Prec.high(
  keymap.of([
    { key: "Enter", run: inField(findNext), shift: inField(findPrevious), scope: "search-panel" },
    { key: "F3", run: findNext, shift: findPrevious, scope: "search-panel", preventDefault: true },
    { key: "Mod-g", run: findNext, shift: findPrevious, scope: "search-panel", preventDefault: true },
  ]),
);

/** The panel's buttons call the library's search; these clicks never reach them. */
const ownButtons = ViewPlugin.define((view) => {
  const click = (event: MouseEvent): void => {
    const button = event.target instanceof Element ? event.target.closest<HTMLButtonElement>(".cm-search button[name=next], .cm-search button[name=prev]") : null;
    if (!button) return;
    event.stopPropagation();
    event.preventDefault();
    (button.name === "next" ? findNext : findPrevious)(view);
  };
  view.dom.addEventListener("click", click, true);
  return { destroy: () => view.dom.removeEventListener("click", click, true) };
});

const extension = [hasSearch, ownKeys, ownButtons, search({ top: true }), highlightSelectionMatches({ minSelectionLength: 2 }), keymap.of(searchKeymap)];

export function runSearchCommand(view: EditorView, name: SearchCommand): boolean {
  if (view.state.field(hasSearch, false) === undefined) view.dispatch({ effects: StateEffect.appendConfig.of(extension) });
  return commands[name](view);
}
