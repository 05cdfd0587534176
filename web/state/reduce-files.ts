// Reducers of the files of a project.

import { freeName, type ModuleSource, namesOf, type Project } from "../protocol/project.ts";
import type { Action } from "./actions.ts";
import { withNotice } from "./notices.ts";
import { keptScripts } from "./reduce-scripts.ts";
import type { Screen } from "./screen.ts";
import { NO_SCRIPTS } from "./scripts.ts";
import { activeOf, DEFAULT_LAYOUT, FIRST_EYES, formOf, type State } from "./state.ts";

type Of<K extends Action["kind"]> = Extract<Action, { readonly kind: K }>;

export function openProject(state: State, action: Of<"projectOpened">): State {
  const { layout, active, cursor, eyes, address }: Screen = action.screen ?? { layout: {}, eyes: {} };
  const goto = address === undefined ? {} : { goto: { address, length: 1, turn: (state.eyes.goto?.turn ?? 0) + 1 } };
  const asks = action.host === "asked" && action.project.hostCode.trim() !== "";
  return {
    ...state,
    project: action.project,
    origin: action.origin,
    changed: false,
    active: active ?? activeOf(action.project),
    cursor: cursor ?? 0,
    binaryTexts: {},
    reports: {},
    host: asks ? "asked" : "own",
    machine: { phase: "none", problems: [] },
    form: formOf(action.project.call),
    eyes: { ...FIRST_EYES, format: state.eyes.format, ...eyes, ...goto },
    output: { lines: [], dropped: 0 },
    comparison: { kind: "none" },
    layout: { ...DEFAULT_LAYOUT, ...state.layout, dockChosen: false, dock: hasScripts(action.project) ? "script" : "problems", ...layout },
    scripts: { ...NO_SCRIPTS, options: state.scripts.options },
  };
}

function hasScripts(project: Project): boolean {
  return project.modules.some((module) => module.kind === "script");
}

function withModules(state: State, modules: readonly ModuleSource[]): State {
  return { ...state, changed: true, project: { ...state.project, modules } };
}

export function typeText(state: State, action: Of<"textTyped">): State {
  const modules = state.project.modules.map((module): ModuleSource =>
    module.name === action.name ? { kind: module.kind === "script" ? "script" : "text", name: module.name, text: action.text } : module,
  );
  return withModules(state, modules);
}

export function addModule(state: State, source: ModuleSource): State {
  const named = { ...source, name: freeName(source.name, namesOf(state.project.modules)) };
  const next = withModules(state, [...state.project.modules, named]);
  const layout: State["layout"] = source.kind === "script" && !hasScripts(state.project) ? { ...state.layout, dock: "script" } : state.layout;
  return { ...next, layout, active: { kind: "module", name: named.name } };
}

export function renameModule(state: State, action: Of<"moduleRenamed">): State {
  if (action.name === action.to || action.to.trim() === "") return state;
  const others = state.project.modules.filter((module) => module.name !== action.name);
  const to = freeName(action.to, namesOf(others));
  const renamed = (name: string): string => (name === action.name ? to : name);
  const { choice } = state.form;
  return {
    ...state,
    changed: true,
    project: {
      ...state.project,
      modules: state.project.modules.map((module) => ({ ...module, name: renamed(module.name) })),
      breakpoints: state.project.breakpoints.map((breakpoint) => ({ ...breakpoint, module: renamed(breakpoint.module) })),
    },
    active: state.active.kind === "module" ? { kind: "module", name: renamed(state.active.name) } : state.active,
    reports: renamedKey(state.reports, action.name, to),
    binaryTexts: renamedKey(state.binaryTexts, action.name, to),
    scripts: keptScripts(state.scripts, renamed),
    form: {
      ...(choice ? { choice: { ...choice, module: renamed(choice.module) } } : {}),
      args: Object.fromEntries(
        Object.entries(state.form.args).map(([key, args]) => [
          key.startsWith(`${action.name}/`) ? `${to}${key.slice(action.name.length)}` : key,
          args,
        ]),
      ),
    },
  };
}

function renamedKey<T>(record: Readonly<Record<string, T>>, from: string, to: string): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key === from ? to : key, value]));
}

export function removeModule(state: State, name: string): State {
  const at = state.project.modules.findIndex((module) => module.name === name);
  const source = state.project.modules[at];
  if (!source) return state;
  const modules = state.project.modules.filter((module) => module.name !== name);
  const next = withModules(state, modules);
  const project = { ...next.project, breakpoints: next.project.breakpoints.filter((breakpoint) => breakpoint.module !== name) };
  const active = state.active.kind === "module" && state.active.name === name ? activeOf(project) : state.active;
  const form = state.form.choice?.module === name ? { args: state.form.args } : state.form;
  const text = `${name} was removed. The project with it is kept under Open, Earlier work.`;
  const undo: Action = { kind: "moduleRestored", source, at, breakpoints: state.project.breakpoints.filter((breakpoint) => breakpoint.module === name) };
  const scripts = keptScripts(state.scripts, (known) => (known === name ? undefined : known));
  return withNotice({ ...next, project, active, form, scripts }, { tone: "info", text, undo, about: "project" });
}

export function restoreModule(state: State, action: Of<"moduleRestored">): State {
  const name = freeName(action.source.name, namesOf(state.project.modules));
  const modules = state.project.modules.toSpliced(action.at, 0, { ...action.source, name });
  const next = withModules(state, modules);
  const breakpoints = [...next.project.breakpoints, ...action.breakpoints.map((breakpoint) => ({ ...breakpoint, module: name }))];
  return { ...next, project: { ...next.project, breakpoints }, active: { kind: "module", name } };
}

export function moveModule(state: State, action: Of<"moduleMoved">): State {
  const modules = [...state.project.modules];
  const from = modules.findIndex((module) => module.name === action.name);
  const moved = modules[from];
  const other = modules[from + action.by];
  if (!moved || !other) return state;
  modules[from] = other;
  modules[from + action.by] = moved;
  return withModules(state, modules);
}

export function placeBreakpoints(state: State, action: Of<"breakpointsPlaced">): State {
  const isOfProject = state.project.modules.some((module) => module.name === action.module);
  const known = isOfProject ? state.project.breakpoints : state.scripts.breakpoints;
  const others = known.filter((breakpoint) => breakpoint.module !== action.module);
  const own = action.positions.map((position) => ({ module: action.module, position }));
  const before = known.filter((breakpoint) => breakpoint.module === action.module);
  if (own.length === before.length && own.every((spec, index) => spec.position === before[index]?.position)) return state;
  const breakpoints = [...others, ...own];
  if (!isOfProject) return { ...state, scripts: { ...state.scripts, breakpoints } };
  return { ...state, changed: true, project: { ...state.project, breakpoints } };
}
