// What panes draw, derived from the state. Each answers from its arguments alone and, for heavy ones, remembers its last answer.

import type { CheckReport, Schedule, Span, Status, Value, View } from "../protocol/dto.ts";
import type { Problem, Viewport } from "../protocol/engine.ts";
import { type BreakpointSpec, type Limits, linkedModules, type ModuleSource, type Project, scriptNamed, type Stand } from "../protocol/project.ts";
import { assertUnreachable } from "../base/assert.ts";
import { own } from "../base/records.ts";
import { funcFinder } from "./funcs.ts";
import { heapWindow } from "./heap.ts";
import { callKey, type Callable, type CallForm, type Layout, type LoadedMachine, MOST_GAS, type Preset, type State } from "./state.ts";
import { defaultText, formatGas, formatTyped, formatValue, groupThousands, parseValue, type Parsed } from "./values.ts";

/** Answers again what it answered for the same input. */
export function remembered<I, O>(compute: (input: I) => O): (input: I) => O {
  let last: { readonly input: I; readonly output: O } | undefined;
  return (input) => {
    if (last === undefined || last.input !== input) last = { input, output: compute(input) };
    return last.output;
  };
}

// Files.

/** The text of a module as the editor shows it; undefined while a binary one is being disassembled or cannot be. */
export function textOf(state: State, module: ModuleSource): string | undefined {
  if (module.kind !== "binary") return module.text;
  const shown = own(state.binaryTexts, module.name);
  return shown?.kind === "text" && shown.bytes === module.bytes ? shown.text : undefined;
}

/** The report about exactly the text that is there now. */
export function freshReport(state: State, module: ModuleSource): CheckReport | undefined {
  const known = own(state.reports, module.name);
  return known !== undefined && known.text === textOf(state, module) ? known.report : undefined;
}

/** The latest report, also when the text has moved on since. */
export function latestReport(state: State, name: string): CheckReport | undefined {
  return own(state.reports, name)?.report;
}

export function activeModule(state: State): ModuleSource | undefined {
  const { active } = state;
  return active.kind === "module" ? filesOf(state).find((module) => module.name === active.name) : undefined;
}

/** The files of the project, and the texts that only the machine has. */
export function filesOf(state: State): readonly ModuleSource[] {
  const shown = state.machine.loaded?.shown ?? [];
  return shown.length === 0 ? state.project.modules : [...state.project.modules, ...shown];
}

/** Whether a file is only looked at. */
export function isShown(state: State, name: string): boolean {
  return state.machine.loaded?.shown.some((module) => module.name === name) ?? false;
}

export interface FileProblem extends Problem {
  readonly severity: "error" | "warning";
}

/** Everything that is wrong, in the order of the files. */
export function problems(state: State): readonly FileProblem[] {
  const found: FileProblem[] = [];
  for (const module of state.project.modules) {
    for (const diagnostic of latestReport(state, module.name)?.diagnostics ?? []) found.push({ ...diagnostic, file: module.name });
    const shown = own(state.binaryTexts, module.name);
    if (shown?.kind === "failed" && module.kind === "binary") found.push({ severity: shown.readable ? "warning" : "error", message: shown.message, file: module.name });
  }
  const { machine } = state;
  const seen = new Set(found.map((problem) => problem.message));
  // Bytes that cannot be read cannot be loaded either, for the same reason; it is said once.
  const unreadable = (file: string | undefined): boolean => file !== undefined && isUnreadable(state, file);
  if (machine.phase === "failed" && isTried(state)) {
    for (const problem of machine.problems) if (!seen.has(problem.message) && !unreadable(problem.file)) found.push({ ...problem, severity: "error" });
  }
  for (const warning of machine.loaded?.warnings ?? []) if (!seen.has(warning.message)) found.push({ ...warning, severity: "warning" });
  return found;
}

