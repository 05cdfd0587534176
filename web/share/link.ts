// A project as the fragment of a link: `1.` data `.` checksum.
//
// The version stands in front, readable without unpacking. The data is the document as UTF-8, deflated with the
// dictionary of its version, in URL-safe base64. The checksum (CRC-32 in base 36, seven digits) comes last: a link
// that was cut is known by its absence, and programs that find links in text never drop a letter or digit at the end.
import type { Project } from "../protocol/project.ts";
import { fromBase64Url, toBase64Url } from "./base64.ts";
import { crc32 } from "./checksum.ts";
import { dictionaryOf } from "./dictionary.ts";
import { VERSION, writeDocument } from "./document.ts";
import { pack, unpack } from "./packing.ts";
import { readDocument } from "./read-document.ts";

/** Past this many characters some programs cut links; the page then offers the project file besides. */
export const COMFORTABLE_LENGTH = 8000;

/** What a link may hold once unpacked, in bytes: 16 MiB. */
export const UNPACKED_LIMIT = 16 * 1024 * 1024;

export type ReadResult =
  /** `leftOut`: a sentence on what of it points to nothing. */
  | { readonly kind: "ok"; readonly project: Project; readonly leftOut?: string }
  /** `message`: what is wrong and what can be done, in one or two sentences. */
  | { readonly kind: "failed"; readonly reason: FailureReason; readonly message: string };

export type FailureReason = "foreign" | "truncated" | "broken" | "tooLarge" | "newer";

const CHECKSUM_DIGITS = 7;

/** The fragment without its `#`. Characters: letters, digits, `-`, `_` and two full stops. */
export function encodeLink(project: Project): Promise<string> {
  const document = new TextEncoder().encode(JSON.stringify(writeDocument(project, "packed")));
  const packed = pack(document, dictionaryOf(VERSION));
  return Promise.resolve(`${VERSION}.${toBase64Url(packed)}.${checksum(packed)}`);
}

/** Reads a fragment, with or without its `#`. Never throws: whatever is wrong with it becomes a sentence. */
export function decodeLink(fragment: string): Promise<ReadResult> {
  return Promise.resolve(read(fragment.trim().replace(/^#/, "")));
}

/** Whether a fragment claims to be a project: the page leaves others alone. */
export function looksLikeLink(fragment: string): boolean {
  return /^#?[0-9]+\./.test(fragment.trim());
}

function checksum(packed: Uint8Array): string {
  return crc32(packed).toString(36).padStart(CHECKSUM_DIGITS, "0");
}

function failed(reason: FailureReason, message: string): ReadResult {
  return { kind: "failed", reason, message };
}

const ASK_AGAIN = "Ask for the link again, or for the project file.";

function read(fragment: string): ReadResult {
  const head = /^([0-9]{1,9})\./.exec(fragment);
  if (head === null) {
    return failed("foreign", `This is not a link to a project: a project link begins with a version number. ${ASK_AGAIN}`);
  }
  const version = Number(head[1]);
  if (version > VERSION) return newer(version);
  const [, data, sum, ...rest] = fragment.split(".");
  if (version < 1 || data === undefined || rest.length > 0) {
    return failed("broken", `This link is broken: it does not have the parts of a project link. ${ASK_AGAIN}`);
  }
  if (sum === undefined || sum.length < CHECKSUM_DIGITS) {
    return failed("truncated", `This link is cut off: its end is missing. Ask for the whole link, or for the project file.`);
  }
  // Base64 and deflate cannot make more of less: a fragment this long never came from here.
  if (data.length > UNPACKED_LIMIT * 2) return tooLarge();
  const packed = fromBase64Url(data);
  if (packed === undefined || checksum(packed) !== sum) {
    return failed("broken", `This link is broken: characters were lost or changed on the way. ${ASK_AGAIN}`);
  }
  const unpacked = unpack(packed, dictionaryOf(version), UNPACKED_LIMIT);
  switch (unpacked.kind) {
    case "tooLarge":
      return tooLarge();
    case "damaged":
    case "truncated":
      return failed("broken", `This link is broken: its data cannot be unpacked. ${ASK_AGAIN}`);
    case "ok":
      return readUnpacked(unpacked.bytes);
  }
}

function readUnpacked(bytes: Uint8Array): ReadResult {
  const json = decodeUtf8(bytes);
  if (json === undefined) return failed("broken", `This link is broken: it does not hold text. ${ASK_AGAIN}`);
  const result = readDocument(json, UNPACKED_LIMIT);
  switch (result.kind) {
    case "ok":
      return result;
    case "newer":
      return newer(result.version);
    case "malformed":
      return failed("broken", `This link does not hold a whole project: ${result.detail}. ${ASK_AGAIN}`);
  }
}

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (thrown) {
    if (!(thrown instanceof TypeError)) throw thrown;
    return undefined;
  }
}

function newer(version: number): ReadResult {
  return failed(
    "newer",
    `This link was made by a newer version of this page: it is of version ${version}, and this page reads up to version ${VERSION}. Reload the page, or open the link where it was made.`,
  );
}

function tooLarge(): ReadResult {
  return failed("tooLarge", `This link unpacks to more than ${UNPACKED_LIMIT / 1024 / 1024} MiB and was not opened. Ask for the project file instead.`);
}
