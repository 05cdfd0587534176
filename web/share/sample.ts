// Projects for the tests of this room.
import type { Project } from "../protocol/project.ts";
import { DEFAULT_LIMITS } from "./document.ts";

export const plain: Project = {
  title: "untitled",
  modules: [{ kind: "text", name: "module", text: "(module)" }],
  hostCode: "",
  schedule: { builtin: "instructions" },
  limits: DEFAULT_LIMITS,
  breakpoints: [],
};

/** Everything a project can have, none of it at its default. */
export const full: Project = {
  title: "Everything “at once” 🐝\u0000\u202e",
  modules: [
    { kind: "text", name: "ملف", text: '(module\r\n\t(func (export "\\u{1f41d}")))\u2028' },
    { kind: "binary", name: "main", bytes: Uint8Array.from([0, 97, 115, 109, 1, 0, 0, 0]) },
  ],
  hostCode: "export const env = { log(ctx, x) { ctx.print(x) } }\n",
  schedule: {
    name: "my own",
    denominator: 16,
    costs: { "i32.add": 5, ["__proto__"]: 7, "memory.grow": 4_194_304 },
    base: 1,
    takenBranch: 2,
    perGrownPage: 3,
    perBulkByte: 0,
    perHostCall: 100,
    perCountedZero: 2,
    perCountedOne: 1,
  },
  limits: { gas: 18_446_744_073_709_551_615n, stackSlots: 65_536, memoryPages: 0, tableElements: 10, heapMib: 64, hostMillis: 500 },
  call: { module: "main", export: "", args: ["-0x1", "nan:0x200000", ""] },
  breakpoints: [
    { module: "ملف", position: 0 },
    { module: "main", position: 12_345 },
  ],
  layout: '{"preset":"debug"}',
};

/** A project of one text module. */
export function withText(text: string): Project {
  return { ...plain, modules: [{ kind: "text", name: "module", text }] };
}

/** The same numbers in the same order for the same seed: 0 up to, not including, 1. */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}
