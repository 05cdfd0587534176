// The files of the project as tabs: modules in the order of linking, then host.js.

import { useState } from "preact/hooks";
import { freshReport, hasErrors } from "../state/selectors.ts";
import type { ActiveFile, State } from "../state/state.ts";
import { EMPTY_MODULE } from "../state/state.ts";
import { activeScript } from "../state/scripts.ts";
import { useDispatch, useSelect } from "../state/use.ts";

interface FileTab {
  readonly name: string;
  /** `shown`: a text that only the machine has; it cannot be changed. */
  readonly kind: "text" | "binary" | "script" | "shown";
  readonly wrong: boolean;
}

const EXTENSIONS = { text: ".wat", binary: ".wasm", script: ".wast", shown: ".wat" } as const;
const TITLES = {
  text: "Double-click renames",
  binary: "Disassembled; a change makes it a text of its own. Double-click renames.",
  script: "A script. Double-click renames.",
  shown: "A module that the script gives as bytes or in quotes, as text to look at",
} as const;

/** More scripts than these have no tabs of their own but that of the one that is open; the Script pane lists them. */
const SCRIPT_TABS = 6;

const active = (state: State): ActiveFile => state.active;
const hostEmpty = (state: State): boolean => state.project.hostCode.trim() === "";
interface Drawn {
  readonly modules: State["project"]["modules"];
  readonly shown: NonNullable<State["machine"]["loaded"]>["shown"] | undefined;
  readonly reports: State["reports"];
  readonly active: ActiveFile;
  readonly tabs: readonly FileTab[];
}
let last: Drawn | undefined;
const fileTabs = (state: State): readonly FileTab[] => {
  const { modules } = state.project;
  const { active, reports } = state;
  const shown = state.machine.loaded?.shown;
  if (last?.modules !== modules || last.reports !== reports || last.shown !== shown || last.active !== active) {
    const scripts = modules.filter((module) => module.kind === "script");
    const open = activeScript(state) ?? scripts.find((script) => last?.tabs.some((tab) => tab.name === script.name)) ?? scripts[0];
    const listed = scripts.length <= SCRIPT_TABS ? modules : modules.filter((module) => module.kind !== "script" || module === open);
    const tabs = listed.map((module): FileTab => ({ name: module.name, kind: module.kind, wrong: hasErrors(freshReport(state, module)) }));
    const extra = (shown ?? []).map((module): FileTab => ({ name: module.name, kind: "shown", wrong: false }));
    last = { modules, shown, reports, active, tabs: [...tabs, ...extra] };
  }
  return last.tabs;
};

export function Files() {
  const tabs = useSelect(fileTabs);
  const open = useSelect(active);
  const noHost = useSelect(hostEmpty);
  const dispatch = useDispatch();
  const [renaming, setRenaming] = useState<string | undefined>(undefined);
  const current = open.kind === "module" ? open.name : undefined;
  const at = tabs.findIndex((tab) => tab.name === current);
  const own = at >= 0 && tabs[at]?.kind !== "shown";
  return (
    <div class="files">
      <div class="tabs" role="tablist" aria-label="Files">
        {tabs.map((tab) =>
          renaming === tab.name ? (
            <input
              key={`rename ${tab.name}`}
              class="field tab-rename"
              aria-label={`New name of ${tab.name}`}
              defaultValue={tab.name}
              ref={(input) => input?.focus()}
              onKeyDown={(event) => {
                if (event.key === "Escape") setRenaming(undefined);
                if (event.key === "Enter") event.currentTarget.blur();
              }}
              onBlur={(event) => {
                if (renaming !== undefined) dispatch({ kind: "moduleRenamed", name: tab.name, to: event.currentTarget.value.replace(/\.(wat|wasm|wast)$/, "") });
                setRenaming(undefined);
              }}
            />
          ) : (
            <button
              key={tab.name}
              type="button"
              role="tab"
              class={`tab${tab.wrong ? " tab-wrong" : ""}`}
              aria-selected={tab.name === current}
              aria-label={`${tab.name}${EXTENSIONS[tab.kind]}${tab.wrong ? ", has errors" : ""}`}
              title={TITLES[tab.kind]}
              onClick={() => dispatch({ kind: "fileChosen", file: { kind: "module", name: tab.name } })}
              onDblClick={() => tab.kind !== "shown" && setRenaming(tab.name)}
              onKeyDown={(event) => {
                if (event.key === "F2" && tab.kind !== "shown") setRenaming(tab.name);
              }}
            >
              <span>
                <bdi>{tab.name}</bdi>
                <span class="quiet">{EXTENSIONS[tab.kind]}</span>
              </span>
            </button>
          ),
        )}
        <button type="button" role="tab" class={`tab${noHost ? " tab-quiet" : ""}`} aria-selected={open.kind === "host"} title="Imports in JavaScript" onClick={() => dispatch({ kind: "fileChosen", file: { kind: "host" } })}>
          host.js
        </button>
      </div>
      <div class="files-actions">
        <button type="button" class="icon-button" aria-label="Add a module" title="Add a module" onClick={() => dispatch({ kind: "moduleAdded", source: { kind: "text", name: "module", text: EMPTY_MODULE } })}>
          +
        </button>
        {current !== undefined && own && (
          <>
            <button type="button" class="icon-button" aria-label="Rename this module" title="Rename this module (F2 on its tab)" onClick={() => setRenaming(current)}>
              ✎
            </button>
            {tabs.length > 1 && (
              <>
                <button type="button" class="icon-button" aria-label="Link this module earlier" title="Link this module earlier" disabled={at <= 0} onClick={() => dispatch({ kind: "moduleMoved", name: current, by: -1 })}>
                  ‹
                </button>
                <button type="button" class="icon-button" aria-label="Link this module later" title="Link this module later" disabled={at < 0 || at === tabs.length - 1} onClick={() => dispatch({ kind: "moduleMoved", name: current, by: 1 })}>
                  ›
                </button>
                <button type="button" class="icon-button" aria-label="Remove this module" title="Remove this module" onClick={() => dispatch({ kind: "moduleRemoved", name: current })}>
                  ×
                </button>
              </>
            )}
          </>
        )}
        {open.kind === "host" && (
          <button type="button" class="small-button" title="Adds a function for each import that nothing defines yet" onClick={() => dispatch({ kind: "ask", command: { kind: "stubs" } })}>
            Generate stubs
          </button>
        )}
      </div>
    </div>
  );
}
