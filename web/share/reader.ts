// Strict reading of parsed JSON: every value is checked where it stands, and a wrong one is named by its path.

/** Thrown by the readers below and caught where a document is read; never leaves this room. */
export class Malformed extends Error {}

/** A value and where it stands: `modules[0].name`. */
export interface Place {
  readonly value: unknown;
  readonly path: string;
}

export interface Range {
  readonly least: number;
  readonly most: number;
}

export function fail(place: Place, expected: string): never {
  throw new Malformed(`${place.path === "" ? "the document" : place.path} should be ${expected}`);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function field(place: Place, name: string): Place {
  if (!isRecord(place.value)) return fail(place, "an object");
  return {
    value: Object.hasOwn(place.value, name) ? place.value[name] : undefined,
    path: place.path === "" ? name : `${place.path}.${name}`,
  };
}

export function entries(place: Place): readonly (readonly [string, Place])[] {
  if (!isRecord(place.value)) return fail(place, "an object");
  return Object.entries(place.value).map(([name, value]) => [name, { value, path: `${place.path}.${name}` }]);
}

export function items(place: Place, most: number): readonly Place[] {
  if (!Array.isArray(place.value)) return fail(place, "a list");
  const list: readonly unknown[] = place.value;
  if (list.length > most) return fail(place, `a list of at most ${most} entries`);
  return list.map((value, index) => ({ value, path: `${place.path}[${index}]` }));
}

export function text(place: Place): string {
  return typeof place.value === "string" ? place.value : fail(place, "a text");
}

export function integer(place: Place, range: Range): number {
  const { value } = place;
  if (typeof value !== "number" || !Number.isInteger(value) || value < range.least || value > range.most) {
    return fail(place, `a whole number from ${range.least} to ${range.most}`);
  }
  return value + 0; // JSON knows -0.
}

/** Whole numbers that may pass 2^53 are written as a string of digits. */
export function unsigned64(place: Place): bigint {
  const digits = text(place);
  if (!/^(?:0|[1-9][0-9]{0,19})$/.test(digits)) return fail(place, "a whole number in digits");
  const value = BigInt(digits);
  return value < 1n << 64n ? value : fail(place, "a whole number below 2^64");
}

/** The value, or `otherwise` when the field is not there. */
export function optional<T, D>(place: Place, read: (place: Place) => T, otherwise: D): T | D {
  return place.value === undefined ? otherwise : read(place);
}

/** How deep brackets nest outside of strings: a guard before a recursive or hungry parser sees hostile text. */
export function nestsDeeperThan(json: string, limit: number): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < json.length; at += 1) {
    const unit = json.charCodeAt(at);
    if (inString) {
      if (unit === 0x5c) at += 1;
      else if (unit === 0x22) inString = false;
    } else if (unit === 0x22) inString = true;
    else if (unit === 0x5b || unit === 0x7b) {
      depth += 1;
      if (depth > limit) return true;
    } else if (unit === 0x5d || unit === 0x7d) depth -= 1;
  }
  return false;
}
