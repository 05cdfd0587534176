// A call on the browser's own engine: fresh instances, host functions that answer what they answered on our machine.
import { ensureExists, messageOf } from "../base/assert.ts";
import type { ImportInfo, RefTarget, Value } from "../protocol/dto.ts";
import { DIGEST_BYTES, type NativeCall, type NativeReplies, type NativeRequest, type NativeResult, type Outcome, type Place, type Remains } from "../protocol/compare.ts";
import { type LinkedSource, linkedModules } from "../protocol/project.ts";
import { typeOf } from "../protocol/value.ts";
import { f32Bits, f64Bits, fromSlots, fromValue, Handles } from "./convert.ts";
import type { TextCore } from "./core.ts";
import { digest } from "./digest.ts";
import { exposeAll, globalName, memoryName } from "./expose.ts";
import { AnswerReader, type Change } from "./journal.ts";

/** What stands for a handle of the host's on the other engine: only which one it is counts. */
class Handle {
  constructor(readonly handle: number) {}
}

/** Handles as the other engine holds them. */
class Tokens extends Handles {
  readonly #tokens = new Map<number, Handle>();

  override valueOf(handle: number): Handle {
    const token = this.#tokens.get(handle) ?? new Handle(handle);
    this.#tokens.set(handle, token);
    return token;
  }
}

/** A host function failed on our machine, so it fails here. */
class HostFailed extends Error {}

interface NativeInstance {
  readonly exports: WebAssembly.Exports;
  readonly memories: number;
  readonly globals: number;
}

export class NativeWorker {
  readonly #core: TextCore;
  readonly #beforeCall: () => void;
  #instances: NativeInstance[] = [];

  /** `beforeCall`: code of the module is about to run, and may not come back. */
  constructor(core: TextCore, beforeCall: () => void) {
    this.#core = core;
    this.#beforeCall = beforeCall;
  }

  async answer(request: NativeRequest): Promise<NativeReplies[NativeRequest["kind"]]> {
    if (request.kind === "call") return this.#call(request.call);
    const memory = this.#memory(request.module, request.index);
    const from = request.page * DIGEST_BYTES;
    return new Uint8Array(memory.buffer, from, Math.min(DIGEST_BYTES, memory.buffer.byteLength - from)).slice();
  }

  async #call(call: NativeCall): Promise<NativeResult> {
    this.#instances = [];
    const run = new Run(call, (module, index) => this.#memory(module, index), (module, index) => this.#global(module, index));
    const compiled: { readonly module: WebAssembly.Module; readonly memories: number; readonly globals: number }[] = [];
    for (const source of linkedModules(call.project.modules)) {
      const { bytes, memories, globals } = exposeAll(this.#bytesOf(source));
      try {
        compiled.push({ module: await WebAssembly.compile(bytes), memories, globals });
      } catch (thrown) {
        throw new Error(`the browser's own engine does not take the module ${source.name}: ${messageOf(thrown)}`);
      }
    }
    this.#beforeCall();
    let millis = 0;
    const outcome = this.#outcome(() => {
      compiled.forEach(({ module, memories, globals }, index) => {
        const imports = run.imports(index, this.#instances);
        const { exports } = new WebAssembly.Instance(module, imports);
        this.#instances.push({ exports, memories, globals });
      });
      const index = call.modules.findIndex(({ name }) => name === call.module);
      const callee = this.#instances[index]?.exports[call.exportName];
      if (typeof callee !== "function") throw new Error(`there is no function ${call.exportName} to call`);
      const args = call.args.map((arg) => run.toNative(arg));
      const began = performance.now();
      try {
        return run.results(callee(...args));
      } finally {
        millis = performance.now() - began;
      }
    });
    return { outcome, millis, remains: this.#remains(run) };
  }

  #bytesOf(source: LinkedSource): Uint8Array {
    if (source.kind === "binary") return source.bytes;
    const assembled = this.#core.assemble(source.text);
    if (assembled.kind === "failed") throw new Error(`the module ${source.name} does not assemble`);
    return assembled.bytes;
  }

