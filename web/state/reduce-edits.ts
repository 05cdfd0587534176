// Bytes of memory that were changed by hand: what is said about them, and what takes them back.

import type { Command } from "./actions.ts";
import { leftComparison } from "./reduce-machine.ts";
import type { HandEdit, State } from "./state.ts";
import { formatAddress } from "./values.ts";

/** Edits that can be taken back (chosen). */
const MOST_KEPT = 100;

type EditCommand = Extract<Command, { readonly kind: "edit" }>;

/** Commands that leave the memory and the place of the machine as they are. */
const LOOKING: readonly Command["kind"][] = ["search", "keys", "trace", "fetchTrace", "pause", "stubs", "runScripts", "stopScripts", "compare", "stopComparing"];

/** After a wish to the machine: bytes typed are noted, and whatever moves the machine makes the notes moot. */
export function noteEdit(state: State, command: Command): State {
  const { loaded } = state.machine;
  if (loaded === undefined || LOOKING.includes(command.kind)) return state;
  if (command.kind !== "edit") return withEdits(state, [], undefined);
  const touched: State = { ...leftComparison(state), machine: { ...state.machine, loaded: { ...loaded, touched: true } } };
  if (command.edit.kind !== "bytes") return touched;
  return command.undoes === true ? undone(touched) : typed(touched, command);
}

/** The machine is as it was at first. */
export function untouched(state: State): State {
  const { loaded } = state.machine;
  if (loaded?.touched === undefined) return state;
  const { touched: _gone, ...rest } = loaded;
  return { ...state, machine: { ...state.machine, loaded: rest } };
}

/** The edit that would be taken back now. */
export function lastEdit(state: State): HandEdit | undefined {
  return state.machine.loaded?.edits?.at(-1);
}

function withEdits(state: State, edits: readonly HandEdit[], said: string | undefined): State {
  const { loaded } = state.machine;
  if (loaded === undefined || (loaded.edits === undefined && edits.length === 0 && said === undefined)) return state;
  const { edits: _edits, editSaid: _said, ...rest } = loaded;
  return { ...state, machine: { ...state.machine, loaded: { ...rest, edits, ...(said === undefined ? {} : { editSaid: said }) } } };
}

function typed(state: State, { edit }: EditCommand): State {
  if (edit.kind !== "bytes") return state;
  const { memory, address, bytes } = edit;
  const edits = state.machine.loaded?.edits ?? [];
  const last = edits.at(-1);
  // The second digit of a byte, or the same place once more: one edit.
  const again = last !== undefined && last.memory === memory && last.address === address && last.before.length === bytes.length;
  const before = again ? last.before : bytesAt(state, memory, address, bytes.length);
  if (before === undefined) return withEdits(state, [], sayBytes(address, bytes));
  const kept = again ? edits.slice(0, -1) : edits;
  return withEdits(state, [...kept, { memory, address, before }].slice(-MOST_KEPT), `${sayBytes(address, bytes)}, was ${hex(before)}`);
}

function undone(state: State): State {
  const edits = state.machine.loaded?.edits ?? [];
  const last = edits.at(-1);
  return last === undefined ? state : withEdits(state, edits.slice(0, -1), `taken back: ${sayBytes(last.address, last.before)} again`);
}

/** `byte 0x0010 is 2a`. */
function sayBytes(address: bigint, bytes: Uint8Array): string {
  return bytes.length === 1 ? `byte ${formatAddress(address)} is ${hex(bytes)}` : `${bytes.length} bytes from ${formatAddress(address)} are ${hex(bytes)}`;
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}

/** Bytes as they are before an edit; undefined when the page does not have them. */
function bytesAt(state: State, memory: number, address: bigint, length: number): Uint8Array | undefined {
  const window = state.machine.loaded?.view?.memoryWindows.find((candidate) => candidate.memory === memory);
  if (window === undefined || address < window.from || address + BigInt(length) > window.from + BigInt(window.bytes.length)) return undefined;
  const start = Number(address - window.from);
  return window.bytes.slice(start, start + length);
}
