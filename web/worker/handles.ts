// JavaScript values that the program holds as `externref`, by number; and its references, as JavaScript holds them.
import { type Heap, References } from "./references.ts";

/** Whoever has the machine. */
export interface Holder extends Heap {
  /** For each handle below a number, 1 if the program still reaches it; undefined if that cannot be told now. */
  heldHandles(count: number): Uint8Array | undefined;
}

/** Most values that the program may hold at a time: their table takes some 50 MB then (chosen). */
const MOST_VALUES = 1_000_000;
/** Fewer values are not looked through (chosen: a call that gives a new one takes as long as the look at it). */
const LEAST_DUE = 4096;

/** A value of host code that a fresh worker does not have, since host.js begins anew there. */
class Lost {
  readonly lost = "the machine was brought back in a fresh worker, where this value of host.js is not";
}

export class Handles {
  references: References | undefined;
  readonly #holder: Holder | undefined;
  /** By number; undefined where a number is free. */
  #values: unknown[] = [];
  readonly #known = new Map<unknown, number>();
  /** Free numbers, the lowest last. */
  #free: number[] = [];
  /** So many of the first numbers are never free. */
  #pinned = 0;
  /** With so many values it is time to see which of them the program still holds. */
  #due = LEAST_DUE;

  /** Without a machine, references into it do not cross. */
  constructor(holder?: Holder) {
    this.#holder = holder;
    this.references = holder && new References(holder);
  }

  /** How many values are held. */
  get size(): number {
    return this.#known.size;
  }

  handleOf(value: unknown): number {
    const known = this.#known.get(value);
    if (known !== undefined) return known;
    if (this.#known.size >= MOST_VALUES) throw new RangeError(`the program holds ${MOST_VALUES.toLocaleString("en")} values of JavaScript, and no more are given to it`);
    const handle = this.#free.pop() ?? this.#values.length;
    this.#put(handle, value);
    return handle;
  }

  valueOf(handle: number): unknown {
    return this.#values[handle];
  }

  #put(handle: number, value: unknown): void {
    this.#values[handle] = value;
    this.#known.set(value, handle);
  }

  /** The values so far are wanted again by every machine of the project. */
  pin(): void {
    this.#pinned = this.#values.length;
  }

  /** The machine runs: all that was given is in the program by now, and what was read of it is good no longer. */
  runOn(): void {
    this.references?.runOn();
    this.#tidy();
  }

  /** Drops what the program does not hold any more, when it is time. All that was given must be in the program. */
  #tidy(): void {
    if (this.#known.size < this.#due) return;
    const held = this.#holder?.heldHandles(this.#values.length);
    if (held !== undefined) this.#dropBut(held);
  }

  #dropBut(held: Uint8Array): void {
    this.#free = [];
    for (let handle = this.#values.length - 1; handle >= this.#pinned; handle -= 1) {
      if (held[handle] === 1) continue;
      this.#known.delete(this.#values[handle]);
      this.#values[handle] = undefined;
      this.#free.push(handle);
    }
    this.#due = Math.min(Math.max(2 * this.#known.size, LEAST_DUE), MOST_VALUES);
  }

  /** After a replay the program holds numbers whose values are gone; no other value may get them. */
  takeOver(): void {
    const held = this.#holder?.heldHandles(MOST_VALUES);
    held?.forEach((isHeld, handle) => {
      if (isHeld === 1 && this.#values[handle] === undefined) this.#put(handle, new Lost());
    });
    this.#free = [];
    for (let handle = this.#values.length - 1; handle >= this.#pinned; handle -= 1) {
      if (this.#values[handle] === undefined) this.#free.push(handle);
    }
  }

  /** The machine begins anew: what crossed from the one before is nothing to it. */
  forget(): void {
    this.references?.end();
    this.references = this.#holder && new References(this.#holder);
    this.#dropBut(new Uint8Array());
  }
}
