// The dock under the code: one of its panes at a time.

import type { DockTab, State } from "../state/state.ts";
import { allTotals, scriptsOf } from "../state/scripts.ts";
import { useDispatch, useSelect } from "../state/use.ts";
import { groupThousands } from "../state/values.ts";
import { Canvas } from "./canvas.tsx";
import { Compare } from "./compare.tsx";
import { Console } from "./console.tsx";
import { Outline } from "./outline.tsx";
import { allProblems, Problems } from "./problems.tsx";
import { LazyScript } from "./script-lazy.tsx";
import { Trace } from "./trace.tsx";

const chosen = (state: State): DockTab => state.layout.dock;
/** Lines in the console. */
export const printedLines = (state: State): number => state.output.lines.length + state.output.dropped;

const TABS: readonly { readonly tab: DockTab; readonly name: string }[] = [
  { tab: "problems", name: "Problems" },
  { tab: "console", name: "Console" },
  { tab: "canvas", name: "Canvas" },
  { tab: "trace", name: "Trace" },
  { tab: "outline", name: "Outline" },
  { tab: "compare", name: "Compare" },
];
const WITH_SCRIPTS: typeof TABS = [{ tab: "script", name: "Script" }, ...TABS];
const failing = (state: State): number => (scriptsOf(state).length === 0 ? -1 : allTotals(state).failed);

interface DockProps {
  onDownloadTrace(): void;
}

export function Dock({ onDownloadTrace }: DockProps) {
  const open = useSelect(chosen);
  const wrong = useSelect(allProblems).length;
  const lines = useSelect(printedLines);
  const failed = useSelect(failing);
  const tabs = failed < 0 ? TABS : WITH_SCRIPTS;
  const dispatch = useDispatch();
  const counts: Partial<Record<DockTab, number>> = { problems: wrong, console: lines, script: failed };
  const move = (event: KeyboardEvent): void => {
    const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (by === 0) return;
    const at = tabs.findIndex(({ tab }) => tab === open);
    const next = tabs[(at + by + tabs.length) % tabs.length];
    if (!next) return;
    event.preventDefault();
    dispatch({ kind: "dockChosen", dock: next.tab });
    document.getElementById(`dock-tab-${next.tab}`)?.focus();
  };
  return (
    <div class="dock">
      <div class="tabs" role="tablist" aria-label="Output" onKeyDown={move}>
        {tabs.map(({ tab, name }) => (
          <button
            key={tab}
            id={`dock-tab-${tab}`}
            type="button"
            role="tab"
            class={`tab${(tab === "problems" && wrong > 0) || (tab === "script" && failed > 0) ? " tab-wrong" : ""}`}
            aria-selected={tab === open}
            aria-controls="dock-panel"
            tabIndex={tab === open ? 0 : -1}
            onClick={() => dispatch({ kind: "dockChosen", dock: tab })}
          >
            {name}
            {(counts[tab] ?? 0) > 0 && <span class="tab-count">{groupThousands(counts[tab] ?? 0)}</span>}
          </button>
        ))}
      </div>
      <div id="dock-panel" class="dock-panel" role="tabpanel" aria-labelledby={`dock-tab-${open}`}>
        {open === "problems" && <Problems />}
        {open === "console" && <Console />}
        {open === "canvas" && <Canvas />}
        {open === "trace" && <Trace onDownload={onDownloadTrace} />}
        {open === "outline" && <Outline />}
        {open === "compare" && <Compare />}
        {open === "script" && <LazyScript />}
      </div>
    </div>
  );
}
