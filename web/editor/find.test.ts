import { SearchQuery } from "@codemirror/search";
import { EditorState } from "@codemirror/state";
import { describe, expect, test } from "vitest";
import { type Match, nextMatch, previousMatch, quickQuery } from "./find.ts";

const stateOf = (doc: string): EditorState => EditorState.create({ doc });

function all(state: EditorState, query: SearchQuery): readonly Match[] {
  const found: Match[] = [];
  const cursor = query.getCursor(state);
  for (let step = cursor.next(); step.done !== true; step = cursor.next()) found.push({ from: step.value.from, to: step.value.to });
  return found;
}

const TEXT = "(func $a.b (i32.add)\n  i32.ADD (x*y) [^z] \\n a+b|c i32xadd\n  end $a.b.c\n)";

describe("a quick query has the matches of the slow one", () => {
  test.each([["i32.add"], ["$a.b"], ["x*y"], ["[^z]"], ["a+b|c"], ["("], ["nowhere"], ["b"], ["\\n"], ["  end"], ["-"], ["/"]])("%j", (search) => {
    const state = stateOf(TEXT);
    for (const caseSensitive of [false, true]) {
      for (const wholeWord of [false, true]) {
        for (const literal of [false, true]) {
          const query = new SearchQuery({ search, caseSensitive, wholeWord, literal });
          expect(all(state, quickQuery(query))).toEqual(all(state, query));
        }
      }
    }
  });

  test("an expression stays one, and so does a text with line ends", () => {
    const regexp = new SearchQuery({ search: "i(32|64)", regexp: true });
    expect(quickQuery(regexp)).toBe(regexp);
    const lines = new SearchQuery({ search: "a\nb" });
    expect(quickQuery(lines)).toBe(lines);
  });
});

describe("going from match to match", () => {
  const text = Array.from({ length: 3000 }, (_, line) => (line % 700 === 5 ? `needle ${line}` : `nothing here ${line}`)).join("\n");
  const state = stateOf(text);
  const query = quickQuery(new SearchQuery({ search: "needle" }));
  const places = all(state, query);

  test("forwards through the whole text and around", () => {
    let at = 0;
    for (const place of [...places, places[0]]) {
      expect(nextMatch(state, query, at)).toEqual(place);
      at = place?.to ?? 0;
    }
  });

  test("backwards through the whole text and around", () => {
    let at = 0;
    for (const place of [...places.toReversed(), places.at(-1)]) {
      expect(previousMatch(state, query, at)).toEqual(place);
      at = place?.from ?? 0;
    }
  });

  test("a text that is not there is nowhere", () => {
    const absent = quickQuery(new SearchQuery({ search: "absent" }));
    expect(nextMatch(state, absent, 40_000)).toBeUndefined();
    expect(previousMatch(state, absent, 40_000)).toBeUndefined();
  });

  test("a match across the border of two windows is found backwards", () => {
    for (let shift = 0; shift < 8; shift += 1) {
      const wide = stateOf(`${"x".repeat(500 + shift)}needle${"x".repeat(19_997)}`);
      expect(previousMatch(wide, query, wide.doc.length)).toEqual({ from: 500 + shift, to: 506 + shift });
    }
  });
});
