// An exception of the program, as JavaScript has it.

/** An exception of the program: its tag by name and the values it carries. A host function that throws one has it caught by the program. */
export class WaspException extends Error {
  override readonly name = "WaspException";
  /** As the thrower named it; of one that the program threw `$name`, or the names of its export or import. */
  readonly tag: string;
  readonly values: readonly unknown[];

  constructor(tag: string, values: readonly unknown[] = []) {
    super(textOf(tag, values));
    this.tag = tag;
    this.values = values;
  }
}

function textOf(tag: string, values: readonly unknown[]): string {
  return values.length === 0 ? tag : `${tag} (${values.map(shortly).join(", ")})`;
}

const shortly = (value: unknown): string => (value !== null && (typeof value === "object" || typeof value === "function") ? "a reference" : String(value));

/** Host code can throw anything, even what cannot be asked for its class. */
export function isException(thrown: unknown): thrown is WaspException {
  try {
    return thrown instanceof WaspException;
  } catch {
    return false;
  }
}

/** An exception of the machine's heap that crossed to JavaScript, where it is kept: address of its tag, and its values as slots. */
export interface KeptException {
  readonly tag: number;
  readonly name: string;
  readonly types: readonly string[];
  readonly slots: readonly bigint[];
}

/** One in the machine, and what it was there. */
export interface Held {
  readonly object: number;
  readonly kept: KeptException;
}

/** Whoever has exceptions by the numbers of their objects; from then on they stay. */
export interface Keeper {
  keepException(object: number): KeptException;
}

/** Exceptions that the program passed to JavaScript: one for each of the machine, so that it can be passed back and thrown again as the same. */
export class HeldExceptions {
  readonly #keeper: Keeper;
  #known = new Map<number, WaspException>();
  #held = new WeakMap<WaspException, Held>();
  #fresh: number[] = [];

  constructor(keeper: Keeper) {
    this.#keeper = keeper;
  }

  /** `read` gives the values of slots; what carries exceptions is not looked into before it is asked. */
  exceptionOf(object: number, read: (types: readonly string[], slots: readonly bigint[]) => readonly unknown[]): WaspException {
    const known = this.#known.get(object);
    if (known !== undefined) return known;
    const kept = this.#keeper.keepException(object);
    const shallow = kept.types.some((type) => type.includes("exn"));
    const exception = shallow ? new WaspException(kept.name) : new WaspException(kept.name, read(kept.types, kept.slots));
    if (shallow) {
      let values: readonly unknown[] | undefined;
      Object.defineProperty(exception, "values", { enumerable: true, get: () => (values ??= read(kept.types, kept.slots)) });
    }
    this.#known.set(object, exception);
    this.#held.set(exception, { object, kept });
    this.#fresh.push(object);
    return exception;
  }

  /** What an exception is in the machine; undefined if it did not come from there. */
  heldAs(exception: WaspException): Held | undefined {
    return this.#held.get(exception);
  }

  /** Those that have crossed since the last time. */
  takeFresh(): readonly number[] {
    const fresh = this.#fresh;
    this.#fresh = [];
    return fresh;
  }

  /** The machine begins anew: no exception of before is there any more. */
  forget(): void {
    this.#known = new Map();
    this.#held = new WeakMap();
    this.#fresh = [];
  }
}
