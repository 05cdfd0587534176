import { expect, test } from "vitest";
import { digest } from "./digest.ts";
import { exposeAll, globalName, memoryName, tagName } from "./expose.ts";

/** Two pages. */
const LIMIT = 2 * 65_536;

/** (module (import "m" "g" (global i32)) (memory 1) (global (mut i64) (i64.const 7)) (func (export "f"))), and without the export. */
const head = [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0];
const imports = [2, 8, 1, 1, 109, 1, 103, 3, 127, 0];
const middle = [3, 2, 1, 0, 5, 3, 1, 0, 1, 6, 6, 1, 126, 1, 66, 7, 11];
const exports = [7, 5, 1, 1, 102, 0, 0];
const code = [10, 4, 1, 2, 0, 11];

for (const [name, bytes, own] of [
  ["beside its own exports", [...head, ...imports, ...middle, ...exports, ...code], ["f"]],
  ["without own exports", [...head, ...imports, ...middle, ...code], []],
] as const)
  test(`a module is exported whole ${name}`, () => {
    const exposed = exposeAll(Uint8Array.from(bytes), LIMIT);
    expect(exposed).toMatchObject({ memories: 1, globals: 2 });
    const module = new WebAssembly.Module(exposed.bytes);
    const { exports: found } = new WebAssembly.Instance(module, { m: { g: 5 } });
    expect(Object.keys(found)).toEqual([...own, memoryName(0), globalName(0), globalName(1)]);
    expect(found[globalName(1)]).toHaveProperty("value", 7n);
  });

test("tags are exported, imported ones first", () => {
  // (module (import "m" "t" (tag)) (tag))
  const bytes = [...head, 2, 8, 1, 1, 109, 1, 116, 4, 0, 0, 13, 3, 1, 0, 0];
  const module = new WebAssembly.Module(exposeAll(Uint8Array.from(bytes), LIMIT).bytes);
  expect(WebAssembly.Module.exports(module).map(({ name }) => name)).toEqual([tagName(0), tagName(1)]);
});

test("memories end at the limit, but for one that begins above it", () => {
  // (module (memory 1)), (module (memory 1 10)), (module (memory 3))
  for (const [limits, grown] of [
    [[0, 1], 1],
    [[1, 1, 10], 1],
    [[0, 3], 0],
  ] as const) {
    const bytes = [...head.slice(0, 8), 5, limits.length + 1, 1, ...limits];
    const module = new WebAssembly.Module(exposeAll(Uint8Array.from(bytes), LIMIT).bytes);
    const memory = new WebAssembly.Instance(module).exports[memoryName(0)] as WebAssembly.Memory;
    expect(memory.grow(grown)).toBe(limits[1]);
    expect(() => memory.grow(1)).toThrow(RangeError);
  }
});

test("an empty module stays one", () => {
  const exposed = exposeAll(Uint8Array.from(head.slice(0, 8)), LIMIT);
  expect(WebAssembly.validate(exposed.bytes)).toBe(true);
});

test("one changed byte changes one hash", () => {
  const bytes = new Uint8Array(3 * 65_536 + 5);
  const read = (from: number, length: number): Uint8Array => bytes.subarray(from, from + length);
  const before = digest(bytes.length, read);
  bytes[65_536 + 17] = 1;
  bytes[3 * 65_536 + 4] = 1;
  const after = digest(bytes.length, read);
  expect(after.map((hash, index) => hash !== before[index])).toEqual([false, true, false, true]);
});
