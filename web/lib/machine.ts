// Machines: instances of modules and one call at a time, run as far as the caller wishes.
import * as glue from "../pkg/waspnest.js";
import { assertUnreachable, ensureExists, messageOf } from "../base/assert.ts";
import type { Effect, ExportInfo, ImportInfo, MachineView, Problem, Schedule, TrapInfo, Viewport } from "../protocol/dto.ts";
import { Canvas } from "../worker/canvas.ts";
import {
  type Context,
  type GlobalAccess,
  HostContext,
  MemoryAccess,
  type Owner,
  type TableAccess,
  globalAccess,
  tableAccess,
} from "../worker/context.ts";
import { fromSlots, fromValue, resultBits, toValue } from "../worker/convert.ts";
import { type TagDefinition, raise, raised, tagMisfit } from "../worker/exceptions.ts";
import { Handles } from "../worker/handles.ts";
import { WaspException, isException } from "../worker/wasp-exception.ts";
import { type HostFunc, readModules, type Session, type SessionModule, StopCode } from "../worker/core.ts";
import { schedules } from "./core.ts";
import { Module } from "./module.ts";

/** Called with a context and the arguments; gives the result, an array of several, or a promise of either. */
export type HostFunction = (context: Context, ...args: readonly never[]) => unknown;

/** By module name and name: functions, values for imported globals, and the types that imported tags carry. Tags need not be given. */
export type Imports = Readonly<Record<string, Readonly<Record<string, HostFunction | number | bigint | null | TagDefinition>>>>;

export interface InstantiateOptions {
  /** In units of the schedule, for all calls together; none by default. */
  readonly gasLimit?: bigint;
  /** Name of a built-in schedule or one of one's own; `instructions` by default. */
  readonly schedule?: string | Schedule;
  /** Stack in slots of 8 bytes; 16,777,216 by default. */
  readonly stackSlots?: number;
  /** Largest size of one memory in pages of 64 KiB, whatever the size of its own pages; 8,192 by default. */
  readonly memoryPages?: number;
  /** Elements of all tables together; 10,000,000 by default. */
  readonly tableElements?: number;
  /** Structures, arrays and exceptions together, in MiB; 128 by default. */
  readonly heapMib?: number;
  /** Where `ctx.print` goes; the console by default. */
  readonly print?: (text: string) => void;
}

export interface CallOptions {
  /** Gas that this call may use, in units of the schedule, in place of what `gasLimit` leaves; the next call has that again. */
  readonly gas?: bigint;
  /** Ends the call between two slices; it then stands paused. */
  readonly signal?: AbortSignal;
}

export interface RunOptions {
  /** At most so many instructions; 1,000,000 by default. */
  readonly ticks?: number;
  readonly until?: "end" | "step" | "over" | "out";
}

/** Why a run stopped. */
export type Stop =
  | { readonly kind: "finished"; readonly results: readonly unknown[] }
  | { readonly kind: "trapped"; readonly trap: TrapInfo }
  /** The next instruction costs more than is left; with more gas the run goes on. */
  | { readonly kind: "outOfGas" }
  /** The host gave no memory that the limits allow; `run` asks again. The program is told nothing, since it would do something else on another host. */
  | { readonly kind: "noMemory"; readonly sentence: string }
  /** The embedder answers with `answer`, `throw`, `fail` or `callHost`. */
  | { readonly kind: "hostCall"; readonly module: string; readonly name: string; readonly args: readonly unknown[]; /** Types of what it must give. */ readonly results: readonly string[] }
  | { readonly kind: "breakpoint" }
  | { readonly kind: "stepDone" }
  /** The ticks are used up, or instructions that fill and copy have moved 16 MiB; `run` goes on. */
  | { readonly kind: "paused" };

/** A module of a machine. */
export interface LinkedModule {
  readonly name: string;
  /** Of the bytes, 16 hexadecimal digits: the same for the same module on every machine. */
  readonly hash: string;
  /** It was read for an earlier machine and was not decoded again. */
  readonly fromCache: boolean;
}

/** What keeps modules from being linked: all problems, the first in the message. */
export class LinkError extends Error {
  override readonly name = "LinkError";
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map((problem) => problem.message).join("; "));
    this.problems = problems;
  }
}

