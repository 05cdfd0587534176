// The exceptions in sight with the way to what catches them, and the others of the heap, a page at a time.

import type { ComponentChildren } from "preact";
import type { ExceptionRow, HandlerRow, Span, View } from "../protocol/dto.ts";
import { typeOf } from "../protocol/value.ts";
import { placeText } from "../state/exceptions.ts";
import { counted, formatValue } from "../state/values.ts";
import { useDispatch, useSelect } from "../state/use.ts";
import { FollowButton } from "../widgets/value-cell.tsx";
import { useFollow } from "./following.ts";
import { format } from "./looking.ts";
import { RowsPager } from "./rows-pager.tsx";

export function ExceptionList({ now }: { readonly now: View }) {
  const rows = now.exceptions;
  return (
    <>
      {rows.length > 0 && (
        <ol class="exceptions" aria-label="Exceptions in sight">
          {rows.map((row, index) => (
            <Exception key={index} row={row} />
          ))}
        </ol>
      )}
      {now.otherExceptionCount > 0 && <Others now={now} besides={rows.length > 0} />}
    </>
  );
}

/** What refers to them is looked for with the heap, when asked. */
function Others({ now, besides }: { readonly now: View; readonly besides: boolean }) {
  const follow = useFollow();
  const count = now.otherExceptionCount;
  return (
    <section class="other-exceptions" aria-label="Exceptions out of sight">
      <h3 class="part-title">{counted(count, besides ? "other exception" : "exception")} in the heap, the newest first</h3>
      <RowsPager list="exceptions" what="Exceptions" count={count} />
      <ol class="rows objects" aria-label="Exceptions in the heap">
        {now.otherExceptions.map((row) => (
          <li key={row.object}>
            <button type="button" class="row object-row" title="show it and what refers to it in the heap" onClick={() => follow(row.object)}>
              <span class="value-text">{row.text}</span> <span aria-hidden="true">↗</span>
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
}

const STATES = { next: "thrown next", caught: "just caught", uncaught: "uncaught" } as const;

function Exception({ row }: { readonly row: ExceptionRow }) {
  const reading = useSelect(format);
  const follow = useFollow();
  const { tag, values } = row.exception;
  return (
    <li class={`exception exception-${row.state}`}>
      <p class="exception-head">
        <span class="exception-tag">{tag}</span>
        {values.map((value, index) => (
          <span key={index} class="value">
            <span class="value-text">{formatValue(value, reading)}</span> <FollowButton value={value} label={`value ${index} of ${tag}`} onFollow={follow} />
            <span class="value-type">{typeOf(value)}</span>
          </span>
        ))}
        {values.length === 0 && <span class="quiet">carries nothing</span>}
        <span class="tag">{row.state === "held" ? `in ${row.holders.join(", ")}` : STATES[row.state]}</span>
      </p>
      <p class="exception-way">
        <Way row={row} />
        {row.state !== "held" && row.holders.length > 0 && ` A reference to it is in ${row.holders.join(", ")}.`}
      </p>
    </li>
  );
}

const CAUGHT = { next: "It will be caught", caught: "It was caught", uncaught: "", held: "Thrown here, it would be caught" } as const;
const FREE = {
  next: "Nothing catches it: it will end the call.",
  caught: "",
  uncaught: "Nothing catches it, so it ended the call. The machine stands where it was thrown.",
  held: "Thrown here, it would end the call.",
} as const;

/** Where it is caught and goes on, with the way to both places in the text. */
function Way({ row }: { readonly row: ExceptionRow }) {
  const { handler, state } = row;
  if (!handler) return <>{FREE[state]}</>;
  const left = handler.frame;
  return (
    <>
      {CAUGHT[state]} in <span class="exception-func">{handler.funcName}</span> by{" "}
      <ToText handler={handler} span={handler.span} title="Show the clause that catches it">
        {handler.clause} on {placeText(handler.line)}
      </ToText>
      , and {state === "caught" ? "went" : "goes"} on at{" "}
      <ToText handler={handler} span={handler.target} title="Show where control goes on">
        {placeText(handler.targetLine, handler.offset)}
      </ToText>
      {left > 0 && `, leaving ${left === 1 ? "one frame" : `${left} frames`}`}.
    </>
  );
}

interface ToTextProps {
  readonly handler: HandlerRow;
  readonly span: Span | undefined;
  readonly title: string;
  readonly children: ComponentChildren;
}

function ToText({ handler, span, title, children }: ToTextProps) {
  const dispatch = useDispatch();
  if (!span) return <span>{children}</span>;
  return (
    <button type="button" class="link-button" title={title} onClick={() => dispatch({ kind: "revealAsked", file: { kind: "module", name: handler.module }, ...span })}>
      {children}
    </button>
  );
}
