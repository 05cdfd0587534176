// What the bytes at an address mean, read as each type of the machine. Little-endian, as WebAssembly stores.

import type { MemoryRow } from "../protocol/dto.ts";
import { F32, F64, formatFloatBits } from "../state/float.ts";
import { formatAddress, groupThousands } from "../state/values.ts";

export interface Reading {
  readonly name: string;
  readonly text: string;
  /** Where the bytes point to, when that lies in the memory. */
  readonly pointer?: bigint;
}

/** Readings of the bytes from the selection on; those that need more bytes than there are, are left out. */
export function inspect(bytes: Uint8Array, selected: number, memory: Pick<MemoryRow, "size" | "addressType">): readonly Reading[] {
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found: Reading[] = [];
  const integer = (bits: 8 | 16 | 32 | 64, unsigned: bigint): void => {
    const signed = BigInt.asIntN(bits, unsigned);
    const text = signed === unsigned ? groupThousands(unsigned) : `${groupThousands(signed)} or ${groupThousands(unsigned)}`;
    found.push({ name: `i${bits}`, text });
  };
  if (bytes.length >= 1) integer(8, BigInt(data.getUint8(0)));
  if (bytes.length >= 2) integer(16, BigInt(data.getUint16(0, true)));
  if (bytes.length >= 4) integer(32, BigInt(data.getUint32(0, true)));
  if (bytes.length >= 8) integer(64, data.getBigUint64(0, true));
  if (bytes.length >= 4) found.push({ name: "f32", text: formatFloatBits(BigInt(data.getUint32(0, true)), F32) });
  if (bytes.length >= 8) found.push({ name: "f64", text: formatFloatBits(data.getBigUint64(0, true), F64) });
  const wide = memory.addressType === "i64";
  if (bytes.length >= (wide ? 8 : 4)) {
    const pointer = wide ? data.getBigUint64(0, true) : BigInt(data.getUint32(0, true));
    const inside = pointer < memory.size;
    found.push({ name: "pointer", text: formatAddress(pointer), ...(inside ? { pointer } : {}) });
  }
  const text = utf8(selected > 1 ? bytes.subarray(0, selected) : bytes);
  if (text !== "") found.push({ name: "UTF-8", text });
  return found;
}

const TEXT_MAX = 64;

/** The text up to the first zero byte, at most 64 characters. */
function utf8(bytes: Uint8Array): string {
  const zero = bytes.indexOf(0);
  const decoded = new TextDecoder().decode(zero < 0 ? bytes : bytes.subarray(0, zero));
  const characters = [...decoded];
  const shown = characters.slice(0, TEXT_MAX).join("");
  return shown.replace(/\p{Cc}/gu, (character) => `\\${character.charCodeAt(0).toString(16).padStart(2, "0")}`) + (characters.length > TEXT_MAX ? "…" : "");
}
