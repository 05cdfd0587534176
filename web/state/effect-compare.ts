// The effect behind "Compare": the call of the form on a machine of its own and on the browser's own engine.

import { messageOf } from "../base/assert.ts";
import type { Call, Engine } from "../protocol/engine.ts";
import { linkedModules, type Project } from "../protocol/project.ts";
import type { Dispatch } from "./actions.ts";
import { canOpenCompared } from "./losses.ts";
import { brokenReason, chosenCall, readyArgs, wrongArg } from "./selectors.ts";
import type { ComparisonState, State } from "./state.ts";
import type { Tasks } from "./tasks.ts";

export class CompareEffects {
  readonly #engine: Engine;
  readonly #get: () => State;
  readonly #dispatch: Dispatch;
  readonly #tasks: Tasks;
  #underWay: AbortController | undefined;

  constructor(engine: Engine, get: () => State, dispatch: Dispatch, tasks: Tasks) {
    this.#engine = engine;
    this.#get = get;
    this.#dispatch = dispatch;
    this.#tasks = tasks;
  }

  follow(before: State, after: State): void {
    if (before.origin === after.origin) return;
    this.stop();
    this.#engine.dropCompared();
  }

  /** Begins it; the machine that is looked at can be used meanwhile. `found` is called when there is a difference that is one of the program. */
  start(found: () => void): void {
    this.#begin((signal) => this.#compare(signal), found);
  }

  /** Our machine of the comparison is made again where it has gone on; `then` is called once it stands at the end of the call. */
  bring(then: () => void): void {
    if (this.#underWay === undefined) this.#begin((signal) => this.#bring(signal), then);
  }

  #begin(work: (signal: AbortSignal) => Promise<boolean>, then: () => void): void {
    this.stop();
    const underWay = new AbortController();
    this.#underWay = underWay;
    const done = work(underWay.signal).then((succeeded) => {
      if (this.#underWay === underWay) this.#underWay = undefined;
      if (succeeded) then();
    });
    void this.#tasks.track(done);
  }

  /** What it has found by then is kept. */
  stop(): void {
    this.#underWay?.abort();
    this.#underWay = undefined;
    const { comparison } = this.#get();
    if (comparison.kind === "running") this.#dispatch({ kind: "compared", comparison: { ...comparison, kind: "stopped" } });
    if (comparison.kind === "done" && comparison.place === "coming") this.#place("left");
  }

  async #compare(signal: AbortSignal): Promise<boolean> {
    const tell = (comparison: ComparisonState): void => {
      if (!signal.aborted) this.#dispatch({ kind: "compared", comparison });
    };
    this.#dispatch({ kind: "dockChosen", dock: "compare" });
    const asked = this.#asked();
    if ("message" in asked) {
      tell({ kind: "failed", ...asked });
      return false;
    }
    const { project, hostCodeAllowed, call } = asked;
    tell({ kind: "running", call, where: "ours" });
    try {
      const result = await this.#engine.compare({ project, hostCodeAllowed, call: asked.made }, (progress) => tell({ kind: "running", call, ...progress }), signal);
      const moduleNames = linkedModules(project.modules).map((module) => module.name);
      tell({ kind: "done", call, project, hostCodeAllowed, moduleNames, result, place: "beside" });
      return !signal.aborted && result.differences.some(({ leeway }) => leeway === undefined);
    } catch (thrown) {
      const { comparison } = this.#get();
      tell({ kind: "failed", message: messageOf(thrown), ...(comparison.kind === "running" && comparison.where === "theirs" ? { ours: comparison.ours } : {}) });
      return false;
    }
  }

  /** What is to be compared, or why nothing can be. */
  #asked(): { readonly message: string } | { readonly project: Project; readonly hostCodeAllowed: boolean; readonly call: string; readonly made: Call } {
    const state = this.#get();
    if (state.scripts.stand !== undefined) return { message: "The machine is that of a script, whose calls so far the browser's own engine has not made. Go back to the modules to compare." };
    const chosen = chosenCall(state);
    const args = chosen && readyArgs(state, chosen);
    const broken = brokenReason(state);
    if (broken === "" && chosen && args) {
      const made = { module: chosen.module, export: chosen.info.name, args };
      return { project: state.project, hostCodeAllowed: state.host !== "asked", call: `${chosen.info.name}(${chosen.args.join(", ")})`, made };
    }
    const wrong = broken === "" && chosen ? wrongArg(state, chosen) : undefined;
    if (wrong) this.#dispatch({ kind: "argRefused", index: wrong.index });
    return { message: `There is no call to compare: ${wrong?.text ?? (broken || "no module exports a function.")}` };
  }

  async #bring(signal: AbortSignal): Promise<boolean> {
    const { comparison } = this.#get();
    if (comparison.kind !== "done" || !canOpenCompared(this.#get())) return false;
    if (comparison.place === "left") this.#place("coming");
    try {
      await this.#engine.bringCompared(signal);
      if (!signal.aborted) this.#place("beside");
      return !signal.aborted;
    } catch (thrown) {
      if (signal.aborted) return false;
      this.#place("left");
      this.#dispatch({ kind: "noticed", tone: "error", text: messageOf(thrown) });
      return false;
    }
  }

  #place(place: Extract<ComparisonState, { readonly kind: "done" }>["place"]): void {
    const { comparison } = this.#get();
    if (comparison.kind === "done" && comparison.place !== place) this.#dispatch({ kind: "compared", comparison: { ...comparison, place } });
  }
}
