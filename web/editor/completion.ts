// Completion, loaded when the page has nothing else to do or an editor first has the focus. What was typed until then
// is completed as soon as it is there.
import { Compartment, type Extension } from "@codemirror/state";
import { type EditorView, keymap, type PluginValue, ViewPlugin, type ViewUpdate } from "@codemirror/view";

type Loaded = typeof import("./completion-lazy.ts");

let loaded: Loaded | undefined;
let loading: Promise<void> | undefined;

/** Resolves also when it could not be loaded; the next call tries again. */
function load(): Promise<void> {
  loading ??= import("./completion-lazy.ts").then(
    (module) => {
      loaded = module;
    },
    (reason: unknown) => {
      loading = undefined;
      console.warn("Completion could not be loaded.", reason);
    },
  );
  return loading;
}

function whenIdle(then: () => void): void {
  // Safari has no such callback.
  if (typeof requestIdleCallback === "function") requestIdleCallback(then);
  else setTimeout(then);
}

/** `make` gives the extension when its part is there. */
export function lazyCompletion(make: (part: Loaded) => Extension): Extension {
  const place = new Compartment();
  let made: Extension | undefined;

  /** One of each state that is shown: puts the extension into it when it can. */
  class Attaching implements PluginValue {
    readonly #view: EditorView;
    #attached = false;
    #gone = false;
    #typing = false;

    constructor(view: EditorView) {
      this.#view = view;
      // Not before the view is made.
      if (loaded === undefined) whenIdle(() => this.begin());
      else queueMicrotask(() => this.#attach());
    }

    begin(explicit = false): void {
      if (this.#attached) return;
      void load().then(() => this.#attach(explicit));
    }

    #attach(explicit = false): void {
      if (this.#gone || this.#attached || loaded === undefined) return;
      this.#attached = true;
      made ??= make(loaded);
      const view = this.#view;
      view.dispatch({ effects: place.reconfigure(made) });
      if (explicit) loaded.startCompletion(view);
      // Says once more that somebody types, to one who has not heard it.
      else if (this.#typing && view.hasFocus) view.dispatch({ userEvent: "input.type" });
    }

    update({ docChanged, selectionSet, transactions }: ViewUpdate): void {
      if (docChanged || selectionSet) this.#typing = transactions.some((transaction) => transaction.isUserEvent("input.type"));
    }

    destroy(): void {
      this.#gone = true;
    }
  }

  const attaching = ViewPlugin.fromClass(Attaching, {
    eventHandlers: {
      focus() {
        this.begin();
      },
    },
  });
  return [
    place.of([]),
    attaching,
    keymap.of([
      {
        key: "Ctrl-Space",
        run(view) {
          view.plugin(attaching)?.begin(true);
          return true;
        },
      },
    ]),
  ];
}
