import { expect, test } from "vitest";
import type { OutlineItem } from "../protocol/dto.ts";
import type { LoadedModule } from "../protocol/engine.ts";
import { funcFinder } from "./funcs.ts";
import { initialState, type State } from "./state.ts";

function item(kind: OutlineItem["kind"], index: number, name: string): OutlineItem {
  return { kind, index, name, detail: "" };
}

const FUNC = { params: [], results: [] };

/** `a` imports a memory and `$log`, and has `$f` and a function without name that it exports; `b` has `$f` and `$g`. */
function loaded(): State {
  const a: LoadedModule = {
    name: "a",
    imports: [
      { module: "env", name: "m", kind: "memory", type: "(memory 1)" },
      { module: "env", name: "log", kind: "func", type: "(func)", func: FUNC },
    ],
    exports: [{ name: "out", kind: "func", type: "(func)", func: FUNC, address: 11 }],
    funcs: { imported: [3], first: 10, count: 2 },
    hasStart: false,
  };
  const b: LoadedModule = { name: "b", imports: [], exports: [], funcs: { imported: [], first: 20, count: 2 }, hasStart: false };
  const report = (outline: readonly OutlineItem[]) => ({ text: "", report: { diagnostics: [], outline, definitions: [], references: [] } });
  const first = initialState();
  return {
    ...first,
    reports: {
      a: report([item("import", 0, "$m"), item("import", 1, "$log"), item("func", 1, "$f"), item("func", 2, "[2]")]),
      b: report([item("func", 0, "$f"), item("func", 1, "$g")]),
    },
    machine: { phase: "loaded", problems: [], loaded: { modules: [a, b], warnings: [], source: first.project, hostAllowed: true, shown: [], callFrom: 0n, extraGas: 0n } },
  };
}

test("a_function_is_found_by_name_or_index_first_in_its_own_module", () => {
  const check = (near: string, text: string, expected: number | undefined): void => expect(funcFinder(loaded(), near)(text)?.func, `${near} ${text}`).toBe(expected);
  check("a", "$f", 10);
  check("b", "$f", 20);
  check("a", "$g", 21);
  check("a", "$log", 3);
  check("a", "0", 3);
  check("a", "[2]", 11);
  check("a", "3", undefined);
  check("b", "2", undefined);
  check("a", '"out"', 11);
  check("b", "a:$f", 10);
  check("a", "b:[1]", 21);
  check("a", "b:5", undefined);
  check("a", "$nobody", undefined);
  check("a", "", undefined);
});

test("what_the_machine_calls_a_function_finds_it_again", () => {
  const found = (text: string) => funcFinder(loaded(), "b")(text)?.name;
  expect(found("$g")).toBe("$g");
  expect(found("a:[2]")).toBe("a:[2]");
  expect(found("1")).toBe("b:1");
});
