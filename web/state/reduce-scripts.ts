// Reducers of scripts.

import { linkedModules, scriptNamed } from "../protocol/project.ts";
import { PASSED } from "../protocol/script.ts";
import type { Action } from "./actions.ts";
import { NOT_RUN, runOf, type ScriptRun, type ScriptsState } from "./scripts.ts";
import type { State } from "./state.ts";

export type ScriptAction = Extract<
  Action,
  { readonly kind: "scriptsQueued" | "scriptSaid" | "scriptEnded" | "scriptOptionsChosen" | "failingToggled" | "directiveChosen" | "standChosen" }
>;

export function reduceScripts(state: State, action: ScriptAction): State {
  const next = (scripts: Partial<ScriptsState>): State => ({ ...state, scripts: { ...state.scripts, ...scripts } });
  switch (action.kind) {
    case "scriptsQueued": {
      const queued = action.names.flatMap((name): (readonly [string, ScriptRun])[] => {
        const script = scriptNamed(state.project.modules, name);
        return script === undefined ? [] : [[name, { ...NOT_RUN, text: script.text }]];
      });
      return next({ runs: { ...state.scripts.runs, ...Object.fromEntries(queued) } });
    }
    case "scriptSaid": {
      const run = runOf(state, action.name);
      if (run === undefined || run.text !== action.text) return state;
      return next({ runs: { ...state.scripts.runs, [action.name]: heard(run, action.event) } });
    }
    case "scriptEnded": {
      const run = runOf(state, action.name);
      if (run === undefined) return state;
      const ended: ScriptRun = { ...run, phase: action.phase, ...(action.why === undefined ? {} : { why: action.why }) };
      const { active, scripts } = state;
      const [first] = ended.failures;
      // The first failure of the script that is looked at is shown at its place.
      const shows = first !== undefined && scripts.chosen === undefined && active.kind === "module" && active.name === action.name;
      return next({ runs: { ...scripts.runs, [action.name]: ended }, ...(shows ? { chosen: { script: action.name, directive: first.directive } } : {}) });
    }
    case "scriptOptionsChosen":
      return next({ options: action.options });
    case "failingToggled":
      return next({ failingOnly: !state.scripts.failingOnly });
    case "directiveChosen":
      return { ...next({ chosen: { script: action.script, directive: action.directive } }), active: { kind: "module", name: action.script } };
    case "standChosen": {
      const { stand: _before, ...scripts } = state.scripts;
      const { stand } = action;
      if (stand !== undefined) {
        const chosen = { script: stand.script, directive: stand.directive };
        return { ...state, scripts: { ...scripts, stand, toEnd: action.toEnd, chosen }, active: { kind: "module", name: stand.script } };
      }
      // Without modules there is nothing to make a machine of.
      const machine = linkedModules(state.project.modules).length === 0 ? { phase: "none" as const, problems: [] } : state.machine;
      return { ...state, scripts, machine };
    }
  }
}

function heard(run: ScriptRun, event: Extract<ScriptAction, { readonly kind: "scriptSaid" }>["event"]): ScriptRun {
  if (event.kind === "begun") return { ...run, phase: "running", directives: event.directives };
  const verdicts = new Uint8Array(run.verdicts.length + event.verdicts.length);
  verdicts.set(run.verdicts);
  verdicts.set(event.verdicts, run.verdicts.length);
  const passed = run.passed + event.verdicts.reduce((count, verdict) => (verdict === PASSED ? count + 1 : count), 0);
  return { ...run, verdicts, passed, failures: event.failures.length === 0 ? run.failures : [...run.failures, ...event.failures] };
}

/** What is known of scripts when files have come, gone or been renamed. */
export function keptScripts(scripts: ScriptsState, renamed: (name: string) => string | undefined): ScriptsState {
  const runs = Object.entries(scripts.runs).flatMap(([name, run]) => {
    const now = renamed(name);
    return now === undefined ? [] : [[now, run] as const];
  });
  const { stand, chosen, ...rest } = scripts;
  const standing = stand && renamed(stand.script);
  const marked = chosen && renamed(chosen.script);
  return {
    ...rest,
    runs: Object.fromEntries(runs),
    ...(stand === undefined || standing === undefined ? {} : { stand: standing === stand.script ? stand : { ...stand, script: standing } }),
    ...(chosen === undefined || marked === undefined ? {} : { chosen: { ...chosen, script: marked } }),
  };
}
