// What the page knows, as plain data. Drawn by panes, changed only by reducers.

import type { CheckReport, ExportInfo, InstructionInfo, MemoryWindow, Schedule, Shape, View } from "../protocol/dto.ts";
import type { CompareProgress, Comparison, OurEnd } from "../protocol/compare.ts";
import type { BreakpointPlace, LoadedModule, PrintLine, Problem } from "../protocol/engine.ts";
import type { Action } from "./actions.ts";
import { linkedModules, type CallSpec, type Limits, type Project, type Stand, type TextModule } from "../protocol/project.ts";
import { FIRST_HEAP_EYES, type HeapEyes } from "./heap.ts";
import { NO_SCRIPTS, type ScriptsState } from "./scripts.ts";
import type { NumberFormat } from "./values.ts";

/** Where the project on the screen came from. */
export type Origin =
  | { readonly kind: "new" }
  | { readonly kind: "example"; readonly id: string }
  | { readonly kind: "link" }
  | { readonly kind: "file"; readonly name: string }
  | { readonly kind: "restored" };

export type ActiveFile = { readonly kind: "module"; readonly name: string } | { readonly kind: "host" };

/** What a check said, with the text it was about: a report of another text is stale. */
export interface FileReport {
  readonly text: string;
  readonly report: CheckReport;
}

/** The text in which a binary module is shown and stepped. */
export type BinaryText =
  | { readonly kind: "text"; readonly bytes: Uint8Array; readonly text: string }
  /** `readable`: a machine may be made of it all the same. */
  | { readonly kind: "failed"; readonly bytes: Uint8Array; readonly message: string; readonly readable: boolean };

/**
 * Whether host.js may run.
 *
 *   own ----------------- written or opened here
 *   asked -- click --> allowed     came with a link or a file of somebody else
 */
export type HostPermission = "own" | "asked" | "allowed";

/** A machine that was made of `source`; `view` is its latest picture. */
export interface LoadedMachine {
  readonly modules: readonly LoadedModule[];
  readonly warnings: readonly Problem[];
  readonly source: Project;
  readonly hostAllowed: boolean;
  /** It is the machine of a script, before one of its actions. */
  readonly stand?: Stand;
  /** Texts of modules that no file of the project has: what a script gives as bytes or in quotes. */
  readonly shown: readonly TextModule[];
  /** What is called on the machine of a script, whose instances have names that the project does not know. */
  readonly form?: CallForm;
  readonly view?: View;
  /** The picture at the stop before, for marking what changed. */
  readonly before?: View;
  /** Instructions that had run when the account of the call was opened, whose gas the view tells. */
  readonly callFrom: bigint;
  /** Added by hand to the limit of the project for this run, in units. */
  readonly extraGas: bigint;
  /** Where the breakpoints of the project stand in it. */
  readonly breakpoints?: readonly BreakpointPlace[];
  /** Bytes typed since the machine stands where it stands, oldest first. */
  readonly edits?: readonly HandEdit[];
  /** What the last of them did, to be read aloud. */
  readonly editSaid?: string;
  /** It did not begin with the host.js of `source`, which it took in the middle of a call. */
  readonly hostTaken?: true;
  /** Something of this machine was changed by hand. */
  readonly touched?: true;
}

/** Bytes of a memory that were changed by hand, as they were before. */
export interface HandEdit {
  readonly memory: number;
  readonly address: bigint;
  readonly before: Uint8Array;
}

/**
 *   none -> loading -> loaded <-> loading
 *              `-> failed -> loading
 *
 * A failed load leaves the machine before it where it was.
 */
export interface MachineState {
  readonly phase: "none" | "loading" | "loaded" | "failed";
  readonly loaded?: LoadedMachine;
  /** Why the last load failed. */
  readonly problems: readonly Problem[];
  /** The project that the last load tried, and where in a script it was to stand. */
  readonly tried?: Project;
  readonly triedStand?: Stand;
  /** Host code might run in the load tried last. */
  readonly triedHost?: boolean;
  /** The worker ended without being asked; shown until the next stop by hand. */
  readonly crash?: string;
  /** It ended too often in a row and was not started again. */
  readonly stopped?: true;
  /** A host function was ended at its call, which the status says. */
  readonly endedAtCall?: true;
  /** Instructions by hand that the machine has not answered yet. */
  readonly command?: string;
}

