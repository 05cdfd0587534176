// Runs scripts in a worker of their own, which starts with the first one.
import type { ScriptEvent, ScriptOptions, Scripts } from "../protocol/script.ts";
import type { Assets } from "./assets.ts";
import { WorkerEnded, WorkerPort } from "./worker-port.ts";

/** A run that does not end within this time after it was cancelled is ended with its worker (chosen: well within what a person waits). */
const CANCEL_MILLIS = 500;

export function createScripts(assets: Assets | Promise<Assets>): Scripts {
  return new RealScripts(Promise.resolve(assets));
}

class RealScripts implements Scripts {
  readonly #assets: Promise<Assets>;
  #port: Promise<WorkerPort> | undefined;
  #listener: ((event: ScriptEvent) => void) | undefined;
  #cancelled = false;
  #disposed = false;

  constructor(assets: Promise<Assets>) {
    this.#assets = assets;
  }

  async run(text: string, options: ScriptOptions, listener: (event: ScriptEvent) => void): Promise<boolean> {
    this.#cancelled = false;
    this.#listener = listener;
    this.#port ??= this.#start();
    try {
      const port = await this.#port;
      return await port.script(text, options);
    } catch (thrown) {
      // Ended on purpose: what it had done is known.
      if (thrown instanceof WorkerEnded && this.#cancelled) return false;
      throw thrown;
    } finally {
      this.#listener = undefined;
    }
  }

  cancel(): void {
    if (this.#listener === undefined) return;
    this.#cancelled = true;
    const listener = this.#listener;
    void this.#port?.then((port) => {
      port.notice({ kind: "pause" });
      setTimeout(() => {
        if (this.#listener === listener) this.#end(port, "the run was stopped");
      }, CANCEL_MILLIS);
    });
  }

  dispose(): void {
    this.#disposed = true;
    void this.#port?.then((port) => port.end("the scripts were disposed of"));
  }

  #end(port: WorkerPort, why: string): void {
    this.#port = undefined;
    port.end(why);
  }

  async #start(): Promise<WorkerPort> {
    const assets = await this.#assets;
    const port: WorkerPort = new WorkerPort(assets, "script", {
      onMessage: (message) => {
        if (message.kind === "script") this.#listener?.(message.event);
      },
      // The run that ended it is told; the next one gets a fresh worker.
      onEnd: () => {
        this.#port = undefined;
      },
    });
    if (this.#disposed) port.end("the scripts were disposed of");
    return port;
  }
}
