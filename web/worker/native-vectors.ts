// JavaScript can neither pass nor take a v128, so small modules stand between it and what does: there a vector is two i64,
// the low half first. That is also how it lies in the slots of our machine.
import { ensureExists } from "../base/assert.ts";
import type { FuncType, Value } from "../protocol/dto.ts";

type Assemble = (text: string) => Uint8Array;
type Func = (...args: readonly unknown[]) => unknown;

export function hasVectors({ params, results }: FuncType): boolean {
  return params.includes("v128") || results.includes("v128");
}

/** Types as they cross to JavaScript. */
export function halved(types: readonly string[]): readonly string[] {
  return types.flatMap((type) => (type === "v128" ? ["i64", "i64"] : [type]));
}

export class NativeVectors {
  readonly #assemble: Assemble;

  constructor(assemble: Assemble) {
    this.#assemble = assemble;
  }

  /** A function of a module, to be called with halves. */
  lowered(func: Func, type: FuncType): Func {
    const { params, results } = type;
    const text = `(module (import "f" "f" (func $f ${signature(params, results)})) (func (export "f") ${signature(halved(params), halved(results))} ${locals(results)} ${joined(params, 0)} (call $f) ${stored(results, halved(params).length)} ${split(results, halved(params).length)}))`;
    return asFunc(this.#instance(text, { f: { f: func } })["f"]);
  }

  /** A function of JavaScript that is called with halves, to be given to a module. */
  lifted(func: Func, type: FuncType): Func {
    const { params, results } = type;
    const text = `(module (import "f" "f" (func $f ${signature(halved(params), halved(results))})) (func (export "f") ${signature(params, results)} ${locals(halved(results))} ${split(params, 0)} (call $f) ${stored(halved(results), params.length)} ${joined(results, params.length)}))`;
    return asFunc(this.#instance(text, { f: { f: func } })["f"]);
  }

  /** A global with a value. */
  global({ low, high }: Extract<Value, { type: "v128" }>, mutable: boolean): WebAssembly.Global {
    const text = `(module (global (export "g") ${mutable ? "(mut v128)" : "v128"} (v128.const i64x2 ${low} ${high})))`;
    const global = this.#instance(text, {})["g"];
    if (global instanceof WebAssembly.Global) return global;
    throw new Error("not exported");
  }

  read(global: WebAssembly.Global): Value {
    const half = (lane: number): string => `(func (export "${lane}") (result i64) (i64x2.extract_lane ${lane} (global.get $g)))`;
    const { exports } = this.#around(global, `${half(0)} ${half(1)}`);
    const [low, high] = [0, 1].map((lane) => unsigned(asFunc(exports[String(lane)])()));
    return { type: "v128", low: ensureExists(low, "half"), high: ensureExists(high, "half") };
  }

  write(global: WebAssembly.Global, low: bigint, high: bigint): void {
    asFunc(this.#around(global, `(func (export "set") (global.set $g (v128.const i64x2 ${low} ${high})))`).exports["set"])();
  }

  /** JavaScript does not tell whether a global may change, which whoever imports it has to know. */
  #around(global: WebAssembly.Global, funcs: string): { readonly exports: WebAssembly.Exports } {
    const withType = (type: string) => ({ exports: this.#instance(`(module (import "g" "g" (global $g ${type})) ${funcs})`, { g: { g: global } }) });
    try {
      return withType("(mut v128)");
    } catch (thrown) {
      if (!(thrown instanceof WebAssembly.LinkError)) throw thrown;
      return withType("v128");
    }
  }

  #instance(text: string, imports: WebAssembly.Imports): WebAssembly.Exports {
    return new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.from(this.#assemble(text))), imports).exports;
  }
}

/** The halves of a vector as JavaScript gives them. */
export function unsigned(half: unknown): bigint {
  if (typeof half !== "bigint") throw new Error("half of a vector is no i64");
  return BigInt.asUintN(64, half);
}

/** Never wrapped: a module would see a function of JavaScript then, which can take no v128. */
export function isFunc(value: unknown): value is Func {
  return typeof value === "function";
}

function asFunc(value: unknown): Func {
  if (isFunc(value)) return value;
  throw new Error("not exported");
}

function signature(params: readonly string[], results: readonly string[]): string {
  return `(param ${params.join(" ")}) (result ${results.join(" ")})`;
}

function locals(types: readonly string[]): string {
  return `(local ${types.join(" ")})`;
}

/** Takes values off the stack into locals from a number on. */
function stored(types: readonly string[], first: number): string {
  return types.map((_, index) => `(local.set ${first + index})`).toReversed().join(" ");
}

/** Pushes locals, two halves as one vector. */
function joined(types: readonly string[], first: number): string {
  let at = first;
  const next = (): string => `(local.get ${at++})`;
  return types.map((type) => (type === "v128" ? `(i64x2.replace_lane 1 (i64x2.splat ${next()}) ${next()})` : next())).join(" ");
}

/** Pushes locals, a vector as two halves. */
function split(types: readonly string[], first: number): string {
  const half = (lane: number, at: number): string => `(i64x2.extract_lane ${lane} (local.get ${at}))`;
  return types.map((type, index) => (type === "v128" ? `${half(0, first + index)} ${half(1, first + index)}` : `(local.get ${first + index})`)).join(" ");
}