export class TrapError extends Error {
  override readonly name = "TrapError";
  readonly trap: TrapInfo;
  /** The exception that nothing caught, when that was the reason. */
  readonly exception: WaspException | undefined;

  constructor(trap: TrapInfo, cause: unknown, exception?: WaspException) {
    super(trap.sentence, cause === undefined ? undefined : { cause });
    this.trap = trap;
    this.exception = exception;
  }
}

/** The call stands before the instruction it cannot pay; raise the limit and `resume` it. */
export class OutOfGasError extends Error {
  override readonly name = "OutOfGasError";
}

/** The call stands before an instruction for which the host gave no memory, though the limits allow it; `resume` asks again. */
export class NoMemoryError extends Error {
  override readonly name = "NoMemoryError";
}

const DEFAULTS = { stackSlots: 1 << 24, memoryPages: 8_192, tableElements: 10_000_000, heapMib: 128 };
const SLICE_TICKS = 5_000_000;

/**
 * Makes a machine of one module, or of several by name, which import each other's exports by
 * these names in the order given. Start functions have not run: `call` runs them first.
 * Throws a `LinkError`.
 */
export function instantiate(modules: Module | Readonly<Record<string, Module>>, imports: Imports = {}, options: InstantiateOptions = {}): Machine {
  return new Machine(modules instanceof Module ? { main: modules } : modules, imports, options);
}

/** Instances and one call at a time. Several machines share nothing. */
export class Machine {
  readonly #session: Session;
  readonly #imports: Imports;
  readonly #handles: Handles;
  readonly #canvas = new Canvas();
  readonly #hostFuncs: ReadonlyMap<number, HostFunc>;
  readonly #modules: readonly SessionModule[];
  readonly #names: readonly string[];
  readonly #print: (text: string) => void;
  readonly #owner: Owner;
  readonly #limits: { readonly stackSlots: number; readonly memoryPages: number; readonly tableElements: number; readonly heapMib: number };
  #starts: number[];
  /** On all calls together; one call may have a limit of its own. */
  #gasLimit: bigint | undefined;
  /** What host code threw last, for the cause of a `TrapError`. */
  #thrown: unknown;

