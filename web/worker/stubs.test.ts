import { expect, test } from "vitest";
import type { ImportInfo } from "../protocol/dto.ts";
import { addStubs as add } from "./stubs.ts";

const addStubs = (imports: readonly ImportInfo[], moduleNames: readonly string[], hostCode: string): string => add(imports, moduleNames, hostCode).text;

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

test("a module that is given in another form than an object gets no second definition, which would hide it or break it", () => {
  const imports = [func("env", "log"), func("env", "more")];
  for (const code of [
    "const make = () => ({ log() {} });\nexport const env = make();\n",
    "const env = Object.freeze({ log() {} });\nexport { env };\n",
    "const inner = { log() {} };\nexport { inner as env };\n",
    "export class env { static log() {} }\n",
    "const made = { log() {} };\nexport default { env: made };\n",
    "export default { env() {} };\n",
  ]) {
    expect(add(imports, [], code)).toEqual({ text: code, left: ["env.log", "env.more"] });
  }
});

test("stubs go into the object that gives the module, wherever it is written", async () => {
  const imports = [func("env", "log"), func("env", "more"), func("a b", "f"), func("a b", "g")];
  const code = addStubs(imports, [], 'const env = {\n  log() { return 1; },\n};\nexport { env };\nexport default {\n  "a b": { f: () => 2 },\n};\n');
  const { env, default: all } = await namespace(code);
  expect(Object.keys(env ?? {})).toEqual(["log", "more"]);
  expect(Object.keys((all?.["a b"] as object | undefined) ?? {})).toEqual(["f", "g"]);
  expect(addStubs(imports, [], code)).toBe(code);
  const within = addStubs([func("env", "log"), func("env", "more")], [], "export default { env: { log() { return 3; } } };");
  expect(Object.keys(((await namespace(within))["default"]?.["env"] as object | undefined) ?? {})).toEqual(["log", "more"]);
  // A local of the same name is no module.
  expect(add([func("env", "log")], [], "export const other = {\n  f() {\n    const env = 1;\n    return env;\n  },\n};\n").left).toEqual([]);
});
