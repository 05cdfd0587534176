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

/** The message of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  if (thrown instanceof Error) return thrown.message === "" ? thrown.name : thrown.message;
  return typeof thrown === "string" ? thrown : String(thrown);
}
