// Effects of texts: each new text is checked, each binary module disassembled, after a short rest of the keys.

import { messageOf } from "../base/assert.ts";
import { own } from "../base/records.ts";
import type { BinaryModule, ModuleSource } from "../protocol/project.ts";
import type { Language } from "../protocol/engine.ts";
import type { Dispatch } from "./actions.ts";
import { activeScript } from "./scripts.ts";
import { textOf } from "./selectors.ts";
import type { State } from "./state.ts";
import type { Tasks } from "./tasks.ts";

/** From this many characters on a check waits longer, so that typing in a text of several MB stays fluent. */
const LARGE_TEXT = 500_000;

export class TextEffects {
  readonly #language: Language;
  readonly #get: () => State;
  readonly #dispatch: Dispatch;
  readonly #tasks: Tasks;
  readonly #delay: number;
  readonly #timers = new Map<string, { readonly text: string; readonly cancel: () => void }>();
  readonly #shown = new Set<Uint8Array>();

  constructor(language: Language, get: () => State, dispatch: Dispatch, tasks: Tasks, delay: number) {
    this.#language = language;
    this.#get = get;
    this.#dispatch = dispatch;
    this.#tasks = tasks;
    this.#delay = delay;
    this.#learn();
  }

  follow(before: State, after: State): void {
    const looked = before.active !== after.active && activeScript(after) !== undefined;
    if (!looked && before.project.modules === after.project.modules && before.binaryTexts === after.binaryTexts) return;
    for (const module of after.project.modules) {
      // There may be hundreds of scripts; the one that is looked at is checked.
      if (module.kind === "script" && module !== activeScript(after)) continue;
      if (module.kind === "binary" && textOf(after, module) === undefined) this.#show(module);
      const text = textOf(after, module);
      if (text !== undefined && own(after.reports, module.name)?.text !== text) this.#check(module, text, before.origin === after.origin);
    }
  }

  dispose(): void {
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
  }

  #learn(): void {
    const read = async (): Promise<void> => {
      const [schedules, instructions] = await Promise.all([this.#language.schedules(), this.#language.reference()]);
      this.#dispatch({ kind: "knowledgeRead", schedules, instructions });
    };
    this.#tasks.track(read()).catch((thrown: unknown) => this.#say(thrown));
  }

  #check(module: ModuleSource, text: string, typed: boolean): void {
    const known = this.#timers.get(module.name);
    if (known?.text === text) return;
    known?.cancel();
    const end = this.#tasks.begin();
    const delay = typed ? (text.length > LARGE_TEXT ? this.#delay * 4 : this.#delay) : 0;
    const timer = setTimeout(() => {
      this.#language
        .check(module.name, text, module.kind === "script" ? "script" : "module")
        .then((report) => {
          this.#forget(module.name, text);
          // A text that has moved on is being checked itself; its report would only flicker.
          const now = this.#get().project.modules.find((candidate) => candidate.name === module.name);
          if (now && textOf(this.#get(), now) === text) this.#dispatch({ kind: "checked", name: module.name, text, report });
        })
        .catch((thrown: unknown) => {
          this.#forget(module.name, text);
          this.#say(thrown);
        })
        .finally(end);
    }, delay);
    const cancel = (): void => {
      clearTimeout(timer);
      end();
    };
    this.#timers.set(module.name, { text, cancel });
  }

  #forget(name: string, text: string): void {
    if (this.#timers.get(name)?.text === text) this.#timers.delete(name);
  }

  #show(module: BinaryModule): void {
    if (this.#shown.has(module.bytes) && own(this.#get().binaryTexts, module.name)?.bytes === module.bytes) return;
    this.#shown.add(module.bytes);
    const { name, bytes } = module;
    this.#tasks
      .track(this.#language.disassemble(bytes))
      .then((result) => {
        if (result.kind === "ok" && result.report !== undefined) this.#dispatch({ kind: "checked", name, text: result.text, report: result.report });
        const shown = result.kind === "ok" ? { kind: "text" as const, bytes, text: result.text } : { kind: "failed" as const, bytes, message: result.message, readable: result.readable };
        this.#dispatch({ kind: "binaryShown", name, shown });
      })
      .catch((thrown: unknown) => this.#say(thrown));
  }

  #say(thrown: unknown): void {
    this.#dispatch({ kind: "noticed", tone: "error", text: messageOf(thrown) });
  }
}
