// Bytes of a file as text. The text format is UTF-8; what other programs write besides is read by its byte order mark, or refused by name.

export type Decoded = { readonly kind: "text"; readonly text: string } | { readonly kind: "failed"; readonly message: string };

/** UTF-16 by its byte order mark or, without one, by the zeros of its first two characters. */
function utf16Of(bytes: Uint8Array): "utf-16le" | "utf-16be" | undefined {
  const [first, second, third, fourth] = bytes;
  if (first === 0xff && second === 0xfe) return "utf-16le";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  if (bytes.length % 2 !== 0 || bytes.length < 4) return undefined;
  if (first !== 0 && second === 0 && third !== 0 && fourth === 0) return "utf-16le";
  return first === 0 && second !== 0 && third === 0 && fourth !== 0 ? "utf-16be" : undefined;
}

/** Reads UTF-8 and UTF-16; a byte order mark does not become part of the text. */
export function decodeText(name: string, bytes: Uint8Array): Decoded {
  const utf16 = utf16Of(bytes);
  try {
    return { kind: "text", text: new TextDecoder(utf16 ?? "utf-8", { fatal: true }).decode(bytes) };
  } catch {
    // The decoder says only that something is wrong, not where.
    if (utf16 !== undefined) return { kind: "failed", message: `${name} begins as UTF-16 text, but what follows is none. Save it as UTF-8 and open it again.` };
    const at = firstWrong(bytes);
    const before = bytes.subarray(0, at);
    const line = before.reduce((count, byte) => (byte === 0x0a ? count + 1 : count), 1);
    const byte = (bytes[at] ?? 0).toString(16).padStart(2, "0");
    return { kind: "failed", message: `${name} is not UTF-8 text: byte 0x${byte} in line ${line} is part of no character. Save it as UTF-8 and open it again.` };
  }
}

/** Index of the first byte that no UTF-8 can hold there: the length of the longest beginning that decodes. */
function firstWrong(bytes: Uint8Array): number {
  let good = 0;
  let bad = bytes.length;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (decodes(bytes.subarray(0, middle))) good = middle;
    else bad = middle;
  }
  if (decodes(bytes.subarray(0, good), false)) return good;
  // The beginning ends inside a character that does not go on as it should: its first byte is what is wrong.
  let at = good - 1;
  while (at > 0 && ((bytes[at] ?? 0) & 0xc0) === 0x80) at -= 1;
  return at;
}

function decodes(bytes: Uint8Array, unfinished = true): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: unfinished });
    return true;
  } catch {
    return false;
  }
}