export interface CallForm {
  readonly choice?: { readonly module: string; readonly export: string };
  /** As typed, by `module/export`. */
  readonly args: Readonly<Record<string, readonly string[]>>;
}

/** The argument that kept a call from beginning; `turn` rises each time. */
export interface RefusedArg {
  readonly index: number;
  readonly turn: number;
}

/** The lists of values that are shown by windows of rows. */
export type RowList = "locals" | "operands" | "labels" | "globals" | "exceptions";

/** What the person is looking at in the machine. */
export interface Eyes {
  readonly frame: number;
  /** First frame listed, counted from the innermost. */
  readonly framesFrom: number;
  /** First row listed of each, of operands counted from the top of the stack. */
  readonly rowsFrom: Readonly<Record<RowList, number>>;
  readonly memory?: number;
  readonly memoryWindow?: MemoryWindow;
  readonly followWrites: boolean;
  /** First element shown, by table. */
  readonly tablesFrom: Readonly<Record<number, number>>;
  readonly heap: HeapEyes;
  readonly format: NumberFormat;
  /** How vectors are read where a shape was chosen by hand, by the place of the value. */
  readonly shapes: Readonly<Record<string, Shape>>;
  /** Searches of memory that found nothing. */
  readonly missed: number;
  /** Where the hex view should go; `turn` rises with each request. */
  readonly goto?: { readonly address: bigint; readonly length: number; readonly turn: number };
  /** Where the editor should go; `turn` rises with each request. */
  readonly reveal?: { readonly file: ActiveFile; readonly from: number; readonly to: number; readonly turn: number };
}

export interface CanvasFrame {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8ClampedArray;
}

export interface Output {
  readonly lines: readonly PrintLine[];
  /** Lines left out at the beginning. */
  readonly dropped: number;
  readonly canvas?: CanvasFrame;
  /** The trace as fetched last. */
  readonly trace?: string;
}

export type Theme = "system" | "light" | "dark";
export type Preset = "learn" | "debug" | "memory" | "present";
export type DockTab = "problems" | "console" | "canvas" | "trace" | "outline" | "compare" | "script";
export type Card = "step" | "stack" | "memory" | "gas" | "output";

export interface Layout {
  readonly preset: Preset;
  readonly dock: DockTab;
  /** True once the person chose a dock tab: then the page no longer does. */
  readonly dockChosen: boolean;
  /** Card of the narrow layout. */
  readonly card: Card;
  /** Sizes of the regions, in hundredths of the window. */
  readonly codeWidth: number;
  readonly stateWidth: number;
  readonly dockHeight: number;
  /** That of the dock in a project with scripts, whose lists it holds. */
  readonly scriptsHeight: number;
  readonly collapsed: readonly string[];
}

export type Dialog =
  | { readonly kind: "open" }
  | { readonly kind: "examples" }
  /** What was pasted outside of any field: where it is to go. */
  | { readonly kind: "paste"; readonly text: string }
  | { readonly kind: "share" }
  | { readonly kind: "save" }
  | { readonly kind: "help" }
  | { readonly kind: "keys" }
  | { readonly kind: "palette" }
  /** `at`: the instruction to begin at; without it the next one of the machine. */
  | { readonly kind: "reference"; readonly at?: string }
  | { readonly kind: "schedule" }
  | { readonly kind: "limits" };

/** The last comparison with the browser's own engine; `call` is the call as text: `fib(20)`. */
export type ComparisonState =
  | { readonly kind: "none" }
  | ({ readonly kind: "running"; readonly call: string } & CompareProgress)
  /** By hand, having come that far. */
  | ({ readonly kind: "stopped"; readonly call: string } & CompareProgress)
  /** `ours`: how the call had ended on our machine by then. */
  | { readonly kind: "failed"; readonly message: string; readonly ours?: OurEnd }
  | {
      readonly kind: "done";
      readonly call: string;
      /** What was compared. */
      readonly project: Project;
      readonly hostCodeAllowed: boolean;
      readonly moduleNames: readonly string[];
      readonly result: Comparison;
      /** Where our machine is: beside the one that is looked at, in its place, gone on from there, or on its way to the end of the call again. */
      readonly place: "beside" | "here" | "left" | "coming";
    };

/** What a notice speaks of, and whose change makes an end of it. */
export type Subject = "project" | "opening" | "keeping" | "sources" | "imports" | "breakpoints" | "machine" | "idle" | "call" | "edits" | "parts";

