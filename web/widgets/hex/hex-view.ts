// Bytes of a memory as a virtual list: only the rows in sight exist, and a step patches only the cells that differ.

import type { AddressType, MemoryAccess, MemoryBytes } from "../../protocol/dto.ts";
import { AccessMarks, differences } from "./marks.ts";
import { HexRows } from "./rows.ts";
import { addressDigits, clampTop, columnsFor, covers, lastTop, ROW_HEIGHT, rowCount, thumbAt, topFromThumb, topShowing, windowAround, type ByteWindow } from "./scroll.ts";

export interface HexData {
  readonly memory: number;
  readonly size: bigint;
  readonly addressType: AddressType;
  readonly bytes?: MemoryBytes;
  /** Of the last step; empty after a longer run. */
  readonly accesses: readonly MemoryAccess[];
  /** Instructions executed so far: a new number is a new stop. */
  readonly ticks: bigint;
  readonly running: boolean;
  readonly editable: boolean;
}

export interface Selection {
  readonly from: bigint;
  /** At least 1. */
  readonly length: number;
}

export interface HexOptions {
  readonly label: string;
  onWindow(window: ByteWindow): void;
  onSelect(selection: Selection): void;
  onEdit(address: bigint, bytes: Uint8Array): void;
}

const SELECTION_MAX = 1 << 20;

export class HexView {
  readonly #root: HTMLElement;
  readonly #grid: HTMLElement;
  readonly #rows: HexRows;
  readonly #track: HTMLElement;
  readonly #thumb: HTMLElement;
  readonly #options: HexOptions;
  readonly #marks = new AccessMarks();
  readonly #resize: ResizeObserver;
  #data: HexData | undefined;
  #columns = 16;
  #top = 0;
  #visible = 1;
  #trackHeight = 1;
  #asked: ByteWindow | undefined;
  #anchor = 0n;
  #caret = 0n;
  #hasCaret = false;
  /** First digit of a byte being typed. */
  #nibble: number | undefined;
  #column: "hex" | "text" = "hex";
  #frame = 0;

  constructor(parent: HTMLElement, options: HexOptions) {
    this.#options = options;
    this.#root = element("div", "hex");
    this.#grid = element("div", "hex-grid");
    this.#grid.tabIndex = 0;
    this.#grid.setAttribute("role", "grid");
    this.#grid.setAttribute("aria-label", options.label);
    this.#track = element("div", "hex-track");
    this.#track.setAttribute("aria-hidden", "true");
    this.#thumb = element("div", "hex-thumb");
    this.#track.append(this.#thumb);
    this.#root.append(this.#grid, this.#track);
    parent.append(this.#root);
    this.#rows = new HexRows(this.#grid);
    this.#listen();
    this.#resize = new ResizeObserver(() => this.#measure());
    this.#resize.observe(this.#root);
  }

  destroy(): void {
    this.#resize.disconnect();
    cancelAnimationFrame(this.#frame);
    this.#root.remove();
  }

  focus(): void {
    this.#grid.focus();
  }

  update(data: HexData): void {
    const last = this.#data;
    this.#data = data;
    if (!last || last.memory !== data.memory || data.ticks < last.ticks) {
      this.#marks.clear();
      if (last?.memory !== data.memory) {
        this.#marks.stopped(data.running ? [] : data.accesses);
        this.#top = 0;
        this.#asked = undefined;
      }
    } else if (last.ticks !== data.ticks) {
      const accesses = data.accesses.length > 0 || data.ticks - last.ticks === 1n ? data.accesses : runDifferences(last, data);
      this.#marks.stopped(data.running ? [] : accesses);
    }
    if (last?.size !== data.size || last.addressType !== data.addressType) this.#measure();
    else this.#draw();
    this.#ask();
  }

  /** Brings `address` into sight and selects `length` bytes there. */
  goto(address: bigint, length: number): void {
    const size = this.#data?.size ?? 0n;
    if (size === 0n) return;
    const at = address < size ? address : size - 1n;
    this.#anchor = at;
    const end = at + BigInt(Math.max(1, length)) - 1n;
    this.#setCaret(end < size ? end : size - 1n, true);
    this.#top = topShowing(this.#rowOf(at), this.#top, this.#rowTotal(), this.#visible);
    this.#draw();
    this.#ask();
  }

  #rowOf(address: bigint): number {
    return Number(address / BigInt(this.#columns));
  }

  #rowTotal(): number {
    return rowCount(this.#data?.size ?? 0n, this.#columns);
  }

  /** The one place that reads layout. */
  #measure(): void {
    const { width, height } = this.#grid.getBoundingClientRect();
    this.#trackHeight = Math.max(1, this.#track.clientHeight);
    if (height === 0) return;
    // What a hand chose stays in sight when the view gets another size, as when the inspector opens below it.
    const caretSeen = this.#hasCaret && this.#isSeen(this.#caret);
    const characters = width / this.#rows.characterWidth();
    const digits = addressDigits(this.#data?.size ?? 0n, this.#data?.addressType === "i64", characters);
    const columns = columnsFor(characters, digits);
    if (columns !== this.#columns) {
      this.#top = Math.floor((this.#top * this.#columns) / columns);
      this.#columns = columns;
      this.#asked = undefined;
    }
    this.#visible = height / ROW_HEIGHT;
    this.#rows.resize(Math.ceil(this.#visible) + 1, columns, digits);
    this.#top = clampTop(this.#top, this.#rowTotal(), this.#visible);
    if (caretSeen) this.#top = topShowing(this.#rowOf(this.#caret), this.#top, this.#rowTotal(), this.#visible);
    this.#draw();
    this.#ask();
  }

  #isSeen(address: bigint): boolean {
    const row = this.#rowOf(address);
    return row >= Math.floor(this.#top) && row < this.#top + this.#visible;
  }

  #ask(): void {
    const data = this.#data;
    if (!data || data.size === 0n) return;
    if (covers(this.#asked, this.#top, this.#visible, this.#columns, data.size)) return;
    this.#asked = windowAround(this.#top, this.#visible, this.#columns, data.size);
    this.#options.onWindow(this.#asked);
  }

  #scrollTo(top: number): void {
    this.#top = clampTop(top, this.#rowTotal(), this.#visible);
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw();
      this.#ask();
    });
  }

  #draw(): void {
    const data = this.#data;
    if (!data) return;
    const low = this.#anchor < this.#caret ? this.#anchor : this.#caret;
    const high = this.#anchor < this.#caret ? this.#caret : this.#anchor;
    this.#rows.draw({
      top: this.#top,
      size: data.size,
      bytes: data.bytes?.memory === data.memory ? data.bytes : undefined,
      markAt: (address) => this.#marks.at(data.memory, address),
      ...(this.#hasCaret ? { selection: { low, high, caret: this.#caret, column: this.#column } } : {}),
    });
    const active = this.#rows.caretId();
    if (active === undefined) this.#grid.removeAttribute("aria-activedescendant");
    else this.#grid.setAttribute("aria-activedescendant", active);
    const thumb = thumbAt(this.#top, this.#rowTotal(), this.#visible, this.#trackHeight);
    this.#thumb.style.height = `${thumb.height}px`;
    this.#thumb.style.transform = `translateY(${thumb.top}px)`;
    this.#track.classList.toggle("hex-track-full", this.#rowTotal() <= this.#visible);
  }

