// The rows of the hex view in the document: a fixed pool of cells, patched where they differ from what they show.

import type { MemoryBytes } from "../../protocol/dto.ts";
import type { ByteMark } from "./marks.ts";
import { ROW_HEIGHT } from "./scroll.ts";

interface Cell {
  readonly hex: HTMLElement;
  readonly text: HTMLElement;
  shownHex: string;
  shownText: string;
  shownClass: string;
  shownTextClass: string;
  shownTitle: string;
  address: bigint;
  visible: boolean;
}

interface Row {
  readonly root: HTMLElement;
  readonly address: HTMLElement;
  readonly cells: readonly Cell[];
  shownAddress: string;
}

export interface Picture {
  /** The first row in sight, with its fraction. */
  readonly top: number;
  readonly size: bigint;
  readonly bytes: MemoryBytes | undefined;
  markAt(address: bigint): ByteMark | undefined;
  readonly selection?: { readonly low: bigint; readonly high: bigint; readonly caret: bigint; readonly column: "hex" | "text" };
}

export interface PickedCell {
  readonly address: bigint;
  readonly column: "hex" | "text";
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
let views = 0;

export class HexRows {
  readonly #grid: HTMLElement;
  readonly #body: HTMLElement;
  readonly #probe: HTMLElement;
  readonly #cells = new Map<Element, { readonly cell: Cell; readonly column: "hex" | "text" }>();
  readonly #id = `hex-${(views += 1)}`;
  #rows: Row[] = [];
  #columns = 0;
  #digits = 8;
  #caretId: string | undefined;

  constructor(grid: HTMLElement) {
    this.#grid = grid;
    this.#body = document.createElement("div");
    this.#body.className = "hex-body";
    this.#body.setAttribute("role", "rowgroup");
    this.#probe = document.createElement("span");
    this.#probe.className = "hex-probe";
    this.#probe.textContent = "0".repeat(32);
    this.#probe.setAttribute("aria-hidden", "true");
    grid.append(this.#probe, this.#body);
  }

  characterWidth(): number {
    return this.#probe.getBoundingClientRect().width / 32 || 8;
  }

  resize(rows: number, columns: number, digits: number): void {
    this.#digits = digits;
    if (columns !== this.#columns) {
      this.#body.replaceChildren();
      this.#cells.clear();
      this.#rows = [];
      this.#columns = columns;
      this.#grid.setAttribute("aria-colcount", String(columns));
    }
    while (this.#rows.length > rows) {
      const row = this.#rows.pop();
      row?.root.remove();
      for (const cell of row?.cells ?? []) {
        this.#cells.delete(cell.hex);
        this.#cells.delete(cell.text);
      }
    }
    while (this.#rows.length < rows) this.#rows.push(this.#makeRow(this.#rows.length));
  }

  caretId(): string | undefined {
    return this.#caretId;
  }

  cellAt(target: Element | null): PickedCell | undefined {
    const found = target ? this.#cells.get(target) : undefined;
    return found?.cell.visible === true ? { address: found.cell.address, column: found.column } : undefined;
  }

  draw(picture: Picture): void {
    const first = Math.floor(picture.top);
    this.#body.style.transform = `translateY(${-(picture.top - first) * ROW_HEIGHT}px)`;
    this.#caretId = undefined;
    this.#rows.forEach((row, index) => this.#drawRow(row, BigInt(first + index) * BigInt(this.#columns), picture));
  }

  #drawRow(row: Row, start: bigint, picture: Picture): void {
    const address = start < picture.size ? start.toString(16).padStart(this.#digits, "0").replace(/\B(?=(.{4})+$)/g, "\u2009") : "";
    if (row.shownAddress !== address) {
      row.address.textContent = address;
      row.shownAddress = address;
    }
    row.cells.forEach((cell, index) => this.#drawCell(cell, start + BigInt(index), picture));
  }

  #drawCell(cell: Cell, address: bigint, picture: Picture): void {
    cell.address = address;
    cell.visible = address < picture.size;
    const byte = cell.visible ? byteAt(picture.bytes, address) : undefined;
    const hex = !cell.visible ? "" : byte === undefined ? "··" : (HEX[byte] ?? "");
    const text = !cell.visible ? "" : byte === undefined ? " " : printable(byte);
    const mark = byte === undefined ? undefined : picture.markAt(address);
    const { selection } = picture;
    const selected = selection !== undefined && address >= selection.low && address <= selection.high;
    const caret = selection !== undefined && address === selection.caret;
    const common = `${byte === 0 ? " zero" : ""}${mark ? ` ${mark.kind} age${mark.age}` : ""}${selected ? " selected" : ""}`;
    const hexClass = `hex-byte${common}${caret && selection.column === "hex" ? " caret" : ""}`;
    const textClass = `hex-char${common}${caret && selection.column === "text" ? " caret" : ""}`;
    const title = mark?.before !== undefined && mark.before !== byte ? `was ${HEX[mark.before]}` : "";
    if (cell.shownHex !== hex) cell.hex.textContent = cell.shownHex = hex;
    if (cell.shownText !== text) cell.text.textContent = cell.shownText = text;
    if (cell.shownClass !== hexClass) cell.hex.className = cell.shownClass = hexClass;
    if (cell.shownTextClass !== textClass) cell.text.className = cell.shownTextClass = textClass;
    if (cell.shownTitle !== title) cell.hex.title = cell.shownTitle = title;
    if (selected) cell.hex.setAttribute("aria-selected", "true");
    else if (cell.hex.hasAttribute("aria-selected")) cell.hex.removeAttribute("aria-selected");
    if (caret) this.#caretId = cell.hex.id;
  }

  #makeRow(index: number): Row {
    const root = document.createElement("div");
    root.className = "hex-row";
    root.setAttribute("role", "row");
    const address = document.createElement("span");
    address.className = "hex-address";
    address.setAttribute("role", "rowheader");
    const bytes = document.createElement("span");
    bytes.className = "hex-bytes";
    bytes.setAttribute("role", "presentation");
    const texts = document.createElement("span");
    texts.className = "hex-text";
    texts.setAttribute("aria-hidden", "true");
    const cells = Array.from({ length: this.#columns }, (_, column): Cell => {
      const hex = document.createElement("span");
      hex.className = "hex-byte";
      hex.id = `${this.#id}-${index}-${column}`;
      hex.setAttribute("role", "gridcell");
      const text = document.createElement("span");
      text.className = "hex-char";
      bytes.append(hex);
      texts.append(text);
      const cell: Cell = {
        hex,
        text,
        shownHex: "",
        shownText: "",
        shownClass: "hex-byte",
        shownTextClass: "hex-char",
        shownTitle: "",
        address: 0n,
        visible: false,
      };
      this.#cells.set(hex, { cell, column: "hex" });
      this.#cells.set(text, { cell, column: "text" });
      return cell;
    });
    root.append(address, bytes, texts);
    this.#body.append(root);
    return { root, address, cells, shownAddress: "" };
  }
}

function byteAt(bytes: MemoryBytes | undefined, address: bigint): number | undefined {
  if (!bytes || address < bytes.from) return undefined;
  const offset = address - bytes.from;
  return offset < BigInt(bytes.bytes.length) ? bytes.bytes[Number(offset)] : undefined;
}

function printable(byte: number): string {
  return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "·";
}
