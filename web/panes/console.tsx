// What the program printed.

import { useLayoutEffect, useRef } from "preact/hooks";
import { Pane } from "../widgets/pane.tsx";
import type { State } from "../state/state.ts";
import { groupThousands } from "../state/values.ts";
import { useDispatch, useSelect } from "../state/use.ts";

const output = (state: State): State["output"] => state.output;

/** Lines in the document; the rest is in the download. */
const SHOWN = 500;

export function Console() {
  const { lines, dropped } = useSelect(output);
  const dispatch = useDispatch();
  const end = useRef<HTMLDivElement>(null);
  const shown = lines.slice(-SHOWN);
  const hidden = dropped + lines.length - shown.length;
  useLayoutEffect(() => {
    const box = end.current?.closest(".pane-body");
    if (box) box.scrollTop = box.scrollHeight;
  }, [lines]);
  return (
    <Pane
      name="Console"
      className="dock-pane"
      empty={lines.length === 0 ? "nothing printed yet" : undefined}
      aside={
        <button type="button" class="small-button" onClick={() => dispatch({ kind: "outputCleared" })}>
          Clear
        </button>
      }
    >
      {hidden > 0 && <p class="nothing">{groupThousands(hidden)} earlier lines are not shown</p>}
      <div class="console-lines" role="log" aria-label="Printed lines">
        {shown.map((line, index) => (
          <div key={hidden + index} class="console-line" title={`${line.source}, instruction ${groupThousands(line.ticks)}`}>
            <span class="console-text">{line.text}</span>
            <span class="console-source quiet">{line.source}</span>
          </div>
        ))}
        <div ref={end} />
      </div>
    </Pane>
  );
}
