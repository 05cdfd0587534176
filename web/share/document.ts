// The document that links and files carry: a project as JSON, version 1.
//
//   waspnest     1, the version
//   title        text
//   modules      [{ name, text } | { name, wasm: base64 } | { name, packed: base64 of the deflated bytes } | { name, script: text of a .wast }]
//   host         host.js, left out when empty
//   schedule     the name of a built-in schedule, or a schedule
//   limits       only those that differ from DEFAULT_LIMITS; gas in digits, "none" for no limit
//   call         { module, export, args: [text] }
//   breakpoints  [[module, position]]
//   layout       text
import type { Schedule } from "../protocol/dto.ts";
import type { BreakpointSpec, CallSpec, Limits, ModuleSource, Project } from "../protocol/project.ts";
import { toBase64 } from "./base64.ts";
import { pack } from "./packing.ts";

export const VERSION = 1;

/** What a limit that version 1 does not mention means. Frozen: older links rely on it. */
export const DEFAULT_LIMITS: Limits = {
  gas: 1_000_000_000n,
  stackSlots: 8_000_000,
  memoryPages: 16_384,
  tableElements: 1_000_000,
  heapMib: 128,
  hostMillis: 2000,
};

export const DEFAULT_SCHEDULE = "instructions";

type JsonValue = string | number | readonly JsonValue[] | { readonly [name: string]: JsonValue };
type JsonObject = Readonly<Record<string, JsonValue>>;

/** `packed` costs a link the fewest characters, `wasm` keeps a file readable for other tools. */
export type BinaryForm = "wasm" | "packed";

export function writeDocument(project: Project, binaryForm: BinaryForm): JsonObject {
  const limits = writeLimits(project.limits);
  return {
    waspnest: VERSION,
    title: project.title,
    ...(isDefaultSchedule(project.schedule) ? {} : { schedule: writeSchedule(project.schedule) }),
    ...(Object.keys(limits).length === 0 ? {} : { limits }),
    ...(project.call === undefined ? {} : { call: writeCall(project.call) }),
    ...(project.breakpoints.length === 0 ? {} : { breakpoints: project.breakpoints.map(writeBreakpoint) }),
    ...(project.layout === undefined ? {} : { layout: project.layout }),
    ...(project.hostCode === "" ? {} : { host: project.hostCode }),
    modules: project.modules.map((module) => writeModule(module, binaryForm)),
  };
}

function writeModule(module: ModuleSource, binaryForm: BinaryForm): JsonObject {
  if (module.kind === "text") return { name: module.name, text: module.text };
  if (module.kind === "script") return { name: module.name, script: module.text };
  if (binaryForm === "wasm") return { name: module.name, wasm: toBase64(module.bytes) };
  return { name: module.name, packed: toBase64(pack(module.bytes, undefined)) };
}

function isDefaultSchedule(schedule: Project["schedule"]): boolean {
  return "builtin" in schedule && schedule.builtin === DEFAULT_SCHEDULE;
}

function writeSchedule(schedule: Project["schedule"]): JsonValue {
  if ("builtin" in schedule) return schedule.builtin;
  const { name, denominator, costs, base, takenBranch, perGrownPage, perBulkByte, perHostCall, perCountedZero, perCountedOne }: Schedule = schedule;
  return { name, denominator, base, takenBranch, perGrownPage, perBulkByte, perHostCall, perCountedZero, perCountedOne, costs };
}

function writeLimits(limits: Limits): JsonObject {
  const written: Record<string, JsonValue> = {};
  if (limits.gas !== DEFAULT_LIMITS.gas) written["gas"] = limits.gas === undefined ? "none" : limits.gas.toString();
  for (const name of ["stackSlots", "memoryPages", "tableElements", "heapMib", "hostMillis"] as const) {
    if (limits[name] !== DEFAULT_LIMITS[name]) written[name] = limits[name];
  }
  return written;
}

function writeCall(call: CallSpec): JsonObject {
  return { module: call.module, export: call.export, args: call.args };
}

function writeBreakpoint(breakpoint: BreakpointSpec): JsonValue {
  return [breakpoint.module, breakpoint.position];
}
