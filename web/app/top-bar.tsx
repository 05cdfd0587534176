// The bar at the top: what is open, and what can be done with it.

import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";
import type { State } from "../state/state.ts";
import { useDispatch, useSelect } from "../state/use.ts";
import type { Dialog, Preset, Theme } from "../state/state.ts";

const title = (state: State): string => state.project.title;
const changed = (state: State): boolean => state.changed;
const theme = (state: State): Theme => state.theme;
const preset = (state: State): Preset => state.layout.preset;

const THEMES: Readonly<Record<Theme, { readonly next: Theme; readonly sign: string; readonly name: string }>> = {
  system: { next: "light", sign: "◐", name: "as the system" },
  light: { next: "dark", sign: "○", name: "light" },
  dark: { next: "system", sign: "●", name: "dark" },
};

interface TopBarProps {
  /** Room for little: what is not needed to begin goes into a menu. */
  readonly narrow: boolean;
}

export function TopBar({ narrow }: TopBarProps) {
  const name = useSelect(title);
  const isChanged = useSelect(changed);
  const chosenTheme = useSelect(theme);
  const chosenPreset = useSelect(preset);
  const dispatch = useDispatch();
  const open = (kind: Exclude<Dialog["kind"], "paste">) => (): void => dispatch({ kind: "dialogOpened", dialog: { kind } });
  const look = THEMES[chosenTheme];
  return (
    <header class="top-bar">
      <span class="brand">
        <svg viewBox="0 0 32 32" width="20" height="20" aria-hidden="true">
          <path d="M16 2l12 7v14l-12 7-12-7V9z" fill="var(--accent-fill)" />
          <path d="M9 13l3.5 8 3.5-8 3.5 8 3.5-8" fill="none" stroke="#fff" stroke-width="2.6" stroke-linejoin="round" stroke-linecap="round" />
        </svg>
        <span class="brand-name">Waspnest</span>
      </span>
      <span class="title">
        <input
          class="title-input"
          aria-label="Title of the project"
          value={name}
          size={Math.max(8, Math.min(32, name.length + 1))}
          spellcheck={false}
          autocomplete="off"
          maxLength={200}
          onInput={(event) => dispatch({ kind: "titleTyped", title: event.currentTarget.value })}
        />
        {isChanged && (
          <span class="title-changed" title="Changed since it was opened; kept in this browser">
            <span aria-hidden="true">•</span>
            <span class="visually-hidden">changed</span>
          </span>
        )}
      </span>
      <nav class="top-actions" aria-label="Project">
        {!narrow && (
          <button type="button" class="top-button" onClick={open("open")}>
            Open
          </button>
        )}
        <button type="button" class="top-button" onClick={open("examples")}>
          Examples
        </button>
        <button type="button" class="top-button" onClick={open("share")}>
          Share
        </button>
        {!narrow && (
          <button type="button" class="top-button" onClick={open("save")}>
            Save
          </button>
        )}
      </nav>
      {narrow ? (
        <More>
          <button type="button" class="menu-item" onClick={open("open")}>
            Open
          </button>
          <button type="button" class="menu-item" onClick={open("save")}>
            Save
          </button>
          <button type="button" class="menu-item" onClick={open("palette")}>
            All commands
          </button>
          <button type="button" class="menu-item" onClick={open("reference")}>
            Instructions
          </button>
          <button type="button" class="menu-item" onClick={open("help")}>
            Help
          </button>
        </More>
      ) : (
        <div class="top-looks">
          <select
            class="select preset"
            aria-label="Layout"
            value={chosenPreset}
            onChange={(event) => {
              const { value } = event.currentTarget;
              if (value === "learn" || value === "debug" || value === "memory" || value === "present") dispatch({ kind: "presetChosen", preset: value });
            }}
          >
            <option value="learn">Learn</option>
            <option value="debug">Debug</option>
            <option value="memory">Memory</option>
            <option value="present">Present</option>
          </select>
          <button type="button" class="icon-button" aria-label={`Theme: ${look.name}`} title={`Theme: ${look.name}`} onClick={() => dispatch({ kind: "themeChosen", theme: look.next })}>
            {look.sign}
          </button>
          <button type="button" class="icon-button" aria-label="All commands" title="All commands (/)" onClick={open("palette")}>
            /
          </button>
          <button type="button" class="icon-button" aria-label="Keys" title="Keys (?)" onClick={open("keys")}>
            ⌨
          </button>
          <button type="button" class="icon-button" aria-label="Help" title="Help" onClick={open("help")}>
            ?
          </button>
        </div>
      )}
    </header>
  );
}

/** A menu in the browser's own popover, which Escape and a tap beside it close. */
function More({ children }: { readonly children: ComponentChildren }) {
  const menu = useRef<HTMLDivElement>(null);
  return (
    <>
      <button type="button" class="icon-button" aria-label="More" popovertarget="more-menu">
        ⋯
      </button>
      {/* Closed before the choice is answered, so that a dialog gives the focus back to the button. */}
      <div ref={menu} id="more-menu" class="menu" popover="auto" role="group" aria-label="More" onClickCapture={() => menu.current?.hidePopover()}>
        {children}
      </div>
    </>
  );
}