export function hasErrors(report: CheckReport | undefined): boolean {
  return report?.diagnostics.some((diagnostic) => diagnostic.severity === "error") ?? false;
}

/** The machine of the one project is the machine of the other: the same modules and host code, or the same script. */
export function sameSources(left: Project, right: Project, stand: Stand | undefined): boolean {
  if (stand !== undefined) return scriptNamed(left.modules, stand.script)?.text === scriptNamed(right.modules, stand.script)?.text;
  if (left.hostCode !== right.hostCode) return false;
  return left.modules === right.modules || sameModules(linkedModules(left.modules), linkedModules(right.modules));
}

/** The last load was of what is there now. */
export function isTried(state: State): boolean {
  const { tried, triedStand } = state.machine;
  return tried !== undefined && triedStand === state.scripts.stand && sameSources(tried, state.project, triedStand);
}

function sameModules(left: readonly ModuleSource[], right: readonly ModuleSource[]): boolean {
  if (left === right) return true;
  return (
    left.length === right.length &&
    left.every((module, index) => {
      const other = right[index];
      if (module === other) return true;
      if (!other || other.name !== module.name) return false;
      if (module.kind === "binary") return other.kind === "binary" && module.bytes === other.bytes;
      return other.kind === module.kind && module.text === other.text;
    })
  );
}

export function isStale(state: State): boolean {
  const { loaded } = state.machine;
  return loaded !== undefined && !sameSources(loaded.source, state.project, loaded.stand);
}

/** A host function that has no answer yet: it stands before its call, which going on makes, or an async one may still answer. */
export function callOfHost(state: State): "before" | "open" | undefined {
  const status = viewOf(state)?.status;
  if (status?.kind !== "paused") return undefined;
  return status.reason === "host" ? "before" : status.reason === "unanswered" ? "open" : undefined;
}

/** Of what has changed, all can be taken by calling the host function again. */
export function isHostStale(state: State): boolean {
  const { loaded } = state.machine;
  return loaded !== undefined && loaded.source.hostCode !== state.project.hostCode && sameSources({ ...loaded.source, hostCode: state.project.hostCode }, state.project, loaded.stand);
}

/** True when a module's text, as it is now, does not assemble or cannot be linked. */
export function isBroken(state: State): boolean {
  return isTextBroken(state) || isRefused(state);
}

function isTextBroken(state: State): boolean {
  return state.scripts.stand === undefined && linkedModules(state.project.modules).some((module) => hasErrors(freshReport(state, module)) || isUnreadable(state, module.name));
}

/** The bytes of a module are none. */
function isUnreadable(state: State, name: string): boolean {
  const shown = own(state.binaryTexts, name);
  return shown?.kind === "failed" && !shown.readable;
}

/** The last load was of what is there now, and failed. */
function isRefused(state: State): boolean {
  return state.machine.phase === "failed" && isTried(state);
}

/** Why nothing can be begun; empty while it can. */
export function brokenReason(state: State): string {
  if (isTextBroken(state)) return "the text has errors, so there is nothing to run yet";
  return isRefused(state) ? "no machine could be made of what is there now, so there is nothing to run yet" : "";
}

/** The machine there is stands, but what is there now is another's: what is done is done to the one before. */
export function isOfBefore(state: State): boolean {
  return isBroken(state) && viewOf(state) !== undefined;
}

/** The reason of BROKEN is a limit that can be set higher. */
export function wantsHigherLimit(state: State): boolean {
  return !isTextBroken(state) && isRefused(state) && state.machine.problems.some((problem) => problem.limited === true);
}

// The machine.

export function viewOf(state: State): View | undefined {
  return state.machine.loaded?.view;
}

export function isRunning(state: State): boolean {
  const kind = viewOf(state)?.status.kind;
  return kind === "running" || kind === "waiting";
}

/** A call has gone past its first instruction and not ended: a new machine would lose it. */
export function isUnderWay(state: State): boolean {
  const view = viewOf(state);
  if (!view) return false;
  return isRunning(state) || (view.status.kind === "paused" && view.status.reason !== "start");
}

