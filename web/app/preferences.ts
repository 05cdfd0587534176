// What a person prefers on all projects: theme and sizes. Kept in localStorage, read with care.

import type { Layout, Preset, State, Theme } from "../state/state.ts";
import { presetLayout } from "../state/selectors.ts";
import { readItem, writeItem } from "./storage.ts";

const KEY = "waspnest.preferences";

export interface Preferences {
  readonly theme: Theme;
  readonly layout: Partial<Layout>;
}

const THEMES: readonly Theme[] = ["system", "light", "dark"];
const PRESETS: readonly Preset[] = ["learn", "debug", "memory", "present"];

export function readPreferences(): Preferences {
  const fields = parse(readItem("localStorage", KEY));
  const preset = PRESETS.find((name) => name === fields["preset"]) ?? "learn";
  const size = (name: string): Partial<Layout> => {
    const value = fields[name];
    return typeof value === "number" && value >= 10 && value <= 90 ? { [name]: value } : {};
  };
  const collapsed = fields["collapsed"];
  const panes = Array.isArray(collapsed) ? collapsed.filter((pane) => typeof pane === "string") : undefined;
  return {
    theme: THEMES.find((theme) => theme === fields["theme"]) ?? "system",
    layout: { ...presetLayout(preset), ...size("codeWidth"), ...size("stateWidth"), ...size("dockHeight"), ...size("scriptsHeight"), ...(panes ? { collapsed: panes } : {}) },
  };
}

function parse(text: string | undefined): Record<string, unknown> {
  if (text === undefined) return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    // Written by something else under our key; the next change writes it anew.
    return {};
  }
}

export function writePreferences({ theme, layout }: State): void {
  const { preset, codeWidth, stateWidth, dockHeight, scriptsHeight, collapsed } = layout;
  writeItem("localStorage", KEY, JSON.stringify({ theme, preset, codeWidth, stateWidth, dockHeight, scriptsHeight, collapsed }));
}
