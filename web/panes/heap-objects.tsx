// What is in the heap: objects by type, a page at a time, and one of them in full, with what refers to it.

import { useEffect, useRef } from "preact/hooks";
import type { HeapKindRow, HeapView, HolderRow, ObjectDetail, ObjectRow, PartRow, Value, View } from "../protocol/dto.ts";
import { PageTurner } from "../widgets/page-turner.tsx";
import { ValueCell } from "../widgets/value-cell.tsx";
import { HEAP_ROWS, isBehind, SURVEYED, type HeapChanges, type HeapEyes } from "../state/heap.ts";
import type { State } from "../state/state.ts";
import { counted, formatBytes, groupThousands } from "../state/values.ts";
import { useDispatch, useSelect } from "../state/use.ts";
import { useFollow } from "./following.ts";
import { changes, editable, format } from "./looking.ts";

const eyesOf = (state: State): HeapEyes => state.eyes.heap;

interface ObjectsProps {
  readonly now: View;
  readonly seen: HeapView;
}

export function Objects({ now, seen }: ObjectsProps) {
  const changed = useSelect(changes).heap;
  const eyes = useSelect(eyesOf);
  return (
    <div aria-busy={isBehind(eyes, seen)}>
      <Kinds seen={seen} chosen={eyes.kind} heap={now.heap} />
      <List seen={seen} chosen={eyes.object} changed={changed.objects} />
      {eyes.object !== undefined && <Chosen object={eyes.object} eyes={eyes} seen={seen} changed={changed.parts} objects={now.heap.objects} />}
    </div>
  );
}

interface ChosenProps {
  readonly object: number;
  readonly eyes: HeapEyes;
  readonly seen: HeapView;
  readonly changed: HeapChanges["parts"];
  /** Number of objects of the heap. */
  readonly objects: number;
}

/** The object that is shown in full. */
function Chosen({ object, eyes, seen, changed, objects }: ChosenProps) {
  const dispatch = useDispatch();
  const box = useRef<HTMLElement>(null);
  useEffect(() => {
    if (!eyes.entering) return;
    box.current?.focus({ preventScroll: true });
    box.current?.scrollIntoView({ block: "nearest" });
    dispatch({ kind: "objectEntered" });
  }, [eyes.entering]);
  const leave = (way: "back" | "forward"): void => dispatch({ kind: "objectLeft", way });
  const onKeyDown = (event: KeyboardEvent): void => {
    const way = event.key === "ArrowLeft" ? "back" : event.key === "ArrowRight" ? "forward" : undefined;
    if (!event.altKey || way === undefined) return;
    event.preventDefault();
    leave(way);
  };
  const step = (way: "back" | "forward", to: number | undefined): preact.JSX.Element => (
    <button
      type="button"
      class="small-button"
      disabled={to === undefined}
      aria-label={way === "back" ? "Back to the object before" : "Forward again"}
      title={to === undefined ? "no other object was shown" : `${way} to #${to}, Alt+${way === "back" ? "←" : "→"}`}
      onClick={() => leave(way)}
    >
      {way === "back" ? "←" : "→"}
    </button>
  );
  const known = seen.detail?.object === object ? seen.detail : undefined;
  return (
    <section ref={box} class="object-detail" tabIndex={-1} aria-label={`Object #${object}`} onKeyDown={onKeyDown}>
      <div class="part-head">
        {step("back", eyes.past.at(-1))}
        {step("forward", eyes.future.at(-1))}
        {known && <DetailHead detail={known} />}
      </div>
      {known ? (
        <Detail detail={known} changed={changed} objects={objects} />
      ) : (
        <p class="nothing">{seen.object === object ? `#${object} is gone: nothing referred to it any more` : "…"}</p>
      )}
    </section>
  );
}