/** Whether there is anything to make a machine of. */
export function wantsMachine(state: State): boolean {
  return state.scripts.stand !== undefined || linkedModules(state.project.modules).length > 0;
}

export type BadgeWord = "LOADING" | "READY" | "RUNNING" | "WAITING" | "PAUSED" | "FINISHED" | "TRAPPED" | "BROKEN";

export interface Badge {
  readonly word: BadgeWord;
  /** Where and why, in few words. */
  readonly why: string;
}

/** What is to be known about the badge's words beyond them. */
export function badgeTitle(state: State): string {
  const { word, why } = badge(state);
  const free = word === "FINISHED" ? freeText(state) : "";
  return free === "" ? why : `${why}. ${free}`;
}

export function badge(state: State): Badge {
  const view = viewOf(state);
  const callFrom = state.machine.loaded?.callFrom ?? 0n;
  if (view !== undefined && isRunning(state)) return statusBadge(view.status, view, callFrom);
  if (isBroken(state)) {
    // Before an action of a script it is its call that is refused, whatever else is wrong in the text.
    const stands = state.scripts.stand !== undefined;
    const errors: readonly Problem[] = stands ? state.machine.problems : problems(state).filter((problem) => problem.severity === "error");
    const count = errors.length;
    const textIsFine = stands || state.project.modules.every((module) => !hasErrors(freshReport(state, module)));
    const [first] = errors;
    const rest = view === undefined ? "" : isStale(state) ? "; the machine below is of the text before" : "; the machine below is the one before";
    if (textIsFine && first) return { word: "BROKEN", why: `${first.message}${count === 1 ? "" : `; and ${count - 1} more under Problems`}${rest}` };
    return { word: "BROKEN", why: `${count === 1 ? "one error" : `${count} errors`} in the text${rest}` };
  }
  if (!view && !wantsMachine(state)) return { word: "READY", why: "there is no machine yet: open an action of the script paused" };
  if (!view && state.idle === true) return { word: "READY", why: "opened without a machine; nothing has run" };
  if (!view) return { word: "LOADING", why: state.scripts.stand === undefined ? "the machine is being made" : "the script runs up to the action" };
  return statusBadge(view.status, view, callFrom);
}

function statusBadge(status: Status, view: View, callFrom: bigint): Badge {
  const where = view.next ? placeOf(view) : "";
  switch (status.kind) {
    case "ready":
      return { word: "READY", why: "assembled, not started" };
    case "running":
      return { word: "RUNNING", why: status.importName === undefined ? speed(status.instructionsPerSecond) : inHost(status.importName, status.behind) };
    case "waiting":
      return { word: "WAITING", why: `for ${status.importName}, which has not answered yet` };
    case "paused":
      return { word: "PAUSED", why: [where, status.note ?? PAUSE_WORDS[status.reason]].filter((part) => part !== "").join(", ") };
    case "finished":
      return { word: "FINISHED", why: `${groupThousands(view.ticks - callFrom)} ${view.ticks - callFrom === 1n ? "instruction" : "instructions"}, ${formatGas(view.gas.used, view.gas.denominator)} gas` };
    case "trapped":
      return { word: "TRAPPED", why: [where, status.trap.kind].filter((part) => part !== "").join(", ") };
    default:
      return assertUnreachable(status);
  }
}

function inHost(name: string, behind: bigint | undefined): string {
  return behind === undefined ? `in ${name}` : `in ${name}; what is shown is from ${groupThousands(behind)} ${behind === 1n ? "instruction" : "instructions"} before`;
}

const PAUSE_WORDS = {
  start: "before the first instruction",
  step: "after a step",
  breakpoint: "at a breakpoint",
  pause: "as asked",
  gas: "out of gas",
  memory: "the host gave no more memory",
  host: "at a host function",
  unanswered: "at a host function that has not answered yet",
  cursor: "at the cursor",
  restarted: "the machine was started again and brought back here",
} as const;

