// The core of the library: compiled once, shared by all machines, which share nothing else.
import * as glue from "../pkg/waspnest.js";
import type { InstructionInfo, Schedule } from "../protocol/dto.ts";

let loaded: Promise<void> | undefined;

/**
 * Loads the core; every further call gives the same promise. Without an argument it is read from
 * `core.wasm` beside this library: from the file in Node, by `fetch` in a page.
 */
export function loadCore(core?: BufferSource | WebAssembly.Module): Promise<void> {
  loaded ??= start(core).catch((thrown: unknown) => {
    loaded = undefined;
    throw thrown;
  });
  return loaded;
}

async function start(core: BufferSource | WebAssembly.Module | undefined): Promise<void> {
  const given = core ?? (await readCore());
  glue.initSync({ module: given instanceof WebAssembly.Module ? given : await WebAssembly.compile(given) });
}

async function readCore(): Promise<BufferSource> {
  const address = new URL("./core.wasm", import.meta.url);
  if (address.protocol === "file:") {
    const { readFile } = await import("node:fs/promises");
    return new Uint8Array(await readFile(address));
  }
  const response = await fetch(address);
  if (!response.ok) throw new Error(`the core could not be loaded: ${address.href} answers ${response.status}`);
  return response.arrayBuffer();
}

/** The built-in gas schedules: `instructions` comes first. */
export function schedules(): readonly Schedule[] {
  const list: readonly Schedule[] = glue.schedules();
  return list;
}

/** All instructions the machine has. */
export function instructions(): readonly InstructionInfo[] {
  const list: readonly InstructionInfo[] = glue.reference();
  return list;
}
