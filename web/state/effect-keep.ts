// Effects that keep what was typed: a short time after each change the project goes to the browser's storage.

import { messageOf } from "../base/assert.ts";
import type { Dispatch } from "./actions.ts";
import { projectToKeep } from "./screen.ts";
import type { State, Subject } from "./state.ts";
import type { Storage, Work } from "./store.ts";
import type { Tasks } from "./tasks.ts";

function workOf(state: State): Work {
  return { project: projectToKeep(state), hostAsked: state.host === "asked" };
}

export class KeepEffects {
  readonly #storage: Storage;
  readonly #get: () => State;
  readonly #dispatch: Dispatch;
  readonly #tasks: Tasks;
  readonly #delay: number;
  #pending: { readonly timer: ReturnType<typeof setTimeout>; readonly end: () => void } | undefined;
  /** Changed at any time since it was opened, also when it was saved or shared since. */
  #touched = false;

  constructor(storage: Storage, get: () => State, dispatch: Dispatch, tasks: Tasks, delay: number) {
    this.#storage = storage;
    this.#get = get;
    this.#dispatch = dispatch;
    this.#tasks = tasks;
    this.#delay = delay;
  }

  follow(before: State, after: State): void {
    const opened = before.origin !== after.origin;
    // Work that was restored or shared once is somebody's, changed or not.
    const replaced = opened && (this.#touched || before.changed || before.origin.kind === "restored");
    this.#touched = opened ? after.changed : this.#touched || after.changed;
    const removed = before.origin === after.origin && after.project.modules.length < before.project.modules.length;
    if (replaced || removed) this.#tasks.track(this.#storage.putAside(workOf(before))).catch((thrown: unknown) => this.#say(`The browser did not keep the work before: ${messageOf(thrown)}.`));
    if (before.project === after.project && before.form === after.form && before.host === after.host && before.layout.preset === after.layout.preset) return;
    this.#cancel();
    const end = this.#tasks.begin();
    const timer = setTimeout(() => {
      this.#pending = undefined;
      this.#storage
        .save(workOf(this.#get()))
        .then(
          () => this.#tell(undefined),
          (thrown: unknown) => this.#tell(messageOf(thrown)),
        )
        .finally(end);
    }, this.#delay);
    this.#pending = { timer, end };
  }

  /** Keeps what is there at once. Gives why the work was not kept the last time, if that is so. */
  flush(): string | undefined {
    if (this.#pending) {
      this.#cancel();
      this.#storage.saveNow(workOf(this.#get()));
    }
    return this.#get().unkept;
  }

  #cancel(): void {
    if (!this.#pending) return;
    clearTimeout(this.#pending.timer);
    this.#pending.end();
    this.#pending = undefined;
  }

  /** Once: a full storage would otherwise speak at every key. */
  #tell(unkept: string | undefined): void {
    if (this.#get().unkept === unkept) return;
    this.#dispatch({ kind: "workKept", ...(unkept === undefined ? {} : { unkept }) });
    if (unkept !== undefined) this.#say(`The browser does not keep this work: ${unkept}. Save it to a file before you leave.`, "keeping");
  }

  #say(text: string, about?: Subject): void {
    this.#dispatch({ kind: "noticed", tone: "error", text, ...(about === undefined ? {} : { about }) });
  }
}
