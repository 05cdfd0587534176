// Tables: elements by function name, a page at a time.

import type { TableElements, TableRow, Value } from "../protocol/dto.ts";
import { PageTurner } from "../widgets/page-turner.tsx";
import { Pane } from "../widgets/pane.tsx";
import { ValueCell } from "../widgets/value-cell.tsx";
import type { Changes } from "../state/changes.ts";
import { groupThousands } from "../state/values.ts";
import { useDispatch, useSelect } from "../state/use.ts";
import { useFolding } from "./folding.ts";
import { useFollow } from "./following.ts";
import { changes, editable, useFuncs, view } from "./looking.ts";

const PAGE = 64;

export function Tables() {
  const now = useSelect(view);
  const canEdit = useSelect(editable);
  const changed = useSelect(changes).elements;
  const folding = useFolding("Tables");
  const tables = now?.tables ?? [];
  return (
    <Pane name="Tables" {...folding} empty={tables.length === 0 ? "this module has none" : undefined}>
      {tables.map((table) => (
        <Table key={table.address} table={table} window={now?.tableWindows.find((window) => window.table === table.address)} changed={changed} canEdit={canEdit} />
      ))}
    </Pane>
  );
}

interface TableProps {
  readonly table: TableRow;
  readonly window: TableElements | undefined;
  readonly changed: Changes["elements"];
  readonly canEdit: boolean;
}

function Table({ table, window, changed, canEdit }: TableProps) {
  const dispatch = useDispatch();
  const follow = useFollow();
  const funcs = useFuncs();
  const name = table.name ?? `[${table.index}]`;
  const from = window?.from ?? 0;
  const end = from + (window?.elements.length ?? 0);
  const size = Number(table.size);
  const scroll = (to: number): void => dispatch({ kind: "tableScrolled", table: table.address, from: Math.max(0, Math.min(to, size - 1)) });
  const maximum = table.maximum === undefined ? "" : ` of at most ${groupThousands(table.maximum)}`;
  return (
    <div class="table-part">
      <p class="part-head">
        <span class="row-name">{name}</span>
        <span class="quiet">
          {table.module}, {groupThousands(table.size)} {table.size === 1n ? "element" : "elements"}
          {maximum}
          {table.addressType === "i64" ? ", 64-bit indices" : ""}
        </span>
        {size > PAGE && (
          <span class="pager">
            <PageTurner before={`Elements of ${name} before these`} after={`Elements of ${name} after these`} from={from} end={end} count={size} page={PAGE} onScroll={scroll}>
              {groupThousands(from)} to {groupThousands(end - 1)}
            </PageTurner>
          </span>
        )}
      </p>
      <ol class="rows elements">
        {(window?.elements ?? []).map((value, offset) => {
          const index = from + offset;
          const before = changed.get(`${table.address}:${index}`);
          const empty = value.type === "ref" && value.target.kind === "null";
          return (
            <li key={index} class={`row${before ? " changed" : ""}${empty ? " quiet" : ""}`}>
              <span class="row-name row-index">{index}</span>
              <ValueCell
                value={value}
                type={table.type}
                format="signed"
                label={`element ${index} of table ${name}`}
                before={before}
                funcs={funcs(table.module)}
                onFollow={follow}
                onEdit={
                  canEdit
                    ? (next: Value) => dispatch({ kind: "ask", command: { kind: "edit", edit: { kind: "element", table: table.address, index, value: next } } })
                    : undefined
                }
              />
            </li>
          );
        })}
      </ol>
    </div>
  );
}
