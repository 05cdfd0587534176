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

export type ModuleSource = TextModule | BinaryModule;

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

export interface Project {
  readonly title: string;
  /** In the order of linking; the last is the one that is shown first. */
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
