// The next state of the page after an action. Pure: nothing here talks to the machine, the browser or the clock.

import { assertUnreachable } from "../base/assert.ts";
import type { Action, Command } from "./actions.ts";
import { notice, withoutCrash, withoutInfo, withoutPassed } from "./notices.ts";
import { noteEdit, untouched } from "./reduce-edits.ts";
import { addModule, moveModule, openProject, placeBreakpoints, removeModule, renameModule, restoreModule, typeText } from "./reduce-files.ts";
import { lookAtHeap } from "./reduce-heap.ts";
import { beginLoad, endLoad, hearEngine, showingMemory } from "./reduce-machine.ts";
import { reduceScripts } from "./reduce-scripts.ts";
import { chosenCall, formInUse, presetLayout } from "./selectors.ts";
import { callKey, type CallForm, type Eyes, FIRST_EYES, type State } from "./state.ts";

/** Wishes that make a machine where a project was opened without one. */
const MAKING: readonly Command["kind"][] = ["restart", "run", "compare"];

export function reduce(state: State, action: Action): State {
  return withoutPassed(state, reduced(state, action));
}

function reduced(state: State, action: Action): State {
  switch (action.kind) {
    case "projectOpened":
      return openProject(state, action);
    case "titleTyped":
      return { ...state, changed: true, project: { ...state.project, title: action.title } };
    case "textTyped":
      return typeText(state, action);
    case "hostTyped":
      return { ...state, changed: true, project: { ...state.project, hostCode: action.text } };
    case "hostAllowed":
      return { ...state, host: "allowed" };
    case "moduleAdded":
      return addModule(state, action.source);
    case "moduleRenamed":
      return renameModule(state, action);
    case "moduleRemoved":
      return removeModule(state, action.name);
    case "moduleRestored":
      return restoreModule(state, action);
    case "moduleMoved":
      return moveModule(state, action);
    case "fileChosen":
      return { ...state, active: action.file };
    case "cursorMoved":
      return state.cursor === action.position ? state : { ...state, cursor: action.position };
    case "binaryShown":
      return { ...state, binaryTexts: { ...state.binaryTexts, [action.name]: action.shown } };
    case "checked":
      return { ...state, reports: { ...state.reports, [action.name]: { text: action.text, report: action.report } } };
    case "projectSaved":
      return { ...state, changed: false };
    case "breakpointsPlaced":
      return placeBreakpoints(state, action);
    case "limitsChosen":
      return { ...state, changed: true, project: { ...state.project, limits: action.limits } };
    case "scheduleChosen":
      return { ...state, changed: true, project: { ...state.project, schedule: action.schedule } };
    case "knowledgeRead":
      return { ...state, schedules: action.schedules, instructions: action.instructions };
    case "ask":
      return noteEdit(state.idle === true && MAKING.includes(action.command.kind) ? { ...state, idle: false } : state, action.command);
    case "asked":
      return { ...state, machine: { ...withoutCrash(state.machine), command: action.command }, notices: action.by === "hand" ? withoutInfo(state.notices) : state.notices };
    case "answered": {
      const { command: _done, ...machine } = state.machine;
      return { ...state, machine };
    }
    case "scriptsQueued":
    case "scriptSaid":
    case "scriptEnded":
    case "scriptOptionsChosen":
    case "failingToggled":
    case "directiveChosen":
    case "standChosen":
      return reduceScripts(state, action);
    case "loadBegan":
      return beginLoad(state, action);
    case "loadEnded":
      return endLoad(state, action);
    case "hostTaken": {
      const { loaded } = state.machine;
      if (!loaded || loaded.source.hostCode === action.hostCode) return state;
      return { ...state, machine: { ...state.machine, loaded: { ...loaded, source: { ...loaded.source, hostCode: action.hostCode }, hostTaken: true } } };
    }
    case "engineSaid":
      return hearEngine(state, action.event);
    case "gasAdded": {
      const { loaded } = state.machine;
      return loaded ? { ...state, machine: { ...state.machine, loaded: { ...loaded, extraGas: action.total } } } : state;
    }
    case "breakpointsStand": {
      const { loaded } = state.machine;
      return loaded ? { ...state, machine: { ...state.machine, loaded: { ...loaded, breakpoints: action.places } } } : state;
    }
    case "outputCleared":
      return { ...state, output: { lines: [], dropped: 0 } };
    case "resetBegan":
      return untouched(state);
    case "traceFetched":
      return { ...state, output: { ...state.output, trace: action.text } };
    case "compared":
      return { ...state, comparison: action.comparison };
    case "exportChosen":
      return withForm(state, { ...formInUse(state), choice: { module: action.module, export: action.export } });
    case "argRefused":
      return { ...state, refusedArg: { index: action.index, turn: (state.refusedArg?.turn ?? 0) + 1 } };
    case "argTyped":
      return typeArg(state, action.index, action.text);
    case "frameChosen":
    case "framesScrolled":
    case "rowsScrolled":
    case "memoryChosen":
    case "memoryScrolled":
    case "followToggled":
    case "searchMissed":
    case "gotoAsked":
    case "revealAsked":
    case "tableScrolled":
    case "formatChosen":
    case "shapeChosen":
      return look(state, action);
    case "heapKindChosen":
    case "heapScrolled":
    case "objectChosen":
    case "objectLeft":
    case "objectEntered":
    case "partsScrolled":
    case "surveyAsked":
      return lookAtHeap(state, action);
    case "layoutChanged":
      return { ...state, layout: { ...state.layout, ...action.layout } };
    case "presetChosen":
      return { ...state, layout: { ...state.layout, ...presetLayout(action.preset) } };
    case "dockChosen":
      return { ...state, layout: { ...state.layout, dock: action.dock, dockChosen: true } };
    case "cardChosen":
      return { ...state, layout: { ...state.layout, card: action.card } };
    case "paneToggled": {
      const { collapsed } = state.layout;
      const next = collapsed.includes(action.pane) ? collapsed.filter((pane) => pane !== action.pane) : [...collapsed, action.pane];
      return { ...state, layout: { ...state.layout, collapsed: next } };
    }
    case "themeChosen":
      return { ...state, theme: action.theme };
    case "dialogOpened":
      return { ...state, dialog: action.dialog };
    case "dialogClosed": {
      const { dialog: _closed, ...rest } = state;
      return rest;
    }
    case "noticed":
      return notice(state, action);
    case "workKept": {
      const { unkept: _before, ...rest } = state;
      return action.unkept === undefined ? rest : { ...rest, unkept: action.unkept };
    }
    case "noticeDismissed":
      return { ...state, notices: state.notices.filter(({ id }) => id !== action.id) };
    default:
      return assertUnreachable(action);
  }
}

