// Effects of scripts: those that were opened from files run by themselves, one after the other.

import { messageOf } from "../base/assert.ts";
import { scriptNamed } from "../protocol/project.ts";
import type { Scripts } from "../protocol/script.ts";
import type { Dispatch } from "./actions.ts";
import { runOf, scriptsOf } from "./scripts.ts";
import type { State } from "./state.ts";
import type { Tasks } from "./tasks.ts";

export class ScriptEffects {
  readonly #scripts: Scripts;
  readonly #get: () => State;
  readonly #dispatch: Dispatch;
  readonly #tasks: Tasks;
  /** Names of scripts that are to run. */
  #queue: string[] = [];
  #working = false;
  /** Counts projects: what an earlier one still tells is no news. */
  #project = 0;

  constructor(scripts: Scripts, get: () => State, dispatch: Dispatch, tasks: Tasks) {
    this.#scripts = scripts;
    this.#get = get;
    this.#dispatch = dispatch;
    this.#tasks = tasks;
  }

  follow(before: State, after: State): void {
    if (before.project.modules === after.project.modules) return;
    const opened = before.origin !== after.origin;
    if (opened) {
      this.#project += 1;
      this.stop();
    }
    // Nothing runs because a link was opened, or because the page came back.
    if (opened && after.origin.kind !== "file") return;
    const known = new Set(opened ? [] : scriptsOf(before).map((script) => script.name));
    const removed = scriptsOf(before).length > scriptsOf(after).length;
    const fresh = scriptsOf(after).filter((script) => !known.has(script.name) && runOf(after, script.name) === undefined);
    if (fresh.length > 0 && !removed) this.run(fresh.map((script) => script.name));
  }

  run(names: readonly string[]): void {
    const wanted = names.filter((name) => !this.#queue.includes(name));
    this.#queue.push(...wanted);
    this.#dispatch({ kind: "scriptsQueued", names: wanted });
    if (!this.#working) void this.#tasks.track(this.#work());
  }

  stop(): void {
    const waiting = this.#queue;
    this.#queue = [];
    for (const name of waiting) if (runOf(this.#get(), name)?.phase === "waiting") this.#dispatch({ kind: "scriptEnded", name, phase: "stopped" });
    this.#scripts.cancel();
  }

  dispose(): void {
    this.#queue = [];
    this.#scripts.dispose();
  }

  async #work(): Promise<void> {
    this.#working = true;
    for (let name = this.#queue.shift(); name !== undefined; name = this.#queue.shift()) await this.#runOne(name);
    this.#working = false;
  }

  async #runOne(name: string): Promise<void> {
    const { project, scripts } = this.#get();
    const script = scriptNamed(project.modules, name);
    if (script === undefined) return;
    const { text } = script;
    const of = this.#project;
    const isNews = (): boolean => of === this.#project;
    try {
      const whole = await this.#scripts.run(text, scripts.options, (event) => {
        if (isNews()) this.#dispatch({ kind: "scriptSaid", name, text, event });
      });
      if (isNews()) this.#dispatch({ kind: "scriptEnded", name, phase: whole ? "done" : "stopped" });
    } catch (thrown) {
      if (isNews()) this.#dispatch({ kind: "scriptEnded", name, phase: "stopped", why: messageOf(thrown) });
    }
  }
}
