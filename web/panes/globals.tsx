// Globals of all modules.

import type { Value } from "../protocol/dto.ts";
import { Pane } from "../widgets/pane.tsx";
import { ValueCell } from "../widgets/value-cell.tsx";
import { useDispatch, useSelect } from "../state/use.ts";
import { useFolding } from "./folding.ts";
import { useFollow } from "./following.ts";
import { changes, editable, format, useFuncs, useShapes, view } from "./looking.ts";
import { RowsPager } from "./rows-pager.tsx";

export function Globals() {
  const now = useSelect(view);
  const canEdit = useSelect(editable);
  const reading = useSelect(format);
  const changed = useSelect(changes).globals;
  const dispatch = useDispatch();
  const follow = useFollow();
  const funcs = useFuncs();
  const shape = useShapes();
  const folding = useFolding("Globals");
  const globals = now?.globals ?? [];
  const several = new Set(globals.map((row) => row.module)).size > 1;
  return (
    <Pane name="Globals" {...folding} empty={globals.length === 0 ? "this module has none" : undefined}>
      <ul class="rows value-rows" aria-label="Values of the globals">
        {globals.map((row) => {
          const name = row.name ?? `[${row.index}]`;
          const type = row.type.replace(/^\(mut (.*)\)$/, "$1");
          return (
            <li key={row.address} class={`row${changed.has(row.address) ? " changed" : ""}`}>
              <span class="row-name" title={several ? `${row.module} ${name}` : row.type}>
                {several && <span class="quiet">{row.module} </span>}
                {name}
              </span>
              <ValueCell
                value={row.value}
                type={type}
                format={reading}
                label={`global ${name}`}
                funcs={funcs(row.module)}
                before={changed.get(row.address)}
                onFollow={follow}
                choice={shape(`global ${row.address}`)}
                onEdit={
                  canEdit && row.mutable
                    ? (value: Value) => dispatch({ kind: "ask", command: { kind: "edit", edit: { kind: "global", address: row.address, value } } })
                    : undefined
                }
              />
              {!row.mutable && <span class="tag">const</span>}
            </li>
          );
        })}
      </ul>
      <RowsPager list="globals" what="Globals" count={now?.globalCount ?? 0} />
    </Pane>
  );
}