function Kinds({ seen, chosen, heap }: { readonly seen: HeapView; readonly chosen: string | undefined; readonly heap: View["heap"] }) {
  const dispatch = useDispatch();
  return (
    <div class="heap-kinds" role="group" aria-label="Types of objects">
      <KindButton name="all" count={heap.objects} bytes={heap.bytes} title="objects of all types" chosen={chosen === undefined} onChoose={() => dispatch({ kind: "heapKindChosen" })} />
      {seen.kinds.map((kind) => (
        <KindButton
          key={kind.key}
          name={kind.name}
          count={kind.objects}
          bytes={kind.bytes}
          title={KIND_WORDS[kind.kind]}
          chosen={chosen === kind.key}
          onChoose={() => dispatch({ kind: "heapKindChosen", key: kind.key })}
        />
      ))}
    </div>
  );
}

const KIND_WORDS: Readonly<Record<HeapKindRow["kind"], string>> = { struct: "structures", array: "arrays", exception: "exceptions" };

interface KindButtonProps {
  readonly name: string;
  readonly count: number;
  readonly bytes: bigint;
  readonly title: string;
  readonly chosen: boolean;
  onChoose(): void;
}

function KindButton({ name, count, bytes, title, chosen, onChoose }: KindButtonProps) {
  return (
    <button type="button" class="heap-kind" aria-pressed={chosen} title={title} onClick={onChoose}>
      {name} <span class="count">{groupThousands(count)}</span> <span class="quiet">{formatBytes(bytes)}</span>
    </button>
  );
}

interface ListProps {
  readonly seen: HeapView;
  readonly chosen: number | undefined;
  readonly changed: ReadonlySet<number>;
}

function List({ seen, chosen, changed }: ListProps) {
  const dispatch = useDispatch();
  return (
    <div class="table-part">
      {seen.total > HEAP_ROWS && (
        <p class="part-head">
          <Pager what="objects" from={seen.from} shown={seen.rows.length} total={seen.total} onScroll={(from) => dispatch({ kind: "heapScrolled", from })} />
        </p>
      )}
      <ol class="rows objects" aria-label="Objects">
        {seen.rows.map((row) => (
          <li key={row.object}>
            <ObjectLine row={row} chosen={row.object === chosen} changed={changed.has(row.object)} />
          </li>
        ))}
      </ol>
    </div>
  );
}

function ObjectLine({ row, chosen, changed }: { readonly row: ObjectRow; readonly chosen: boolean; readonly changed: boolean }) {
  const dispatch = useDispatch();
  const lost = row.reachable === false;
  return (
    <button
      type="button"
      class={`row object-row${changed ? " changed" : ""}${lost ? " quiet" : ""}`}
      aria-current={chosen}
      title={row.text}
      onClick={() => dispatch({ kind: "objectChosen", object: row.object, from: "list" })}
    >
      <span class="value-text">{row.text}</span>
      {changed && <span class="tag">changed</span>}
      {lost && <OutOfReach />}
    </button>
  );
}

function OutOfReach() {
  return (
    <span class="tag" title="nothing in use refers to it: the next collection takes it">
      out of reach
    </span>
  );
}

interface PagerProps {
  readonly what: string;
  readonly from: number;
  readonly shown: number;
  readonly total: number;
  onScroll(from: number): void;
}

function Pager({ what, from, shown, total, onScroll }: PagerProps) {
  const end = from + shown;
  const last = Math.max(0, total - 1);
  const go = (to: number): void => onScroll(Math.max(0, Math.min(to, last)));
  return (
    <span class="pager">
      <button type="button" class="small-button" aria-label={`First ${what}`} disabled={from === 0} onClick={() => go(0)}>
        «
      </button>
      <PageTurner before={`The ${what} before these`} after={`The ${what} after these`} from={from} end={end} count={total} page={HEAP_ROWS} onScroll={go}>
        {groupThousands(from + 1)} to {groupThousands(end)} of {groupThousands(total)}
      </PageTurner>
      <button type="button" class="small-button" aria-label={`Last ${what}`} disabled={end >= total} onClick={() => go(last - (last % HEAP_ROWS))}>
        »
      </button>
    </span>
  );
}

interface DetailProps {
  readonly detail: ObjectDetail;
  readonly changed: ReadonlyMap<number, Value | undefined>;
  /** Number of objects of the heap. */
  readonly objects: number;
}

const PART_WORDS: Readonly<Record<ObjectDetail["kind"], string>> = { struct: "field", array: "element", exception: "value" };

