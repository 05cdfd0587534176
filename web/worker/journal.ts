// The log of everything that came from outside: actions at their ticks, and the answers of host calls in order.
//
// Answers are a stream of 64-bit words, so that a million of them stay small:
//   header: number of results | outcome << 16 (two bits) | number of changes << 18
//   answered: results, one word each
//   failed: byte length, then the UTF-8 message in words
//   pending: nothing; the call goes on, and what it had changed by then came before what was done from outside
//   raised: address of the tag, one more than the object that was thrown again or 0, then as many words as there were results
//   each change: CHARGE units | GLOBAL address low high (of a v128; else 0) | ELEMENT table index bits | KEPT object | RELEASED object |
//     BYTES memory address length, then the bytes in words
import { ensureExists } from "../base/assert.ts";
import type { Raised } from "./exceptions.ts";
import type { Action, Journal, JournalPiece, LoggedAction } from "../protocol/messages.ts";

/** What a host function did to the machine besides answering. */
export type Change =
  | { readonly kind: "charge"; readonly units: bigint }
  | { readonly kind: "global"; readonly address: number; readonly bits: bigint }
  | { readonly kind: "element"; readonly table: number; readonly index: number; readonly bits: bigint }
  /** A reference that host code goes on to have after the call, or no longer has. */
  | { readonly kind: "kept" | "released"; readonly object: number }
  | { readonly kind: "bytes"; readonly memory: number; readonly address: number; readonly bytes: Uint8Array };

export interface Answer {
  /** Absent when the call failed or raised. */
  readonly results?: BigUint64Array;
  readonly failure?: string;
  /** The exception that the host function threw. */
  readonly raised?: Raised;
  /** It is no answer yet. */
  readonly pending?: true;
  readonly changes: readonly Change[];
}

const ANSWERED = 0n;
const FAILED = 1n;
const RAISED = 2n;
const PENDING = 3n;

const CHARGE = 1n;
const GLOBAL = 2n;
const BYTES = 3n;
const ELEMENT = 4n;
const KEPT = 5n;
const RELEASED = 6n;
const FIRST_CAPACITY = 256;

export class JournalWriter {
  #words = new BigUint64Array(FIRST_CAPACITY);
  #length = 0;
  #count = 0;
  #actions: LoggedAction[] = [];
  #fresh = true;
  #answered = 0;

  /** The journal begins anew. */
  restart(): void {
    this.#length = 0;
    this.#count = 0;
    this.#actions = [];
    this.#answered = 0;
    this.#fresh = true;
  }

  action(ticks: bigint, action: Action): void {
    this.#actions.push({ ticks, answered: this.#answered, action });
  }

  answer(answer: Answer): void {
    this.#count += 1;
    this.#answered += 1;
    const { failure, raised } = answer;
    const words = raised?.bits ?? answer.results ?? new BigUint64Array();
    const outcome = failure !== undefined ? FAILED : raised !== undefined ? RAISED : answer.pending === true ? PENDING : ANSWERED;
    this.#push(BigInt(words.length) | (outcome << 16n) | (BigInt(answer.changes.length) << 18n));
    if (failure !== undefined) this.#pushBytes(new TextEncoder().encode(failure));
    if (raised !== undefined) this.#push(BigInt(raised.tag), raised.object === undefined ? 0n : BigInt(raised.object) + 1n);
    for (const word of words) this.#push(word);
    for (const change of answer.changes) {
      switch (change.kind) {
        case "charge":
          this.#push(CHARGE, change.units);
          break;
        case "global":
          this.#push(GLOBAL, BigInt(change.address), BigInt.asUintN(64, change.bits), change.bits >> 64n);
          break;
        case "element":
          this.#push(ELEMENT, BigInt(change.table), BigInt(change.index), change.bits);
          break;
        case "kept":
        case "released":
          this.#push(change.kind === "kept" ? KEPT : RELEASED, BigInt(change.object));
          break;
        case "bytes":
          this.#push(BYTES, BigInt(change.memory), BigInt(change.address));
          this.#pushBytes(change.bytes);
          break;
      }
    }
  }