/** `in $fib, line 3`; empty where nothing comes next. */
export function placeOf(view: View): string {
  const { next } = view;
  if (!next) return "";
  const line = next.line === undefined ? `+0x${next.offset.toString(16)}` : `line ${next.line}`;
  return `in ${next.funcName}, ${line}`;
}

export function speed(instructionsPerSecond: number): string {
  if (instructionsPerSecond >= 1e6) return `${(instructionsPerSecond / 1e6).toFixed(instructionsPerSecond >= 1e8 ? 0 : 1)} million instructions per second`;
  return `${groupThousands(Math.round(instructionsPerSecond))} instructions per second`;
}

export interface Marks {
  readonly next?: Span;
  readonly last?: Span;
  /** The next instruction is the one that trapped. */
  readonly trapped: boolean;
  /** The directive of a script that was chosen in its list. */
  readonly chosen?: Span;
  readonly dimmed: boolean;
}

export const NO_MARKS: Marks = { trapped: false, dimmed: false };

/** The machine was made of the text of that name as it is now. */
export function isOfMachine(state: State, name: string): boolean {
  const { loaded } = state.machine;
  const now = filesOf(state).find((module) => module.name === name);
  const source = loaded && [...loaded.source.modules, ...loaded.shown].find((module) => module.name === name);
  return now !== undefined && source !== undefined && sameModules([now], [source]);
}

/** What to mark in the text of one module. A view of another text than the one shown has no marks in it. */
export function marksFor(state: State, name: string): Marks {
  const loaded = state.machine.loaded;
  const view = loaded?.view;
  if (!loaded || !view || (view.status.kind === "running" && (view.status.importName === undefined || view.status.behind !== undefined))) return NO_MARKS;
  if (!isOfMachine(state, name)) return { ...NO_MARKS, dimmed: true };
  const frame = state.eyes.frame === 0 ? undefined : view.frames.find((row) => row.index === state.eyes.frame);
  const place = frame ?? view.next;
  const next = place?.module === name ? place.span : undefined;
  const last = frame === undefined && view.effect?.module === name ? view.effect.span : undefined;
  return { ...(next ? { next } : {}), ...(last ? { last } : {}), trapped: frame === undefined && view.status.kind === "trapped", dimmed: isStale(state) };
}

/** The one line about what the last step did. */
export function effectLine(state: State): string {
  const view = viewOf(state);
  if (!view) return "";
  const { status } = view;
  if (status.kind === "trapped") return status.trap.sentence;
  if (status.kind === "finished") return resultLine(view, status.results);
  if (view.effect !== undefined) return view.effect.sentence;
  const isUnseen = status.kind === "paused" && callOfHost(state) === undefined && view.hasRun;
  return isUnseen ? UNSEEN : "";
}

/** A run does not watch its instructions, since that would cost it most of its speed. */
const UNSEEN = "what ran last was not watched; a step tells what it does";

export function resultLine(view: View, results: readonly Value[]): string {
  const name = view.call ? `${view.call.export}(${view.call.args.map((arg) => formatValue(arg)).join(", ")})` : "the call";
  if (results.length === 0) return `${name} returned nothing`;
  return `${name} returned ${results.map(formatTyped).join(", ")}`;
}

// The call form.

interface Callables {
  readonly loaded: LoadedMachine | undefined;
  readonly modules: readonly ModuleSource[];
  readonly reports: State["reports"];
}

let lastCallables: { readonly input: Callables; readonly output: readonly Callable[] } | undefined;

