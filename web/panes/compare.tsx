// The same call on this machine and on the browser's own engine, side by side.

import type { ComparisonState, State } from "../state/state.ts";
import { isRunning } from "../state/selectors.ts";
import { useDispatch, useSelect } from "../state/use.ts";
import { Pane } from "../widgets/pane.tsx";
import { lazily } from "./lazy.tsx";

const Body = lazily(async () => (await import("./compare-body.tsx")).Body, <p class="nothing">is being loaded</p>);

const comparisonOf = (state: State): ComparisonState => state.comparison;

export function Compare() {
  const comparison = useSelect(comparisonOf);
  const running = useSelect(isRunning);
  const dispatch = useDispatch();
  return (
    <Pane
      name="Compare"
      className="dock-pane"
      aside={
        <button type="button" class="small-button" disabled={running || comparison.kind === "running"} onClick={() => dispatch({ kind: "ask", command: { kind: "compare" } })}>
          Run on both
        </button>
      }
    >
      <Body comparison={comparison} />
    </Pane>
  );
}
