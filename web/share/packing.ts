// Deflate with a dictionary and a limit on what comes out again.
import { deflateSync, FlateErrorCode, Inflate } from "fflate";
import type { FlateError } from "fflate";

export type Unpacked =
  | { readonly kind: "ok"; readonly bytes: Uint8Array }
  | { readonly kind: "damaged" }
  /** The data ends before its end mark. */
  | { readonly kind: "truncated" }
  | { readonly kind: "tooLarge" };

/** What one push may bring out is at most about a thousand times this: deflate's best ratio is 1,032. */
const CHUNK = 4096;

/** Raw deflate (RFC 1951), as small as the library makes it. */
export function pack(bytes: Uint8Array, dictionary: Uint8Array | undefined): Uint8Array {
  return deflateSync(bytes, { level: 9, mem: 9, ...(dictionary === undefined ? {} : { dictionary }) });
}

/** Undoes `pack`; gives up as soon as more than `limit` bytes came out. */
export function unpack(packed: Uint8Array, dictionary: Uint8Array | undefined, limit: number): Unpacked {
  const pieces: Uint8Array[] = [];
  let length = 0;
  const inflate = new Inflate(dictionary === undefined ? {} : { dictionary }, (piece) => {
    pieces.push(piece);
    length += piece.length;
  });
  try {
    for (let from = 0; ; from += CHUNK) {
      const last = from + CHUNK >= packed.length;
      inflate.push(packed.slice(from, from + CHUNK), last);
      if (length > limit) return { kind: "tooLarge" };
      if (last) break;
    }
  } catch (thrown) {
    if (!isFlateError(thrown)) throw thrown;
    return { kind: thrown.code === FlateErrorCode.UnexpectedEOF ? "truncated" : "damaged" };
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return { kind: "ok", bytes };
}

function isFlateError(thrown: unknown): thrown is FlateError {
  return thrown instanceof Error && "code" in thrown && typeof thrown.code === "number";
}
