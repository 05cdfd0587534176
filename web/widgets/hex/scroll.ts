// Arithmetic of the hex view: rows, windows and the scaled scroll bar. An address space of 4 GiB and more does not fit
// a browser's scroll height (about 17 to 33 million pixels), so positions are rows, kept as numbers: exact to 2^53.

export const ROW_HEIGHT = 20;
/** The bar's thumb gets no smaller than this, or a hand could not take it. */
const THUMB_MIN = 24;
/** Rows asked for above and below what is visible, in screens. */
const OVERSCAN_SCREENS = 2;
const WINDOW_MAX = 16_384;

export function rowCount(size: bigint, columns: number): number {
  return Number((size + BigInt(columns) - 1n) / BigInt(columns));
}

/** The topmost row that still fills the view, at least 0. */
export function lastTop(rows: number, visibleRows: number): number {
  return Math.max(0, rows - visibleRows);
}

export function clampTop(top: number, rows: number, visibleRows: number): number {
  return Math.min(Math.max(0, top), lastTop(rows, visibleRows));
}

export interface Thumb {
  /** In pixels from the top of the track. */
  readonly top: number;
  readonly height: number;
}

export function thumbAt(top: number, rows: number, visibleRows: number, track: number): Thumb {
  if (rows <= visibleRows) return { top: 0, height: track };
  const height = Math.max(Math.min(THUMB_MIN, track), (track * visibleRows) / rows);
  return { top: ((track - height) * top) / lastTop(rows, visibleRows), height };
}

/** The inverse of `thumbAt`, rounded to a whole row. */
export function topFromThumb(thumbTop: number, rows: number, visibleRows: number, track: number): number {
  const { height } = thumbAt(0, rows, visibleRows, track);
  if (track <= height) return 0;
  return clampTop(Math.round((thumbTop / (track - height)) * lastTop(rows, visibleRows)), rows, visibleRows);
}

/** The top that brings `row` into the view with as little movement as possible; a far row is put at a third. */
export function topShowing(row: number, top: number, rows: number, visibleRows: number): number {
  const whole = Math.max(1, Math.floor(visibleRows));
  if (row >= Math.ceil(top) && row < Math.floor(top) + whole) return top;
  const near = Math.abs(row - top) <= whole * 2;
  if (!near) return clampTop(row - Math.floor(whole / 3), rows, visibleRows);
  return clampTop(row < top ? row : row - whole + 1, rows, visibleRows);
}

export interface ByteWindow {
  readonly from: bigint;
  readonly length: number;
}

/** What to ask the machine for so that scrolling a little shows bytes at once. */
export function windowAround(top: number, visibleRows: number, columns: number, size: bigint): ByteWindow {
  const margin = Math.ceil(visibleRows * OVERSCAN_SCREENS);
  const firstRow = Math.max(0, Math.floor(top) - margin);
  const from = (BigInt(firstRow) * BigInt(columns)) & ~255n;
  const wanted = Math.ceil(visibleRows + 1 + 2 * margin) * columns + 256;
  const rest = size > from ? size - from : 0n;
  const length = Math.min(wanted, WINDOW_MAX, Number(rest > BigInt(WINDOW_MAX) ? BigInt(WINDOW_MAX) : rest));
  return { from, length };
}

/** True when the visible rows and one screen more in each direction lie in `known`. */
export function covers(known: ByteWindow | undefined, top: number, visibleRows: number, columns: number, size: bigint): boolean {
  if (!known) return false;
  const margin = Math.ceil(visibleRows / 2);
  const from = BigInt(Math.max(0, Math.floor(top) - margin)) * BigInt(columns);
  const wantedEnd = BigInt(Math.ceil(top + visibleRows) + margin) * BigInt(columns);
  const end = wantedEnd < size ? wantedEnd : size;
  return known.from <= from && known.from + BigInt(known.length) >= end;
}

/** As many bytes to a row as fit: 16, 8 or 4. `characters` is the width of the view in characters. */
export function columnsFor(characters: number, addressDigits: number): number {
  for (const columns of [16, 8]) if (characters >= rowCharacters(columns, addressDigits)) return columns;
  return 4;
}

/**
 * Digits of the addresses in a row: those the size needs, 8 at least. A memory with 64-bit addresses shows all 16 where
 * that costs no bytes, else 12.
 */
export function addressDigits(size: bigint, wide: boolean, characters: number): number {
  const needed = size > 0x1_0000_0000n ? 12 : 8;
  if (!wide) return needed;
  return [16, 12].find((digits) => columnsFor(characters, digits) === columnsFor(characters, needed)) ?? needed;
}

/** Address, two gaps, three characters a byte and a gap each eight, text. */
export function rowCharacters(columns: number, addressDigits: number): number {
  return addressDigits + 2 + columns * 3 + Math.floor((columns - 1) / 8) + 1 + columns + 2;
}