function DetailHead({ detail }: { readonly detail: ObjectDetail }) {
  const dispatch = useDispatch();
  const part = PART_WORDS[detail.kind];
  return (
    <>
      <strong class="row-name">
        {detail.name} #{detail.object}
      </strong>
      <span class="quiet">{counted(detail.length, part)}</span>
      {detail.length > HEAP_ROWS && (
        <Pager what={`${part}s`} from={detail.partsFrom} shown={detail.parts.length} total={detail.length} onScroll={(from) => dispatch({ kind: "partsScrolled", from })} />
      )}
    </>
  );
}

function Detail({ detail, changed, objects }: DetailProps) {
  return (
    <>
      <ul class="rows value-rows parts" aria-label={`Values of the ${PART_WORDS[detail.kind]}s`}>
        {detail.parts.map((part) => (
          <Part key={part.index} detail={detail} part={part} isChanged={changed.has(part.index)} before={changed.get(part.index)} />
        ))}
      </ul>
      <Holders detail={detail} objects={objects} />
    </>
  );
}

interface PartProps {
  readonly detail: ObjectDetail;
  readonly part: PartRow;
  readonly isChanged: boolean;
  readonly before: Value | undefined;
}

function Part({ detail, part, isChanged, before }: PartProps) {
  const canEdit = useSelect(editable) && detail.kind !== "exception";
  const reading = useSelect(format);
  const dispatch = useDispatch();
  const follow = useFollow();
  const name = part.name ?? `${part.index}`;
  // What is packed is an i32 for the program and for who changes it.
  const packed = part.type === "i8" || part.type === "i16";
  return (
    <li class={`row${isChanged ? " changed" : ""}`}>
      <span class={part.name === undefined ? "row-name row-index" : "row-name"}>{name}</span>
      <ValueCell
        value={part.value}
        type={packed && canEdit ? "i32" : part.type}
        shownType={part.type}
        format={reading}
        label={`${name} of #${detail.object}`}
        before={before}
        onFollow={follow}
        onEdit={canEdit ? (value: Value) => dispatch({ kind: "ask", command: { kind: "edit", edit: { kind: "part", object: detail.object, index: part.index, value } } }) : undefined}
      />
    </li>
  );
}

function Holders({ detail, objects }: { readonly detail: ObjectDetail; readonly objects: number }) {
  const dispatch = useDispatch();
  if (!detail.holders) {
    return (
      <p class="part-head">
        <button type="button" class="small-button" title={`more than ${groupThousands(SURVEYED)} objects are looked at only when asked`} onClick={() => dispatch({ kind: "surveyAsked" })}>
          Look for what refers to it among {groupThousands(objects)} objects
        </button>
      </p>
    );
  }
  const lost = detail.reachable === false;
  return (
    <>
      <h3 class="part-title">Referred to by</h3>
      {detail.holders.length === 0 && <p class="nothing">nothing: the next collection takes it</p>}
      {detail.holders.length > 0 && lost && <p class="nothing">only objects that are out of reach themselves: the next collection takes them all</p>}
      <ul class="rows" aria-label="Referred to by">
        {detail.holders.map((row, place) => (
          <li key={place}>
            <HolderLine row={row} />
          </li>
        ))}
      </ul>
    </>
  );
}

function HolderLine({ row }: { readonly row: HolderRow }) {
  const dispatch = useDispatch();
  const follow = useFollow();
  const { frame, object, table, element } = row;
  if (object !== undefined) {
    return (
      <button type="button" class={`row${row.reachable === false ? " quiet" : ""}`} title="show that object" onClick={() => follow(object)}>
        {row.text} <span aria-hidden="true">↗</span>
        {row.reachable === false && <OutOfReach />}
      </button>
    );
  }
  if (frame !== undefined) {
    return (
      <button type="button" class="row" title="show that frame" onClick={() => dispatch({ kind: "frameChosen", frame })}>
        {row.text}
      </button>
    );
  }
  if (table !== undefined) {
    return (
      <button type="button" class="row" title="show that element" onClick={() => dispatch({ kind: "tableScrolled", table, from: Math.max(0, (element ?? 0) - 2) })}>
        {row.text}
      </button>
    );
  }
  return <span class="row">{row.text}</span>;
}
