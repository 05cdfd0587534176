// All that the command palette offers.

import { examples } from "../examples/index.ts";
import { callables } from "../state/selectors.ts";
import type { Action } from "../state/actions.ts";
import { scriptsOf } from "../state/scripts.ts";
import type { Store } from "../state/store.ts";
import type { CodeHandle } from "./code-area.tsx";
import { openExample } from "./opening.ts";
import { downloadProject } from "./saving.ts";

export interface PaletteCommand {
  readonly name: string;
  /** Empty when there is no key for it. */
  readonly keys: string;
  run(): void;
}

export function paletteCommands(store: Store, code: CodeHandle | undefined): readonly PaletteCommand[] {
  const does = (name: string, keys: string, action: Action): PaletteCommand => ({ name, keys, run: () => store.dispatch(action) });
  const asks = (name: string, keys: string, command: Extract<Action, { kind: "ask" }>["command"]): PaletteCommand => does(name, keys, { kind: "ask", command });
  const state = store.state.peek();
  const { active } = state;
  const scripts = scriptsOf(state).map((script) => script.name);
  const traceOn = state.machine.loaded?.view?.traceOn ?? false;
  return [
    asks("Run the call", "Ctrl+Enter", { kind: "run" }),
    asks("Continue", "F8", { kind: "continue" }),
    asks("Pause", "p", { kind: "pause" }),
    asks("Step in", "F11", { kind: "step", way: "in" }),
    asks("Step over", "F10", { kind: "step", way: "over" }),
    asks("Step out", "Shift+F11", { kind: "step", way: "out" }),
    ...(active.kind === "module" ? [{ name: "Run to the cursor", keys: "Ctrl+F10", run: () => store.dispatch({ kind: "ask", command: { kind: "runToCursor", module: active.name, position: code?.cursor() ?? 0 } }) }] : []),
    asks("Restart", "r", { kind: "restart" }),
    asks(traceOn ? "Stop recording the trace" : "Record a trace", "", { kind: "trace", on: !traceOn }),
    asks("Generate stubs for missing imports in host.js", "", { kind: "stubs" }),
    asks("Compare with the browser's own engine", "", { kind: "compare" }),
    { name: "Into the editor", keys: "e", run: () => code?.focus() },
    { name: "Go to an address in memory", keys: "g", run: () => document.getElementById("goto-address")?.focus() },
    does("Follow the last write in memory", "", { kind: "followToggled" }),
    ...callables(state).map((callable) => does(`Call ${callable.module} ${callable.info.name}`, "", { kind: "exportChosen", module: callable.module, export: callable.info.name })),
    does("Open a file, a link or earlier work", "", { kind: "dialogOpened", dialog: { kind: "open" } }),
    does("Examples", "", { kind: "dialogOpened", dialog: { kind: "examples" } }),
    does("Share a link", "", { kind: "dialogOpened", dialog: { kind: "share" } }),
    does("Save or download", "Ctrl+S", { kind: "dialogOpened", dialog: { kind: "save" } }),
    { name: "Save the project file", keys: "", run: () => downloadProject(store) },
    does("Costs of the gas schedule", "", { kind: "dialogOpened", dialog: { kind: "schedule" } }),
    does("Limits", "", { kind: "dialogOpened", dialog: { kind: "limits" } }),
    ...(scripts.length === 0
      ? []
      : [
          does("Show script", "", { kind: "dockChosen", dock: "script" }),
          asks("Run all scripts", "", { kind: "runScripts", names: scripts }),
          asks("Stop running scripts", "", { kind: "stopScripts" }),
          does("Scripts: failing only", "", { kind: "failingToggled" }),
        ]),
    ...(["problems", "console", "canvas", "trace", "outline", "compare"] as const).map((dock) => does(`Show ${dock}`, "", { kind: "dockChosen", dock })),
    ...(["learn", "debug", "memory", "present"] as const).map((preset) => does(`Layout: ${preset}`, "", { kind: "presetChosen", preset })),
    ...(["system", "light", "dark"] as const).map((theme) => does(`Theme: ${theme}`, "", { kind: "themeChosen", theme })),
    ...(["signed", "unsigned", "hex"] as const).map((format) => does(`Numbers: ${format}`, "", { kind: "formatChosen", format })),
    does("Keys", "?", { kind: "dialogOpened", dialog: { kind: "keys" } }),
    does("Instruction reference", "i", { kind: "dialogOpened", dialog: { kind: "reference" } }),
    does("Help", "", { kind: "dialogOpened", dialog: { kind: "help" } }),
    ...(code?.commands() ?? []).map((command) => ({ name: `Editor: ${command.title}`, keys: command.keys, run: command.run })),
    ...examples.map((example) => ({ name: `Example: ${example.title}`, keys: "", run: () => openExample(store, example) })),
  ];
}