/** Exported functions, those of the last module first. */
export function callables(state: State): readonly Callable[] {
  const input: Callables = { loaded: state.machine.loaded, modules: state.project.modules, reports: state.reports };
  const known = lastCallables?.input;
  if (
    lastCallables !== undefined &&
    known?.loaded?.modules === input.loaded?.modules &&
    known?.modules === input.modules &&
    known?.reports === input.reports
  ) {
    return lastCallables.output;
  }
  const output = findCallables(input);
  lastCallables = { input, output };
  return output;
}

function findCallables({ loaded, modules, reports }: Callables): readonly Callable[] {
  const found: Callable[] = [];
  const names = loaded?.stand === undefined ? linkedModules(modules) : loaded.modules;
  for (const module of names.toReversed()) {
    const exports = loaded?.modules.find((candidate) => candidate.name === module.name)?.exports ?? own(reports, module.name)?.report.exports ?? [];
    for (const info of exports) if (info.kind === "func" && info.func) found.push({ module: module.name, info });
  }
  return found;
}

export interface ChosenCall extends Callable {
  /** As typed. */
  readonly args: readonly string[];
}

let lastChosen: { readonly all: readonly Callable[]; readonly form: CallForm; readonly output: ChosenCall | undefined } | undefined;

/** The form of the machine that is there: that of a script has its own. */
export function formInUse(state: State): CallForm {
  return state.machine.loaded?.form ?? state.form;
}

/** The call that the form shows: the choice, or the first there is. */
export function chosenCall(state: State): ChosenCall | undefined {
  const all = callables(state);
  const form = formInUse(state);
  if (lastChosen?.all !== all || lastChosen.form !== form) lastChosen = { all, form, output: findChosen(all, form) };
  return lastChosen.output;
}

/** The call of the project's own modules, also while the machine of a script is there. */
export function projectCall(state: State): ChosenCall | undefined {
  if (state.machine.loaded?.stand === undefined) return chosenCall(state);
  return findChosen(findCallables({ loaded: undefined, modules: state.project.modules, reports: state.reports }), state.form);
}

function findChosen(all: readonly Callable[], { choice, args }: CallForm): ChosenCall | undefined {
  const found = all.find((callable) => callable.module === choice?.module && callable.info.name === choice.export) ?? all[0];
  if (!found) return undefined;
  const typed = own(args, callKey(found.module, found.info.name)) ?? [];
  const params = found.info.func?.params ?? [];
  return { ...found, args: params.map((type, index) => typed[index] ?? defaultText(type)) };
}

export function parsedArgs(state: State, call: ChosenCall): readonly Parsed<Value>[] {
  const funcs = funcFinder(state, call.module);
  return call.args.map((text, index) => parseValue(call.info.func?.params[index] ?? "i32", text, funcs));
}

/** The first argument that is none of its type, and what is wrong with it. */
export function wrongArg(state: State, call: ChosenCall): { readonly index: number; readonly text: string } | undefined {
  const parsed = parsedArgs(state, call);
  const index = parsed.findIndex((arg) => arg.kind === "failed");
  const found = parsed[index];
  if (found?.kind !== "failed") return undefined;
  return { index, text: `${call.info.paramNames?.[index] ?? `argument ${index}`} of ${call.info.name} cannot be read: ${found.message}` };
}

/** The arguments as values; undefined while one of them is not of its type. */
export function readyArgs(state: State, call: ChosenCall): readonly Value[] | undefined {
  const parsed = parsedArgs(state, call);
  const values: Value[] = [];
  for (const arg of parsed) {
    if (arg.kind === "failed") return undefined;
    values.push(arg.value);
  }
  return values;
}

// What the machine is asked and told.

/** Those of the project, and those in texts that only the machine has. */
export function breakpointsOf({ project, scripts }: State): readonly BreakpointSpec[] {
  return scripts.breakpoints.length === 0 ? project.breakpoints : [...project.breakpoints, ...scripts.breakpoints];
}

export function scheduleOf(state: State): Schedule | undefined {
  const { schedule } = state.project;
  return "builtin" in schedule ? state.schedules.find((known) => known.name === schedule.builtin) : schedule;
}

