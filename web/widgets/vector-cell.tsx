// A vector by its lanes, lane 0 first: read in a shape that is chosen here, changed lane by lane or as a whole.

import { useEffect, useRef, useState } from "preact/hooks";
import type { Shape, Value } from "../protocol/dto.ts";
import { parseLane } from "../state/numbers.ts";
import type { NumberFormat } from "../state/values.ts";
import { editableLane, editableVector, laneReadings, laneType, withLane } from "../state/lanes.ts";
import { formatLane, lanesOf, parseVector, shapeNamed, SHAPES, USUAL_SHAPE, vectorHex, vectorText, type Vector } from "../state/vectors.ts";
import { ValueInput } from "./value-input.tsx";

export interface ShapeChoice {
  /** As chosen by hand. */
  readonly shape?: Shape | undefined;
  onShape(shape: Shape): void;
}

export interface VectorCellProps extends ShapeChoice {
  readonly value: Vector;
  readonly format: NumberFormat;
  /** For screen readers: `local $v`. */
  readonly label: string;
  readonly before?: Value | undefined;
  readonly onEdit?: ((value: Vector) => void) | undefined;
}

/** Lanes that stay side by side when the rest goes to the next line. */
const TOGETHER: Readonly<Record<Shape, number>> = { i8x16: 4, i16x8: 4, i32x4: 2, i64x2: 1, f32x4: 2, f64x2: 1 };

/** What is being changed: a lane, or the whole vector. */
type Editing = number | "all" | undefined;

export function VectorCell({ value, format, label, before, onEdit, shape: chosen, onShape }: VectorCellProps) {
  const [editing, setEditing] = useState<Editing>(undefined);
  // The lane that the Tab key leads to; the arrow keys go to the others.
  const [current, setCurrent] = useState(0);
  const cell = useRef<HTMLSpanElement>(null);
  const returning = useRef<string | undefined>(undefined);
  const shape = chosen ?? value.shape ?? USUAL_SHAPE;
  useEffect(() => {
    if (editing !== undefined || returning.current === undefined) return;
    cell.current?.querySelector<HTMLElement>(returning.current)?.focus();
    returning.current = undefined;
  }, [editing]);

  const lanes = lanesOf(value, shape);
  const old = before?.type === "v128" ? before : undefined;
  const oldLanes = old === undefined ? lanes : lanesOf(old, shape);
  const texts = lanes.map((lane) => formatLane(lane, shape, format));
  const widest = Math.max(...texts.map((text) => text.length));
  const done = (place: string, next: Vector | undefined, byKey: boolean): void => {
    if (byKey) returning.current = place;
    setEditing(undefined);
    if (next) onEdit?.(next);
  };
  const move = (event: KeyboardEvent): void => {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (by === undefined || editing !== undefined) return;
    event.preventDefault();
    const next = (Math.min(current, lanes.length - 1) + by + lanes.length) % lanes.length;
    setCurrent(next);
    cell.current?.querySelector<HTMLElement>(lanePlace(next))?.focus();
  };

  const laneCell = (bits: bigint, lane: number) => {
    const text = texts[lane] ?? "";
    const oldBits = oldLanes[lane] ?? bits;
    const was = oldBits === bits ? undefined : formatLane(oldBits, shape, format);
    const name = `lane ${lane} ${text}${was === undefined ? "" : `, was ${was}`}`;
    const title = `lane ${lane}\n${laneReadings(bits, shape)}${was === undefined ? "" : `\nwas ${was}`}`;
    const looks = `lane${was === undefined ? "" : " lane-changed"}`;
    const inside = (
      <>
        <span class="lane-index" aria-hidden="true">
          {lane}
        </span>
        <span class="lane-text">{text}</span>
      </>
    );
    if (!onEdit) {
      return (
        <span key={lane} class={looks} role="img" aria-label={name} title={title}>
          {inside}
        </span>
      );
    }
    if (editing === lane) {
      return (
        <ValueInput
          key={lane}
          text={editableLane(bits, shape, format)}
          label={`${label} lane ${lane}, ${laneType(shape)}`}
          parse={(typed) => parseLane(laneType(shape), typed)}
          onDone={(next, byKey) => done(lanePlace(lane), next === undefined ? undefined : withLane(value, shape, lane, next), byKey)}
        />
      );
    }
    return (
      <button
        key={lane}
        type="button"
        class={looks}
        data-lane={lane}
        tabIndex={lane === Math.min(current, lanes.length - 1) ? 0 : -1}
        title={`${title}\nclick to change`}
        aria-label={`${label} ${name}, change`}
        onFocus={() => setCurrent(lane)}
        onClick={() => setEditing(lane)}
      >
        {inside}
      </button>
    );
  };

  const step = TOGETHER[shape];
  const groups = Array.from({ length: lanes.length / step }, (_, group) => lanes.slice(group * step, (group + 1) * step));
  return (
    <span ref={cell} class={`vector${old === undefined ? "" : " value-changed"}`} title={vectorHex(value)}>
      <span class="vector-head">
        <select
          class="shape-choice"
          aria-label={`shape of ${label}`}
          title="How the 16 bytes are read"
          value={shape}
          onChange={(event) => {
            const next = shapeNamed(event.currentTarget.value);
            if (next !== undefined) onShape(next);
          }}
        >
          {SHAPES.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
        {onEdit && editing !== "all" && (
          <button type="button" class="small-button vector-all" aria-label={`${label} ${vectorText(value, shape, format)}, change the whole vector`} title={`${vectorHex(value)}\nclick to type all lanes, or 0x and 32 digits`} onClick={() => setEditing("all")}>
            edit
          </button>
        )}
      </span>
      {onEdit && editing === "all" ? (
        <ValueInput
          text={editableVector(value, shape, format)}
          label={`${label}, v128`}
          parse={(typed) => parseVector(typed, shape)}
          onDone={(next, byKey) => done(".vector-all", next, byKey)}
        />
      ) : (
        <span class="lanes" role="group" aria-label={`lanes of ${label}`} style={{ "--lane-text": `${widest}ch`, "--lane-index": lanes.length > 10 ? "2ch" : "1ch" }} onKeyDown={onEdit ? move : undefined}>
          {groups.map((group, at) => (
            <span key={at} class="lane-group">
              {group.map((bits, offset) => laneCell(bits, at * step + offset))}
            </span>
          ))}
        </span>
      )}
      {old !== undefined && (
        <span class="value-before vector-before" title={`was ${vectorText(old, shape, format)}`}>
          was {oldLanes.map((lane) => formatLane(lane, shape, format)).join(" ")}
        </span>
      )}
    </span>
  );
}

function lanePlace(lane: number): string {
  return `[data-lane="${lane}"]`;
}
