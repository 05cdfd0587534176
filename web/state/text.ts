// Places in a text.

/** The position of a line and column, both from 1; past the end of a text its end. */
export function offsetOf(text: string, line: number, column: number): number {
  let start = 0;
  for (let count = 1; count < line; count += 1) {
    const next = text.indexOf("\n", start);
    if (next < 0) return text.length;
    start = next + 1;
  }
  return Math.min(text.length, start + Math.max(0, column - 1));
}
