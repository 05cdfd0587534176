// Keys of the whole page. Function keys work everywhere, single letters only while no text has the focus.

import { offer } from "../panes/controls.tsx";
import type { Command } from "../state/actions.ts";
import type { Store } from "../state/store.ts";

export interface KeyHelp {
  readonly keys: string;
  readonly does: string;
}

export const KEY_HELP: readonly KeyHelp[] = [
  { keys: "Ctrl+Enter", does: "Run the call" },
  { keys: "F8, c", does: "Continue" },
  { keys: "p, F6", does: "Pause" },
  { keys: "F11, s", does: "Step in: one instruction" },
  { keys: "F10, o", does: "Step over a call" },
  { keys: "Shift+F11, u", does: "Step out of the function" },
  { keys: "Ctrl+F10", does: "Run to the cursor" },
  { keys: "r", does: "Restart" },
  { keys: "F9", does: "Breakpoint at the cursor's line, in the editor" },
  { keys: "g", does: "Go to an address" },
  { keys: "Ctrl+Z", does: "Among the bytes of memory: takes the last byte typed back" },
  { keys: "e", does: "Into the editor" },
  { keys: "Escape, Tab", does: "Out of the editor: one after the other" },
  { keys: "/, Ctrl+K", does: "All commands" },
  { keys: "i", does: "The instruction reference" },
  { keys: "?", does: "This list" },
];

/** What a key asks for; undefined leaves it to the browser. */
function commandOf(event: KeyboardEvent, letters: boolean): Command | "palette" | "keys" | "reference" | "goto" | "editor" | "save" | "toCursor" | undefined {
  const control = event.ctrlKey || event.metaKey;
  if (control && event.key === "Enter") return { kind: "run" };
  if (control && event.key.toLowerCase() === "k" && !event.shiftKey) return "palette";
  if (control && event.key.toLowerCase() === "s" && !event.shiftKey) return "save";
  if (control && event.key === "F10") return "toCursor";
  if (control || event.altKey) return undefined;
  switch (event.key) {
    case "F6":
      return { kind: "pause" };
    case "F8":
      return { kind: "continue" };
    case "F10":
      return { kind: "step", way: "over" };
    case "F11":
      return { kind: "step", way: event.shiftKey ? "out" : "in" };
    default:
      return letters ? letterCommand(event.key) : undefined;
  }
}

function letterCommand(key: string): ReturnType<typeof commandOf> {
  switch (key) {
    case "c":
      return { kind: "continue" };
    case "p":
      return { kind: "pause" };
    case "s":
      return { kind: "step", way: "in" };
    case "o":
      return { kind: "step", way: "over" };
    case "u":
      return { kind: "step", way: "out" };
    case "r":
      return { kind: "restart" };
    case "g":
      return "goto";
    case "e":
      return "editor";
    case "/":
      return "palette";
    case "i":
      return "reference";
    case "?":
      return "keys";
    default:
      return undefined;
  }
}

function isTextTarget(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches("input:not([type=checkbox]), textarea, select"));
}

export interface KeyHosts {
  focusEditor(): void;
  runToCursor(): void;
}

/** Listens to the whole page; the answer stops listening. */
export function listenToKeys(store: Store, hosts: KeyHosts): () => void {
  const { heldKeys } = store;

  const down = (event: KeyboardEvent): void => {
    const onKey = event.target instanceof HTMLElement && event.target.closest(".screen-keys") !== null;
    // They press the key of the screen that has the focus.
    if (onKey && (event.key === "Enter" || event.key === " ")) return;
    const inCanvas = onKey || event.target instanceof HTMLCanvasElement;
    const inText = isTextTarget(event.target);
    if (!inText && !event.repeat) heldKeys.hold(event.code);
    if (inCanvas && !event.ctrlKey && !event.metaKey && !/^(F\d+|Tab|Escape)$/.test(event.key)) {
      event.preventDefault();
      return;
    }
    if (event.defaultPrevented || store.state.peek().dialog) return;
    const command = commandOf(event, !inText && !inCanvas);
    if (command === undefined) return;
    event.preventDefault();
    obey(command, event.repeat);
  };

  const obey = (command: NonNullable<ReturnType<typeof commandOf>>, repeated: boolean): void => {
    if (typeof command === "object") {
      const allowed = allows(command);
      const holdable = command.kind === "step";
      if (allowed && (!repeated || holdable)) store.dispatch({ kind: "ask", command });
      return;
    }
    if (command === "palette" || command === "keys" || command === "reference") return store.dispatch({ kind: "dialogOpened", dialog: { kind: command } });
    if (command === "save") return store.dispatch({ kind: "dialogOpened", dialog: { kind: "save" } });
    if (command === "editor") return hosts.focusEditor();
    if (command === "toCursor") return hosts.runToCursor();
    document.getElementById("goto-address")?.focus();
  };

  const allows = (command: Command): boolean => {
    const offered = offer(store.state.peek());
    switch (command.kind) {
      case "pause":
        return offered === "pause";
      case "continue":
        return offered === "go";
      case "step":
        return offered === "go" || (offered === "begin" && command.way !== "out");
      case "run":
        return offered !== "pause";
      default:
        return offered !== "nothing";
    }
  };

  const up = (event: KeyboardEvent): void => heldKeys.release(event.code);
  const blur = (): void => heldKeys.releaseAll();
  window.addEventListener("keydown", down);
  window.addEventListener("keyup", up);
  window.addEventListener("blur", blur);
  return () => {
    window.removeEventListener("keydown", down);
    window.removeEventListener("keyup", up);
    window.removeEventListener("blur", blur);
  };
}