export interface Notice {
  readonly id: number;
  readonly tone: "info" | "error";
  readonly text: string;
  readonly about: Subject;
  /** Takes back what the notice is about. */
  readonly undo?: Action;
}

export interface State {
  readonly project: Project;
  readonly origin: Origin;
  /** Changed since it was opened, saved or shared. */
  readonly changed: boolean;
  readonly active: ActiveFile;
  /** UTF-16 position in the text of the module shown. */
  readonly cursor: number;
  readonly binaryTexts: Readonly<Record<string, BinaryText>>;
  readonly reports: Readonly<Record<string, FileReport>>;
  readonly host: HostPermission;
  readonly schedules: readonly Schedule[];
  readonly instructions: readonly InstructionInfo[];
  readonly machine: MachineState;
  /** What is called of the project's own modules. */
  readonly form: CallForm;
  readonly refusedArg?: RefusedArg;
  readonly eyes: Eyes;
  readonly output: Output;
  readonly comparison: ComparisonState;
  readonly scripts: ScriptsState;
  readonly layout: Layout;
  readonly theme: Theme;
  readonly dialog?: Dialog;
  readonly notices: readonly Notice[];
  /** Why the last try to keep the work in the browser failed. */
  readonly unkept?: string;
  /** No machine is made before somebody asks for it. */
  readonly idle?: boolean;
}

/** Chosen to be reached by endless loops in about a second and by few programs that end. */
export const DEFAULT_GAS = 1_000_000_000n;

/** The machine counts units of gas in 64 bits. */
export const MOST_GAS = 2n ** 64n - 1n;

export const DEFAULT_LIMITS: Limits = {
  gas: DEFAULT_GAS,
  stackSlots: 8_000_000,
  memoryPages: 16_384,
  tableElements: 1_000_000,
  heapMib: 128,
  hostMillis: 2_000,
};

export const DEFAULT_SCHEDULE = { builtin: "instructions" } as const;

export const EMPTY_MODULE = '(module\n  (func (export "main") (result i32)\n    i32.const 42))\n';

export function emptyProject(): Project {
  return {
    title: "untitled",
    modules: [{ kind: "text", name: "module", text: EMPTY_MODULE }],
    hostCode: "",
    schedule: DEFAULT_SCHEDULE,
    limits: DEFAULT_LIMITS,
    breakpoints: [],
  };
}

export const DEFAULT_LAYOUT: Layout = {
  preset: "learn",
  dock: "problems",
  dockChosen: false,
  card: "step",
  codeWidth: 44,
  stateWidth: 42,
  dockHeight: 26,
  scriptsHeight: 46,
  collapsed: [],
};

export const FIRST_EYES: Eyes = {
  frame: 0,
  framesFrom: 0,
  rowsFrom: { locals: 0, operands: 0, labels: 0, globals: 0, exceptions: 0 },
  followWrites: false,
  tablesFrom: {},
  heap: FIRST_HEAP_EYES,
  format: "signed",
  shapes: {},
  missed: 0,
};

export function initialState(project: Project = emptyProject()): State {
  return {
    project,
    origin: { kind: "new" },
    changed: false,
    active: activeOf(project),
    cursor: 0,
    binaryTexts: {},
    reports: {},
    host: "own",
    schedules: [],
    instructions: [],
    machine: { phase: "none", problems: [] },
    form: formOf(project.call),
    eyes: FIRST_EYES,
    output: { lines: [], dropped: 0 },
    comparison: { kind: "none" },
    scripts: NO_SCRIPTS,
    layout: DEFAULT_LAYOUT,
    theme: "system",
    notices: [],
  };
}

/** The last module is the one that is shown first; where there are only scripts, the first of them. */
export function activeOf(project: Project): ActiveFile {
  const shown = linkedModules(project.modules).at(-1) ?? project.modules[0];
  return shown ? { kind: "module", name: shown.name } : { kind: "host" };
}

export function formOf(call: CallSpec | undefined): CallForm {
  if (!call) return { args: {} };
  return { choice: { module: call.module, export: call.export }, args: { [callKey(call.module, call.export)]: call.args } };
}

export function callKey(module: string, exportName: string): string {
  return `${module}/${exportName}`;
}

export interface Callable {
  readonly module: string;
  readonly info: ExportInfo;
}
