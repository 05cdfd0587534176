// The next and the previous match of a search. The library compares texts that are no regular expressions character by character, which takes
// seconds in a module of several MB; a regular expression that matches the same text takes a hundredth of that (measured: 6,500 ms and 60 ms).
import { SearchQuery } from "@codemirror/search";
import type { EditorState } from "@codemirror/state";

export interface Match {
  readonly from: number;
  readonly to: number;
}

/** Going backwards, so much text at a time is searched forwards (chosen: some hundred lines). */
const WINDOW = 20_000;

/** A query with the same matches that is fast, where there is one: text with line ends is left to the library. */
export function quickQuery(query: SearchQuery): SearchQuery {
  const { search, regexp, valid, caseSensitive, wholeWord, literal } = query;
  if (regexp || !valid || /[\n\r]/.test(search) || (!literal && search.includes("\\"))) return query;
  return new SearchQuery({ search: search.replace(/[\^$\\.*+?()[\]{}|/]/g, "\\$&"), regexp: true, caseSensitive, wholeWord });
}

function firstIn(state: EditorState, query: SearchQuery, from: number, to: number): Match | undefined {
  const { value, done } = query.getCursor(state, from, to).next();
  return done === true ? undefined : { from: value.from, to: value.to };
}

function lastIn(state: EditorState, query: SearchQuery, from: number, to: number): Match | undefined {
  let last: Match | undefined;
  const cursor = query.getCursor(state, from, to);
  for (let step = cursor.next(); step.done !== true; step = cursor.next()) last = { from: step.value.from, to: step.value.to };
  return last;
}

/** The first match after a position; past the end the search goes on at the beginning. */
export function nextMatch(state: EditorState, query: SearchQuery, after: number): Match | undefined {
  return firstIn(state, query, after, state.doc.length) ?? firstIn(state, query, 0, Math.min(state.doc.length, after + query.search.length));
}

/** The last match before a position; past the beginning the search goes on at the end. */
export function previousMatch(state: EditorState, query: SearchQuery, before: number): Match | undefined {
  return lastBefore(state, query, 0, before) ?? lastBefore(state, query, Math.max(0, before - query.search.length), state.doc.length);
}

function lastBefore(state: EditorState, query: SearchQuery, first: number, end: number): Match | undefined {
  for (let to = end; to > first; ) {
    const from = Math.max(first, to - WINDOW);
    const found = lastIn(state, query, from, to);
    // A match that begins in the part before may reach into this one, and then is longer than what was found.
    if (found !== undefined && (from === first || found.from > from)) return found;
    if (from === first) return undefined;
    to = found === undefined ? from + Math.min(query.search.length, to - from - 1) : found.to;
  }
  return undefined;
}
