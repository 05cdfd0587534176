import { expect, test } from "vitest";
import { shortPaths } from "./entries.ts";

test("paths lose the folders that all have in common, never their names", () => {
  expect(shortPaths(["suite/i32.wast", "suite/gc/array.wast"])).toEqual(["i32.wast", "gc/array.wast"]);
  expect(shortPaths(["a/b/c.wast", "a/b/d.wast"])).toEqual(["c.wast", "d.wast"]);
  expect(shortPaths(["a/b.wast"])).toEqual(["b.wast"]);
  expect(shortPaths(["a/b.wast", "c/b.wast"])).toEqual(["a/b.wast", "c/b.wast"]);
  expect(shortPaths(["b.wast", "a/b.wast"])).toEqual(["b.wast", "a/b.wast"]);
  expect(shortPaths([])).toEqual([]);
});
