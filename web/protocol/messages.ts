// Everything that is posted between the page and its workers; nothing else is.
import type { NativeRequest, OurRemains } from "./compare.ts";
import type { Diagnostic, Edit, InstructionInfo, Limits, MemoryWindow, Problem, Schedule, Value, View, Viewport } from "./dto.ts";
import type { BreakpointPlace, EngineEvent, LoadOptions, LoadResult, Until } from "./engine.ts";
import type { BreakpointSpec, Project } from "./project.ts";
import type { ScriptEvent, ScriptOptions } from "./script.ts";

/** What the machine worker is asked; each gets one reply. */
export type Request =
  | { readonly kind: "load"; readonly project: Project; readonly options: LoadOptions }
  | { readonly kind: "begin"; readonly module: string; readonly exportName: string; readonly args: readonly Value[] }
  | { readonly kind: "run"; readonly until: Until }
  | { readonly kind: "reset" }
  | { readonly kind: "setBreakpoints"; readonly breakpoints: readonly BreakpointSpec[] }
  | { readonly kind: "setLimits"; readonly limits: Limits }
  | { readonly kind: "setSchedule"; readonly schedule: Schedule }
  | { readonly kind: "edit"; readonly edit: Edit }
  /** Other host code answers from here on; only host code that may run is sent. */
  | { readonly kind: "takeHostCode"; readonly hostCode: string }
  | { readonly kind: "search"; readonly memory: number; readonly from: bigint; readonly needle: Uint8Array }
  | { readonly kind: "readMemory"; readonly window: MemoryWindow }
  | { readonly kind: "setTrace"; readonly on: boolean }
  | { readonly kind: "trace" }
  /** What the last call left behind, in short. */
  | { readonly kind: "remains" }
  /** A fresh machine of the project, brought to where the journal ends. */
  | { readonly kind: "replay"; readonly project: Project; readonly options: LoadOptions; readonly journal: Journal; readonly target: ReplayTarget };

/** A `LoadResult` on its way: the modules as JSON, which the page parses several times faster than it takes the objects. */
export type LoadReply = Exclude<LoadResult, { readonly kind: "loaded" }> | (Omit<Extract<LoadResult, { readonly kind: "loaded" }>, "modules"> & { readonly modules: string });

export interface Replies {
  load: LoadReply;
  begin: undefined;
  run: undefined;
  reset: undefined;
  setBreakpoints: readonly BreakpointPlace[];
  setLimits: undefined;
  setSchedule: undefined;
  edit: undefined;
  takeHostCode: readonly Problem[];
  search: bigint | undefined;
  readMemory: Uint8Array;
  setTrace: undefined;
  trace: string;
  remains: OurRemains;
  replay: LoadReply;
}

/** What the text worker is asked. */
export type TextRequest =
  | { readonly kind: "check"; readonly text: string; readonly of: "module" | "script" }
  | { readonly kind: "assemble"; readonly text: string }
  | { readonly kind: "disassemble"; readonly bytes: Uint8Array }
  /** Whether host.js can be read; it does not run. */
  | { readonly kind: "misread"; readonly hostCode: string }
  | { readonly kind: "reference" }
  | { readonly kind: "schedules" };

export interface TextReplies {
  /** JSON of a `CheckReport`. */
  check: string;
  assemble: { readonly kind: "ok"; readonly bytes: Uint8Array } | { readonly kind: "failed"; readonly diagnostics: readonly Diagnostic[] };
  disassemble: { readonly kind: "ok"; readonly text: string; readonly report?: string } | { readonly kind: "failed"; readonly message: string; readonly readable: boolean };
  misread: Problem | undefined;
  reference: readonly InstructionInfo[];
  schedules: readonly Schedule[];
}

/** Told, never answered. */
export type Notice =
  | { readonly kind: "pause" }
  | { readonly kind: "watch"; readonly viewport: Viewport }
  | { readonly kind: "keys"; readonly codes: readonly string[] }
  | { readonly kind: "ping" };

export type ToWorker =
  | { readonly kind: "start"; readonly role: WorkerRole; readonly core: ArrayBuffer }
  | { readonly kind: "request"; readonly id: number; readonly request: Request }
  | { readonly kind: "text"; readonly id: number; readonly request: TextRequest }
  | { readonly kind: "native"; readonly id: number; readonly request: NativeRequest }
  | { readonly kind: "script"; readonly id: number; readonly text: string; readonly options: ScriptOptions }
  | { readonly kind: "notice"; readonly notice: Notice };

/** What a worker is for: a machine, the text services, or the browser's own engine. */
export type WorkerRole = "machine" | "text" | "native" | "script";

export type FromWorker =
  | { readonly kind: "started" }
  | { readonly kind: "reply"; readonly id: number; readonly value: unknown }
  | { readonly kind: "refused"; readonly id: number; readonly message: string }
  | { readonly kind: "event"; readonly event: EngineEvent }
  | { readonly kind: "journal"; readonly piece: JournalPiece }
  | { readonly kind: "script"; readonly event: ScriptEvent }
  /**
   * User code is about to run; it has returned when a request is answered or the machine is seen going on. The piece is
   * in the same message, since a program may call its host a million times. So is the machine as it stands in the call,
   * where there was time to look at it; `ticks` say whether an earlier look is of the same moment.
   */
  | { readonly kind: "hostCode"; readonly what: string; readonly piece?: JournalPiece; readonly ticks?: bigint; readonly view?: View }
  | { readonly kind: "hostCodeDone" }
  /** The core is about to work for as long as it takes; until the next message its silence says nothing about user code. */
  | { readonly kind: "coreBusy" }
  | { readonly kind: "alive" }
  | { readonly kind: "panic"; readonly message: string };

/** Something done to the machine from outside, other than answering a host call. */
export type Action =
  | { readonly kind: "begin"; readonly module: string; readonly exportName: string; readonly args: readonly Value[] }
  | { readonly kind: "edit"; readonly edit: Edit }
  | { readonly kind: "hostCode"; readonly hostCode: string }
  | { readonly kind: "limits"; readonly limits: Limits }
  | { readonly kind: "schedule"; readonly schedule: Schedule };

export interface LoggedAction {
  /** The tick at which it was done, and how many host calls had been answered by then. */
  readonly ticks: bigint;
  readonly answered: number;
  readonly action: Action;
}

/** What was added to the journal since the last piece. */
export interface JournalPiece {
  /** The journal begins anew (load or reset). */
  readonly fresh: boolean;
  readonly actions: readonly LoggedAction[];
  /** Answers of host calls, see worker/journal.ts. */
  readonly answers: BigUint64Array;
  readonly answerCount: number;
}

/** Where a replay ends: at the first host call without an answer, or at a tick if that comes before. */
export interface ReplayTarget {
  readonly ticks?: bigint;
  /** The sentence shown when it stands there. */
  readonly note: string;
}

/** All that is needed to bring a fresh machine to the same tick. */
export interface Journal {
  readonly actions: readonly LoggedAction[];
  readonly answers: readonly BigUint64Array[];
}