/** What an instruction costs by the schedule in force, with its unit; empty while that is unknown. */
export function gasOf(state: State, mnemonic: string): string {
  const schedule = scheduleOf(state);
  if (!schedule) return "";
  return `${formatGas(BigInt(schedule.costs[mnemonic] ?? schedule.base), schedule.denominator)} gas`;
}

/** Instructions that a sentence about the free ones names. */
const FREE_NAMED = 12;

/** Which instructions cost nothing by the schedule in force: why there may be more of them than gas. Empty when none is free. */
export function freeText(state: State): string {
  const schedule = scheduleOf(state);
  if (!schedule) return "";
  const free = Object.keys(schedule.costs).filter((mnemonic) => schedule.costs[mnemonic] === 0);
  if (schedule.base === 0) return `Free by the schedule ${schedule.name}: all it has no price for.`;
  if (free.length === 0) return "";
  const rest = free.length - FREE_NAMED;
  return `Free by the schedule ${schedule.name}: ${free.slice(0, FREE_NAMED).join(", ")}${rest > 0 ? ` and ${rest} more` : ""}.`;
}

export function scheduleName(state: State): string {
  const { schedule } = state.project;
  return "builtin" in schedule ? schedule.builtin : schedule.name;
}

/** The limits of this run: those of the project, and the gas that was added by hand. */
export function runLimits(state: State): Limits {
  const { limits } = state.project;
  const extra = state.machine.loaded?.extraGas ?? 0n;
  if (limits.gas === undefined) return limits;
  const gas = limits.gas + extra;
  return { ...limits, gas: gas > MOST_GAS ? MOST_GAS : gas };
}

/** Frames listed at once. */
export const FRAMES = 64;
/** Locals, operands, labels and globals listed at once: more than the functions that people write have. */
export const ROWS = 128;
const TABLE_ELEMENTS = 64;
const TABLES_WATCHED = 8;

/** What the machine is asked to send with each view. */
export function viewport(state: State): Viewport {
  const { eyes } = state;
  const view = viewOf(state);
  const heap = heapWindow(eyes.heap, view, state.layout.collapsed);
  return {
    ...(heap === undefined ? {} : { heap }),
    frame: eyes.frame,
    framesFrom: eyes.framesFrom,
    framesCount: FRAMES,
    rows: {
      count: ROWS,
      localsFrom: eyes.rowsFrom.locals,
      operandsFrom: eyes.rowsFrom.operands,
      labelsFrom: eyes.rowsFrom.labels,
      globalsFrom: eyes.rowsFrom.globals,
      exceptionsFrom: eyes.rowsFrom.exceptions,
    },
    memories: eyes.memoryWindow ? [eyes.memoryWindow] : [],
    tables: (view?.tables ?? []).slice(0, TABLES_WATCHED).map((table) => ({
      table: table.address,
      from: eyes.tablesFrom[table.address] ?? 0,
      count: TABLE_ELEMENTS,
    })),
  };
}

export function chosenMemory(state: State): number | undefined {
  return state.eyes.memory ?? viewOf(state)?.memories.at(0)?.address;
}

// The page itself.

const PRESETS: Readonly<Record<Preset, Partial<Layout>>> = {
  learn: { codeWidth: 44, stateWidth: 42, dockHeight: 26, collapsed: ["Tables", "Globals"] },
  debug: { codeWidth: 38, stateWidth: 46, dockHeight: 22, collapsed: [] },
  memory: { codeWidth: 32, stateWidth: 30, dockHeight: 20, collapsed: ["Labels", "Tables"] },
  present: { codeWidth: 52, stateWidth: 46, dockHeight: 20, collapsed: ["Labels", "Globals", "Tables"] },
};

export function presetLayout(preset: Preset): Partial<Layout> {
  return { ...PRESETS[preset], preset };
}
