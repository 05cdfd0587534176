// The effect behind "Compare": the call of the form on a fresh machine, then on the browser's own engine.

import { messageOf } from "../base/assert.ts";
import type { Outcome } from "../protocol/compare.ts";
import type { Status } from "../protocol/dto.ts";
import type { Engine } from "../protocol/engine.ts";
import { linkedModules } from "../protocol/project.ts";
import type { Dispatch } from "./actions.ts";
import { chosenCall, isBroken, readyArgs, viewOf } from "./selectors.ts";
import type { ComparisonState, State } from "./state.ts";

interface Around {
  readonly engine: Engine;
  readonly get: () => State;
  readonly dispatch: Dispatch;
  /** A fresh machine that stands before the first instruction. */
  restart(): Promise<void>;
  /** Runs start functions and the call of the form to the end. */
  run(): Promise<void>;
}

export async function compareCall({ engine, get, dispatch, restart, run }: Around): Promise<void> {
  const tell = (comparison: ComparisonState): void => dispatch({ kind: "compared", comparison });
  const fail = (message: string): void => tell({ kind: "failed", message });
  dispatch({ kind: "dockChosen", dock: "compare" });
  if (get().scripts.stand !== undefined) return fail("The machine is that of a script, whose calls so far the browser's own engine has not made. Go back to the modules to compare.");
  const chosen = chosenCall(get());
  const args = chosen && readyArgs(get(), chosen);
  if (isBroken(get()) || !chosen || !args) return fail("There is no call to compare: the module must assemble, export a function, and its arguments must be right.");
  tell({ kind: "running", where: "ours" });
  let outcome: Outcome | undefined;
  try {
    await restart();
    await engine.setBreakpoints([]);
    await run();
    outcome = outcomeOf(viewOf(get())?.status);
  } catch (thrown) {
    return fail(messageOf(thrown));
  } finally {
    await engine.setBreakpoints(get().project.breakpoints);
  }
  const view = viewOf(get());
  if (!outcome || !view) return fail(unendedText(view?.status));
  tell({ kind: "running", where: "theirs" });
  try {
    const result = await engine.compare({ module: chosen.module, exportName: chosen.info.name, args, outcome });
    const moduleNames = linkedModules(get().project.modules).map((module) => module.name);
    const memories = view.memories.map(({ module, index, name, size }) => ({ module: moduleNames.indexOf(module), index, name: `${moduleNames.length > 1 ? `${module} ` : ""}memory ${name ?? index}`, size: Number(size) }));
    tell({ kind: "done", call: `${chosen.info.name}(${chosen.args.join(", ")})`, ours: outcome, moduleNames, memories, result });
  } catch (thrown) {
    fail(`Nothing to compare with: ${messageOf(thrown)}.`);
  }
}

function outcomeOf(status: Status | undefined): Outcome | undefined {
  if (status?.kind === "finished") return { kind: "finished", results: status.results };
  return status?.kind === "trapped" ? { kind: "trapped", message: status.trap.sentence } : undefined;
}

function unendedText(status: Status | undefined): string {
  if (status?.kind === "paused" && status.reason === "gas") return "The call ran out of gas on this machine, so there is no end to compare. Raise the limit and try again.";
  return "The call did not come to its end on this machine, so there is nothing to compare yet.";
}
