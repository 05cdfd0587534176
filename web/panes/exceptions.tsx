// Exceptions: the one that is thrown next or was just thrown, where it is caught, and those that values in sight refer to.

import type { ComponentChildren } from "preact";
import type { ExceptionRow, HandlerRow, Span } from "../protocol/dto.ts";
import { typeOf } from "../protocol/value.ts";
import { Pane } from "../widgets/pane.tsx";
import { placeText } from "../state/exceptions.ts";
import { formatValue } from "../state/values.ts";
import { useDispatch, useSelect } from "../state/use.ts";
import { FollowButton } from "../widgets/value-cell.tsx";
import { useFolding } from "./folding.ts";
import { useFollow } from "./following.ts";
import { format, view } from "./looking.ts";

interface ExceptionsProps {
  /** Only there while there is one. */
  readonly brief?: boolean;
}

export function Exceptions({ brief = false }: ExceptionsProps) {
  const now = useSelect(view);
  const folding = useFolding("Exceptions");
  const rows = now?.exceptions ?? [];
  if (rows.length === 0 && (brief || now?.hasTags !== true)) return null;
  return (
    <Pane name="Exceptions" {...folding} empty={rows.length === 0 ? "none is thrown here or held" : undefined}>
      <ol class="exceptions" aria-label="Exceptions in sight">
        {rows.map((row, index) => (
          <Exception key={index} row={row} />
        ))}
      </ol>
    </Pane>
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
