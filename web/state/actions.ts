// All that can happen on the page, as one union. `ask` is a wish to the machine; what it answers comes back as other actions.

import type { CheckReport, InstructionInfo, MemoryWindow, Schedule, Shape } from "../protocol/dto.ts";
import type { BreakpointPlace, Edit, EngineEvent, LoadResult } from "../protocol/engine.ts";
import type { BreakpointSpec, Limits, ModuleSource, Project, Stand } from "../protocol/project.ts";
import type { ScriptEvent, ScriptOptions } from "../protocol/script.ts";
import type { Screen } from "./screen.ts";
import type { ActiveFile, BinaryText, Card, ComparisonState, Dialog, DockTab, HostPermission, Layout, Notice, Origin, Preset, RowList, Subject, Theme } from "./state.ts";
import type { NumberFormat } from "./values.ts";

/** What a hand can ask of the machine. */
export type Command =
  /** Begin the call of the form and run it to its end. */
  | { readonly kind: "run" }
  | { readonly kind: "continue" }
  | { readonly kind: "pause" }
  | { readonly kind: "step"; readonly way: "in" | "over" | "out" }
  | { readonly kind: "runToCursor"; readonly module: string; readonly position: number }
  /** A fresh machine of the texts as they are now, standing before the first instruction of the call. */
  | { readonly kind: "restart" }
  /** The host function at which the machine stands is called again, as host.js is now. */
  | { readonly kind: "callAgain" }
  | { readonly kind: "addGas"; readonly amount: bigint }
  /** `undoes`: it takes back the last edit of bytes. */
  | { readonly kind: "edit"; readonly edit: Edit; readonly undoes?: true }
  | { readonly kind: "trace"; readonly on: boolean }
  | { readonly kind: "fetchTrace" }
  /** The call of the form, on a machine of its own and on the browser's own engine. */
  | { readonly kind: "compare" }
  | { readonly kind: "stopComparing" }
  /** Our machine of the comparison, at the end of the call, in place of the one that is looked at. */
  | { readonly kind: "openCompared" }
  | { readonly kind: "search"; readonly memory: number; readonly from: bigint; readonly needle: Uint8Array }
  /** Adds a stub to host.js for each import that nothing defines. */
  | { readonly kind: "stubs" }
  | { readonly kind: "runScripts"; readonly names: readonly string[] }
  | { readonly kind: "stopScripts" }
  /** Keys held down now, for programs that read the keyboard. */
  | { readonly kind: "keys"; readonly codes: readonly string[] };

