// The call stack: innermost frame first; choosing one shows its locals, operands, labels and place.

import { Pane } from "../widgets/pane.tsx";
import type { State } from "../state/state.ts";
import { groupThousands } from "../state/values.ts";
import { useDispatch, useSelect } from "../state/use.ts";
import { useFolding } from "./folding.ts";
import { view } from "./looking.ts";

const chosenFrame = (state: State): number => state.eyes.frame;

export function CallStack() {
  const now = useSelect(view);
  const frame = useSelect(chosenFrame);
  const dispatch = useDispatch();
  const folding = useFolding("Call stack");
  const frames = now?.frames ?? [];
  const left = (now?.frameCount ?? 0) - frames.length;
  return (
    <Pane name="Call stack" {...folding} aside={now && now.frameCount > 0 ? <span class="count">{groupThousands(now.frameCount)}</span> : undefined} empty={frames.length === 0 ? "no call is under way" : undefined}>
      <ol class="rows frames" aria-label="Frames, innermost first">
        {frames.map((row) => (
          <li key={row.index}>
            <button
              type="button"
              class="row frame-row"
              aria-current={row.index === frame ? "true" : undefined}
              onClick={() => {
                dispatch({ kind: "frameChosen", frame: row.index });
                dispatch({ kind: "fileChosen", file: { kind: "module", name: row.module } });
              }}
            >
              <span class="row-name">{row.name}</span>
              <span class="row-detail">
                {row.line === undefined ? "" : `line ${row.line} `}
                <span class="quiet">+0x{row.offset.toString(16)}</span>
              </span>
            </button>
          </li>
        ))}
      </ol>
      {left > 0 && (
        <button type="button" class="link-button more" onClick={() => dispatch({ kind: "moreFrames" })}>
          {groupThousands(left)} frames further out
        </button>
      )}
    </Pane>
  );
}
