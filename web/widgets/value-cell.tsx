// A value of the machine: read in the chosen way, every other reading on hover, the old value beside it, changed by hand while paused.

import { useEffect, useRef, useState } from "preact/hooks";
import type { Value } from "../protocol/dto.ts";
import { editableText, formatValue, parseValue, readings, type FuncFinder, type NumberFormat } from "../state/values.ts";

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
  /** A reference to an object can be followed to it. */
  readonly onFollow?: ((object: number) => void) | undefined;
}

export function ValueCell({ value, type, shownType = type, format, label, before, funcs, onEdit, onFollow }: ValueCellProps) {
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
        value={value}
        type={type}
        format={format}
        label={label}
        funcs={funcs}
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

interface ValueInputProps {
  readonly value: Value;
  readonly type: string;
  readonly format: NumberFormat;
  readonly label: string;
  readonly funcs: FuncFinder | undefined;
  onDone(value: Value | undefined): void;
}

function ValueInput({ value, type, format, label, funcs, onDone }: ValueInputProps) {
  const [text, setText] = useState(() => editableText(value, format));
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.select(), []);
  const parsed = parseValue(type, text, funcs);
  const failed = parsed.kind === "failed";
  return (
    <span class="value value-editing">
      <input
        ref={input}
        class="value-input"
        value={text}
        aria-label={`${label}, ${type}`}
        aria-invalid={failed}
        title={failed ? parsed.message : "Enter sets it, Escape leaves it"}
        spellcheck={false}
        autocomplete="off"
        onInput={(event) => setText(event.currentTarget.value)}
        onBlur={() => onDone(undefined)}
        onKeyDown={(event) => {
          event.stopPropagation();
          if (event.key === "Escape") onDone(undefined);
          if (event.key === "Enter" && parsed.kind === "ok") onDone(parsed.value);
        }}
      />
      {failed && (
        <span class="value-problem" role="alert">
          {parsed.message}
        </span>
      )}
    </span>
  );
}
