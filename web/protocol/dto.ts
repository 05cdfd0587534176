// What crosses between the core and the page: the core's own data (generated from Rust), and what the worker adds to it.
import type { MachineView, TrapInfo, Value } from "./generated.ts";

export type * from "./generated.ts";

export type PauseReason = "start" | "step" | "breakpoint" | "pause" | "gas" | "memory" | "host" | "unanswered" | "cursor" | "restarted";

export interface TrapView extends TrapInfo {
  /** When host code threw: its message with line and column in host.js. */
  readonly host?: { readonly message: string; readonly line?: number; readonly column?: number };
}

export type Status =
  /** Linked, no call under way. */
  | { readonly kind: "ready" }
  /** `importName`: of a host function that has been working for a while; `behind`: so many instructions ran after the moment that is shown. */
  | { readonly kind: "running"; readonly instructionsPerSecond: number; readonly importName?: string; readonly behind?: bigint }
  /** An async host function has not answered yet. */
  | { readonly kind: "waiting"; readonly importName: string }
  | { readonly kind: "paused"; readonly reason: PauseReason; readonly note?: string }
  | { readonly kind: "finished"; readonly results: readonly Value[] }
  | { readonly kind: "trapped"; readonly trap: TrapView };

/** One consistent picture of the machine: sent at each stop, after each change of the viewport, and about ten times a second while running. */
export interface View extends MachineView {
  readonly status: Status;
  /** Whether an instruction of the call has run: what the last one did is not always known. */
  readonly hasRun: boolean;
  readonly call?: { readonly module: string; readonly export: string; readonly args: readonly Value[] };
  readonly traceOn: boolean;
  readonly traceEntries: number;
}
