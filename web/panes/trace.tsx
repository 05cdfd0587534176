// Every instruction that ran, when the trace is on.

import { Pane } from "../widgets/pane.tsx";
import type { State } from "../state/state.ts";
import { groupThousands } from "../state/values.ts";
import { useDispatch, useSelect } from "../state/use.ts";
import { view } from "./looking.ts";

const trace = (state: State): string | undefined => state.output.trace;

/** Lines at the end that are shown; all of them are in the download. */
const SHOWN = 200;

interface TraceProps {
  onDownload(): void;
}

export function Trace({ onDownload }: TraceProps) {
  const now = useSelect(view);
  const text = useSelect(trace);
  const dispatch = useDispatch();
  const on = now?.traceOn ?? false;
  const count = now?.traceEntries ?? 0;
  const stopped = now !== undefined && now.status.kind !== "running";
  return (
    <Pane
      name="Trace"
      className="dock-pane"
      aside={
        <>
          <label class="check">
            <input type="checkbox" checked={on} onChange={() => dispatch({ kind: "ask", command: { kind: "trace", on: !on } })} />
            record
          </label>
          <span class="quiet">{groupThousands(count)} instructions</span>
          <button type="button" class="small-button" disabled={count === 0 || !stopped} onClick={() => dispatch({ kind: "ask", command: { kind: "fetchTrace" } })}>
            Show the last {SHOWN}
          </button>
          <button type="button" class="small-button" disabled={count === 0 || !stopped} onClick={onDownload}>
            Download
          </button>
        </>
      }
    >
      {text === undefined || count === 0 ? (
        <p class="nothing">{on ? "Each instruction is recorded with its operands, gas and depth. Runs are slower meanwhile." : "Not recording. Recording notes every instruction with its operands, gas and depth; runs are slower meanwhile."}</p>
      ) : (
        <pre class="trace-text" tabIndex={0} aria-label="Trace">
          {text.trimEnd().split("\n").slice(-SHOWN).join("\n")}
        </pre>
      )}
    </Pane>
  );
}
