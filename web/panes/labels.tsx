// Labels of the chosen frame: what a branch can leave or repeat, innermost first, and what is caught there.

import type { CatchRow, LabelRow } from "../protocol/dto.ts";
import { clauseText, placeText } from "../state/exceptions.ts";
import { groupThousands } from "../state/values.ts";
import { Pane } from "../widgets/pane.tsx";
import { useDispatch, useSelect } from "../state/use.ts";
import { useFolding } from "./folding.ts";
import { view } from "./looking.ts";
import { RowsPager } from "./rows-pager.tsx";

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
        {labels.map((label) => {
          const depth = label.index;
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
              {label.catches.length > 0 && (
                <ul class="catches" aria-label={`Caught by ${label.name ?? `[${depth}]`}`}>
                  {label.catches.map((row, position) => (
                    <li key={position}>
                      <Clause row={row} to={labels.find((other) => other.index === row.label)} module={module} />
                    </li>
                  ))}
                  {label.catchCount > label.catches.length && <li class="row quiet">and {groupThousands(label.catchCount - label.catches.length)} more</li>}
                </ul>
              )}
            </li>
          );
        })}
      </ol>
      <RowsPager list="labels" what="Labels" count={now?.frame?.labelCount ?? 0} />
    </Pane>
  );
}

/** A clause in force, and the way to where it goes on. */
function Clause({ row, to, module }: { readonly row: CatchRow; readonly to: LabelRow | undefined; readonly module: string | undefined }) {
  const dispatch = useDispatch();
  const text = (
    <>
      <span>{clauseText(row.clause, row.tag)}</span>
      <span class="row-detail quiet">
        to {to?.name ?? `[${row.label}]`}
        {to?.targetLine === undefined ? "" : `, ${placeText(to.targetLine)}`}
      </span>
    </>
  );
  const target = to?.target;
  if (!target || module === undefined) return <span class="row">{text}</span>;
  return (
    <button type="button" class="row" title="Show where what it catches goes on" onClick={() => dispatch({ kind: "revealAsked", file: { kind: "module", name: module }, ...target })}>
      {text}
    </button>
  );
}
