// Reads a document back into a project; refuses what is none. What only points to a part that is not there is left out, and told:
// a whole work is not lost over a call or a breakpoint.
import type { Schedule } from "../protocol/dto.ts";
import { type BreakpointSpec, type CallSpec, freeName, type Limits, type ModuleSource, namesOf, type Project } from "../protocol/project.ts";
import { fromBase64 } from "./base64.ts";
import { DEFAULT_LIMITS, DEFAULT_SCHEDULE, VERSION } from "./document.ts";
import { unpack } from "./packing.ts";
import { entries, fail, field, integer, items, Malformed, nestsDeeperThan, optional, text, unsigned64 } from "./reader.ts";
import type { Place, Range } from "./reader.ts";
import { upgrade } from "./upgrade.ts";

export type DocumentResult =
  /** `leftOut`: a sentence on what the project says of modules that it does not have. */
  | { readonly kind: "ok"; readonly project: Project; readonly leftOut?: string }
  /** `detail`: which part is wrong, for the end of a sentence. */
  | { readonly kind: "malformed"; readonly detail: string }
  | { readonly kind: "newer"; readonly version: number };

/** What limits a project may ask for. The machine has walls of its own behind these. */
export const LIMIT_RANGES = {
  /** 64 Mi slots of 8 bytes are 512 MiB. */
  stackSlots: { least: 64, most: 67_108_864 },
  /** A little less than 2 GiB: what one memory may have in a core that addresses 4 GiB. */
  memoryPages: { least: 0, most: 32_767 },
  tableElements: { least: 0, most: 10_000_000 },
  heapMib: { least: 1, most: 1024 },
  /** Up to ten minutes: some host functions wait for a person. */
  hostMillis: { least: 1, most: 600_000 },
} as const satisfies Record<string, Range>;

/** The machine's own bound on a cost: 2^22 units. */
const COST: Range = { least: 0, most: 4_194_304 };
const U32: Range = { least: 1, most: 4_294_967_295 };
const POSITION: Range = { least: 0, most: Number.MAX_SAFE_INTEGER };

// Chosen far above what anyone makes by hand and far below what hurts.
const MOST_MODULES = 4096;
const MOST_ARGUMENTS = 1000;
const MOST_BREAKPOINTS = 10_000;
const DEEPEST_NESTING = 16;
/** Characters of a strange name that are told. */
const SHOWN = 60;

/** `limit`: bytes that binary modules may have together once unpacked. */
export function readDocument(json: string, limit: number): DocumentResult {
  if (nestsDeeperThan(json, DEEPEST_NESTING)) return { kind: "malformed", detail: "its brackets nest too deep" };
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) throw thrown;
    return { kind: "malformed", detail: "it is not JSON" };
  }
  try {
    const version = integer(field({ value: parsed, path: "" }, "waspnest"), { least: 1, most: Number.MAX_SAFE_INTEGER });
    if (version > VERSION) return { kind: "newer", version };
    return { kind: "ok", ...readProject({ value: upgrade(parsed, version), path: "" }, limit) };
  } catch (thrown) {
    if (!(thrown instanceof Malformed)) throw thrown;
    return { kind: "malformed", detail: thrown.message };
  }
}

function readProject(place: Place, limit: number): { readonly project: Project; readonly leftOut?: string } {
  const modules = readModules(field(place, "modules"), limit);
  const names = namesOf(modules);
  const call = optional(field(place, "call"), readCall, undefined);
  const breakpoints = optional(field(place, "breakpoints"), readBreakpoints, []);
  const layout = optional(field(place, "layout"), text, undefined);
  const known = ({ module }: CallSpec | BreakpointSpec): boolean => names.has(module);
  const project: Project = {
    title: text(field(place, "title")),
    modules,
    hostCode: optional(field(place, "host"), text, ""),
    schedule: optional(field(place, "schedule"), readSchedule, { builtin: DEFAULT_SCHEDULE }),
    limits: optional(field(place, "limits"), readLimits, DEFAULT_LIMITS),
    ...(call !== undefined && known(call) ? { call } : {}),
    breakpoints: breakpoints.filter(known),
    ...(layout === undefined ? {} : { layout }),
  };
  const lost = breakpoints.filter((breakpoint) => !known(breakpoint));
  const parts = [
    ...(call === undefined || known(call) ? [] : [`the call of ${call.module.slice(0, SHOWN)}`]),
    ...(lost.length === 0 ? [] : [`${lost.length === 1 ? "a breakpoint" : `${lost.length} breakpoints`} in ${[...new Set(lost.map(({ module }) => module))].join(", ").slice(0, SHOWN)}`]),
  ];
  return { project, ...(parts.length === 0 ? {} : { leftOut: `The project has no such module, so this was left out: ${parts.join(", and ")}.` }) };
}