  constructor(modules: Readonly<Record<string, Module>>, imports: Imports, options: InstantiateOptions) {
    // The numbers that `run` gives are those of `StopCode`.
    const session = new glue.Session() as Session;
    this.#session = session;
    this.#handles = new Handles(session);
    this.#imports = imports;
    this.#print = options.print ?? ((text) => console.log(text));
    const { stackSlots, memoryPages, tableElements, heapMib } = { ...DEFAULTS, ...options };
    this.#limits = { stackSlots, memoryPages, tableElements, heapMib };
    this.#gasLimit = options.gasLimit;
    const sources = Object.entries(modules).map(([name, module]) => module.source(name));
    this.#check(session.prepare(sources, this.#limitsWith(options.gasLimit), findSchedule(options.schedule ?? "instructions")));
    const wanted = session.hostImports();
    const problems: Problem[] = [];
    const globals = wanted.flatMap(({ import: info }) => {
      const given = imports[info.module]?.[info.name];
      const name = `${info.module}.${info.name}`;
      if (info.kind === "func" && typeof given !== "function")
        problems.push({ message: given === undefined ? `nothing is given for ${name}, which is imported as ${info.type}` : `${name} must be a function, not ${typeof given}` });
      const misfit = info.kind === "tag" && given !== undefined ? tagMisfit(info, given, name) : undefined;
      if (misfit !== undefined) problems.push({ message: misfit });
      if (info.kind !== "global") return [];
      const type = /\(global (?:\(mut )?([^)]+)\)/.exec(info.type)?.[1] ?? "i32";
      return [{ module: info.module, name: info.name, value: toValue(type, given, this.#handles) }];
    });
    this.#check(problems);
    this.#check(session.link(globals));
    this.#hostFuncs = new Map(session.hostFuncs().map((host) => [host.func, host]));
    const linked = readModules(session.modules());
    this.#modules = linked;
    this.#names = linked.map((module) => module.name);
    this.#starts = linked.flatMap((module, index) => (module.hasStart ? [index] : []));
    this.#owner = { machine: () => session, changed: () => undefined };
  }

  /** The modules in the order of linking. */
  modules(): readonly LinkedModule[] {
    return this.#modules.map(({ name, hash, fromCache }) => ({ name, hash, fromCache }));
  }

  /** The exports of a module, the last one by default. */
  exports(module?: string): readonly ExportInfo[] {
    return this.#module(module).exports;
  }

  /**
   * Calls an exported function and gives its result: nothing, a value, or an array of several.
   * i64 is BigInt, and so is v128: 128 bits read as unsigned, lane 0 in the lowest. Host functions are called and awaited on the way; start functions run first.
   * A reference into the program's heap is good until the machine runs on, or kept (`keep`).
   * Rejects with a `TrapError`, an `OutOfGasError` or a `NoMemoryError`.
   */
  async call(name: string, args: readonly unknown[] = [], options: CallOptions = {}): Promise<unknown> {
    this.#limitTo(this.#gasLimit);
    this.#give(options.gas);
    await this.#runStarts(options.signal);
    this.#begin(name, args);
    return this.#resume(options.signal);
  }

  /** Runs the start functions that have not run yet. */
  async runStarts(options: CallOptions = {}): Promise<void> {
    this.#give(options.gas);
    return this.#runStarts(options.signal);
  }

  async #runStarts(signal: AbortSignal | undefined): Promise<void> {
    for (let module = this.#starts[0]; module !== undefined; module = this.#starts[0]) {
      this.#session.beginStart(module);
      this.#starts = this.#starts.slice(1);
      await this.#resume(signal);
    }
  }

  /** Goes on with the call under way to its end, as `call` does; `gas` is what it may use from here on. */
  async resume(options: CallOptions = {}): Promise<unknown> {
    this.#give(options.gas);
    return this.#resume(options.signal);
  }

  #give(gas: bigint | undefined): void {
    if (gas !== undefined) this.#limitTo(this.gas.used + gas);
  }

  async #resume(signal: AbortSignal | undefined): Promise<unknown> {
    for (;;) {
      signal?.throwIfAborted();
      const code = this.#run({ ticks: SLICE_TICKS });
      if (code === StopCode.hostCall) {
        await this.callHost();
        continue;
      }
      const stop = this.#stop(code);
      switch (stop.kind) {
        case "finished":
          return stop.results.length > 1 ? stop.results : stop.results[0];
        case "trapped":
          throw new TrapError(stop.trap, this.#thrown, this.#uncaught(stop.trap));
        case "outOfGas":
          throw new OutOfGasError(`the gas limit of ${this.gas.limit ?? 0n} is reached`);
        case "noMemory":
          throw new NoMemoryError(stop.sentence);
        case "hostCall":
        case "breakpoint":
        case "stepDone":
          break;
        case "paused":
          // Others get their turn, and an abort is heard.
          await new Promise((resolve) => setTimeout(resolve));
          break;
        default:
          assertUnreachable(stop);
      }
    }
  }

  /** Begins a call; nothing runs yet. `name` may be `module.export` when there are several modules. A call under way is abandoned. */
  begin(name: string, args: readonly unknown[] = []): void {
    this.#limitTo(this.#gasLimit);
    this.#begin(name, args);
  }

  #begin(name: string, args: readonly unknown[]): void {
    const { module, info } = this.#find(name);
    const type = ensureExists(info.func, "type of a function");
    if (args.length !== type.params.length)
      throw new TypeError(`"${name}" takes ${type.params.length} arguments (${type.params.join(" ")}), ${args.length} were given`);
    const values = type.params.map((param, index) => toValue(param, args[index], this.#handles));
    this.#thrown = undefined;
    this.#session.begin(module, info.name, values);
  }

  /** Goes on and says why it stopped. Never calls out: a host function is a stop. */
  run(options: RunOptions = {}): Stop {
    return this.#stop(this.#run(options));
  }

  #run(options: RunOptions): StopCode {
    this.#handles.runOn();
    this.#session.setUntil(options.until ?? "end");
    return this.#session.run(options.ticks ?? 1_000_000);
  }

  #stop(code: StopCode): Stop {
    switch (code) {
      case StopCode.finished:
        return { kind: "finished", results: this.#session.results().map((value) => fromValue(value, this.#handles)) };
      case StopCode.trapped:
        return { kind: "trapped", trap: ensureExists(this.#session.trap(), "trap") };
      case StopCode.outOfGas:
        return { kind: "outOfGas" };
      case StopCode.noMemory:
        return { kind: "noMemory", sentence: this.#session.refused() };
      case StopCode.hostCall: {
        const info = this.#hostCall();
        return { kind: "hostCall", module: info.module, name: info.name, args: this.#hostArgs(info), results: info.func?.results ?? [] };
      }
      case StopCode.breakpoint:
        return { kind: "breakpoint" };
      case StopCode.reached:
        return { kind: "stepDone" };
      case StopCode.paused:
        return { kind: "paused" };
      default:
        return assertUnreachable(code);
    }
  }

  /** Runs one instruction; `effect` is what it did. */
  step(): { readonly stop: Stop; readonly effect: Effect | undefined } {
    const stop = this.run({ ticks: 1, until: "step" });
    return { stop, effect: this.view().effect };
  }

  /** Answers the pending host call with its results, checked against its type. */
  answer(...results: readonly unknown[]): void {
    const info = this.#hostCall();
    const types = info.func?.results ?? [];
    this.#session.answer(resultBits(types, types.length > 1 ? results : results[0], this.#handles));
  }

  /** Answers the pending host call with an exception of a tag, named by its export, its `$name` or its import; or with one that the program passed, as the same. */
  throw(exception: string | WaspException, ...values: readonly unknown[]): void {
    this.#hostCall();
    const module = this.#session.callerModule();
    const thrown = typeof exception === "string" ? new WaspException(exception, values) : exception;
    raise(this.#session, raised(this.#session, module, this.#names[module] ?? "", thrown, this.#handles));
  }

  /** Makes the pending host call a trap. */
  fail(message: string): void {
    this.#session.failHostCall(message);
  }

  /**
   * Answers the pending host call with the function given as import. A `WaspException` that it throws (`ctx.throw`) goes to
   * the program; anything else becomes a trap.
   */
  async callHost(): Promise<void> {
    const info = this.#hostCall();
    const name = `${info.module}.${info.name}`;
    const given = this.#imports[info.module]?.[info.name];
    if (typeof given !== "function") throw new Error(`no function was given for ${name}`);
    const around = { handles: this.#handles, canvas: this.#canvas, keys: new Set<string>(), print: this.#print, showCanvas: () => Promise.resolve() };
    const context = new HostContext(this.#session, around, name, this.#names);
    this.#handles.references?.enter(name);
    try {
      // The arguments have the declared types of the import; the embedder knows them.
      const returned = await given(context.face, ...(this.#hostArgs(info) as readonly never[]));
      this.#session.answer(resultBits(info.func?.results ?? [], returned, this.#handles));
    } catch (thrown) {
      this.#unwind(name, context, thrown);
    } finally {
      context.close();
      this.#handles.references?.leave();
    }
  }

  #unwind(name: string, context: HostContext, thrown: unknown): void {
    const fail = (cause: unknown): void => {
      this.#thrown = cause;
      this.#session.failHostCall(`${name}: ${messageOf(cause)}`);
    };
    if (!isException(thrown)) return fail(thrown);
    try {
      raise(this.#session, context.raised(thrown));
      if (this.#session.trap() !== undefined) this.#thrown = thrown;
    } catch (wrong) {
      fail(wrong);
    }
  }

  #uncaught({ exception }: TrapInfo): WaspException | undefined {
    return exception && new WaspException(exception.tag, exception.values.map((value) => fromValue(value, this.#handles)));
  }

  /**
   * Keeps a structure, an array or an exception of the program until it is released. Without that, what a host function
   * is given is good until it has answered; what a call gave, and what was read of globals and tables, until the machine
   * runs on. Gives it back; what needs no keeping is given back as it is.
   */
  keep<T>(reference: T): T {
    this.#handles.references?.keep(reference);
    return reference;
  }

  /** Takes `keep` back. */
  release(reference: unknown): void {
    this.#handles.references?.release(reference);
  }

  /** Drops the call under way; memories, tables and globals stay. */
  abandon(): void {
    this.#session.abandon();
  }

  /** A memory by the name of its export or its `$name`, or by index; of the last module by default. */
  memory(which: string | number = 0, module?: string): MemoryAccess {
    const byName = typeof which === "string";
    const address = this.#session.memoryAddress(this.#number(module), byName ? which : undefined, byName ? 0 : which);
    if (address === undefined) throw new RangeError(`there is no memory ${byName ? `"${which}"` : which}`);
    return new MemoryAccess(this.#owner, address);
  }

  /** A global by the name of its export or its `$name`. */
  global(name: string, module?: string): GlobalAccess {
    const address = this.#session.globalAddress(this.#number(module), name);
    if (address === undefined) throw new RangeError(`there is no global "${name}"`);
    return globalAccess(this.#owner, address, this.#handles);
  }

  /** A table by the name of its export or its `$name`. */
  table(name: string, module?: string): TableAccess {
    const address = this.#session.tableAddress(this.#number(module), name);
    if (address === undefined) throw new RangeError(`there is no table "${name}"`);
    return tableAccess(this.#owner, address, name, this.#handles);
  }

  /** In units of the schedule; `denominator` units are one gas. */
  get gas(): { readonly used: bigint; readonly limit: bigint | undefined; readonly denominator: number } {
    return { used: this.#session.gasUsed(), limit: this.#session.gasLimit(), denominator: this.#session.gasDenominator() };
  }

  /** On the gas used since the machine was made; undefined for none. */
  setGasLimit(limit: bigint | undefined): void {
    this.#gasLimit = limit;
    this.#limitTo(limit);
  }

  #limitTo(limit: bigint | undefined): void {
    if (limit !== this.gas.limit) this.#session.setLimits(this.#limitsWith(limit));
  }

  setSchedule(schedule: string | Schedule): void {
    this.#session.setSchedule(findSchedule(schedule));
  }

  /** Instructions that ran since the machine was made. */
  get ticks(): bigint {
    return this.#session.ticks();
  }

  /** A hash of the whole state, the same on every machine. */
  get stateHash(): bigint {
    return this.#session.stateHash();
  }

  /** Everything that can be seen: frames, locals, operands, labels, globals, tables, memories, the last step's effect. */
  view(viewport: Partial<Viewport> = {}): MachineView {
    return this.#session.view({ frame: 0, framesFrom: 0, framesCount: 100, memories: [], tables: [], ...viewport });
  }

  /** Gives the memory of the machine back at once instead of when it is collected. */
  free(): void {
    this.#session.free();
  }

  #check(problems: readonly Problem[]): void {
    if (problems.length === 0) return;
    this.#session.free();
    throw new LinkError(problems);
  }

  #limitsWith(gas: bigint | undefined) {
    return { ...this.#limits, hostMillis: 0, ...(gas === undefined ? {} : { gas }) };
  }

  #number(module: string | undefined): number {
    const number = module === undefined ? this.#names.length - 1 : this.#names.indexOf(module);
    if (number < 0) throw new RangeError(`there is no module "${module ?? ""}"`);
    return number;
  }

  #module(name: string | undefined): { readonly name: string; readonly exports: readonly ExportInfo[] } {
    return ensureExists(this.#modules[this.#number(name)], "module");
  }

  #find(name: string): { readonly module: string; readonly info: ExportInfo } {
    for (const module of [...this.#modules].reverse()) {
      for (const info of module.exports) {
        if (info.kind === "func" && (info.name === name || `${module.name}.${info.name}` === name)) return { module: module.name, info };
      }
    }
    throw new RangeError(`no function "${name}" is exported`);
  }

  #hostCall(): ImportInfo {
    return ensureExists(this.#hostFuncs.get(this.#session.hostCallFunc()), "host function").import.import;
  }

  #hostArgs(info: ImportInfo): readonly unknown[] {
    return fromSlots(info.func?.params ?? [], this.#session.hostCallArgs(), this.#handles);
  }
}

function findSchedule(choice: string | Schedule): Schedule {
  if (typeof choice !== "string") return choice;
  const all = schedules();
  const found = all.find((schedule) => schedule.name === choice);
  if (found === undefined) throw new RangeError(`there is no schedule "${choice}"; there are ${all.map((schedule) => schedule.name).join(", ")}`);
  return found;
}
