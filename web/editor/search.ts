// Search, loaded when an editor first has the focus: nothing before that needs it.
import { type Extension, Prec } from "@codemirror/state";
import { type Command, EditorView, keymap } from "@codemirror/view";
import type { SearchCommand } from "./search-lazy.ts";

type Loaded = typeof import("./search-lazy.ts");

let loaded: Loaded | undefined;
let loading: Promise<void> | undefined;

/** Resolves also when it could not be loaded; the next call tries again. */
function load(): Promise<void> {
  loading ??= import("./search-lazy.ts").then(
    (module) => {
      loaded = module;
    },
    (reason: unknown) => {
      loading = undefined;
      console.warn("Search could not be loaded.", reason);
    },
  );
  return loading;
}

const command =
  (name: SearchCommand): Command =>
  (view) => {
    if (loaded !== undefined) return loaded.runSearchCommand(view, name);
    void load().then(() => loaded?.runSearchCommand(view, name));
    return true;
  };

export const openSearch: Command = command("open");

export function lazySearch(): Extension {
  return [
    EditorView.domEventHandlers({
      focus() {
        void load();
      },
    }),
    Prec.high(
      keymap.of([
        { key: "Mod-f", run: openSearch },
        { key: "F3", run: command("next"), shift: command("previous"), preventDefault: true },
        { key: "Mod-g", run: command("next"), shift: command("previous"), preventDefault: true },
        { key: "Mod-d", run: command("selectNext"), preventDefault: true },
        { key: "Mod-Shift-l", run: command("selectAll") },
        { key: "Mod-Alt-g", run: command("line") },
      ]),
    ),
  ];
}
