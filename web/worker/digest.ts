// Hashes of a memory, 64 KiB at a time, that two engines can compare.
import { DIGEST_BYTES } from "../protocol/compare.ts";

/** FNV-1a over 32-bit words (http://www.isthe.com/chongo/tech/comp/fnv/), for telling pages apart, not for security. */
function hashOf(bytes: Uint8Array): number {
  const whole = bytes.length >> 2;
  const words = bytes.byteOffset % 4 === 0 ? new Uint32Array(bytes.buffer, bytes.byteOffset, whole) : new Uint32Array(bytes.slice(0, whole * 4).buffer);
  let hash = 0x811c9dc5;
  for (const word of words) hash = Math.imul(hash ^ word, 0x01000193) ^ (hash >>> 15);
  for (const byte of bytes.subarray(whole * 4)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

/** The hashes of a memory of `size` bytes that `read` gives piece by piece. */
export function digest(size: number, read: (from: number, length: number) => Uint8Array): readonly number[] {
  const hashes: number[] = [];
  for (let from = 0; from < size; from += DIGEST_BYTES) hashes.push(hashOf(read(from, Math.min(DIGEST_BYTES, size - from))));
  return hashes;
}
