// Which bytes of a memory were read or written lately, and how long ago.

import type { MemoryAccess } from "../../protocol/dto.ts";

/** After this many stops a mark has faded. */
const FADED = 4;

interface Mark {
  readonly access: MemoryAccess;
  age: number;
}

export interface ByteMark {
  readonly kind: "read" | "write";
  /** 0: by the last step. */
  readonly age: number;
  /** The byte before a write, where it is known. */
  readonly before?: number;
}

export class AccessMarks {
  #marks: Mark[] = [];

  /** A new stop: all marks grow older, those of its accesses are new. */
  stopped(accesses: readonly MemoryAccess[]): void {
    for (const mark of this.#marks) mark.age += 1;
    this.#marks = this.#marks.filter((mark) => mark.age < FADED);
    for (const access of accesses) this.#marks.push({ access, age: 0 });
  }

  clear(): void {
    this.#marks = [];
  }

  /** The youngest mark on a byte; of equally young ones the write. */
  at(memory: number, address: bigint): ByteMark | undefined {
    let best: ByteMark | undefined;
    for (const { access, age } of this.#marks) {
      if (access.memory !== memory || address < access.address || address >= access.address + access.length) continue;
      if (best !== undefined && (best.age < age || (best.age === age && best.kind === "write"))) continue;
      const before = access.before?.[Number(address - access.address)];
      best = { kind: access.kind, age, ...(before === undefined ? {} : { before }) };
    }
    return best;
  }
}

/** Runs of bytes that differ, as writes: what a longer run changed in sight. */
export function differences(memory: number, from: bigint, before: Uint8Array, now: Uint8Array): MemoryAccess[] {
  const found: MemoryAccess[] = [];
  const length = Math.min(before.length, now.length);
  for (let start = 0; start < length; start += 1) {
    if (before[start] === now[start]) continue;
    let end = start + 1;
    while (end < length && before[end] !== now[end]) end += 1;
    found.push({ kind: "write", memory, address: from + BigInt(start), length: BigInt(end - start), before: before.slice(start, end) });
    start = end;
  }
  return found;
}
