// What a person makes: saved, shared and loaded into a machine as one value.
import type { Limits, Schedule } from "./dto.ts";

export interface TextModule {
  readonly kind: "text";
  /** File name without extension; also the name under which other modules import its exports. */
  readonly name: string;
  readonly text: string;
}

export interface BinaryModule {
  readonly kind: "binary";
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A script in the `.wast` format: modules, and what is asserted of them. It is no part of what is linked. */
export interface ScriptFile {
  readonly kind: "script";
  readonly name: string;
  readonly text: string;
}

export type LinkedSource = TextModule | BinaryModule;
export type ModuleSource = LinkedSource | ScriptFile;

export type { Limits };

export interface CallSpec {
  readonly module: string;
  readonly export: string;
  /** As typed, in the order of the parameters. */
  readonly args: readonly string[];
}

export interface BreakpointSpec {
  readonly module: string;
  /** UTF-16 offset in the text. */
  readonly position: number;
}

/** The action of a script before which a machine stands. */
export interface Stand {
  /** Name of the script. */
  readonly script: string;
  /** Number of the directive. */
  readonly directive: number;
}

export interface Project {
  readonly title: string;
  /** In the order of linking, with scripts among them; the last is the one that is shown first. */
  readonly modules: readonly ModuleSource[];
  /** host.js: an ES module; each named export is the object of one import module. */
  readonly hostCode: string;
  readonly schedule: Schedule | { readonly builtin: string };
  readonly limits: Limits;
  readonly call?: CallSpec;
  readonly breakpoints: readonly BreakpointSpec[];
  /** Panes' layout, opaque to all but the app; strings only. */
  readonly layout?: string;
}

/** The modules that are linked. */
export function linkedModules(modules: readonly ModuleSource[]): readonly LinkedSource[] {
  return modules.filter((module) => module.kind !== "script");
}

/** `name`, or `name-2`, `name-3`… when it is taken: a project has each name once, and none that is empty. */
export function freeName(name: string, taken: ReadonlySet<string>): string {
  const base = name.trim() === "" ? "module" : name.trim();
  if (!taken.has(base)) return base;
  let count = 2;
  while (taken.has(`${base}-${count}`)) count += 1;
  return `${base}-${count}`;
}

export function namesOf(modules: readonly ModuleSource[]): ReadonlySet<string> {
  return new Set(modules.map(({ name }) => name));
}

export function scriptNamed(modules: readonly ModuleSource[], name: string): ScriptFile | undefined {
  return modules.find((module): module is ScriptFile => module.kind === "script" && module.name === name);
}
