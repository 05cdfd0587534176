// What is known of the project's scripts: how each ran, and which directive is looked at.

import type { Diagnostic, ScriptFailure, Span } from "../protocol/dto.ts";
import type { BreakpointSpec, ScriptFile, Stand } from "../protocol/project.ts";
import { DIRECTIVE_KINDS, DIRECTIVE_WORDS, FAILED, PASSED, type ScriptOptions } from "../protocol/script.ts";
import { own } from "../base/records.ts";
import type { Action } from "./actions.ts";
import type { State } from "./state.ts";

/**
 *   waiting -> running -> done
 *      |          `----> stopped       by hand, or because the worker ended
 *      `---------------> stopped
 */
export type ScriptPhase = "waiting" | "running" | "done" | "stopped";

/** One run of one text. */
export interface ScriptRun {
  readonly text: string;
  readonly phase: ScriptPhase;
  /** As the core tells them, `DIRECTIVE_WORDS` numbers each. */
  readonly directives: Uint32Array;
  /** Of the directives that have ended. */
  readonly verdicts: Uint8Array;
  readonly failures: readonly ScriptFailure[];
  readonly passed: number;
  /** Why it stopped, if nobody asked it to. */
  readonly why?: string;
}

export interface ScriptsState {
  readonly runs: Readonly<Record<string, ScriptRun>>;
  readonly options: ScriptOptions;
  readonly failingOnly: boolean;
  /** The directive that is marked in the text. */
  readonly chosen?: { readonly script: string; readonly directive: number };
  /** The action before which the machine is to stand; undefined for the machine of the modules. */
  readonly stand?: Stand;
  /** Whether that call is to be run to its end at once. */
  readonly toEnd: boolean;
  /** In texts that only the machine of a script has: they are no part of the project. */
  readonly breakpoints: readonly BreakpointSpec[];
}

/** Instructions after which an action counts as endless: about a second (chosen; all official scripts together take a fraction). */
const ENDLESS = 1_000_000_000;

export const NO_SCRIPTS: ScriptsState = {
  runs: {},
  options: { mode: "plain", edition: "", ticks: ENDLESS },
  failingOnly: false,
  toEnd: false,
  breakpoints: [],
};

export const NOT_RUN: Omit<ScriptRun, "text"> = {
  phase: "waiting",
  directives: new Uint32Array(),
  verdicts: new Uint8Array(),
  failures: [],
  passed: 0,
};

export function scriptsOf(state: State): readonly ScriptFile[] {
  return state.project.modules.filter((module) => module.kind === "script");
}

export function activeScript(state: State): ScriptFile | undefined {
  const { active } = state;
  return active.kind === "module" ? scriptsOf(state).find((script) => script.name === active.name) : undefined;
}

export function runOf(state: State, name: string): ScriptRun | undefined {
  return own(state.scripts.runs, name);
}

/** The text has been changed since it ran. */
export function isOutdated(run: ScriptRun, script: ScriptFile): boolean {
  return run.text !== script.text;
}

export interface Totals {
  readonly passed: number;
  readonly failed: number;
  /** Not reached, as far as is known. */
  readonly pending: number;
}

export function totalsOf(run: ScriptRun | undefined): Totals {
  if (run === undefined) return { passed: 0, failed: 0, pending: 0 };
  const failed = run.failures.length;
  return { passed: run.passed, failed, pending: run.directives.length / DIRECTIVE_WORDS - run.passed - failed };
}

export function allTotals(state: State): Totals {
  let [passed, failed, pending] = [0, 0, 0];
  for (const script of scriptsOf(state)) {
    const own = totalsOf(runOf(state, script.name));
    passed += own.passed;
    failed += own.failed;
    pending += own.pending;
  }
  return { passed, failed, pending };
}

export interface DirectiveRow {
  readonly number: number;
  readonly kind: string;
  readonly line: number;
  readonly span: Span;
  /** Whether it calls a function, so that a machine can stand before it. */
  readonly calls: boolean;
  readonly verdict: "pending" | "pass" | "fail";
}

