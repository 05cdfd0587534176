// How many instructions a slice may take so that it lasts a few milliseconds, and how fast the machine runs.

/** Long enough that leaving the core costs nothing, short enough that a pause is felt at once. */
export const SLICE_MILLIS = 6;
const FIRST_BUDGET = 20_000;
const SMALLEST_BUDGET = 1_000;
const LARGEST_BUDGET = 200_000_000;

export class Pace {
  #budget = FIRST_BUDGET;

  /** Instructions for the next slice. */
  get budget(): number {
    return this.#budget;
  }

  /** Forgets what was learned, for when the machine is about to run at another speed. */
  restart(): void {
    this.#budget = FIRST_BUDGET;
  }

  /** Learns from a slice that used up its budget. */
  learn(ticks: number, millis: number): void {
    if (ticks < SMALLEST_BUDGET) return;
    const wanted = (ticks / Math.max(millis, 0.05)) * SLICE_MILLIS;
    // At most fourfold at once: the first slices run code that the browser has not optimised yet.
    this.#budget = Math.round(Math.min(LARGEST_BUDGET, this.#budget * 4, Math.max(SMALLEST_BUDGET, wanted)));
  }
}

/** What rationed work takes at once, in milliseconds (chosen: a person does not feel it). */
const FIRST_MILLIS = 5;
/** What it takes of the time that passes (chosen: less than a measurement tells). */
const SHARE = 0.01;
/** What a piece of it costs at least: clocks of browsers are coarser. */
const LEAST_MILLIS = 0.1;

/** Rations work that may be left out. */
export class Ration {
  #left = 0;
  #at = 0;

  start(now: number): void {
    this.#left = FIRST_MILLIS;
    this.#at = now;
  }

  allows(now: number): boolean {
    this.#left = Math.min(FIRST_MILLIS, this.#left + (now - this.#at) * SHARE);
    this.#at = now;
    return this.#left > 0;
  }

  spend(millis: number): void {
    this.#left -= Math.max(millis, LEAST_MILLIS);
  }
}

/** Instructions per second over the time since it was last asked. */
export class Speedometer {
  #ticks = 0n;
  #time = 0;

  start(ticks: bigint, now: number): void {
    this.#ticks = ticks;
    this.#time = now;
  }

  read(ticks: bigint, now: number): number {
    const millis = now - this.#time;
    const done = Number(ticks - this.#ticks);
    this.start(ticks, now);
    return millis <= 0 ? 0 : Math.round((done / millis) * 1000);
  }
}
