// As much of the JavaScript interface of WebAssembly as packages use, on our library: a page in which it has taken the
// place of the browser's own runs their code unchanged.
// Spec: https://webassembly.github.io/spec/js-api/
import { instantiate, loadCore, type Machine, type MemoryAccess, Module } from '../../web/lib/index.ts';

const PAGE = 65_536;
const native = globalThis.WebAssembly;

type AnyFunction = (...args: readonly unknown[]) => unknown;
type ImportObject = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/**
 * A memory as JavaScript sees it. The bytes of ours lie inside the core, so the buffer is a copy: what JavaScript wrote
 * goes there before the machine runs, what the machine wrote comes here after.
 */
class Memory {
  buffer: ArrayBuffer;
  #access: MemoryAccess | undefined;

  constructor({ initial }: { readonly initial: number }) {
    this.buffer = new ArrayBuffer(initial * PAGE);
  }

  link(access: MemoryAccess): void {
    this.#access = access;
  }

  push(): void {
    this.#access?.write(0, new Uint8Array(this.buffer));
  }

  pull(): void {
    const access = this.#access;
    if (access === undefined) return;
    if (access.size !== this.buffer.byteLength) this.buffer = new ArrayBuffer(access.size);
    new Uint8Array(this.buffer).set(access.bytes(0, access.size));
  }

  grow(): never {
    throw new RangeError('a host function cannot grow a memory of this machine');
  }
}

/** Only looked at by packages that call through it, which none of ours does. */
class Table {}

class CompiledModule {
  readonly module: Module;

  constructor(bytes: BufferSource) {
    this.module = Module.fromBytes(bytes);
  }
}

class Instance {
  readonly exports: Readonly<Record<string, unknown>>;
  readonly #machine: Machine;
  readonly #memories: readonly Memory[];
  readonly #imports: ImportObject;
  #running = false;

  constructor(compiled: CompiledModule, imports: ImportObject = {}) {
    this.#imports = imports;
    const given: Record<string, Record<string, AnyFunction>> = {};
    const memories: Memory[] = [];
    for (const [module, items] of Object.entries(imports)) {
      for (const [name, item] of Object.entries(items)) {
        if (item instanceof Memory) memories.push(item);
        if (typeof item === 'function') (given[module] ??= {})[name] = () => undefined;
      }
    }
    this.#machine = instantiate(compiled.module, given, { memoryPages: 8_192 });
    const exports: Record<string, unknown> = {};
    for (const { name, kind } of this.#machine.exports()) {
      if (kind === 'func') exports[name] = (...args: readonly unknown[]) => this.#call(name, args);
      if (kind === 'table') exports[name] = new Table();
      if (kind === 'memory') {
        const memory = new Memory({ initial: 0 });
        memories.push(memory);
        exports[name] = memory;
      }
    }
    // None of the packages has more than one memory.
    for (const memory of memories) memory.link(this.#machine.memory(0));
    this.#memories = memories;
    this.#pull();
    this.exports = exports;
  }

  #pull(): void {
    for (const memory of this.#memories) memory.pull();
  }

  #push(): void {
    for (const memory of this.#memories) memory.push();
  }

  #call(name: string, args: readonly unknown[]): unknown {
    if (this.#running) throw new Error(`${name} is called while the machine waits for a host function`);
    this.#running = true;
    try {
      this.#push();
      const { params } = this.#type(name);
      this.#machine.begin(name, params.map((type, index) => argument(type, args[index])));
      return this.#finish();
    } finally {
      this.#running = false;
      this.#pull();
    }
  }

  #type(name: string): { readonly params: readonly string[] } {
    return this.#machine.exports().find((info) => info.name === name)?.func ?? { params: [] };
  }

  #finish(): unknown {
    let thrown: { readonly error: unknown } | undefined;
    for (;;) {
      const stop = this.#machine.run({ ticks: 50_000_000 });
      switch (stop.kind) {
        case 'finished':
          return stop.results[0];
        case 'trapped':
          if (thrown !== undefined) throw thrown.error;
          throw new native.RuntimeError(stop.trap.sentence);
        case 'hostCall': {
          const host = this.#imports[stop.module]?.[stop.name];
          if (typeof host !== 'function') throw new TypeError(`nothing is given for ${stop.module}.${stop.name}`);
          this.#pull();
          try {
            const result: unknown = host(...stop.args);
            this.#push();
            this.#machine.answer(...stop.results.map((type) => argument(type, result)));
          } catch (error) {
            thrown = { error };
            this.#machine.fail('the host function threw');
          }
          break;
        }
        case 'paused':
          break;
        default:
          throw new Error(`the machine stopped: ${stop.kind}`);
      }
    }
  }

}

/** ToWebAssemblyValue, for numbers. */
function argument(type: string, value: unknown): unknown {
  switch (type) {
    case 'i32':
      return Number(value ?? 0) | 0;
    case 'i64':
      return BigInt.asIntN(64, typeof value === 'bigint' ? value : 0n);
    default:
      return Number(value);
  }
}

async function instantiateAny(source: BufferSource | CompiledModule, imports?: ImportObject): Promise<unknown> {
  if (source instanceof CompiledModule) return new Instance(source, imports);
  const module = new CompiledModule(source);
  return { module, instance: new Instance(module, imports) };
}

/** Puts our machine in the place of the browser's own engine. */
async function replace(core: Uint8Array): Promise<void> {
  await loadCore(core);
  const replaced = {
    ...{ Module: CompiledModule, Instance, Memory, Table },
    ...{ RuntimeError: native.RuntimeError, CompileError: native.CompileError, LinkError: native.LinkError },
    compile: async (bytes: BufferSource) => new CompiledModule(bytes),
    instantiate: instantiateAny,
    validate: (bytes: BufferSource) => native.validate(bytes),
  };
  Object.defineProperty(globalThis, 'WebAssembly', { value: replaced });
}

Object.assign(globalThis, { replaceWebAssembly: replace });