function typeArg(state: State, index: number, text: string): State {
  const call = chosenCall(state);
  if (!call) return state;
  const args = call.args.map((arg, at) => (at === index ? text : arg));
  const key = callKey(call.module, call.info.name);
  return withForm(state, { choice: { module: call.module, export: call.info.name }, args: { ...formInUse(state).args, [key]: args } });
}

function withForm(state: State, form: CallForm): State {
  const { loaded } = state.machine;
  return loaded?.form === undefined ? { ...state, form } : { ...state, machine: { ...state.machine, loaded: { ...loaded, form } } };
}

type Look = Extract<
  Action,
  {
    readonly kind:
      | "frameChosen"
      | "framesScrolled"
      | "rowsScrolled"
      | "memoryChosen"
      | "memoryScrolled"
      | "followToggled"
      | "searchMissed"
      | "gotoAsked"
      | "revealAsked"
      | "tableScrolled"
      | "formatChosen"
      | "shapeChosen";
  }
>;

function look(state: State, action: Look): State {
  const { eyes } = state;
  const seeing = (next: Partial<Eyes>): State => ({ ...state, eyes: { ...eyes, ...next } });
  switch (action.kind) {
    case "frameChosen":
      return seeing({ frame: action.frame, rowsFrom: { ...FIRST_EYES.rowsFrom, globals: eyes.rowsFrom.globals, exceptions: eyes.rowsFrom.exceptions } });
    case "framesScrolled":
      return seeing({ framesFrom: action.from });
    case "rowsScrolled":
      return seeing({ rowsFrom: { ...eyes.rowsFrom, [action.list]: action.from } });
    case "memoryChosen":
      return { ...state, eyes: showingMemory(eyes, action.memory) };
    case "memoryScrolled":
      return seeing({ memoryWindow: action.window });
    case "followToggled":
      return seeing({ followWrites: !eyes.followWrites });
    case "searchMissed":
      return seeing({ missed: eyes.missed + 1 });
    case "gotoAsked":
      return seeing({ goto: { address: action.address, length: action.length, turn: (eyes.goto?.turn ?? 0) + 1 } });
    case "revealAsked": {
      const reveal = { file: action.file, from: action.from, to: action.to, turn: (eyes.reveal?.turn ?? 0) + 1 };
      return { ...seeing({ reveal }), active: action.file };
    }
    case "tableScrolled":
      return seeing({ tablesFrom: { ...eyes.tablesFrom, [action.table]: action.from } });
    case "formatChosen":
      return seeing({ format: action.format });
    case "shapeChosen":
      return seeing({ shapes: { ...eyes.shapes, [action.place]: action.shape } });
    default:
      return assertUnreachable(action);
  }
}
