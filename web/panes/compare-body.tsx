// What comparing with the browser's own engine gave; loaded when the pane is first shown.

import type { Difference, Outcome } from "../protocol/compare.ts";
import type { Value } from "../protocol/dto.ts";
import type { ComparisonState } from "../state/state.ts";
import { canOpenCompared, leftBehind } from "../state/losses.ts";
import { formatAddress, formatBytes, formatTyped, groupThousands } from "../state/values.ts";
import { useDispatch, useSelect } from "../state/use.ts";
import { view } from "./looking.ts";

export function Body({ comparison }: { readonly comparison: ComparisonState }) {
  switch (comparison.kind) {
    case "none":
      return (
        <p class="nothing">
          Makes the call of the form on a fresh machine beside this one and on the browser's own engine, and compares results, memories and globals. Host functions answer anew on the fresh machine, and the browser's engine is
          given the same answers. The machine you look at stays as it is; what the other one prints and draws is shown when it is opened here.
        </p>
      );
    case "running":
      return (
        <p class="nothing">
          <span role="status">{comparison.where === "ours" ? "Running on this machine…" : "Running on the browser's own engine…"}</span>
          {comparison.where === "ours" && comparison.ticks !== undefined && ` ${groupThousands(comparison.ticks)} instructions so far`}
          {comparison.where === "ours" && comparison.waitsFor !== undefined && ` It waits for ${comparison.waitsFor}, which has not answered yet.`}
        </p>
      );
    case "failed":
      return (
        <p class="compare-verdict" role="status">
          {comparison.message}
        </p>
      );
    case "done":
      return <Done comparison={comparison} />;
  }
}

type DoneState = Extract<ComparisonState, { readonly kind: "done" }>;

function Done({ comparison }: { readonly comparison: DoneState }) {
  const { call, result } = comparison;
  const { ours, millis, theirs, differences } = result;
  const same = differences.length === 0;
  return (
    <>
      <p class="compare-verdict" role="status">
        <strong class={same ? "sign-same" : "sign-different"}>{same ? "= same" : "≠ different"}</strong> {call}
      </p>
      {!same && <Open comparison={comparison} />}
      <table class="compare">
        <thead>
          <tr>
            <th scope="col" />
            <th scope="col">this machine</th>
            <th scope="col">the browser's engine</th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">outcome</th>
            <td>{outcomeText(ours)}</td>
            <td>{outcomeText(theirs.outcome, ours)}</td>
          </tr>
          <tr>
            <th scope="row">time</th>
            <td>{timeText(millis)}</td>
            <td>
              {timeText(theirs.millis)}
              {result.timesFaster !== undefined && <span class="quiet"> {groupThousands(Math.round(result.timesFaster))} times faster</span>}
            </td>
          </tr>
          {result.memories.map(({ module, index, name, size }) => {
            const other = theirs.remains.memories.find((memory) => memory.module === module && memory.index === index);
            const differs = differences.some((difference) => (difference.kind === "byte" || difference.kind === "memorySize") && difference.module === module && difference.index === index);
            return (
              <tr key={`${module} ${index}`}>
                <th scope="row">
                  {comparison.moduleNames.length > 1 ? `${comparison.moduleNames[module]} ` : ""}memory {name ?? index}
                </th>
                <td>{formatBytes(size)}</td>
                <td>
                  {other === undefined ? "not there" : formatBytes(other.size)} {other !== undefined && <span class="quiet">{differs ? "≠ other bytes" : "= same bytes"}</span>}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {!same && (
        <ul class="compare-differences" aria-label="Differences">
          {differences.map((difference, at) => (
            <li key={at}>
              <DifferenceLine difference={difference} comparison={comparison} />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

/** Our machine at the end of the call: where it is, or how to get there and what that costs. */
function Open({ comparison }: { readonly comparison: DoneState }) {
  const dispatch = useDispatch();
  const can = useSelect(canOpenCompared);
  const lost = useSelect(leftBehind);
  if (comparison.place === "here") return <p class="compare-open">The machine here is the one of the comparison, at the end of the call.</p>;
  if (!can) return null;
  return (
    <p class="compare-open">
      <button type="button" class="small-button" onClick={() => dispatch({ kind: "ask", command: { kind: "openCompared" } })}>
        Open ours here
      </button>{" "}
      shows this machine at the end of the call.{lost !== "" && ` It leaves ${lost}.`}
    </p>
  );
}

function DifferenceLine({ difference, comparison }: { readonly difference: Difference; readonly comparison: DoneState }) {
  const dispatch = useDispatch();
  const now = useSelect(view);
  const can = useSelect(canOpenCompared);
  const here = comparison.place === "here";
  switch (difference.kind) {
    case "outcome":
      return <>{difference.note ?? "The two ended in different ways."}</>;
    case "result":
      return (
        <>
          result {difference.index}: {formatTyped(difference.ours)} here, {formatTyped(readLike(difference.theirs, difference.ours))} there
        </>
      );
    case "global":
      return (
        <>
          {comparison.moduleNames[difference.module]} global [{difference.index}]: {formatTyped(difference.ours)} here, {formatTyped(difference.theirs)} there
        </>
      );
    case "memorySize":
      return (
        <>
          memory [{difference.index}] has {formatBytes(difference.ours)} here, {formatBytes(difference.theirs)} there
        </>
      );
    case "byte": {
      const module = comparison.moduleNames[difference.module];
      const row = now?.memories.find((memory) => memory.module === module && memory.index === difference.index);
      const show = (): void => {
        if (row === undefined) return;
        dispatch({ kind: "memoryChosen", memory: row.address });
        dispatch({ kind: "gotoAsked", address: BigInt(difference.address), length: 1 });
      };
      return (
        <>
          the first byte that differs is at {formatAddress(BigInt(difference.address))}: {hexByte(difference.ours)} here, {hexByte(difference.theirs)} there{" "}
          <button type="button" class="small-button" disabled={row === undefined || !here} title={here ? "" : can ? "Open ours here first" : "That machine is no longer there; run on both again"} onClick={show}>
            Show
          </button>
        </>
      );
    }
  }
}

/** The other engine knows no shape of a vector: it is read like ours. */
function readLike(value: Value, ours: Value | undefined): Value {
  return value.type === "v128" && ours?.type === "v128" && ours.shape !== undefined ? { ...value, shape: ours.shape } : value;
}

function outcomeText(outcome: Outcome, like: Outcome = outcome): string {
  if (outcome.kind === "trapped") return `trap: ${outcome.message}`;
  return outcome.results.length === 0 ? "no result" : outcome.results.map((result, at) => formatTyped(readLike(result, like.kind === "finished" ? like.results[at] : undefined))).join(", ");
}

function timeText(millis: number): string {
  return `${millis < 10 ? millis.toFixed(2) : groupThousands(Math.round(millis))} ms`;
}

function hexByte(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}
