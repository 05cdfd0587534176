// The keys that are held for the program, on the keyboard or on the screen.

/** The shortest time for which a key is held, in milliseconds: programs look at the keys once a picture, or now and then (chosen: some pictures). */
const SHORTEST = 120;

interface Held {
  readonly since: number;
  release?: ReturnType<typeof setTimeout>;
}

export class HeldKeys {
  readonly #tell: (codes: readonly string[]) => void;
  readonly #held = new Map<string, Held>();

  /** `tell` hears all that are held, by their KeyboardEvent.code, at each change. */
  constructor(tell: (codes: readonly string[]) => void) {
    this.#tell = tell;
  }

  hold(code: string): void {
    const before = this.#held.get(code);
    clearTimeout(before?.release);
    this.#held.set(code, { since: performance.now() });
    if (!before) this.#say();
  }

  release(code: string): void {
    const held = this.#held.get(code);
    if (!held || held.release !== undefined) return;
    const rest = SHORTEST - (performance.now() - held.since);
    if (rest > 0) held.release = setTimeout(() => this.#drop(code), rest);
    else this.#drop(code);
  }

  releaseAll(): void {
    if (this.#held.size === 0) return;
    for (const { release } of this.#held.values()) clearTimeout(release);
    this.#held.clear();
    this.#say();
  }

  #drop(code: string): void {
    if (this.#held.delete(code)) this.#say();
  }

  #say(): void {
    this.#tell([...this.#held.keys()]);
  }
}
