// What the program prints: gathered and sent in batches, and cut off with a word about it when it never ends.
import type { PrintLine } from "../protocol/engine.ts";

/** Lines of one call that are shown; a page that keeps more becomes slow (chosen, not measured). */
const MOST_LINES = 10_000;
const LONGEST_LINE = 4_096;

export class Output {
  readonly #send: (lines: readonly PrintLine[]) => void;
  #waiting: PrintLine[] = [];
  #open = "";
  #openSource = "";
  #sent = 0;
  /** During a replay everything was printed before. */
  muted = false;

  constructor(send: (lines: readonly PrintLine[]) => void) {
    this.#send = send;
  }

  /** A whole line; ends an unfinished one first. */
  line(text: string, source: string, ticks: bigint): void {
    this.endLine(ticks);
    this.#add(text, source, ticks);
  }

  /** Text without a line break; breaks within it end lines. */
  text(text: string, source: string, ticks: bigint): void {
    const parts = text.split("\n");
    parts.forEach((part, index) => {
      this.#open += part;
      this.#openSource = source;
      if (index < parts.length - 1 || this.#open.length > LONGEST_LINE) this.newLine(source, ticks);
    });
  }

  newLine(source: string, ticks: bigint): void {
    this.#add(this.#open, source, ticks);
    this.#open = "";
  }

  endLine(ticks: bigint): void {
    if (this.#open !== "") this.newLine(this.#openSource, ticks);
  }

  flush(): void {
    if (this.#waiting.length === 0) return;
    this.#send(this.#waiting);
    this.#waiting = [];
  }

  /** Begins to count lines anew; what was not sent is sent. */
  restart(): void {
    this.flush();
    this.#open = "";
    this.#sent = 0;
  }

  #add(text: string, source: string, ticks: bigint): void {
    if (this.muted) return;
    this.#sent += 1;
    if (this.#sent > MOST_LINES + 1) return;
    const shown = text.length > LONGEST_LINE ? `${text.slice(0, LONGEST_LINE)}…` : text;
    this.#waiting.push(
      this.#sent > MOST_LINES
        ? { text: `${MOST_LINES} lines were printed; the rest of this call is left out`, source: "print", ticks }
        : { text: shown, source, ticks },
    );
  }
}
