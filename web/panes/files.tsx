// The files of the project as tabs: modules in the order of linking, then host.js.

import { useState } from "preact/hooks";
import { freshReport, hasErrors } from "../state/selectors.ts";
import type { ActiveFile, State } from "../state/state.ts";
import { EMPTY_MODULE } from "../state/state.ts";
import { useDispatch, useSelect } from "../state/use.ts";

interface FileTab {
  readonly name: string;
  readonly binary: boolean;
  readonly wrong: boolean;
}

const active = (state: State): ActiveFile => state.active;
const hostEmpty = (state: State): boolean => state.project.hostCode.trim() === "";
let last: { readonly modules: State["project"]["modules"]; readonly reports: State["reports"]; readonly tabs: readonly FileTab[] } | undefined;
const fileTabs = (state: State): readonly FileTab[] => {
  const { modules } = state.project;
  if (last?.modules !== modules || last.reports !== state.reports) {
    const tabs = modules.map((module) => ({ name: module.name, binary: module.kind === "binary", wrong: hasErrors(freshReport(state, module)) }));
    last = { modules, reports: state.reports, tabs };
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
                if (renaming !== undefined) dispatch({ kind: "moduleRenamed", name: tab.name, to: event.currentTarget.value.replace(/\.(wat|wasm)$/, "") });
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
              aria-label={`${tab.name}${tab.binary ? ".wasm" : ".wat"}${tab.wrong ? ", has errors" : ""}`}
              title={tab.binary ? "Disassembled; a change makes it a text of its own. Double-click renames." : "Double-click renames"}
              onClick={() => dispatch({ kind: "fileChosen", file: { kind: "module", name: tab.name } })}
              onDblClick={() => setRenaming(tab.name)}
              onKeyDown={(event) => {
                if (event.key === "F2") setRenaming(tab.name);
              }}
            >
              <span>
                <bdi>{tab.name}</bdi>
                <span class="quiet">{tab.binary ? ".wasm" : ".wat"}</span>
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
        {current !== undefined && (
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
