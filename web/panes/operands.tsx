// Operand stack and locals of the chosen frame.

import type { Value } from "../protocol/dto.ts";
import { Choice } from "../widgets/choice.tsx";
import { Pane } from "../widgets/pane.tsx";
import { ValueCell } from "../widgets/value-cell.tsx";
import type { NumberFormat } from "../state/values.ts";
import { useDispatch, useSelect } from "../state/use.ts";
import { useFolding } from "./folding.ts";
import { useFollow } from "./following.ts";
import { changes, editable, format, localPlace, operandPlace, useFuncs, useShapes, view } from "./looking.ts";
import { RowsPager } from "./rows-pager.tsx";

const FORMATS: readonly { readonly value: NumberFormat; readonly text: string; readonly name: string; readonly title?: string }[] = [
  { value: "signed", text: "±", name: "signed" },
  { value: "unsigned", text: "+", name: "unsigned" },
  { value: "hex", text: "0x", name: "hexadecimal", title: "hexadecimal, of floats their bits" },
];

export function OperandStack() {
  const now = useSelect(view);
  const canEdit = useSelect(editable);
  const reading = useSelect(format);
  const changed = useSelect(changes).operands;
  const dispatch = useDispatch();
  const follow = useFollow();
  const near = useFuncs()(now?.frames.find((row) => row.index === now.frame?.index)?.module);
  const shape = useShapes();
  const folding = useFolding("Operand stack");
  const operands = now?.frame?.operands ?? [];
  const count = now?.frame?.operandCount ?? 0;
  const empty = now?.frame ? undefined : "no call is under way";
  return (
    <Pane
      name="Operand stack"
      {...folding}
      empty={empty}
      asideAlways
      aside={<Choice label="Numbers" options={FORMATS} value={reading} onChoose={(next) => dispatch({ kind: "formatChosen", format: next })} />}
    >
      {operands.length === 0 && <p class="nothing">empty</p>}
      <ol class="rows value-rows" aria-label="Operands, top first">
        {operands.map((row) => {
          const isNew = changed.has(row.index);
          const isTop = row.index === count - 1;
          const label = isTop ? "top of stack" : `operand ${row.index}`;
          return (
            <li key={row.index} class={`row${isNew ? " changed" : ""}`}>
              <span class="row-name row-index">{row.index}</span>
              <ValueCell
                value={row.value}
                type={row.type}
                format={reading}
                label={label}
                funcs={near}
                before={changed.get(row.index)}
                onFollow={follow}
                choice={shape(operandPlace(now, row.index))}
                onEdit={
                  canEdit
                    ? (value: Value) => dispatch({ kind: "ask", command: { kind: "edit", edit: { kind: "operand", frame: now?.frame?.index ?? 0, index: row.index, value } } })
                    : undefined
                }
              />
              {isTop && <span class="tag">top</span>}
            </li>
          );
        })}
      </ol>
      <RowsPager list="operands" what="Operands" count={count} />
    </Pane>
  );
}

export function Locals() {
  const now = useSelect(view);
  const canEdit = useSelect(editable);
  const reading = useSelect(format);
  const changed = useSelect(changes).locals;
  const dispatch = useDispatch();
  const follow = useFollow();
  const near = useFuncs()(now?.frames.find((row) => row.index === now.frame?.index)?.module);
  const shape = useShapes();
  const folding = useFolding("Locals");
  const locals = now?.frame?.locals ?? [];
  const empty = !now?.frame ? "no call is under way" : locals.length === 0 ? "this function has none" : undefined;
  return (
    <Pane name="Locals" {...folding} empty={empty}>
      <ul class="rows value-rows" aria-label="Values of the locals">
        {locals.map((row) => {
          const name = row.name ?? `[${row.index}]`;
          return (
            <li key={row.index} class={`row${changed.has(row.index) ? " changed" : ""}`}>
              <span class="row-name">{name}</span>
              <ValueCell
                value={row.value}
                type={row.type}
                format={reading}
                label={`local ${name}`}
                funcs={near}
                before={changed.get(row.index)}
                onFollow={follow}
                choice={shape(localPlace(now, row.index))}
                onEdit={
                  canEdit
                    ? (value: Value) => dispatch({ kind: "ask", command: { kind: "edit", edit: { kind: "local", frame: now?.frame?.index ?? 0, index: row.index, value } } })
                    : undefined
                }
              />
            </li>
          );
        })}
      </ul>
      <RowsPager list="locals" what="Locals" count={now?.frame?.localCount ?? 0} />
    </Pane>
  );
}
