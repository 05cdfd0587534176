// Scripts in the `.wast` format: how they are run, and what is told of a run.
import type { ScriptFailure } from "./dto.ts";

/** Kinds of directives by their numbers in the core. */
export const DIRECTIVE_KINDS = [
  "module",
  "module",
  "module definition",
  "module instance",
  "register",
  "invoke",
  "get",
  "assert_return",
  "assert_trap",
  "assert_exhaustion",
  "assert_exception",
  "assert_suspension",
  "assert_invalid",
  "assert_malformed",
  "assert_unlinkable",
  "assert_invalid_custom",
  "assert_malformed_custom",
  "thread",
  "wait",
  "unknown",
] as const;

/** Numbers that the core tells of each directive: kind, line, start, end (UTF-16), and 1 if it calls a function. */
export const DIRECTIVE_WORDS = 5;

/** How the machine is driven. No way may change what comes out. */
export type ScriptMode = "plain" | "gas" | "one-tick" | "steps";
/** By whose rules a module is invalid; empty for all that the machine has. */
export type ScriptEdition = "" | "1" | "2" | "3" | "threads" | "memory64";

export interface ScriptOptions {
  readonly mode: ScriptMode;
  readonly edition: ScriptEdition;
  /** Instructions after which an action counts as endless. */
  readonly ticks: number;
}

/** What became of directives: 1 passed, 2 failed. */
export const PASSED = 1;
export const FAILED = 2;

/** What a run tells. Each event adds to those before. */
export type ScriptEvent =
  | { readonly kind: "begun"; readonly directives: Uint32Array }
  | { readonly kind: "went"; readonly verdicts: Uint8Array; readonly failures: readonly ScriptFailure[] };

/** Runs scripts one at a time, in a worker of its own. */
export interface Scripts {
  /** Resolves to whether it came to the end. Rejects with a sentence when the worker ended. */
  run(text: string, options: ScriptOptions, listener: (event: ScriptEvent) => void): Promise<boolean>;
  /** Ends the run under way at the next slice, or with its worker. */
  cancel(): void;
  dispose(): void;
}
