// Modules, from text or bytes.
import * as glue from "../pkg/waspnest.js";
import type { Diagnostic, ModuleSource } from "../protocol/dto.ts";
import type { TextReplies } from "../protocol/messages.ts";

/** A text that is no module: the message has the first finding with line and column, `diagnostics` has all. */
export class ModuleError extends Error {
  override readonly name = "ModuleError";
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    const [first] = diagnostics;
    super(first === undefined ? "the text is no module" : `line ${first.line}, column ${first.column}: ${first.message}`);
    this.diagnostics = diagnostics;
  }
}

/** A module that can be instantiated any number of times. */
export class Module {
  /** The binary format. */
  readonly bytes: Uint8Array;
  readonly #text: string | undefined;

  private constructor(bytes: Uint8Array, text: string | undefined) {
    this.bytes = bytes;
    this.#text = text;
  }

  /** Assembles and validates a text. Throws a `ModuleError`. */
  static fromText(text: string): Module {
    const result: TextReplies["assemble"] = glue.assemble(text);
    if (result.kind === "failed") throw new ModuleError(result.diagnostics);
    return new Module(result.bytes, text);
  }

  /** A module in the binary format; it is validated when it is instantiated. The bytes are copied. */
  static fromBytes(bytes: BufferSource): Module {
    const view = ArrayBuffer.isView(bytes) ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength) : new Uint8Array(bytes);
    return new Module(view.slice(), undefined);
  }

  /**
   * A module in the binary format that arrives piece by piece, for instance the body of a response.
   * It is the module of the whole bytes. Rejects when the stream fails.
   */
  static async fromStream(stream: ReadableStream<Uint8Array>): Promise<Module> {
    const pieces: Uint8Array[] = [];
    let length = 0;
    const reader = stream.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      // The source may use its buffer again.
      pieces.push(value.slice());
      length += value.length;
    }
    const bytes = new Uint8Array(length);
    let at = 0;
    for (const piece of pieces) {
      bytes.set(piece, at);
      at += piece.length;
    }
    return new Module(bytes, undefined);
  }

  /** The text: as given, or printed. Throws an Error with a sentence when the bytes cannot be read. */
  text(): string {
    if (this.#text !== undefined) return this.#text;
    const result: TextReplies["disassemble"] = glue.disassemble(this.bytes);
    if (result.kind === "failed") throw new Error(result.message);
    return result.text;
  }

  /** As a machine takes it. */
  source(name: string): ModuleSource {
    return this.#text === undefined ? { kind: "binary", name, bytes: this.bytes } : { kind: "text", name, text: this.#text };
  }
}
