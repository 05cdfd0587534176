// Assertions that keep `!` and silent defaults out of the code.

/** The value, which the caller knows to be there. Throws with `what` when it is not: that is a bug, not an input error. */
export function ensureExists<T>(value: T | undefined | null, what = "value"): T {
  if (value === undefined || value === null) throw new Error(`${what} is missing`);
  return value;
}

/** Ends every exhaustive switch: a new variant then fails to compile. */
export function assertUnreachable(value: never): never {
  throw new Error(`unexpected variant ${JSON.stringify(value)}`);
}

/** The message of anything that was thrown; host code may throw what refuses to be shown. */
export function messageOf(thrown: unknown): string {
  try {
    if (thrown instanceof Error) return String(thrown.message) || String(thrown.name);
    return String(thrown);
  } catch {
    // An object without a prototype, a getter or a proxy that throws: there is no text to be had.
    return "something that cannot be shown was thrown";
  }
}
