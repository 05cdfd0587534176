// An exception of the program, as JavaScript has it.
import type { Crossing } from "./references.ts";

let cross: (exception: WaspException, crossing: Crossing) => void;

/** What an exception is in the machine; nothing if it does not come from there. Host code cannot reach it. */
export let crossingOfException: (exception: WaspException) => Crossing | undefined;

/** An exception of the program: its tag by name and the values it carries. A host function that throws one has it caught by the program. */
export class WaspException extends Error {
  override readonly name = "WaspException";
  /** As the thrower named it; of one that the program threw `$name`, or the names of its export or import. */
  readonly tag: string;
  readonly values: readonly unknown[];
  /** Of one that the program threw. */
  #crossing: Crossing | undefined;

  static {
    crossingOfException = (exception) => exception.#crossing;
    cross = (exception, crossing) => {
      exception.#crossing = crossing;
    };
  }

  constructor(tag: string, values: readonly unknown[] = []) {
    super(textOf(tag, values));
    this.tag = tag;
    this.values = values;
  }
}

/** One that the program threw. Where JavaScript stood when it crossed says nothing, and costs more than all else. */
export function exceptionOfProgram(tag: string, values: readonly unknown[], crossing: Crossing): WaspException {
  const limit: unknown = Reflect.get(Error, "stackTraceLimit");
  const isLimited = typeof limit === "number";
  // Host code may have made it unchangeable, which `Reflect` does not mind.
  if (isLimited) Reflect.set(Error, "stackTraceLimit", 0);
  try {
    const exception = new WaspException(tag, values);
    cross(exception, crossing);
    return exception;
  } finally {
    if (isLimited) Reflect.set(Error, "stackTraceLimit", limit);
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
