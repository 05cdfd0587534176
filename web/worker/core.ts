// The core as the worker and the library use it: the classes that crates/bindings exports.
import type {
  Diagnostic,
  Edit,
  ExportInfo,
  HostGlobal,
  HostImport,
  ImportInfo,
  InstructionInfo,
  Limits,
  MachineView,
  ModuleSource,
  Problem,
  Schedule,
  ScriptCall,

  TrapInfo,
  Value,
  Viewport,
} from "../protocol/dto.ts";
import type { LinkedFuncs } from "../protocol/engine.ts";
import type { TagPlace } from "../protocol/compare.ts";
import type { ScriptOptions } from "../protocol/script.ts";
import type { CrossingException } from "./references.ts";

/** How a slice of a run ended. The numbers are those of `Session.run`. */
export const StopCode = {
  finished: 0,
  trapped: 1,
  outOfGas: 2,
  hostCall: 3,
  breakpoint: 4,
  /** What `setUntil` asked for is reached. */
  reached: 5,
  /** The budget is used up. */
  paused: 6,
  /** The host gave no memory that the limits allow: `refused` says what for. */
  noMemory: 7,
} as const;
export type StopCode = (typeof StopCode)[keyof typeof StopCode];

/** A module as `Session.modules` tells it; the page reads the same as `LoadedModule`. */
export interface SessionModule {
  readonly name: string;
  readonly file?: string;
  readonly text?: string;
  readonly imports: readonly ImportInfo[];
  readonly exports: readonly ExportInfo[];
  readonly funcs: LinkedFuncs;
  readonly hasStart: boolean;
  readonly fromCache: boolean;
  /** Of its bytes, 16 hexadecimal digits: the same for the same module on every machine. */
  readonly hash: string;
}

/** What `Session.modules` says. */
export function readModules(text: string): readonly SessionModule[] {
  const modules: readonly SessionModule[] = JSON.parse(text);
  return modules;
}

/** A host function as the machine knows it. */
export interface HostFunc {
  readonly func: number;
  readonly import: HostImport;
}

/** A machine with the modules of a project. Methods throw an Error with a sentence. */
export interface Session {
  /** Prepares a script to be run up to a directive, in place of modules. */
  prepareScript(name: string, text: string, directive: number, limits: Limits, schedule: Schedule): void;
  /** One directive, or at most so many instructions of it; false once it stands before the directive. */
  advanceScript(ticks: number): boolean;
  /** Makes the script's machine the session's own, with its call begun. */
  standScript(): ScriptCall;
  /** What keeps the modules from being linked; reads, assembles and validates them. */
  prepare(modules: readonly ModuleSource[], limits: Limits, schedule: Schedule): readonly Problem[];
  hostImports(): readonly HostImport[];
  link(globals: readonly HostGlobal[]): readonly Problem[];
  /** JSON of `SessionModule[]`, which crosses to the page as it is. */
  modules(): string;
  hostFuncs(): readonly HostFunc[];
  /** Instances as after link; gas and ticks 0. */
  reset(): void;
  /** Begins the start function of a module; false if it has none. */
  beginStart(module: number): boolean;
  begin(module: string, exportName: string, args: readonly Value[]): void;
  abandon(): void;
  /** Begins a new account of gas: used is 0 from here, the limit counts from here. */
  openAccount(): void;
  setUntil(kind: "end" | "step" | "over" | "out"): void;
  setUntilPosition(module: string, position: number): boolean;
  /** Runs for at most `ticks` instructions. */
  run(ticks: number): StopCode;
  /** Runs one instruction more, so that it is known what it did: the run is to pause. It stops where the run would stop. */
  pause(): StopCode;
  results(): readonly Value[];
  /** In words what memory the host did not give. */
  refused(): string;
  trap(): TrapInfo | undefined;
  hostCallFunc(): number;
  /** Arguments of the pending host call as the bits of each value; references as number plus one, null 0. */
  hostCallArgs(): BigUint64Array;
  answer(bits: BigUint64Array): void;
  failHostCall(message: string): void;
  /** A tag by the name of its export, its `$name` or its import: in the module, or else in another one. */
  tag(module: number, name: string): { readonly address: number; readonly types: readonly string[] } | undefined;
  /** The tags of all modules, each as often as it has a place. */
  tags(): readonly TagPlace[];
  /** Answers by throwing: values in the form of slots. */
  throwFromHost(tag: number, bits: BigUint64Array): void;
  /** Answers by throwing an exception that is there already. */
  rethrowFromHost(object: number): void;
  /** An exception by its object. */
  exception(object: number): CrossingException;
  /** Keeps an object until it is released. */
  keep(object: number): void;
  release(object: number): void;
  /** For each handle below a number, 1 if the program still reaches it; undefined if that cannot be told now. */
  heldHandles(count: number): Uint8Array | undefined;
  /** Number of the project's module that made the pending host call. */
  callerModule(): number;
  callerFunc(): string;
  charge(units: bigint): boolean;
  gasUsed(): bigint;
  gasLimit(): bigint | undefined;
  gasDenominator(): number;
  ticks(): bigint;
  /** The same on every machine for the same state. */
  stateHash(): bigint;
  setLimits(limits: Limits): void;
  setSchedule(schedule: Schedule): void;
  clearBreakpoints(): void;
  /** Where it stands, in numbers: `standOf`. */
  addBreakpoint(file: string, position: number): Uint32Array;
  view(viewport: Viewport): MachineView;
  edit(edit: Edit): void;
  search(memory: number, from: bigint, needle: Uint8Array): bigint | undefined;
  memoryAddress(module: number, name: string | undefined, index: number): number | undefined;
  globalAddress(module: number, name: string): number | undefined;
  tableAddress(module: number, name: string): number | undefined;
  memorySize(memory: number): number;
  readMemory(memory: number, address: number, length: number): Uint8Array;
  writeMemory(memory: number, address: number, bytes: Uint8Array): void;
  readGlobal(global: number): Value;
  writeGlobal(global: number, value: Value): void;
  tableSize(table: number): number;
  readTable(table: number, index: number): Value;
  setTrace(on: boolean): void;
  traceOn(): boolean;
  traceEntries(): number;
  trace(): string;
  free(): void;
}

/** Text services. */
export interface TextCore {
  /** JSON of a `CheckReport`. */
  check(text: string): string;
  checkScript(text: string): string;
  assemble(text: string): { readonly kind: "ok"; readonly bytes: Uint8Array } | { readonly kind: "failed"; readonly diagnostics: readonly Diagnostic[] };
  disassemble(bytes: Uint8Array): { readonly kind: "ok"; readonly text: string; readonly report?: string } | { readonly kind: "failed"; readonly message: string; readonly readable: boolean };
  reference(): readonly InstructionInfo[];
  schedules(): readonly Schedule[];
}

/** A script on its way. */
export interface ScriptRun {
  /** `DIRECTIVE_WORDS` numbers each. */
  directives(): Uint32Array;
  /** One directive, or at most so many instructions of it; gives the number of the next. */
  advance(ticks: number): number;
  /** Of the directives from a number on that have ended. */
  verdicts(from: number): Uint8Array;
  /** JSON of the `ScriptFailure`s from a number on. */
  failures(from: number): string;
  free(): void;
}

export interface Core extends TextCore {
  newSession(): Session;
  newScriptRun(text: string, options: ScriptOptions): ScriptRun;
  /** The text of the panic that ended the core. */
  lastPanic(): string | undefined;
}