  /** What the engine traps with is an outcome; that it cannot be asked at all is an error. */
  #outcome(work: () => readonly Value[]): Outcome {
    try {
      return { kind: "finished", results: work() };
    } catch (thrown) {
      const isOutcome = thrown instanceof WebAssembly.RuntimeError || thrown instanceof RangeError || thrown instanceof HostFailed || isException(thrown);
      if (!isOutcome) throw thrown;
      return { kind: "trapped", message: isException(thrown) ? "uncaught exception" : messageOf(thrown) };
    }
  }

  #memory(module: number, index: number): WebAssembly.Memory {
    const memory = this.#instances[module]?.exports[memoryName(index)];
    if (memory instanceof WebAssembly.Memory) return memory;
    throw new Error(`there is no memory ${index} in module ${module}`);
  }

  #global(module: number, index: number): WebAssembly.Global {
    const global = this.#instances[module]?.exports[globalName(index)];
    if (global instanceof WebAssembly.Global) return global;
    throw new Error(`there is no global ${index} in module ${module}`);
  }

  #remains(run: Run): Remains {
    const memories = this.#instances.flatMap((instance, module) =>
      Array.from({ length: instance.memories }, (_, index) => {
        const { buffer } = this.#memory(module, index);
        return { module, index, size: buffer.byteLength, hashes: digest(buffer.byteLength, (from, length) => new Uint8Array(buffer, from, length)) };
      }),
    );
    // Ours say which there are and of which type: JavaScript does not tell the type of a global.
    const globals = run.call.ours.globals.flatMap(({ module, index, value }) => {
      if (this.#instances[module] === undefined) return [];
      return [{ module, index, value: run.fromNative(typeOf(value), this.#global(module, index).value) }];
    });
    return { memories, globals };
  }
}

function isException(thrown: unknown): boolean {
  // Not every engine has exceptions.
  return "Exception" in WebAssembly && thrown instanceof WebAssembly.Exception;
}

/** One call, with the answers that its host functions give. */
class Run {
  readonly call: NativeCall;
  readonly #answers: AnswerReader;
  readonly #memory: (module: number, index: number) => WebAssembly.Memory;
  readonly #global: (module: number, index: number) => WebAssembly.Global;
  readonly #tokens = new Tokens();

  constructor(call: NativeCall, memory: (module: number, index: number) => WebAssembly.Memory, global: (module: number, index: number) => WebAssembly.Global) {
    this.call = call;
    this.#answers = new AnswerReader({ actions: [], answers: call.answers });
    this.#memory = memory;
    this.#global = global;
  }

  /** What a module imports: from the modules before it, or what the host gave. */
  imports(module: number, before: readonly NativeInstance[]): WebAssembly.Imports {
    const made: Record<string, Record<string, WebAssembly.ImportValue>> = {};
    for (const info of ensureExists(this.call.modules[module], "module").imports) {
      const from = this.call.modules.findIndex(({ name }, index) => name === info.module && index < before.length);
      const given = before[from]?.exports[info.name];
      (made[info.module] ??= {})[info.name] = given ?? this.#hostItem(info);
    }
    return made;
  }

  #hostItem(info: ImportInfo): WebAssembly.ImportValue {
    const numbers = (info.type.match(/\b\d+\b/g) ?? []).map(Number);
    const limits = { initial: numbers[0] ?? 0, ...(numbers[1] === undefined ? {} : { maximum: numbers[1] }) };
    switch (info.kind) {
      case "func":
        return this.#hostFunction(info);
      case "global": {
        const given = this.call.ours.given.find(({ module, name }) => module === info.module && name === info.name);
        if (given === undefined) throw new Error(`nothing gives the global ${info.module}.${info.name} a value`);
        const mutable = info.type.includes("(mut ");
        return new WebAssembly.Global({ value: globalKind(typeOf(given.value)), mutable }, this.toNative(given.value));
      }
      case "memory":
        return new WebAssembly.Memory({ ...limits, shared: info.type.includes("shared") });
      case "table":
        return new WebAssembly.Table({ ...limits, element: info.type.includes("externref") ? "externref" : "anyfunc" });
      default:
        throw new Error(`the browser's own engine cannot be given ${info.module}.${info.name}: ${info.type}`);
    }
  }

  #hostFunction(info: ImportInfo): (...args: readonly unknown[]) => unknown {
    const results = info.func?.results ?? [];
    return () => {
      const answer = this.#answers.next();
      if (answer === undefined) throw new HostFailed(`${info.module}.${info.name} is called once more than on our machine`);
      for (const change of answer.changes) this.#change(change);
      if (answer.failure !== undefined) throw new HostFailed(answer.failure);
      const values = fromSlots(results, answer.results ?? new BigUint64Array(), this.#tokens);
      return results.length > 1 ? values : values[0];
    };
  }

  #change(change: Change): void {
    const place = (places: readonly Place[], address: number): Place =>
      ensureExists(places.find((candidate) => candidate.address === address), "place of what a host function changed");
    switch (change.kind) {
      case "charge":
        // The other engine has no gas.
        return;
      case "bytes": {
        const { module, index } = place(this.call.ours.memoryPlaces, change.memory);
        new Uint8Array(this.#memory(module, index).buffer).set(change.bytes, change.address);
        return;
      }
      case "global": {
        const { module, index } = place(this.call.ours.globalPlaces, change.address);
        const type = typeOf(ensureExists(this.call.ours.globals.find((global) => global.module === module && global.index === index), "global").value);
        this.#global(module, index).value = fromSlots([type], BigUint64Array.of(change.bits), this.#tokens)[0];
        return;
      }
    }
  }

  toNative(value: Value): unknown {
    if (value.type === "v128") throw new Error("the browser's own engine takes no v128 from JavaScript");
    if (value.type === "ref" && ["func", "object", "exception"].includes(value.target.kind)) throw new Error("a reference into our machine cannot be given to the browser's own engine");
    return fromValue(value, this.#tokens);
  }

  results(returned: unknown): readonly Value[] {
    const { module, exportName, args } = this.call;
    const info = this.call.modules.find(({ name }) => name === module)?.exports.find(({ name, kind }) => kind === "func" && name === exportName);
    const types = info?.func?.results ?? [];
    if (types.length === 0) return [];
    const values = types.length === 1 ? [returned] : Array.isArray(returned) ? returned : [];
    if (values.length !== types.length) throw new Error(`${exportName}(${args.length}) gave ${values.length} results, not ${types.length}`);
    return types.map((type, index) => this.fromNative(type, values[index]));
  }

  fromNative(type: string, value: unknown): Value {
    switch (type) {
      case "i32":
        return { type, bits: Number(value) >>> 0 };
      case "i64":
        return { type, bits: BigInt.asUintN(64, typeof value === "bigint" ? value : 0n) };
      case "f32":
        return { type, bits: f32Bits(Number(value)) };
      case "f64":
        return { type, bits: f64Bits(Number(value)) };
      default:
        return { type: "ref", refType: type, target: targetOf(value) };
    }
  }
}

/** What can be told of a reference from outside; functions and objects are all alike there. */
function targetOf(value: unknown): RefTarget {
  if (value === null || value === undefined) return { kind: "null" };
  if (value instanceof Handle) return { kind: "extern", handle: value.handle };
  if (typeof value === "number") return { kind: "i31", value: value & 0x7fffffff };
  if (typeof value === "function") return { kind: "func", func: 0, name: "" };
  return { kind: "object", object: 0 };
}

/** The name by which the JavaScript interface knows a type. */
function globalKind(type: string): keyof WebAssembly.ValueTypeMap {
  switch (type) {
    case "i32":
    case "i64":
    case "f32":
    case "f64":
    case "externref":
      return type;
    default:
      return "anyfunc";
  }
}
