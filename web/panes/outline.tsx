// What the module is made of; each entry leads to its text.

import { useState } from "preact/hooks";
import type { OutlineItem } from "../protocol/dto.ts";
import { Pane } from "../widgets/pane.tsx";
import { isOfMachine, latestReport } from "../state/selectors.ts";
import type { State } from "../state/state.ts";
import { formatBytes, groupThousands } from "../state/values.ts";
import { useDispatch, useSelect } from "../state/use.ts";

const moduleName = (state: State): string | undefined => (state.active.kind === "module" ? state.active.name : state.project.modules.at(-1)?.name);
const items = (state: State): readonly OutlineItem[] => {
  const name = moduleName(state);
  return (name === undefined ? undefined : latestReport(state, name)?.outline) ?? NOTHING;
};
/** Size, hash, and whether the machine had read it before. */
const identity = (state: State): string => {
  const name = moduleName(state);
  const loaded = state.machine.loaded?.modules.find((module) => module.name === name);
  const bytes = name === undefined ? undefined : latestReport(state, name)?.wasmBytes;
  const hash = loaded?.hash === undefined ? "" : `hash ${loaded.hash}`;
  // The machine may still be that of a text before: its hash is not this one's.
  if (name !== undefined && hash !== "" && !isOfMachine(state, name)) return [bytes === undefined ? "" : formatBytes(bytes), `the machine has the text before, ${hash}`].filter((part) => part !== "").join("; ");
  const parts = [bytes === undefined ? "" : formatBytes(bytes), hash, loaded?.fromCache === true ? "known, so not decoded again" : ""];
  return parts.filter((part) => part !== "").join(", ");
};
const NOTHING: readonly OutlineItem[] = [];

/** More than anyone reads; a module of 50,000 functions is searched with the filter. */
const SHOWN = 400;

export function Outline() {
  const name = useSelect(moduleName);
  const all = useSelect(items);
  const whole = useSelect(identity);
  const dispatch = useDispatch();
  const [filter, setFilter] = useState("");
  const wanted = filter.trim().toLowerCase();
  const found = wanted === "" ? all : all.filter((item) => `${item.kind} ${item.name} ${item.detail}`.toLowerCase().includes(wanted));
  return (
    <Pane
      name="Outline"
      className="dock-pane"
      empty={all.length === 0 ? "nothing in this module yet" : undefined}
      aside={<input class="field" aria-label="Filter the outline" placeholder="filter" value={filter} onInput={(event) => setFilter(event.currentTarget.value)} />}
    >
      {whole !== "" && <p class="nothing">{whole}</p>}
      <ul class="rows outline">
        {found.slice(0, SHOWN).map((item) => (
          <li key={`${item.kind}${item.index}${item.name}`}>
            <button
              type="button"
              class="row"
              disabled={!item.span}
              onClick={() => {
                if (item.span && name !== undefined) dispatch({ kind: "revealAsked", file: { kind: "module", name }, ...item.span });
              }}
            >
              <span class="row-kind">{item.kind}</span>
              <span class="row-name">{item.name}</span>
              <span class="row-detail quiet">
                {[item.detail, item.bytes === undefined ? "" : formatBytes(item.bytes)].filter((part) => part !== "").join(", ")}
              </span>
            </button>
          </li>
        ))}
      </ul>
      {found.length > SHOWN && <p class="nothing">and {groupThousands(found.length - SHOWN)} more; the filter finds them</p>}
    </Pane>
  );
}
