// A call on the browser's own engine, for comparing: what is asked and what comes back.
import type { HostGlobal, Value } from "./dto.ts";
import type { Call, EngineEvent, LoadedModule, LoadResult } from "./engine.ts";
import type { Project } from "./project.ts";

/** How a call ended. */
export type Outcome =
  | { readonly kind: "finished"; readonly results: readonly Value[] }
  /** `message` in the engine's own words. */
  | { readonly kind: "trapped"; readonly message: string };

/** A memory in short: two engines have the same bytes if all its hashes are the same. */
export interface MemoryDigest {
  readonly module: number;
  readonly index: number;
  /** In bytes. */
  readonly size: number;
  /** One for each 64 KiB, the last for what is left. */
  readonly hashes: readonly number[];
}

/** What a call left behind. */
export interface Remains {
  readonly memories: readonly MemoryDigest[];
  /** Of modules by number and index; those that no value of JavaScript can hold are left out. */
  readonly globals: readonly { readonly module: number; readonly index: number; readonly value: Value }[];
}

/** What of our machine the other engine needs to know. */
export interface OurRemains extends Remains {
  /** How long the machine ran for the call, without host functions. */
  readonly millis: number;
  /** Values of the globals that host.js gave. */
  readonly given: readonly HostGlobal[];
  /** Module and index by address, for what host functions changed. */
  readonly memoryPlaces: readonly Place[];
  readonly globalPlaces: readonly Place[];
  readonly tagPlaces: readonly TagPlace[];
}

export interface Place {
  readonly address: number;
  readonly module: number;
  readonly index: number;
}

export interface TagPlace extends Place {
  /** Types of what its exceptions carry. */
  readonly types: readonly string[];
}

/** A whole call: fresh instances of all modules, start functions, then the export. */
export interface NativeCall {
  readonly project: Project;
  readonly modules: readonly LoadedModule[];
  readonly module: string;
  readonly exportName: string;
  readonly args: readonly Value[];
  /** The answers that host functions gave on our machine, see worker/journal.ts. */
  readonly answers: readonly BigUint64Array[];
  readonly ours: OurRemains;
}

export interface NativeResult {
  readonly outcome: Outcome;
  /** Of the call alone, without compiling and start functions. */
  readonly millis: number;
  readonly remains: Remains;
}

/** What the worker with the browser's engine is asked. */
export type NativeRequest =
  | { readonly kind: "call"; readonly call: NativeCall }
  /** 64 KiB of a memory as the call left it. */
  | { readonly kind: "page"; readonly module: number; readonly index: number; readonly page: number }
  /** What the modules of a project do that may come out differently on two engines. */
  | { readonly kind: "traits"; readonly project: Project };

export interface NativeReplies {
  call: NativeResult;
  page: Uint8Array;
  traits: Traits;
}

/** Kinds of instructions that modules have, by which a difference may be one that the specification allows. */
export interface Traits {
  /** Relaxed vector instructions. */
  readonly relaxed: boolean;
  /** Floats are stored to a memory, alone or in vectors. */
  readonly storesFloats: boolean;
  /** Bits of floats are read otherwise. */
  readonly readsBits: boolean;
  readonly growsTables: boolean;
}

/** Bytes that one hash is about. */
export const DIGEST_BYTES = 65_536;

/** What the specification leaves to the engine. */
export type Freedom = "nan" | "relaxed" | "depth" | "memory";

/** Why the specification may allow a difference. */
export interface Leeway {
  readonly what: Freedom;
  /** It does; otherwise that cannot be told from outside. */
  readonly sure: boolean;
}

/** Where two engines do not agree about a call. */
export type Difference = (
  /** One finished and the other trapped, or both trapped for reasons that cannot be the same. */
  | { readonly kind: "outcome" }
  | { readonly kind: "result"; readonly index: number; readonly ours: Value; readonly theirs: Value }
  | { readonly kind: "global"; readonly module: number; readonly index: number; readonly ours: Value; readonly theirs: Value }
  | { readonly kind: "memorySize"; readonly module: number; readonly index: number; readonly ours: number; readonly theirs: number }
  /** The first byte of a memory that differs. `besideNans`: bytes before it differ, too, which all read as parts of NaNs. */
  | { readonly kind: "byte"; readonly module: number; readonly index: number; readonly address: number; readonly ours: number; readonly theirs: number; readonly besideNans?: true }
) & { readonly leeway?: Leeway };

/** What is compared: a call on fresh machines of a project. */
export interface ComparedCall {
  readonly project: Project;
  readonly hostCodeAllowed: boolean;
  readonly call: Call;
}

/** What a call took. */
export interface Meters {
  readonly ticks: bigint;
  /** In units of the schedule; `denominator` of them are one gas. */
  readonly gas: bigint;
  readonly denominator: number;
}

/** How the call ended on our machine. */
export interface OurEnd {
  readonly outcome: Outcome;
  readonly meters: Meters;
}

/** How far it has come: on our machine by the last look at it, or there a host function has not answered yet. */
export type CompareProgress =
  | { readonly where: "ours"; readonly meters?: Meters; readonly waitsFor?: string }
  | { readonly where: "theirs"; readonly ours: OurEnd };

/** A memory of ours by module and index, with its name. */
export interface ComparedMemory {
  readonly module: number;
  readonly index: number;
  readonly name?: string;
  /** In bytes. */
  readonly size: number;
}

export interface Comparison {
  /** How the call ended on our machine, and how long it took there. */
  readonly ours: Outcome;
  readonly millis: number;
  readonly memories: readonly ComparedMemory[];
  readonly theirs: NativeResult;
  readonly differences: readonly Difference[];
  /** How many times as fast the other engine was; absent when the two did not do the same work, or too little. */
  readonly timesFaster?: number;
}

/** The machine of a comparison, in place of the one there was. */
export interface OpenedMachine {
  readonly result: Extract<LoadResult, { readonly kind: "loaded" }>;
  /** What it printed and drew. */
  readonly said: readonly EngineEvent[];
}
