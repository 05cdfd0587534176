// A module that exports all its memories, globals and tags besides what it exports itself, so that they can be read after a call, and thrown.
import { ensureExists } from "../base/assert.ts";

/** The names under which they are exported; no module of a person begins a name like this by chance. */
export const memoryName = (index: number): string => `waspnest\u0000memory ${index}`;
export const globalName = (index: number): string => `waspnest\u0000global ${index}`;
export const tagName = (index: number): string => `waspnest\u0000tag ${index}`;

const SECTION = { import: 2, memory: 5, global: 6, export: 7, tag: 13 } as const;
/** Sections in the order of the binary format up to the exports; a tag section stands before the globals. */
const BEFORE_EXPORTS: readonly number[] = [1, 2, 3, 4, 5, 13, 6];
/** Pages have 64 KiB unless they say otherwise. */
const PAGE_LOG = 16;
const KIND = { func: 0, table: 1, memory: 2, global: 3, tag: 4 } as const;

export interface Exposed {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly memories: number;
  readonly globals: number;
}

interface Section {
  readonly id: number;
  /** First byte of the section, of its content, and after it. */
  readonly from: number;
  readonly content: number;
  readonly to: number;
}

class Reader {
  at: number;
  constructor(
    readonly bytes: Uint8Array,
    at: number,
  ) {
    this.at = at;
  }

  byte(): number {
    const byte = ensureExists(this.bytes[this.at], "byte of a module that was validated");
    this.at += 1;
    return byte;
  }

  /** An unsigned LEB128 below 2^53; limits of 64 bits may be above, and are only skipped. */
  number(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.byte();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  }

  skipName(): void {
    const length = this.number();
    this.at += length;
  }

  skipValType(): void {
    // A reference to a heap type is followed by that type, a signed LEB128.
    const byte = this.byte();
    if (byte === 0x63 || byte === 0x64) this.number();
  }

  skipLimits(): void {
    const flags = this.byte();
    this.number();
    if ((flags & 1) !== 0) this.number();
    if ((flags & 8) !== 0) this.number();
  }
}

function leb(value: number): readonly number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return [...bytes, rest];
}

function sectionsOf(bytes: Uint8Array): readonly Section[] {
  const sections: Section[] = [];
  const reader = new Reader(bytes, 8);
  while (reader.at < bytes.length) {
    const from = reader.at;
    const id = reader.byte();
    const size = reader.number();
    sections.push({ id, from, content: reader.at, to: reader.at + size });
    reader.at += size;
  }
  return sections;
}

/** How many memories, globals and tags a module imports. */
function importCounts(bytes: Uint8Array, section: Section | undefined): { readonly memories: number; readonly globals: number; readonly tags: number } {
  let memories = 0;
  let globals = 0;
  let tags = 0;
  if (section === undefined) return { memories, globals, tags };
  const reader = new Reader(bytes, section.content);
  for (let left = reader.number(); left > 0; left -= 1) {
    reader.skipName();
    reader.skipName();
    switch (reader.byte()) {
      case KIND.func:
        reader.number();
        break;
      case KIND.table:
        reader.skipValType();
        reader.skipLimits();
        break;
      case KIND.memory:
        reader.skipLimits();
        memories += 1;
        break;
      case KIND.global:
        reader.skipValType();
        reader.byte();
        globals += 1;
        break;
      default:
        // A tag: its attribute and its type.
        reader.byte();
        reader.number();
        tags += 1;
    }
  }
  return { memories, globals, tags };
}

/** Memories that may not grow past `limit` bytes, whatever they declare; one that begins above it stays as it is. */
function cappedMemories(bytes: Uint8Array, section: Section, limit: number): readonly number[] {
  const reader = new Reader(bytes, section.content);
  const count = reader.number();
  const content = [...leb(count)];
  for (let left = count; left > 0; left -= 1) {
    const flags = reader.byte();
    const least = reader.number();
    const most = (flags & 1) === 0 ? Number.POSITIVE_INFINITY : reader.number();
    const pageLog = (flags & 8) === 0 ? undefined : reader.number();
    const pages = Math.floor(limit / 2 ** (pageLog ?? PAGE_LOG));
    content.push(flags | 1, ...leb(least), ...leb(Math.max(least, Math.min(most, pages))));
    if (pageLog !== undefined) content.push(...leb(pageLog));
  }
  return [SECTION.memory, ...leb(content.length), ...content];
}

/**
 * The module with all its memories, globals and tags exported, and its memories kept below `limit` bytes each, as on
 * our machine. It must be valid.
 */
export function exposeAll(bytes: Uint8Array, limit: number): Exposed {
  const sections = sectionsOf(bytes);
  const find = (id: number): Section | undefined => sections.find((section) => section.id === id);
  const defined = (id: number): number => {
    const section = find(id);
    return section === undefined ? 0 : new Reader(bytes, section.content).number();
  };
  const imported = importCounts(bytes, find(SECTION.import));
  const memories = imported.memories + defined(SECTION.memory);
  const globals = imported.globals + defined(SECTION.global);
  const tags = imported.tags + defined(SECTION.tag);

  const added: number[] = [];
  const add = (name: string, kind: number, index: number): void => {
    const text = new TextEncoder().encode(name);
    added.push(...leb(text.length), ...text, kind, ...leb(index));
  };
  for (let index = 0; index < memories; index += 1) add(memoryName(index), KIND.memory, index);
  for (let index = 0; index < globals; index += 1) add(globalName(index), KIND.global, index);
  for (let index = 0; index < tags; index += 1) add(tagName(index), KIND.tag, index);

  const old = find(SECTION.export);
  const entries = new Reader(bytes, old?.content ?? 0);
  const count = old === undefined ? 0 : entries.number();
  const kept = old === undefined ? new Uint8Array() : bytes.subarray(entries.at, old.to);
  const head = leb(count + memories + globals + tags);
  const size = leb(head.length + kept.length + added.length);
  const place = old?.from ?? sections.filter(({ id }) => BEFORE_EXPORTS.includes(id)).at(-1)?.to ?? 8;
  const rest = old?.to ?? place;
  const memory = find(SECTION.memory);
  const before = memory === undefined ? [bytes.subarray(0, place)] : [bytes.subarray(0, memory.from), cappedMemories(bytes, memory, limit), bytes.subarray(memory.to, place)];
  const pieces = [...before, [SECTION.export], size, head, kept, added, bytes.subarray(rest)];
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return { bytes: whole, memories, globals };
}
