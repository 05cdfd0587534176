import { expect, test } from "vitest";
import type { ImportInfo } from "../protocol/dto.ts";
import { addStubs } from "./stubs.ts";

function func(module: string, name: string, params: readonly string[] = [], results: readonly string[] = []): ImportInfo {
  const part = (word: string, types: readonly string[]): string => (types.length === 0 ? "" : ` (${word} ${types.join(" ")})`);
  return { module, name, kind: "func", type: `(func${part("param", params)}${part("result", results)})`, func: { params, results } };
}

/** What the code defines, as a module namespace. */
async function namespace(code: string): Promise<Record<string, Record<string, unknown>>> {
  return (await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(code)}`)) as Record<string, Record<string, unknown>>;
}

test("a stub for each import that nothing gives", async () => {
  const code = addStubs([func("env", "log", ["i32", "i64"], ["i64"]), func("env", "two", [], ["i32", "v128", "f64"]), func("print", "i32", ["i32"]), func("other", "f")], ["other"], "");
  const { env } = await namespace(code);
  expect(Object.keys(env ?? {})).toEqual(["log", "two"]);
  const ctx = { print: () => undefined };
  const { log, two } = env as Record<string, (...args: unknown[]) => unknown>;
  expect([log?.(ctx, 1, 2n), two?.(ctx)]).toEqual([0n, [0, 0n, 0]]);
  expect(code).not.toContain("print.i32");
});

test("an imported tag is described by what it carries", async () => {
  const tag = (name: string, params: readonly string[]): ImportInfo => ({ module: "env", name, kind: "tag", type: "(tag)", func: { params, results: [] } });
  const code = addStubs([tag("refuse", ["i32", "externref"]), tag("odd name", []), func("env", "ask")], [], "");
  const { env } = await namespace(code);
  expect(env).toMatchObject({ refuse: { parameters: ["i32", "externref"] }, "odd name": { parameters: [] } });
  expect(code).toContain('ctx.throw("refuse", ...)');
  expect(addStubs([tag("refuse", ["i32", "externref"])], [], code)).toBe(code);
});

test("what is there stays as it is, and nothing is added twice", async () => {
  const written = 'export const env = {\n  log(ctx, x) { return "}"; } // my own }\n};\n';
  const imports = [func("env", "log", ["i32"]), func("env", "more"), func("odd name", "a-b", ["f32"], ["f32"])];
  const once = addStubs(imports, [], written);
  expect(once).toContain('log(ctx, x) { return "}"; }, // my own }');
  expect(addStubs(imports, [], once)).toBe(once);
  const defined = await namespace(once);
  expect(Object.keys(defined["env"] ?? {})).toEqual(["log", "more"]);
  expect(Object.keys((defined["default"]?.["odd name"] as object | undefined) ?? {})).toEqual(["a-b"]);
});
