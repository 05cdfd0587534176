// Labels of the chosen frame: what a branch can leave or repeat, innermost first.

import { Pane } from "../widgets/pane.tsx";
import { useDispatch, useSelect } from "../state/use.ts";
import { useFolding } from "./folding.ts";
import { view } from "./looking.ts";

export function Labels() {
  const now = useSelect(view);
  const dispatch = useDispatch();
  const folding = useFolding("Labels");
  const labels = now?.frame?.labels ?? [];
  const module = now?.frames.find((row) => row.index === now.frame?.index)?.module;
  const empty = !now?.frame ? "no call is under way" : labels.length === 0 ? "no block is open" : undefined;
  return (
    <Pane name="Labels" {...folding} empty={empty}>
      <ol class="rows value-rows" aria-label="Labels, innermost first">
        {labels.map((label, depth) => {
          const place = label.target ?? label.span;
          const goes = label.kind === "loop" ? "repeats" : label.kind === "func" ? "returns" : "leaves";
          const text = (
            <>
              <span class="row-name">{label.name ?? `[${depth}]`}</span>
              <span class="row-kind">{label.kind}</span>
              <span class="row-detail quiet">
                br {depth} {goes}
                {label.arity > 0 ? ` with ${label.arity}` : ""}
              </span>
            </>
          );
          return (
            <li key={depth}>
              {place && module !== undefined ? (
                <button type="button" class="row" title="Show where a branch to it continues" onClick={() => dispatch({ kind: "revealAsked", file: { kind: "module", name: module }, ...place })}>
                  {text}
                </button>
              ) : (
                <span class="row">{text}</span>
              )}
            </li>
          );
        })}
      </ol>
    </Pane>
  );
}
