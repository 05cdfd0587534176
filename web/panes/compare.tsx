// The same call on this machine and on the browser's own engine, side by side.

import type { ComparisonState, State } from "../state/state.ts";
import { useDispatch, useSelect } from "../state/use.ts";
import { Pane } from "../widgets/pane.tsx";
import { lazily } from "./lazy.tsx";

const Body = lazily(async () => (await import("./compare-body.tsx")).Body, <p class="nothing">is being loaded</p>);

const comparisonOf = (state: State): ComparisonState => state.comparison;
const isUnderWay = (comparison: ComparisonState): boolean => comparison.kind === "running" || (comparison.kind === "done" && comparison.place === "coming");

export function Compare() {
  const comparison = useSelect(comparisonOf);
  const running = isUnderWay(comparison);
  const dispatch = useDispatch();
  return (
    <Pane
      name="Compare"
      className="dock-pane"
      aside={
        // One button for both, so that the focus stays where it was.
        <button type="button" class="small-button" onClick={() => dispatch({ kind: "ask", command: { kind: running ? "stopComparing" : "compare" } })}>
          {running ? "Stop" : "Run on both"}
        </button>
      }
    >
      <Body comparison={comparison} />
    </Pane>
  );
}
