// The script worker: runs one script at a time, in slices, and tells how far it came.
import type { ScriptFailure } from "../protocol/dto.ts";
import type { FromWorker } from "../protocol/messages.ts";
import { DIRECTIVE_WORDS, type ScriptOptions } from "../protocol/script.ts";
import type { Core } from "./core.ts";
import { Pace, SLICE_MILLIS } from "./pace.ts";

/** How often the page hears of a run, in milliseconds: often enough to look alive. */
const TELL_MILLIS = 50;

interface Surroundings {
  readonly core: Core;
  post(message: FromWorker): void;
  /** Lets messages that have arrived be handled. */
  breathe(): Promise<void>;
}

export class ScriptWorker {
  readonly #around: Surroundings;
  #cancelled = false;

  constructor(around: Surroundings) {
    this.#around = around;
  }

  cancel(): void {
    this.#cancelled = true;
  }

  /** Runs a script; gives whether it came to the end. */
  async run(text: string, options: ScriptOptions): Promise<boolean> {
    const { core, post, breathe } = this.#around;
    this.#cancelled = false;
    const run = core.newScriptRun(text, options);
    try {
      const directives = run.directives();
      const count = directives.length / DIRECTIVE_WORDS;
      post({ kind: "script", event: { kind: "begun", directives } });
      const pace = new Pace();
      let told = 0;
      let toldFailures = 0;
      let toldAt = performance.now();
      const tell = (): void => {
        const verdicts = run.verdicts(told);
        const failures: readonly ScriptFailure[] = JSON.parse(run.failures(toldFailures));
        told += verdicts.length;
        toldFailures += failures.length;
        toldAt = performance.now();
        post({ kind: "script", event: { kind: "went", verdicts, failures } });
      };
      let sliceStart = toldAt;
      for (let at = 0; at < count; ) {
        const budget = pace.budget;
        const before = performance.now();
        const next = run.advance(budget);
        const now = performance.now();
        // The same directive goes on: the budget was used up.
        if (next === at) pace.learn(budget, now - before);
        at = next;
        if (now - sliceStart < SLICE_MILLIS) continue;
        if (now - toldAt >= TELL_MILLIS) tell();
        await breathe();
        if (this.#cancelled) {
          tell();
          return false;
        }
        sliceStart = performance.now();
      }
      tell();
      return true;
    } finally {
      run.free();
    }
  }
}
