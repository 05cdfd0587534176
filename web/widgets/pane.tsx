// A pane's frame: a named region with a title that folds it.

import type { ComponentChildren } from "preact";

interface PaneProps {
  /** Also the accessible name of the region. */
  readonly name: string;
  /** Beside the title: counts, choices, buttons. */
  readonly aside?: ComponentChildren;
  /** It concerns other panes too, so it stays when there is nothing to show here. */
  readonly asideAlways?: boolean;
  /** When there is nothing to show: one sentence of why, in place of the content. */
  readonly empty?: string | undefined;
  readonly collapsed?: boolean;
  readonly onToggle?: () => void;
  readonly className?: string;
  readonly onKeyDown?: (event: KeyboardEvent) => void;
  readonly children?: ComponentChildren;
}

export function Pane({ name, aside, asideAlways = false, empty, collapsed = false, onToggle, className = "", onKeyDown, children }: PaneProps) {
  const open = !collapsed && empty === undefined;
  return (
    <section class={`pane ${className}${open ? "" : " pane-closed"}`} role="region" aria-label={name} onKeyDown={onKeyDown}>
      <header class="pane-head">
        {onToggle && empty === undefined ? (
          <button type="button" class="pane-title pane-fold" aria-expanded={open} onClick={onToggle}>
            <span class="pane-arrow" aria-hidden="true">
              {open ? "▾" : "▸"}
            </span>
            {name}
          </button>
        ) : (
          <h2 class="pane-title">{name}</h2>
        )}
        {empty !== undefined && <span class="pane-why">{empty}</span>}
        {(open || asideAlways) && aside !== undefined && <div class="pane-aside">{aside}</div>}
      </header>
      {open && <div class="pane-body">{children}</div>}
    </section>
  );
}
