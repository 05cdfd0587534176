// The effect behind "Compare": the call of the form on a machine of its own and on the browser's own engine.

import { messageOf } from "../base/assert.ts";
import type { Engine } from "../protocol/engine.ts";
import { linkedModules } from "../protocol/project.ts";
import type { Dispatch } from "./actions.ts";
import { chosenCall, isBroken, readyArgs } from "./selectors.ts";
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
    if (before.origin !== after.origin) this.stop();
  }

  /** Begins it; the machine that is looked at can be used meanwhile. `found` is called when there is a difference. */
  start(found: () => void): void {
    this.stop();
    const underWay = new AbortController();
    this.#underWay = underWay;
    const { signal } = underWay;
    const work = this.#compare(signal).then((differs) => {
      if (this.#underWay === underWay) this.#underWay = undefined;
      if (differs) found();
    });
    void this.#tasks.track(work);
  }

  stop(): void {
    this.#underWay?.abort();
    this.#underWay = undefined;
    if (this.#get().comparison.kind === "running") this.#dispatch({ kind: "compared", comparison: { kind: "none" } });
  }

  async #compare(signal: AbortSignal): Promise<boolean> {
    const tell = (comparison: ComparisonState): void => {
      if (!signal.aborted) this.#dispatch({ kind: "compared", comparison });
    };
    const fail = (message: string): boolean => {
      tell({ kind: "failed", message });
      return false;
    };
    this.#dispatch({ kind: "dockChosen", dock: "compare" });
    const state = this.#get();
    if (state.scripts.stand !== undefined) return fail("The machine is that of a script, whose calls so far the browser's own engine has not made. Go back to the modules to compare.");
    const chosen = chosenCall(state);
    const args = chosen && readyArgs(state, chosen);
    if (isBroken(state) || !chosen || !args) return fail("There is no call to compare: the module must assemble, export a function, and its arguments must be right.");
    tell({ kind: "running", where: "ours" });
    const { project } = state;
    const hostCodeAllowed = state.host !== "asked";
    try {
      const result = await this.#engine.compare({ project, hostCodeAllowed, call: { module: chosen.module, export: chosen.info.name, args } }, (progress) => tell({ kind: "running", ...progress }), signal);
      const moduleNames = linkedModules(project.modules).map((module) => module.name);
      tell({ kind: "done", call: `${chosen.info.name}(${chosen.args.join(", ")})`, project, hostCodeAllowed, moduleNames, result, place: "beside" });
      return !signal.aborted && result.differences.length > 0;
    } catch (thrown) {
      return fail(messageOf(thrown));
    }
  }
}