  #setCaret(address: bigint, extend: boolean): void {
    const size = this.#data?.size ?? 0n;
    if (size === 0n) return;
    const at = address < 0n ? 0n : address >= size ? size - 1n : address;
    const distance = at > this.#anchor ? at - this.#anchor : this.#anchor - at;
    if (!extend || distance >= BigInt(SELECTION_MAX)) this.#anchor = at;
    this.#caret = at;
    this.#hasCaret = true;
    this.#nibble = undefined;
    const low = this.#anchor < at ? this.#anchor : at;
    const high = this.#anchor < at ? at : this.#anchor;
    this.#options.onSelect({ from: low, length: Number(high - low) + 1 });
  }

  #moveCaret(address: bigint, extend: boolean): void {
    this.#setCaret(address, extend);
    this.#top = topShowing(this.#rowOf(this.#caret), this.#top, this.#rowTotal(), this.#visible);
    this.#draw();
    this.#ask();
  }

  #listen(): void {
    this.#root.addEventListener(
      "wheel",
      (event) => {
        if (event.ctrlKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) return;
        const pixels = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * ROW_HEIGHT : event.deltaY;
        if (lastTop(this.#rowTotal(), this.#visible) === 0) return;
        event.preventDefault();
        this.#scrollTo(this.#top + pixels / ROW_HEIGHT);
      },
      { passive: false },
    );
    this.#grid.addEventListener("keydown", (event) => this.#key(event));
    this.#grid.addEventListener("pointerdown", (event) => this.#press(event));
    this.#track.addEventListener("pointerdown", (event) => this.#dragThumb(event));
  }

  #press(event: PointerEvent): void {
    if (event.button !== 0) return;
    const startTop = this.#top;
    const startY = event.clientY;
    const touch = event.pointerType === "touch";
    if (!touch) this.#pick(event, event.shiftKey);
    drag(this.#grid, event, {
      move: (to) => {
        if (touch) this.#scrollTo(startTop - (to.clientY - startY) / ROW_HEIGHT);
        else this.#pick(to, true);
      },
      end: (to) => {
        if (touch && Math.abs(to.clientY - startY) < 6) this.#pick(to, false);
      },
    });
  }

  #pick(event: PointerEvent, extend: boolean): void {
    const cell = this.#rows.cellAt(document.elementFromPoint(event.clientX, event.clientY));
    if (!cell) return;
    this.#column = cell.column;
    this.#setCaret(cell.address, extend && this.#hasCaret);
    this.#draw();
  }

  #dragThumb(event: PointerEvent): void {
    event.preventDefault();
    const box = this.#track.getBoundingClientRect();
    const thumb = thumbAt(this.#top, this.#rowTotal(), this.#visible, this.#trackHeight);
    const inThumb = event.clientY - box.top - thumb.top;
    const grip = inThumb >= 0 && inThumb <= thumb.height ? inThumb : thumb.height / 2;
    const move = (to: PointerEvent): void =>
      this.#scrollTo(topFromThumb(to.clientY - box.top - grip, this.#rowTotal(), this.#visible, this.#trackHeight));
    move(event);
    drag(this.#track, event, { move });
  }

  #key(event: KeyboardEvent): void {
    if (event.key === "Escape") {
      // Out of the bytes: letters are the page's keys again.
      this.#nibble = undefined;
      this.#grid.blur();
      return;
    }
    // Without a caret a key starts from the first byte in sight; an arrow only puts the caret there.
    const from = this.#hasCaret ? this.#caret : BigInt(Math.ceil(this.#top)) * BigInt(this.#columns);
    const step = this.#stepOf(event, from);
    if (step !== undefined) {
      event.preventDefault();
      event.stopPropagation();
      const begins = !this.#hasCaret && event.key.startsWith("Arrow");
      this.#moveCaret(begins ? from : step, event.shiftKey && this.#hasCaret);
      return;
    }
    if (event.key.length !== 1 || event.ctrlKey || event.metaKey || event.altKey) return;
    if (this.#data?.editable !== true || !this.#hasCaret) return;
    if (this.#type(event.key)) {
      event.preventDefault();
      event.stopPropagation();
    }
  }

  /** Where a key of movement leads. */
  #stepOf(event: KeyboardEvent, from: bigint): bigint | undefined {
    const columns = BigInt(this.#columns);
    const page = columns * BigInt(Math.max(1, Math.floor(this.#visible) - 1));
    switch (event.key) {
      case "ArrowLeft":
        return from - 1n;
      case "ArrowRight":
        return from + 1n;
      case "ArrowUp":
        return from >= columns ? from - columns : from;
      case "ArrowDown":
        return from + columns < (this.#data?.size ?? 0n) ? from + columns : from;
      case "PageUp":
        return from - page;
      case "PageDown":
        return from + page;
      case "Home":
        return event.ctrlKey ? 0n : from - (from % columns);
      case "End":
        return event.ctrlKey ? (this.#data?.size ?? 1n) - 1n : from - (from % columns) + columns - 1n;
      default:
        return undefined;
    }
  }

  #type(key: string): boolean {
    if (this.#column === "text") {
      this.#write(new TextEncoder().encode(key));
      return true;
    }
    if (!/^[0-9a-fA-F]$/.test(key)) return false;
    const digit = Number.parseInt(key, 16);
    if (this.#nibble === undefined) {
      const at = this.#caret;
      this.#options.onEdit(at, Uint8Array.of(digit));
      this.#anchor = at;
      this.#nibble = digit;
      this.#draw();
    } else {
      this.#write(Uint8Array.of(this.#nibble * 16 + digit));
    }
    return true;
  }

  #write(bytes: Uint8Array): void {
    const size = this.#data?.size ?? 0n;
    const room = Number(size - this.#caret < 4n ? size - this.#caret : 4n);
    this.#options.onEdit(this.#caret, bytes.subarray(0, room));
    this.#moveCaret(this.#caret + BigInt(bytes.length), false);
  }
}

function runDifferences(last: HexData, data: HexData): MemoryAccess[] {
  const a = last.bytes;
  const b = data.bytes;
  if (!a || !b || a.memory !== b.memory || a.from !== b.from) return [];
  return differences(b.memory, b.from, a.bytes, b.bytes);
}

function element(tag: string, className: string): HTMLElement {
  const made = document.createElement(tag);
  made.className = className;
  return made;
}

/** Follows one pointer until it is let go. */
function drag(target: HTMLElement, start: PointerEvent, on: { move(event: PointerEvent): void; end?(event: PointerEvent): void }): void {
  target.setPointerCapture(start.pointerId);
  const move = (event: PointerEvent): void => {
    if (event.pointerId === start.pointerId) on.move(event);
  };
  const end = (event: PointerEvent): void => {
    if (event.pointerId !== start.pointerId) return;
    target.removeEventListener("pointermove", move);
    target.removeEventListener("pointerup", end);
    target.removeEventListener("pointercancel", end);
    if (event.type === "pointerup") on.end?.(event);
  };
  target.addEventListener("pointermove", move);
  target.addEventListener("pointerup", end);
  target.addEventListener("pointercancel", end);
}