export type Action =
  // Scripts.
  | { readonly kind: "scriptsQueued"; readonly names: readonly string[] }
  | { readonly kind: "scriptSaid"; readonly name: string; readonly text: string; readonly event: ScriptEvent }
  | { readonly kind: "scriptEnded"; readonly name: string; readonly phase: "done" | "stopped"; readonly why?: string }
  | { readonly kind: "scriptOptionsChosen"; readonly options: ScriptOptions }
  | { readonly kind: "failingToggled" }
  | { readonly kind: "directiveChosen"; readonly script: string; readonly directive: number }
  /** A machine before an action of a script, or, without one, that of the modules again. */
  | { readonly kind: "standChosen"; readonly stand: Stand | undefined; readonly toEnd: boolean }
  // Files.
  | { readonly kind: "projectOpened"; readonly project: Project; readonly origin: Origin; readonly host: HostPermission; readonly screen?: Screen }
  | { readonly kind: "titleTyped"; readonly title: string }
  | { readonly kind: "textTyped"; readonly name: string; readonly text: string }
  | { readonly kind: "hostTyped"; readonly text: string }
  | { readonly kind: "hostAllowed" }
  | { readonly kind: "moduleAdded"; readonly source: ModuleSource }
  | { readonly kind: "moduleRenamed"; readonly name: string; readonly to: string }
  | { readonly kind: "moduleRemoved"; readonly name: string }
  /** Puts a removed module back where it was. */
  | { readonly kind: "moduleRestored"; readonly source: ModuleSource; readonly at: number; readonly breakpoints: readonly BreakpointSpec[] }
  | { readonly kind: "moduleMoved"; readonly name: string; readonly by: -1 | 1 }
  | { readonly kind: "fileChosen"; readonly file: ActiveFile }
  | { readonly kind: "cursorMoved"; readonly position: number }
  | { readonly kind: "binaryShown"; readonly name: string; readonly shown: BinaryText }
  | { readonly kind: "checked"; readonly name: string; readonly text: string; readonly report: CheckReport }
  | { readonly kind: "projectSaved" }
  | { readonly kind: "breakpointsPlaced"; readonly module: string; readonly positions: readonly number[] }
  | { readonly kind: "limitsChosen"; readonly limits: Limits }
  | { readonly kind: "scheduleChosen"; readonly schedule: Schedule | { readonly builtin: string } }
  | { readonly kind: "knowledgeRead"; readonly schedules: readonly Schedule[]; readonly instructions: readonly InstructionInfo[] }
  // Machine.
  | { readonly kind: "ask"; readonly command: Command }
  /** A call could not begin because of this argument of the form. */
  | { readonly kind: "argRefused"; readonly index: number }
  /** `by` itself: what follows from a change, such as a new machine. */
  | { readonly kind: "asked"; readonly command: string; readonly by: "hand" | "itself" }
  | { readonly kind: "answered" }
  | { readonly kind: "loadBegan"; readonly project: Project; readonly stand: Stand | undefined; readonly hostAllowed: boolean }
  | { readonly kind: "loadEnded"; readonly project: Project; readonly stand: Stand | undefined; readonly hostAllowed: boolean; readonly result: LoadResult }
  /** The machine goes on with this host.js. */
  | { readonly kind: "hostTaken"; readonly hostCode: string }
  | { readonly kind: "engineSaid"; readonly event: EngineEvent }
  /** Where the machine has set the breakpoints. */
  | { readonly kind: "breakpointsStand"; readonly places: readonly BreakpointPlace[] }
  | { readonly kind: "gasAdded"; readonly total: bigint }
  /** A search went through the whole memory and found nothing. */
  | { readonly kind: "searchMissed" }
  | { readonly kind: "outputCleared" }
  /** The same machine begins anew. */
  | { readonly kind: "resetBegan" }
  | { readonly kind: "traceFetched"; readonly text: string }
  | { readonly kind: "compared"; readonly comparison: ComparisonState }
  | { readonly kind: "exportChosen"; readonly module: string; readonly export: string }
  | { readonly kind: "argTyped"; readonly index: number; readonly text: string }
  // Looking.
  | { readonly kind: "frameChosen"; readonly frame: number }
  | { readonly kind: "framesScrolled"; readonly from: number }
  | { readonly kind: "rowsScrolled"; readonly list: RowList; readonly from: number }
  | { readonly kind: "memoryChosen"; readonly memory: number }
  | { readonly kind: "memoryScrolled"; readonly window: MemoryWindow }
  | { readonly kind: "followToggled" }
  | { readonly kind: "gotoAsked"; readonly address: bigint; readonly length: number }
  | { readonly kind: "revealAsked"; readonly file: ActiveFile; readonly from: number; readonly to: number }
  | { readonly kind: "tableScrolled"; readonly table: number; readonly from: number }
  /** Objects of one kind are listed, or all. */
  | { readonly kind: "heapKindChosen"; readonly key?: string }
  | { readonly kind: "heapScrolled"; readonly from: number }
  /** `from`: the list of objects, or a reference anywhere, which opens the pane and moves the list. */
  | { readonly kind: "objectChosen"; readonly object: number; readonly from: "list" | "reference" }
  /** To the object shown before this one, or to the one that was left so. */
  | { readonly kind: "objectLeft"; readonly way: "back" | "forward" }
  /** The object took the focus. */
  | { readonly kind: "objectEntered" }
  | { readonly kind: "partsScrolled"; readonly from: number }
  | { readonly kind: "surveyAsked" }
  | { readonly kind: "formatChosen"; readonly format: NumberFormat }
  | { readonly kind: "shapeChosen"; readonly place: string; readonly shape: Shape }
  // The page itself.
  | { readonly kind: "layoutChanged"; readonly layout: Partial<Layout> }
  | { readonly kind: "presetChosen"; readonly preset: Preset }
  | { readonly kind: "dockChosen"; readonly dock: DockTab }
  | { readonly kind: "cardChosen"; readonly card: Card }
  | { readonly kind: "paneToggled"; readonly pane: string }
  | { readonly kind: "themeChosen"; readonly theme: Theme }
  | { readonly kind: "dialogOpened"; readonly dialog: Dialog }
  | { readonly kind: "dialogClosed" }
  /** `about`: what it speaks of, if that is less than the whole project. */
  | { readonly kind: "noticed"; readonly tone: Notice["tone"]; readonly text: string; readonly about?: Subject }
  /** The work was kept, or was not and why. */
  | { readonly kind: "workKept"; readonly unkept?: string }
  | { readonly kind: "noticeDismissed"; readonly id: number };

export type Dispatch = (action: Action) => void;
