// Reducers of what the machine says.

import type { View } from "../protocol/dto.ts";
import type { EngineEvent, PrintLine } from "../protocol/engine.ts";
import { assertUnreachable } from "../base/assert.ts";
import type { Action } from "./actions.ts";
import { FIRST_HEAP_EYES, heapEyesAfter } from "./heap.ts";
import type { Stand } from "../protocol/project.ts";
import { type Eyes, FIRST_EYES, formOf, type LoadedMachine, type Output, type State } from "./state.ts";
import { editableText } from "./values.ts";

type Of<K extends Action["kind"]> = Extract<Action, { readonly kind: K }>;

/** Lines kept on the console (chosen). */
export const CONSOLE_LINES = 5_000;

export function beginLoad(state: State, action: Of<"loadBegan">): State {
  const { triedStand: _before, ...machine } = state.machine;
  return { ...state, machine: { ...machine, phase: "loading", tried: action.project, triedHost: action.hostAllowed, ...standing("triedStand", action.stand) } };
}

function standing<K extends string>(key: K, stand: Stand | undefined): { readonly [key in K]?: Stand } {
  if (stand === undefined) return {};
  const found: { [key in K]?: Stand } = {};
  found[key] = stand;
  return found;
}

export function endLoad(state: State, action: Of<"loadEnded">): State {
  const { result } = action;
  if (result.kind === "failed") {
    return { ...state, machine: { ...state.machine, phase: "failed", problems: result.problems } };
  }
  const view = state.machine.loaded?.view;
  const loaded: LoadedMachine = {
    modules: result.modules,
    warnings: result.warnings,
    source: action.project,
    hostAllowed: action.hostAllowed,
    callFrom: 0n,
    extraGas: 0n,
    shown: result.modules.flatMap((module) => (module.text === undefined ? [] : [{ kind: "text" as const, name: module.name, text: module.text }])),
    ...standing("stand", action.stand),
    ...(action.stand === undefined ? {} : { form: formOf(result.call && { ...result.call, args: result.call.args.map((arg) => editableText(arg)) }) }),
    ...(view === undefined ? {} : { view }),
  };
  return {
    ...leftComparison(state),
    machine: { phase: "loaded", loaded, problems: [], tried: action.project, triedHost: action.hostAllowed, ...standing("triedStand", action.stand) },
    eyes: { ...state.eyes, frame: 0, framesFrom: 0, rowsFrom: FIRST_EYES.rowsFrom, heap: FIRST_HEAP_EYES },
    output: { lines: [], dropped: 0 },
  };
}

export function hearEngine(state: State, event: EngineEvent): State {
  switch (event.kind) {
    case "view":
      return hearView(state, event.view);
    case "print":
      return { ...state, output: printed(state.output, event.lines), layout: openDock(state, "console") };
    case "canvas": {
      const canvas = { width: event.width, height: event.height, pixels: event.pixels };
      return { ...state, output: { ...state.output, canvas }, layout: withPicture(state) };
    }
    case "crashed": {
      const { stopped: _stopped, endedAtCall: _ended, ...machine } = state.machine;
      const { stopped, atCall } = event;
      return { ...state, machine: { ...machine, crash: event.message, ...(stopped === undefined ? {} : { stopped }), ...(atCall === undefined ? {} : { endedAtCall: atCall }) } };
    }
    default:
      return assertUnreachable(event);
  }
}

/** The first output of a run comes into sight by itself, unless the person chose another tab. */
function openDock(state: State, dock: "console" | "canvas"): State["layout"] {
  const { layout } = state;
  if (layout.dockChosen || layout.dock === dock || layout.dock === "script" || (dock === "console" && layout.dock === "canvas")) return layout;
  return { ...layout, dock };
}

/** So does, on a phone, the card of the first picture of what was run and not stepped. */
function withPicture(state: State): State["layout"] {
  const layout = openDock(state, "canvas");
  const { command } = state.machine;
  const isFirst = state.output.canvas === undefined && (command === "run" || command === "continue");
  return isFirst && layout.dock === "canvas" ? { ...layout, card: "output" } : layout;
}

function printed(output: Output, lines: readonly PrintLine[]): Output {
  const all = [...output.lines, ...lines];
  const over = Math.max(0, all.length - CONSOLE_LINES);
  return { ...output, lines: over > 0 ? all.slice(over) : all, dropped: output.dropped + over };
}

function hearView(state: State, heard: View): State {
  const { loaded } = state.machine;
  if (!loaded) return state;
  const last = loaded.view;
  // A view of the same moment is only another look (scrolling, another frame): what changed before stays marked.
  const moved = last !== undefined && (last.ticks !== heard.ticks || last.status.kind !== heard.status.kind);
  // The core tells what the very last instruction did, or nothing. While a traced program runs that would only flicker.
  const view = heard.status.kind === "running" ? withoutEffect(heard) : heard;
  const before = moved ? last : loaded.before;
  const opened = view.status.kind === "paused" && view.status.reason === "start" && view.gas.used === 0n;
  const callFrom = opened ? view.ticks : loaded.callFrom;
  const machine = { ...state.machine, loaded: { ...loaded, view, callFrom, ...(before === undefined ? {} : { before }) } };
  return { ...(opened ? leftComparison(state) : state), machine, eyes: heapEyesAfter(moved ? eyesAfter(state.eyes, view) : keptEyes(state.eyes, view), view) };
}

/** Another machine or call than that of the comparison is looked at, or it is no more as the call left it. */
export function leftComparison(state: State): State {
  const { comparison } = state;
  return comparison.kind === "done" && comparison.place === "here" ? { ...state, comparison: { ...comparison, place: "left" } } : state;
}

function withoutEffect(view: View): View {
  const { effect: _passing, ...rest } = view;
  return rest;
}

/** After a step: the innermost frame is chosen again with the top of its stack, and the hex view goes to the bytes written, in whichever memory, where it follows. */
function eyesAfter(eyes: Eyes, view: View): Eyes {
  const { rowsFrom } = eyes;
  const atTop = eyes.frame === 0 && eyes.framesFrom === 0 && rowsFrom.operands === 0 && rowsFrom.labels === 0;
  const next = atTop ? eyes : { ...eyes, frame: 0, framesFrom: 0, rowsFrom: { ...rowsFrom, operands: 0, labels: 0 } };
  const write = eyes.followWrites ? view.effect?.accesses.findLast((access) => access.kind === "write") : undefined;
  if (!write) return keptEyes(next, view);
  const shown = eyes.memory ?? view.memories[0]?.address;
  const turned = write.memory === shown ? next : showingMemory(next, write.memory);
  return { ...turned, goto: { address: write.address, length: Number(write.length), turn: (next.goto?.turn ?? 0) + 1 } };
}

function keptEyes(eyes: Eyes, view: View): Eyes {
  if (eyes.memory !== undefined && !view.memories.some((memory) => memory.address === eyes.memory)) {
    const { memory: _gone, memoryWindow: _window, ...rest } = eyes;
    return rest;
  }
  return eyes;
}

/** The hex view turns to another memory. */
export function showingMemory(eyes: Eyes, memory: number): Eyes {
  const { memoryWindow: _other, goto: _place, ...rest } = eyes;
  return { ...rest, memory };
}
