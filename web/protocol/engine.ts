// The one way from the page to a machine: a real one behind a worker (client/), a fake one for tests.
import type {
  BreakpointStand,
  CheckReport,
  Diagnostic,
  Edit,
  ExportInfo,
  ImportInfo,
  InstructionInfo,
  MemoryWindow,
  Problem,
  Schedule,
  Value,
  View,
  Viewport,
} from "./dto.ts";
import type { ComparedCall, CompareProgress, Comparison, OpenedMachine } from "./compare.ts";
import type { BreakpointSpec, Limits, Project, Stand } from "./project.ts";

/** The addresses of a module's functions by index: first the imported ones, then its own, which follow each other. */
export interface LinkedFuncs {
  readonly imported: readonly number[];
  readonly first: number;
  readonly count: number;
}

export interface LoadedModule {
  readonly name: string;
  /** The file that shows its text, where that is not named like the module: the script it stands in. */
  readonly file?: string;
  /** Its text, where no file has it: a module that a script gives as bytes or in quotes. */
  readonly text?: string;
  readonly exports: readonly ExportInfo[];
  readonly imports: readonly ImportInfo[];
  readonly funcs: LinkedFuncs;
  readonly hasStart: boolean;
  /** It was loaded before and did not have to be read again. */
  readonly fromCache?: boolean;
  /** Of its bytes, 16 hexadecimal digits: the same for the same module everywhere. */
  readonly hash?: string;
}

export type { Edit, Problem, Viewport };

export interface Call {
  readonly module: string;
  readonly export: string;
  readonly args: readonly Value[];
}

export type LoadResult =
  /** `start`: the modules with a start function; the machine stands paused before the first of them. */
  /** `call`: of a script, before which the machine stands. */
  | { readonly kind: "loaded"; readonly modules: readonly LoadedModule[]; readonly warnings: readonly Problem[]; readonly call?: Call }
  | { readonly kind: "failed"; readonly problems: readonly Problem[] };

export interface LoadOptions {
  /** False for code that came with a link until the visitor allows it: its imports then stop with a sentence. */
  readonly hostCodeAllowed: boolean;
  /** The machine is that of a script, before one of its actions. */
  readonly stand?: Stand;
}

/** How far to go. */
export type Until =
  | { readonly kind: "end" }
  | { readonly kind: "step" }
  | { readonly kind: "over" }
  | { readonly kind: "out" }
  | { readonly kind: "cursor"; readonly module: string; readonly position: number };

export type EngineEvent =
  | { readonly kind: "view"; readonly view: View }
  | { readonly kind: "print"; readonly lines: readonly PrintLine[] }
  | { readonly kind: "canvas"; readonly width: number; readonly height: number; readonly pixels: Uint8ClampedArray }
  /** The worker ended without being asked to; a fresh one is on its way. `message` is the panic's or the watchdog's text. */
  /** `stopped`: it ended too often in a row, so the next one is started by the next load. */
  /** `atCall`: a host function was ended, and the fresh worker will stand at its call. */
  | { readonly kind: "crashed"; readonly message: string; readonly stopped?: true; readonly atCall?: true };

export interface PrintLine {
  readonly text: string;
  /** Name of the import that printed it. */
  readonly source: string;
  readonly ticks: bigint;
}

/** Where a breakpoint stands: at the first instruction at or after the position that can be stopped at. */
export interface BreakpointPlace extends BreakpointStand {
  readonly asked: BreakpointSpec;
}

/** A call of a machine method rejects with an EngineError that has a sentence for people. */
export interface Engine {
  /** Makes a fresh machine of the project. Runs nothing. Replaces the machine before it only on success. */
  load(project: Project, options: LoadOptions): Promise<LoadResult>;
  /** Begins a call and stands before its first instruction. A call under way is abandoned. */
  begin(module: string, exportName: string, args: readonly Value[]): Promise<void>;
  /** Goes on; resolves when it has stopped (the view was sent before). */
  run(until: Until): Promise<void>;
  /** Asks a run to stop at the next slice (a few milliseconds). */
  pause(): void;
  /** The same project from the beginning: instances as after load, gas and ticks 0. */
  reset(): Promise<void>;
  watch(viewport: Viewport): void;
  setBreakpoints(breakpoints: readonly BreakpointSpec[]): Promise<readonly BreakpointPlace[]>;
  setLimits(limits: Limits): Promise<void>;
  setSchedule(schedule: Schedule): Promise<void>;
  edit(edit: Edit): Promise<void>;
  /**
   * Another text of host.js answers from here on, also the host call that the machine stands at. What keeps it from being
   * taken is told, and nothing has changed then. Globals keep the values they began with.
   */
  takeHostCode(hostCode: string): Promise<readonly Problem[]>;
  /** First occurrence at or after `from`, wrapping once; undefined when there is none. */
  search(memory: number, from: bigint, needle: Uint8Array): Promise<bigint | undefined>;
  /** Exact bytes for copying or an inspector (at most 1 MiB). */
  readMemory(window: MemoryWindow): Promise<Uint8Array>;
  /**
   * Makes a call on a fresh machine beside the one there is, then on the browser's own engine, and says where the two
   * differ. Host functions answer anew on ours, and there what they answered on ours. `signal` ends it.
   */
  compare(asked: ComparedCall, tell: (progress: CompareProgress) => void, signal: AbortSignal): Promise<Comparison>;
  /** Makes our machine of the last comparison anew from its log, where it was opened before and has gone on. `signal` ends it. */
  bringCompared(signal: AbortSignal): Promise<void>;
  /** Our machine of the last comparison that found a difference, at the end of its call, takes the place of the one there is. */
  openCompared(): Promise<OpenedMachine>;
  /** Nobody will ask for that machine any more. */
  dropCompared(): void;
  setTrace(on: boolean): Promise<void>;
  /** The trace as text, one instruction a line. */
  trace(): Promise<string>;
  /** Keys held down now, by KeyboardEvent.code. */
  setKeys(codes: readonly string[]): void;
  subscribe(listener: (event: EngineEvent) => void): () => void;
  dispose(): void;
}

export type Stubs =
  /** `left`: the imports for which a stub has no place, since host.js gives their module in some other form than an object. */
  | { readonly kind: "ok"; readonly text: string; readonly left: readonly string[] }
  /** It cannot be read, and nothing was added. */
  | { readonly kind: "misread"; readonly problem: Problem };

/** Text services; in a worker of their own, so that a busy machine never delays typing. */
export interface Language {
  /** Parses, assembles and validates; a later check of the same file overtakes an earlier one. */
  check(name: string, text: string, kind: "module" | "script"): Promise<CheckReport>;
  assemble(text: string): Promise<{ readonly kind: "ok"; readonly bytes: Uint8Array } | { readonly kind: "failed"; readonly diagnostics: readonly Diagnostic[] }>;
  /** A large text comes with its report; it need not be checked. `readable`: only printing it fails. */
  disassemble(bytes: Uint8Array): Promise<{ readonly kind: "ok"; readonly text: string; readonly report?: CheckReport } | { readonly kind: "failed"; readonly message: string; readonly readable: boolean }>;
  /** All instructions, in the order of the specification's index. */
  reference(): Promise<readonly InstructionInfo[]>;
  schedules(): Promise<readonly Schedule[]>;
  /** `hostCode` with a stub added for each imported function that is not ready-made, not another module's export and not defined yet. */
  stubs(imports: readonly ImportInfo[], moduleNames: readonly string[], hostCode: string): Promise<Stubs>;

  dispose(): void;
}
