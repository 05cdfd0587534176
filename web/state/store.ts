// The one store: actions go through the reducer, then to the effects.

import { signal, type ReadonlySignal } from "@preact/signals";
import type { Engine, Language } from "../protocol/engine.ts";
import type { Project } from "../protocol/project.ts";
import type { Action, Dispatch } from "./actions.ts";
import type { Scripts } from "../protocol/script.ts";
import { MachineEffects } from "./effect-machine.ts";
import { ScriptEffects } from "./effect-scripts.ts";
import { KeepEffects } from "./effect-keep.ts";
import { TextEffects } from "./effect-text.ts";
import { HeldKeys } from "./held-keys.ts";
import { reduce } from "./reducer.ts";
import { initialState, type State } from "./state.ts";
import { Tasks } from "./tasks.ts";

export interface Work {
  readonly project: Project;
  /** Its host code came from somebody else and was not allowed yet. */
  readonly hostAsked: boolean;
}

/** Where work is kept between visits. A failing one says so by rejecting; the page then shows it once. */
export interface Storage {
  save(work: Work): Promise<void>;
  /** The same, finished before it returns; for the moment the page goes away. */
  saveNow(work: Work): void;
  /** Puts changed work aside before another project takes its place. */
  putAside(work: Work): Promise<void>;
}

export interface Services {
  readonly engine: Engine;
  readonly language: Language;
  readonly scripts: Scripts;
  readonly storage: Storage;
  /** Milliseconds between the last key and a check; tests take 0. */
  readonly checkDelay?: number;
  /** The same for saving. */
  readonly saveDelay?: number;
}

export interface Store {
  readonly state: ReadonlySignal<State>;
  readonly dispatch: Dispatch;
  /** The keys that the program is told of. */
  readonly heldKeys: HeldKeys;
  /** Resolves when nothing is under way: no check, no load, no run. */
  idle(): Promise<void>;
  /** Work begun elsewhere (a dialog reading a file) that `idle` waits for. */
  track<T>(work: Promise<T>): Promise<T>;
  /** Saves at once. */
  flush(): string | undefined;
  dispose(): void;
}

export function createStore(services: Services, first: State = initialState()): Store {
  const state = signal(first);
  const tasks = new Tasks();
  const get = (): State => state.peek();
  const text = new TextEffects(services.language, get, dispatch, tasks, services.checkDelay ?? 150);
  const scripts = new ScriptEffects(services.scripts, get, dispatch, tasks);
  const machine = new MachineEffects(services.engine, services.language, scripts, get, dispatch, tasks);
  const keep = new KeepEffects(services.storage, get, dispatch, tasks, services.saveDelay ?? 300);

  function dispatch(action: Action): void {
    const before = state.peek();
    const after = reduce(before, action);
    state.value = after;
    if (action.kind === "ask") machine.obey(action.command);
    if (after === before) return;
    text.follow(before, after);
    scripts.follow(before, after);
    machine.follow(before, after);
    keep.follow(before, after);
  }

  return {
    state,
    dispatch,
    heldKeys: new HeldKeys((codes) => dispatch({ kind: "ask", command: { kind: "keys", codes } })),
    idle: () => tasks.idle(),
    track: (work) => tasks.track(work),
    flush: () => keep.flush(),
    dispose: () => {
      text.dispose();
      machine.dispose();
      scripts.dispose();
      services.engine.dispose();
      services.language.dispose();
    },
  };
}
