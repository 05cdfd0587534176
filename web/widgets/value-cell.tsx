// A value of the machine: read in the chosen way, every other reading on hover, the old value beside it, changed by hand while paused.

import { useEffect, useRef, useState } from "preact/hooks";
import type { Shape, Value } from "../protocol/dto.ts";
import { editableText, formatValue, parseValue, readings, type FuncFinder, type NumberFormat } from "../state/values.ts";
import { ValueInput } from "./value-input.tsx";
import { VectorCell } from "./vector-cell-lazy.tsx";
import type { ShapeChoice } from "./vector-cell.tsx";

interface FollowButtonProps {
  readonly value: Value;
  /** For screen readers: `local $n`. */
  readonly label: string;
  onFollow(object: number): void;
}

/** Leads from a reference to the object it points to; nothing for other values. */
export function FollowButton({ value, label, onFollow }: FollowButtonProps) {
  if (value.type !== "ref" || (value.target.kind !== "object" && value.target.kind !== "exception")) return null;
  const { object } = value.target;
  return (
    <button type="button" class="value-follow" title="show the object in the heap" aria-label={`show #${object}, ${label}, in the heap`} onClick={() => onFollow(object)}>
      ↗
    </button>
  );
}

interface ValueCellProps {
  readonly value: Value;
  readonly type: string;
  /** What stands behind the value, if it is another type: that of a packed field. */
  readonly shownType?: string | undefined;
  readonly format: NumberFormat;
  /** For screen readers: `local $n`. */
  readonly label: string;
  /** The value one stop earlier, where it differs. */
  readonly before?: Value | undefined;
  /** Finds the functions that a reference can be set to. */
  readonly funcs?: FuncFinder | undefined;
  /** Absent while it cannot be changed. */
  readonly onEdit?: ((value: Value) => void) | undefined;
  /** In which shape a vector is read; without it the cell remembers that by itself. */
  readonly choice?: ShapeChoice;
  /** A reference to an object can be followed to it. */
  readonly onFollow?: ((object: number) => void) | undefined;
}

export function ValueCell(props: ValueCellProps) {
  const [own, setOwn] = useState<Shape | undefined>(undefined);
  const { value, choice = { shape: own, onShape: setOwn } } = props;
  if (value.type !== "v128") return <PlainCell {...props} />;
  const { format, label, before, onEdit } = props;
  return <VectorCell value={value} format={format} label={label} before={before} onEdit={onEdit} {...choice} />;
}

function PlainCell({ value, type, shownType = type, format, label, before, funcs, onEdit, onFollow }: ValueCellProps) {
  const [editing, setEditing] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const wasEdited = useRef(false);
  // The keyboard stays where it was: the field has gone, its button is back.
  useEffect(() => {
    if (editing || !wasEdited.current) return;
    wasEdited.current = false;
    if (document.activeElement === document.body) button.current?.focus();
  }, [editing]);
  const all = readings(value)
    .map((reading) => `${reading.name} ${reading.text}`)
    .join("\n");
  if (editing && onEdit) {
    return (
      <ValueInput
        text={editableText(value, format)}
        label={`${label}, ${type}`}
        parse={(text) => parseValue(type, text, funcs)}
        onDone={(next) => {
          wasEdited.current = true;
          setEditing(false);
          if (next) onEdit(next);
        }}
      />
    );
  }
  const shown = <span class="value-text">{formatValue(value, format)}</span>;
  const was = before === undefined ? "" : formatValue(before, format);
  return (
    <span class={`value${before === undefined ? "" : " value-changed"}`}>
      <span class="value-line">
        {onEdit ? (
          <button ref={button} type="button" class="value-button" title={`${all}\nclick to change`} aria-label={`${label} ${formatValue(value, format)} ${type}, change`} onClick={() => setEditing(true)}>
            {shown}
          </button>
        ) : (
          <span title={all}>{shown}</span>
        )}
        {onFollow && <FollowButton value={value} label={label} onFollow={onFollow} />}
      </span>
      <span class="value-type">{shownType}</span>
      {before !== undefined && (
        <span class="value-before" title={`was ${was}`}>
          was {was}
        </span>
      )}
    </span>
  );
}