export function directiveRow(run: ScriptRun, number: number): DirectiveRow {
  const word = (at: number): number => run.directives[number * DIRECTIVE_WORDS + at] ?? 0;
  const verdict = run.verdicts[number];
  return {
    number,
    kind: DIRECTIVE_KINDS[word(0)] ?? "unknown",
    line: word(1),
    span: { from: word(2), to: word(3) },
    calls: word(4) !== 0,
    verdict: verdict === PASSED ? "pass" : verdict === FAILED ? "fail" : "pending",
  };
}

export function failureOf(run: ScriptRun, number: number): ScriptFailure | undefined {
  return run.failures.find((failure) => failure.directive === number);
}

/** The numbers of the directives that are listed. */
export function listed(run: ScriptRun, failingOnly: boolean): readonly number[] {
  if (failingOnly) return run.failures.map((failure) => failure.directive);
  return Array.from({ length: run.directives.length / DIRECTIVE_WORDS }, (_, number) => number);
}

/** The directive that is marked in the text of a script, if its run is about that text. */
export function chosenSpan(state: State, name: string): Span | undefined {
  const { chosen } = state.scripts;
  if (chosen?.script !== name) return undefined;
  const run = runOf(state, name);
  const script = scriptsOf(state).find((candidate) => candidate.name === name);
  if (run === undefined || script === undefined || isOutdated(run, script)) return undefined;
  if (chosen.directive * DIRECTIVE_WORDS >= run.directives.length) return undefined;
  return directiveRow(run, chosen.directive).span;
}

/** More underlined directives would not be looked at. */
const MOST_MARKED = 500;
let lastMarked: { readonly run: ScriptRun; readonly marks: readonly Diagnostic[] } | undefined;

/** The failures of a run of exactly this text, to be underlined at their places. */
export function failureMarks(state: State, script: ScriptFile): readonly Diagnostic[] {
  const run = runOf(state, script.name);
  if (run === undefined || isOutdated(run, script)) return [];
  if (lastMarked?.run.failures !== run.failures) {
    const marks = run.failures.slice(0, MOST_MARKED).map(({ directive, expected, got }): Diagnostic => {
      const { span, kind, line } = directiveRow(run, directive);
      const to = Math.min(span.to, span.from + 1 + kind.length);
      return { severity: "error", span: { from: span.from, to }, line, column: 1, message: `failed: expected ${expected}, got ${got}` };
    });
    lastMarked = { run, marks };
  }
  return lastMarked.marks;
}

export function isAnyRunning(state: State): boolean {
  return Object.values(state.scripts.runs).some((run) => run.phase === "waiting" || run.phase === "running");
}

/** The action of the script in sight that is worth opening: the chosen one, or the first that failed. Undefined where there is a machine already, or none is to be told. */
export function actionToOpen(state: State): DirectiveRow | undefined {
  const script = scriptToOpen(state);
  const run = script && runOf(state, script.name);
  if (!script || !run || isOutdated(run, script) || state.machine.loaded !== undefined) return undefined;
  const { chosen } = state.scripts;
  const numbers = [...(chosen?.script === script.name ? [chosen.directive] : []), ...run.failures.map((failure) => failure.directive)];
  return numbers.map((number) => directiveRow(run, number)).find((row) => row.calls);
}

export function scriptToOpen(state: State): ScriptFile | undefined {
  return activeScript(state) ?? scriptsOf(state)[0];
}

/** What opens the machine of a script before an action of it, or at that action's end. */
export function openAt(script: ScriptFile, { number }: DirectiveRow, at: "start" | "end"): Action {
  return { kind: "standChosen", stand: { script: script.name, directive: number }, toEnd: at === "end" };
}

/** The action before which the machine stands, or is to stand, as text: `i32, line 12`. */
export function standText(state: State): string {
  const { stand } = state.scripts;
  if (stand === undefined) return "";
  const run = runOf(state, stand.script);
  const line = run !== undefined && stand.directive * DIRECTIVE_WORDS < run.directives.length ? `, line ${directiveRow(run, stand.directive).line}` : "";
  return `${stand.script}${line}`;
}
