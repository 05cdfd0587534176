// What an example is, and the short form in which it is written down.
import type { Limits, ModuleSource, Project } from "../protocol/project.ts";

export interface Example {
  /** Stable: links and the e2e tests name it. */
  readonly id: string;
  readonly title: string;
  /** One sentence for the gallery. */
  readonly idea: string;
  readonly project: Project;
  /** A module that is too large to come with the gallery; it goes before those of the project. */
  readonly needs?: "waspnest";
}

export interface Recipe {
  readonly id: string;
  readonly title: string;
  readonly idea: string;
  /** A text of its own is called after the example. */
  readonly modules: string | readonly ModuleSource[];
  readonly host?: string;
  /** Export and arguments; the module is the last one. */
  readonly call: readonly [string, ...string[]];
  readonly limits?: Partial<Limits>;
  readonly needs?: Example["needs"];
}

/** Gas in units of the schedule "instructions", in which most instructions cost 1. */
const LIMITS: Limits = {
  gas: 1_000_000n,
  stackSlots: 8_000_000,
  memoryPages: 16_384,
  tableElements: 1_000_000,
  heapMib: 128,
  hostMillis: 2000,
};

export function example({ id, title, idea, modules, host, call: [name, ...args], limits, needs }: Recipe): Example {
  const sources: readonly ModuleSource[] = typeof modules === "string" ? [{ kind: "text", name: id, text: modules }] : modules;
  const shown = sources.at(-1);
  if (shown === undefined) throw new Error(`the example ${id} has no module`);
  return {
    id,
    title,
    idea,
    project: {
      title,
      modules: sources,
      hostCode: host ?? "",
      schedule: { builtin: "instructions" },
      limits: { ...LIMITS, ...limits },
      call: { module: shown.name, export: name, args },
      breakpoints: [],
    },
    ...(needs === undefined ? {} : { needs }),
  };
}