function readModules(place: Place, limit: number): readonly ModuleSource[] {
  const names = new Set<string>();
  let left = limit;
  const modules = items(place, MOST_MODULES).map((item): ModuleSource => {
    const nameAt = field(item, "name");
    const given = text(nameAt);
    if (given === "") fail(nameAt, "a name of at least one character");
    const name = names.has(given) ? freeName(given, names) : given;
    names.add(name);
    if (field(item, "text").value !== undefined) return { kind: "text", name, text: text(field(item, "text")) };
    if (field(item, "script").value !== undefined) return { kind: "script", name, text: text(field(item, "script")) };
    const bytes = readBytes(item, left);
    left -= bytes.length;
    return { kind: "binary", name, bytes };
  });
  return modules.length > 0 ? modules : fail(place, "a list of at least one module");
}

function readBytes(item: Place, limit: number): Uint8Array {
  const packed = field(item, "packed");
  const plain = packed.value === undefined;
  const at = plain ? field(item, "wasm") : packed;
  const bytes = fromBase64(text(at)) ?? fail(at, "base64");
  if (plain) return bytes.length <= limit ? bytes : fail(at, `at most ${limit} bytes`);
  const unpacked = unpack(bytes, undefined, limit);
  switch (unpacked.kind) {
    case "ok":
      return unpacked.bytes;
    case "tooLarge":
      return fail(at, `at most ${limit} bytes once unpacked`);
    case "damaged":
    case "truncated":
      return fail(at, "deflated data");
  }
}

function readSchedule(place: Place): Project["schedule"] {
  if (typeof place.value === "string") return { builtin: place.value };
  const cost = (name: string): number => integer(field(place, name), COST);
  const schedule: Schedule = {
    name: text(field(place, "name")),
    denominator: integer(field(place, "denominator"), U32),
    base: cost("base"),
    takenBranch: cost("takenBranch"),
    perGrownPage: cost("perGrownPage"),
    perBulkByte: cost("perBulkByte"),
    perHostCall: cost("perHostCall"),
    perCountedZero: cost("perCountedZero"),
    perCountedOne: cost("perCountedOne"),
    costs: Object.fromEntries(entries(field(place, "costs")).map(([name, at]) => [name, integer(at, COST)])),
  };
  return schedule;
}

function readLimits(place: Place): Limits {
  const gas = optional(field(place, "gas"), (at) => (at.value === "none" ? undefined : unsigned64(at)), DEFAULT_LIMITS.gas);
  const limit = (name: keyof typeof LIMIT_RANGES): number =>
    optional(field(place, name), (at) => integer(at, LIMIT_RANGES[name]), DEFAULT_LIMITS[name]);
  return {
    ...(gas === undefined ? {} : { gas }),
    stackSlots: limit("stackSlots"),
    memoryPages: limit("memoryPages"),
    tableElements: limit("tableElements"),
    heapMib: limit("heapMib"),
    hostMillis: limit("hostMillis"),
  };
}

function readCall(place: Place): CallSpec {
  return {
    module: text(field(place, "module")),
    export: text(field(place, "export")),
    args: items(field(place, "args"), MOST_ARGUMENTS).map(text),
  };
}

function readBreakpoints(place: Place): readonly BreakpointSpec[] {
  return items(place, MOST_BREAKPOINTS).map((item) => {
    const [module, position, ...rest] = items(item, 2);
    if (module === undefined || position === undefined || rest.length > 0) return fail(item, "a module's name and a position");
    return { module: text(module), position: integer(position, POSITION) };
  });
}