  /** What was added since the last time; undefined when nothing was. */
  take(): JournalPiece | undefined {
    if (this.#count === 0 && this.#actions.length === 0 && !this.#fresh) return undefined;
    const piece: JournalPiece = {
      fresh: this.#fresh,
      actions: this.#actions,
      answers: this.#words.slice(0, this.#length),
      answerCount: this.#count,
    };
    this.#fresh = false;
    this.#actions = [];
    this.#length = 0;
    this.#count = 0;
    return piece;
  }

  #push(...words: readonly bigint[]): void {
    this.#reserve(words.length);
    for (const word of words) {
      this.#words[this.#length] = word;
      this.#length += 1;
    }
  }

  #pushBytes(bytes: Uint8Array): void {
    this.#push(BigInt(bytes.length));
    const count = Math.ceil(bytes.length / 8);
    this.#reserve(count);
    new Uint8Array(this.#words.buffer, this.#length * 8, count * 8).fill(0);
    new Uint8Array(this.#words.buffer).set(bytes, this.#length * 8);
    this.#length += count;
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#words.length) return;
    const grown = new BigUint64Array(Math.max(this.#words.length * 2, this.#length + more));
    grown.set(this.#words.subarray(0, this.#length));
    this.#words = grown;
  }
}

/** Reads the answers of a journal back in order. */
export class AnswerReader {
  readonly #chunks: readonly BigUint64Array[];
  #chunk = 0;
  #at = 0;

  constructor(journal: Journal) {
    this.#chunks = journal.answers;
  }

  /** The next answer; undefined at the end of the log. */
  next(): Answer | undefined {
    while (this.#at >= (this.#chunks[this.#chunk]?.length ?? 0)) {
      if (this.#chunk >= this.#chunks.length) return undefined;
      this.#chunk += 1;
      this.#at = 0;
    }
    const header = this.#word();
    const nResults = Number(header & 0xffffn);
    const outcome = (header >> 16n) & 3n;
    const nChanges = Number(header >> 18n);
    const failure = outcome === FAILED ? new TextDecoder().decode(this.#bytes()) : undefined;
    const tag = outcome === RAISED ? Number(this.#word()) : undefined;
    const object = outcome === RAISED ? Number(this.#word()) - 1 : -1;
    const results = new BigUint64Array(nResults).map(() => this.#word());
    const changes: Change[] = [];
    for (let index = 0; index < nChanges; index += 1) changes.push(this.#change());
    if (tag !== undefined) return { raised: { tag, bits: results, ...(object < 0 ? {} : { object }) }, changes };
    if (outcome === PENDING) return { pending: true, changes };
    return failure === undefined ? { results, changes } : { failure, changes };
  }

  #change(): Change {
    const kind = this.#word();
    if (kind === CHARGE) return { kind: "charge", units: this.#word() };
    if (kind === GLOBAL) return { kind: "global", address: Number(this.#word()), bits: this.#word() | (this.#word() << 64n) };
    if (kind === ELEMENT) return { kind: "element", table: Number(this.#word()), index: Number(this.#word()), bits: this.#word() };
    if (kind === KEPT || kind === RELEASED) return { kind: kind === KEPT ? "kept" : "released", object: Number(this.#word()) };
    const memory = Number(this.#word());
    const address = Number(this.#word());
    return { kind: "bytes", memory, address, bytes: this.#bytes() };
  }

  #word(): bigint {
    const word = ensureExists(this.#chunks[this.#chunk]?.[this.#at], "word of the journal");
    this.#at += 1;
    return word;
  }

  #bytes(): Uint8Array {
    const length = Number(this.#word());
    const chunk = ensureExists(this.#chunks[this.#chunk], "chunk of the journal");
    const bytes = new Uint8Array(chunk.buffer, chunk.byteOffset + this.#at * 8, length).slice();
    this.#at += Math.ceil(length / 8);
    return bytes;
  }
}
