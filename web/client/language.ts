// Text services in a worker of their own, so that a busy machine never delays typing.
import type { CheckReport, ImportInfo, InstructionInfo, Schedule } from "../protocol/dto.ts";
import type { Language, Stubs } from "../protocol/engine.ts";
import type { TextReplies, TextRequest } from "../protocol/messages.ts";
import type { Assets } from "./assets.ts";
import { WorkerPort } from "./worker-port.ts";

export function createLanguage(assets: Assets | Promise<Assets>): Language {
  return new RealLanguage(Promise.resolve(assets));
}

interface PendingCheck {
  readonly text: string;
  readonly of: "module" | "script";
  readonly resolve: (report: CheckReport | Promise<CheckReport>) => void;
  readonly reject: (error: unknown) => void;
}

function readReport(text: string): CheckReport {
  const report: CheckReport = JSON.parse(text);
  return report;
}

class RealLanguage implements Language {
  readonly #assets: Promise<Assets>;
  #port: Promise<WorkerPort> | undefined;
  #current: WorkerPort | undefined;
  #disposed = false;
  /** Files with a check at the worker; a later one waits here, and takes the place of one that waited. */
  readonly #checking = new Set<string>();
  readonly #waiting = new Map<string, PendingCheck[]>();
  #reference: Promise<readonly InstructionInfo[]> | undefined;
  #schedules: Promise<readonly Schedule[]> | undefined;

  constructor(assets: Promise<Assets>) {
    this.#assets = assets;
    this.#port = this.#start();
    // Each request reports the failure to its caller.
    this.#port.catch(() => undefined);
  }

  check(name: string, text: string, of: "module" | "script"): Promise<CheckReport> {
    return new Promise((resolve, reject) => {
      const waiting = this.#waiting.get(name) ?? [];
      waiting.push({ text, of, resolve, reject });
      this.#waiting.set(name, waiting);
      if (!this.#checking.has(name)) void this.#checkNext(name);
    });
  }

  assemble(text: string): Promise<TextReplies["assemble"]> {
    return this.#ask<"assemble">({ kind: "assemble", text });
  }

  async disassemble(bytes: Uint8Array): ReturnType<Language["disassemble"]> {
    const printed = await this.#ask<"disassemble">({ kind: "disassemble", bytes });
    if (printed.kind === "failed") return printed;
    const { report, ...rest } = printed;
    return report === undefined ? rest : { ...rest, report: readReport(report) };
  }

  reference(): Promise<readonly InstructionInfo[]> {
    this.#reference ??= this.#ask<"reference">({ kind: "reference" });
    return this.#reference;
  }

  schedules(): Promise<readonly Schedule[]> {
    this.#schedules ??= this.#ask<"schedules">({ kind: "schedules" });
    return this.#schedules;
  }

  /** Writing stubs is a part of its own: few need it, and not at first. */
  async stubs(imports: readonly ImportInfo[], moduleNames: readonly string[], hostCode: string): Promise<Stubs> {
    const problem = await this.#ask<"misread">({ kind: "misread", hostCode });
    if (problem !== undefined) return { kind: "misread", problem };
    const { addStubs } = await import("../worker/stubs.ts");
    const added = addStubs(imports, moduleNames, hostCode);
    if (added.text === hostCode || (await this.#ask<"misread">({ kind: "misread", hostCode: added.text })) === undefined) return { kind: "ok", ...added };
    // It is not written as those who write stubs understand it.
    return { kind: "ok", text: hostCode, left: imports.filter(({ module }) => !moduleNames.includes(module)).map(({ module, name }) => `${module}.${name}`) };
  }

  dispose(): void {
    this.#disposed = true;
    this.#current?.end("the text services were disposed of");
  }

  /** Checks the newest text of a file; everyone who waited gets its report. */
  async #checkNext(name: string): Promise<void> {
    const waiting = this.#waiting.get(name) ?? [];
    const newest = waiting.at(-1);
    if (newest === undefined) return;
    this.#waiting.delete(name);
    this.#checking.add(name);
    const report = this.#ask<"check">({ kind: "check", text: newest.text, of: newest.of }).then(readReport);
    for (const asked of waiting) asked.resolve(report);
    // Whether it failed is told to those who asked.
    await report.then(
      () => undefined,
      () => undefined,
    );
    this.#checking.delete(name);
    await this.#checkNext(name);
  }

  async #ask<K extends TextRequest["kind"]>(request: Extract<TextRequest, { kind: K }>): Promise<TextReplies[K]> {
    const port = await (this.#port ??= this.#start());
    return port.text<K>(request);
  }

  async #start(): Promise<WorkerPort> {
    const assets = await this.#assets;
    const port = new WorkerPort(assets, "text", {
      onMessage: () => undefined,
      onEnd: () => {
        // The text that ended it is reported to its caller; the next text gets a fresh worker, and not before.
        this.#port = undefined;
      },
    });
    this.#current = port;
    if (this.#disposed) port.end("the text services were disposed of");
    return port;
  }
}
