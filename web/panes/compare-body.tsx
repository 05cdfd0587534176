// What comparing with the browser's own engine gave; loaded when the pane is first shown.

import { assertUnreachable } from "../base/assert.ts";
import type { CompareProgress, Difference, Freedom, Leeway, Meters, OurEnd, Outcome } from "../protocol/compare.ts";
import type { Value } from "../protocol/dto.ts";
import type { ComparisonState } from "../state/state.ts";
import { canOpenCompared, leftBehind } from "../state/losses.ts";
import { formatAddress, formatBytes, formatGas, formatTyped, groupThousands } from "../state/values.ts";
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
          <span role="status">{comparison.where === "ours" ? "Running on this machine…" : "Running on the browser's own engine…"}</span> {soFar(comparison)}
        </p>
      );
    case "stopped":
      return (
        <p class="compare-verdict">
          <span role="status">
            {comparison.call} was stopped {comparison.where === "ours" ? "on this machine" : "on the browser's own engine"}.
          </span>{" "}
          {soFar(comparison)} {AGAIN_HINT}
        </p>
      );
    case "failed":
      return (
        <p class="compare-verdict">
          <span role="status">{comparison.message}</span>
          {comparison.ours !== undefined && ` ${endText(comparison.ours)}`}
        </p>
      );
    case "done":
      return <Done comparison={comparison} />;
  }
}

const AGAIN_HINT = "Run on both compares anew.";

function soFar(progress: CompareProgress): string {
  if (progress.where === "theirs") return endText(progress.ours);
  const { meters, waitsFor } = progress;
  const ran = meters === undefined ? "" : `${metersText(meters)} so far.`;
  return waitsFor === undefined ? ran : `${ran} It waits for ${waitsFor}, which has not answered yet.`;
}

/** How the call ended on this machine. */
function endText({ outcome, meters }: OurEnd): string {
  return `On this machine it ended after ${metersText(meters)}: ${outcomeText(outcome)}.`;
}

function metersText({ ticks, gas, denominator }: Meters): string {
  return `${groupThousands(ticks)} ${ticks === 1n ? "instruction" : "instructions"}, ${formatGas(gas, denominator)} gas`;
}

/** What the specification leaves open, in words. */
const FREEDOMS: Readonly<Record<Freedom, string>> = {
  nan: "the bits of a NaN",
  relaxed: "results of relaxed vector instructions",
  depth: "how deep calls may go",
  memory: "how much memory there is to be had",
};

/** A true difference comes first; what may be one is told apart from what is none. */
function verdictOf(differences: readonly Difference[]): { readonly text: string; readonly isDifferent: boolean } {
  if (differences.length === 0) return { text: "= same", isDifferent: false };
  const leeways = differences.flatMap(({ leeway }) => (leeway === undefined ? [] : [leeway]));
  if (leeways.length < differences.length) return { text: "≠ different", isDifferent: true };
  const words = [...new Set(leeways.map(({ what }) => FREEDOMS[what]))].join(" and ");
  const differs = leeways.every(({ sure }) => sure) ? "≈ differs only" : "≈ differs, maybe only";
  return { text: `${differs} where the specification leaves it open: ${words}`, isDifferent: false };
}

function leewayText({ what, sure }: Leeway, { kind }: Difference): string {
  switch (what) {
    case "nan":
      if (sure) return "Both are NaN, whose bits are left to the engine.";
      if (kind === "byte") return "Read as floats, all bytes that differ are part of NaNs, whose bits are left to the engine. What was stored there as which type cannot be told.";
      return "This may come from the bits of a NaN, which are left to the engine; that cannot be told from outside.";
    case "relaxed":
      return "There are relaxed vector instructions, whose results are left to the engine; whether this comes from them cannot be told from outside.";
    case "depth":
      return sure ? "One of them had no room for more calls: each engine has a call stack of its own." : "This may come from where the call stack was full.";
    case "memory":
      return sure ? "One of them had no more memory to give." : "One of them may have been refused more memory, or a larger table; that cannot be told from outside.";
    default:
      return assertUnreachable(what);
  }
}

type DoneState = Extract<ComparisonState, { readonly kind: "done" }>;

function Done({ comparison }: { readonly comparison: DoneState }) {
  const { call, result } = comparison;
  const { ours, millis, theirs, differences } = result;
  const same = differences.length === 0;
  const verdict = verdictOf(differences);
  return (
    <>
      <p class="compare-verdict" role="status">
        <strong class={verdict.isDifferent ? "sign-different" : "sign-same"}>{verdict.text}</strong> {call}
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
              {difference.leeway !== undefined && <span class="compare-leeway"> {leewayText(difference.leeway, difference)}</span>}
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
  if (comparison.place === "coming")
    return (
      <p class="compare-open" role="status">
        This machine makes the call again, and is opened here at its end…
      </p>
    );
  if (!can)
    return (
      <p class="compare-open">
        What was compared is not what is there now. {AGAIN_HINT}
      </p>
    );
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
      return <>The two ended in different ways.</>;
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
          the first byte that differs{difference.besideNans === true ? ", besides parts of NaNs," : ""} is at {formatAddress(BigInt(difference.address))}: {hexByte(difference.ours)} here, {hexByte(difference.theirs)} there{" "}
          <button type="button" class="small-button" disabled={row === undefined || !here} title={!here && can ? "Open ours here first" : ""} onClick={show}>
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
