// A call on the browser's own engine: fresh instances, host functions that answer what they answered on our machine.
import { assertUnreachable, ensureExists, messageOf } from "../base/assert.ts";
import type { FuncType, ImportInfo, RefTarget, Value } from "../protocol/dto.ts";
import { DIGEST_BYTES, type NativeCall, type NativeReplies, type NativeRequest, type NativeResult, type Outcome, type Place, type Remains } from "../protocol/compare.ts";
import { type LinkedSource, linkedModules } from "../protocol/project.ts";
import { typeOf } from "../protocol/value.ts";
import { f32Bits, f64Bits, fromSlots, fromValue } from "./convert.ts";
import type { TextCore } from "./core.ts";
import { digest } from "./digest.ts";
import { Handles } from "./handles.ts";
import { exposeAll, globalName, memoryName, tagName } from "./expose.ts";
import type { Raised } from "./exceptions.ts";
import { type Answer, AnswerReader, type Change } from "./journal.ts";
import { traitsOf } from "./traits.ts";
import { halved, hasVectors, isFunc, NativeVectors, unsigned } from "./native-vectors.ts";

/** The unit of the limit on memories. */
const PAGE_BYTES = 65_536;

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

declare global {
  /** Set by native-part.ts, in a worker that has it. */
  var waspnestNative: ((core: TextCore, beforeCall: () => void) => NativeWorker) | undefined;
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
    if (request.kind === "traits") return traitsOf(linkedModules(request.project.modules).map((source) => this.#textOf(source)));
    const memory = this.#memory(request);
    const from = request.page * DIGEST_BYTES;
    return new Uint8Array(memory.buffer, from, Math.min(DIGEST_BYTES, memory.buffer.byteLength - from)).slice();
  }

  async #call(call: NativeCall): Promise<NativeResult> {
    this.#instances = [];
    const run = new Run(call, new NativeVectors((text) => this.#assemble(text, "of vectors")), { memory: (place) => this.#memory(place), global: (place) => this.#global(place), tag: (place) => this.#tag(place) });
    const compiled: { readonly module: WebAssembly.Module; readonly memories: number; readonly globals: number }[] = [];
    for (const source of linkedModules(call.project.modules)) {
      const { bytes, memories, globals } = exposeAll(this.#bytesOf(source), call.project.limits.memoryPages * PAGE_BYTES);
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
      if (!isFunc(callee)) throw new Error(`there is no function ${call.exportName} to call`);
      const [entry, args] = run.entry(callee);
      const began = performance.now();
      try {
        return run.results(entry(...args));
      } finally {
        millis = performance.now() - began;
      }
    });
    return { outcome, millis, remains: this.#remains(run) };
  }

  #bytesOf(source: LinkedSource): Uint8Array {
    if (source.kind === "binary") return source.bytes;
    return this.#assemble(source.text, source.name);
  }

  #textOf(source: LinkedSource): string {
    if (source.kind !== "binary") return source.text;
    const printed = this.#core.disassemble(source.bytes);
    return printed.kind === "ok" ? printed.text : "";
  }

  #assemble(text: string, name: string): Uint8Array {
    const assembled = this.#core.assemble(text);
    if (assembled.kind === "failed") throw new Error(`the module ${name} does not assemble`);
    return assembled.bytes;
  }

  /** What the engine traps with is an outcome; that it cannot be asked at all is an error. */
  #outcome(work: () => readonly Value[]): Outcome {
    try {
      return { kind: "finished", results: work() };
    } catch (thrown) {
      const isOutcome = thrown instanceof WebAssembly.RuntimeError || isStackFull(thrown) || thrown instanceof HostFailed || isException(thrown);
      // Vectors are taken apart on the way; what is left is a reference to an exception.
      if (thrown instanceof TypeError) throw new Error(`a value of this call cannot cross between JavaScript and the browser's own engine, where an exnref never can: ${messageOf(thrown)}`);
      if (!isOutcome) throw thrown;
      return { kind: "trapped", message: isException(thrown) ? "uncaught exception" : messageOf(thrown) };
    }
  }

  #memory({ module, index }: Site): WebAssembly.Memory {
    const memory = this.#instances[module]?.exports[memoryName(index)];
    if (memory instanceof WebAssembly.Memory) return memory;
    throw new Error(`there is no memory ${index} in module ${module}`);
  }

  #global({ module, index }: Site): WebAssembly.Global {
    const global = this.#instances[module]?.exports[globalName(index)];
    if (global instanceof WebAssembly.Global) return global;
    throw new Error(`there is no global ${index} in module ${module}`);
  }

  /** Undefined while its module is being instantiated. */
  #tag({ module, index }: Site): WebAssembly.Tag | undefined {
    const tag = this.#instances[module]?.exports[tagName(index)];
    return isTag(tag) ? tag : undefined;
  }

  #remains(run: Run): Remains {
    const memories = this.#instances.flatMap((instance, module) =>
      Array.from({ length: instance.memories }, (_, index) => {
        const { buffer } = this.#memory({ module, index });
        return { module, index, size: buffer.byteLength, hashes: digest(buffer.byteLength, (from, length) => new Uint8Array(buffer, from, length)) };
      }),
    );
    // Ours say which there are and of which type: JavaScript does not tell the type of a global.
    const globals = run.call.ours.globals.flatMap(({ module, index, value }) => {
      if (this.#instances[module] === undefined) return [];
      return [{ module, index, value: run.readGlobal(typeOf(value), this.#global({ module, index })) }];
    });
    return { memories, globals };
  }
}

/** An engine may have an error of its own for that: InternalError in Firefox. */
function isStackFull(thrown: unknown): boolean {
  return thrown instanceof RangeError || (thrown instanceof Error && thrown.name === "InternalError");
}

function isException(thrown: unknown): boolean {
  // Not every engine has exceptions.
  return "Exception" in WebAssembly && thrown instanceof WebAssembly.Exception;
}

/** The type of what a module exports does not know of tags. */
function isTag(item: unknown): item is WebAssembly.Tag {
  return "Tag" in WebAssembly && item instanceof WebAssembly.Tag;
}

/** The type of what may be imported does not know of tags either. */
type HostItem = WebAssembly.ImportValue | WebAssembly.Tag;

/** A module's item by the numbers of both. */
type Site = Pick<Place, "module" | "index">;

/** What has been instantiated so far. */
interface Items {
  memory(place: Site): WebAssembly.Memory;
  global(place: Site): WebAssembly.Global;
  tag(place: Site): WebAssembly.Tag | undefined;
}

/** One call, with the answers that its host functions give. */
class Run {
  readonly call: NativeCall;
  readonly #answers: AnswerReader;
  readonly #vectors: NativeVectors;
  readonly #items: Items;
  readonly #tokens = new Tokens();
  /** Tags that no module gives, by name and type: one for all that import it. */
  readonly #hostTags = new Map<string, WebAssembly.Tag>();
  /** Imported tags of the modules, by module and index. */
  readonly #importedTags: WebAssembly.Tag[][] = [];

  constructor(call: NativeCall, vectors: NativeVectors, items: Items) {
    this.call = call;
    this.#vectors = vectors;
    this.#answers = new AnswerReader({ actions: [], answers: call.answers });
    this.#items = items;
  }

  /** What a module imports: from the modules before it, or what the host gave. */
  imports(module: number, before: readonly NativeInstance[]): WebAssembly.Imports {
    const made: Record<string, Record<string, HostItem>> = {};
    for (const info of ensureExists(this.call.modules[module], "module").imports) {
      const from = this.call.modules.findIndex(({ name }, index) => name === info.module && index < before.length);
      const given = before[from]?.exports[info.name];
      const item = given ?? this.#hostItem(info);
      if (isTag(item)) (this.#importedTags[module] ??= []).push(item);
      (made[info.module] ??= {})[info.name] = item;
    }
    return made as WebAssembly.Imports;
  }

  #hostItem(info: ImportInfo): HostItem {
    const numbers = (info.type.match(/\b\d+\b/g) ?? []).map(Number);
    const limits = { initial: numbers[0] ?? 0, ...(numbers[1] === undefined ? {} : { maximum: numbers[1] }) };
    switch (info.kind) {
      case "func":
        return this.#hostFunction(info);
      case "global": {
        const given = this.call.ours.given.find(({ module, name }) => module === info.module && name === info.name);
        if (given === undefined) throw new Error(`nothing gives the global ${info.module}.${info.name} a value`);
        const mutable = info.type.includes("(mut ");
        if (given.value.type === "v128") return this.#vectors.global(given.value, mutable);
        return new WebAssembly.Global({ value: globalKind(typeOf(given.value)), mutable }, this.toNative(given.value));
      }
      case "memory": {
        const maximum = Math.max(limits.initial, Math.min(limits.maximum ?? Number.POSITIVE_INFINITY, this.call.project.limits.memoryPages));
        return new WebAssembly.Memory(addressed({ initial: limits.initial, maximum, shared: info.type.includes("shared") }, info));
      }
      case "table":
        return new WebAssembly.Table(addressed({ ...limits, element: info.type.includes("externref") ? "externref" : "anyfunc" }, info));
      case "tag": {
        const key = JSON.stringify([info.module, info.name, info.type]);
        const tag = this.#hostTags.get(key) ?? this.#hostTag(info);
        this.#hostTags.set(key, tag);
        return tag;
      }
      default:
        return assertUnreachable(info.kind);
    }
  }

  #hostTag(info: ImportInfo): WebAssembly.Tag {
    // The types of the interface leave out those that it knows of besides.
    const parameters = (info.func?.params ?? []) as WebAssembly.ValueType[];
    try {
      return new WebAssembly.Tag({ parameters });
    } catch (thrown) {
      throw new Error(`the browser's own engine cannot be given ${info.module}.${info.name}, ${info.type}: ${messageOf(thrown)}`);
    }
  }

  /** What a host function threw on our machine. */
  #exception({ tag: address, bits }: Raised): WebAssembly.Exception {
    const places = this.call.ours.tagPlaces.filter((place) => place.address === address);
    const types = places[0]?.types ?? [];
    const tag = places.map((place) => this.#importedTags[place.module]?.[place.index] ?? this.#items.tag(place)).find(isTag);
    if (tag === undefined) throw new Error("what a host function threw on our machine cannot be thrown while the module of its tag starts");
    return new WebAssembly.Exception(tag, fromSlots(types, bits, this.#tokens));
  }

  #hostFunction(info: ImportInfo): (...args: readonly unknown[]) => unknown {
    const type = info.func ?? { params: [], results: [] };
    const results = halved(type.results);
    const answered = (): unknown => {
      let answer: Answer | undefined;
      do {
        answer = this.#answers.next();
        if (answer === undefined) throw new HostFailed(`${info.module}.${info.name} is called once more than on our machine`);
        for (const change of answer.changes) this.#change(change);
      } while (answer.pending === true);
      if (answer.failure !== undefined) throw new HostFailed(answer.failure);
      if (answer.raised !== undefined) throw this.#exception(answer.raised);
      const values = fromSlots(results, answer.results ?? new BigUint64Array(), this.#tokens);
      return results.length > 1 ? values : values[0];
    };
    return hasVectors(type) ? this.#vectors.lifted(answered, type) : answered;
  }

  #change(change: Change): void {
    const at = (places: readonly Place[], address: number): Place =>
      ensureExists(places.find((candidate) => candidate.address === address), "place of what a host function changed");
    switch (change.kind) {
      case "charge":
        // The other engine has no gas.
        return;
      case "kept":
      case "released":
        return;
      case "element":
        throw new Error("a host function changed a table, which the comparison cannot do again on the browser's own engine");
      case "bytes": {
        const place = at(this.call.ours.memoryPlaces, change.memory);
        new Uint8Array(this.#items.memory(place).buffer).set(change.bytes, change.address);
        return;
      }
      case "global": {
        const { module, index } = at(this.call.ours.globalPlaces, change.address);
        const type = typeOf(ensureExists(this.call.ours.globals.find((global) => global.module === module && global.index === index), "global").value);
        const global = this.#items.global({ module, index });
        if (type === "v128") this.#vectors.write(global, BigInt.asUintN(64, change.bits), change.bits >> 64n);
        else global.value = fromSlots([type], BigUint64Array.of(change.bits), this.#tokens)[0];
        return;
      }
    }
  }

  /** The function that is called and its arguments, as JavaScript can call it. */
  entry(callee: (...args: readonly unknown[]) => unknown): readonly [(...args: readonly unknown[]) => unknown, readonly unknown[]] {
    const type = this.#type();
    const args = this.call.args.flatMap((arg) => (arg.type === "v128" ? [arg.low, arg.high] : [this.toNative(arg)]));
    return [hasVectors(type) ? this.#vectors.lowered(callee, type) : callee, args];
  }

  /** Of the export that is called. */
  #type(): FuncType {
    const { module, exportName } = this.call;
    const info = this.call.modules.find(({ name }) => name === module)?.exports.find(({ name, kind }) => kind === "func" && name === exportName);
    return info?.func ?? { params: [], results: [] };
  }

  readGlobal(type: string, global: WebAssembly.Global): Value {
    return type === "v128" ? this.#vectors.read(global) : this.fromNative(type, global.value);
  }

  toNative(value: Value): unknown {
    if (value.type === "ref" && ["func", "object", "exception"].includes(value.target.kind)) throw new Error("a reference into our machine cannot be given to the browser's own engine");
    return fromValue(value, this.#tokens);
  }

  results(returned: unknown): readonly Value[] {
    const { exportName, args } = this.call;
    const { results: types } = this.#type();
    const count = halved(types).length;
    if (count === 0) return [];
    const values: unknown[] = count === 1 ? [returned] : Array.isArray(returned) ? [...returned] : [];
    if (values.length !== count) throw new Error(`${exportName}(${args.length}) gave ${values.length} results, not ${count}`);
    return types.map((type) => {
      const value = values.shift();
      return type === "v128" ? { type, low: unsigned(value), high: unsigned(values.shift()) } : this.fromNative(type, value);
    });
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
  return { kind: "object", object: 0, text: "" };
}

/** The limits of a memory or table as those with addresses of 64 bits want them, of which the types of the interface do not know. */
function addressed<T extends { initial: number; maximum?: number }>(limits: T, { type }: ImportInfo): T {
  if (!/^\((memory|table) i64 /.test(type)) return limits;
  const { initial, maximum } = limits;
  const wide: object = { ...limits, address: "i64", initial: BigInt(initial), ...(maximum === undefined ? {} : { maximum: BigInt(maximum) }) };
  return wide as T;
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
