// The screen in a few letters, for links and files: what of it they carry, written and read again. The moment of the machine is not among it.

import { own } from "../base/records.ts";
import { type CallSpec, linkedModules, type Project } from "../protocol/project.ts";
import { presetLayout, projectCall } from "./selectors.ts";
import { activeOf, type ActiveFile, callKey, type Card, DEFAULT_LAYOUT, type Eyes, type Layout, type Preset, type State } from "./state.ts";
import { NUMBER_FORMATS } from "./values.ts";

export interface Screen {
  readonly layout: Partial<Layout>;
  readonly active?: ActiveFile;
  /** UTF-16 position in the text of that file. */
  readonly cursor?: number;
  readonly eyes: Partial<Pick<Eyes, "format" | "memory">>;
  /** Address in the memory shown. */
  readonly address?: bigint;
}

const PRESETS: readonly Preset[] = ["learn", "debug", "memory", "present"];
const DOCKS = ["problems", "console", "canvas", "trace", "outline", "compare", "script"] as const;
const CARDS: readonly Card[] = ["step", "stack", "memory", "gas", "output"];
/** Panes that fold have short names; what a link says beyond that is none. */
const PANE_NAME = /^[A-Z][a-z ]{1,30}$/;
const MOST_PANES = 30;
/** Stands for host.js among the names of files: no module has an empty name. */
const HOST = "";

/** The project as it is kept and restored: with the call and the layout. */
export function projectToKeep(state: State): Project {
  return withScreen(state, layoutParts(state.layout));
}

/** The project as it is shared and saved: with all of the screen that opens again. */
export function projectToShare(state: State): Project {
  return withScreen(state, new Map([...layoutParts(state.layout), ...lookParts(state)]));
}

function withScreen(state: State, parts: ReadonlyMap<string, string>): Project {
  const call = projectCall(state);
  const { call: _old, layout: _layout, ...project } = state.project;
  const choice = call ? { module: call.module, export: call.info.name, args: call.args } : choiceKept(state);
  const layout = new URLSearchParams([...parts]).toString();
  return { ...project, ...(choice ? { call: choice } : {}), ...(layout === "" ? {} : { layout }) };
}

/** The choice of a function that is not there, because its text is broken now. */
function choiceKept({ form: { choice, args }, project }: State): CallSpec | undefined {
  if (choice === undefined || !linkedModules(project.modules).some(({ name }) => name === choice.module)) return undefined;
  return { ...choice, args: own(args, callKey(choice.module, choice.export)) ?? [] };
}

/** Only what differs from the first layout. */
function layoutParts(layout: Layout): ReadonlyMap<string, string> {
  const parts = new Map<string, string>();
  if (layout.preset !== DEFAULT_LAYOUT.preset) parts.set("p", layout.preset);
  if (layout.dockChosen) parts.set("d", layout.dock);
  return parts;
}

function lookParts({ layout, active, cursor, eyes, project }: State): ReadonlyMap<string, string> {
  const parts = new Map<string, string>();
  const usual = layout.preset === DEFAULT_LAYOUT.preset ? DEFAULT_LAYOUT : presetLayout(layout.preset);
  if (layout.collapsed.join() !== usual.collapsed?.join()) parts.set("f", layout.collapsed.join(","));
  if (layout.card !== DEFAULT_LAYOUT.card) parts.set("c", layout.card);
  const first = activeOf(project);
  if (fileName(active) !== fileName(first)) parts.set("t", fileName(active));
  if (active.kind === "module" && cursor > 0) parts.set("l", String(cursor));
  if (eyes.format !== "signed") parts.set("n", eyes.format);
  if (eyes.memory !== undefined) parts.set("m", String(eyes.memory));
  const address = addressLookedAt(eyes);
  if (address !== undefined) parts.set("a", address.toString(16));
  return parts;
}

function fileName(file: ActiveFile): string {
  return file.kind === "host" ? HOST : file.name;
}

/** Where the hex view was sent, while that is near what it shows; else the middle of that. */
function addressLookedAt({ goto, memoryWindow }: Eyes): bigint | undefined {
  if (memoryWindow === undefined) return goto?.address;
  const { from, length } = memoryWindow;
  if (goto !== undefined && goto.address >= from && goto.address < from + BigInt(length)) return goto.address;
  return from === 0n ? undefined : from + BigInt(length) / 2n;
}

/** Reads what was written; what it does not know, or the project does not have, it leaves out. */
export function readScreen({ layout, modules }: Project): Screen {
  const params = new URLSearchParams(layout ?? "");
  const preset = PRESETS.find((name) => name === params.get("p"));
  const dock = DOCKS.find((name) => name === params.get("d"));
  const card = CARDS.find((name) => name === params.get("c"));
  const format = NUMBER_FORMATS.find((name) => name === params.get("n"));
  const folded = params.get("f");
  const file = params.get("t");
  const module = modules.find(({ name }) => name === file);
  const active: ActiveFile | undefined = file === HOST ? { kind: "host" } : module && { kind: "module", name: module.name };
  const cursor = numberOf(params.get("l"));
  const memory = numberOf(params.get("m"));
  const address = params.get("a");
  return {
    layout: {
      ...(preset ? presetLayout(preset) : {}),
      ...(folded === null ? {} : { collapsed: folded.split(",").filter((name) => PANE_NAME.test(name)).slice(0, MOST_PANES) }),
      ...(card ? { card } : {}),
      ...(dock ? { dock, dockChosen: true } : {}),
    },
    ...(active ? { active } : {}),
    ...(cursor === undefined ? {} : { cursor }),
    eyes: { ...(format ? { format } : {}), ...(memory === undefined ? {} : { memory }) },
    ...(address !== null && /^[0-9a-f]{1,16}$/.test(address) ? { address: BigInt(`0x${address}`) } : {}),
  };
}

function numberOf(text: string | null): number | undefined {
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
