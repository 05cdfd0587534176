// The call stack: innermost frame first; choosing one shows its locals, operands, labels and place.

import { PageTurner } from "../widgets/page-turner.tsx";
import { Pane } from "../widgets/pane.tsx";
import { FRAMES } from "../state/selectors.ts";
import type { State } from "../state/state.ts";
import { groupThousands } from "../state/values.ts";
import { useDispatch, useSelect } from "../state/use.ts";
import { useFolding } from "./folding.ts";
import { view } from "./looking.ts";

const severalModules = (state: State): boolean => state.project.modules.length > 1;
/** The frame that catches what is thrown next. */
const catchingFrame = (state: State): number | undefined => view(state)?.exceptions.find((row) => row.state === "next")?.handler?.frame;
const chosenFrame = (state: State): number => state.eyes.frame;

export function CallStack() {
  const now = useSelect(view);
  const frame = useSelect(chosenFrame);
  const catching = useSelect(catchingFrame);
  const dispatch = useDispatch();
  const folding = useFolding("Call stack");
  const frames = now?.frames ?? [];
  const count = now?.frameCount ?? 0;
  const several = useSelect(severalModules);
  const first = frames[0]?.index ?? 0;
  const last = frames.at(-1)?.index ?? 0;
  const scroll = (from: number): void => dispatch({ kind: "framesScrolled", from: Math.max(0, from) });
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
              <span class="row-name" title={row.name}>
                {several && <span class="quiet">{row.module} </span>}
                {row.name}
              </span>
              {row.index === catching && (
                <span class="frame-catches" title="It catches the exception that is thrown next">
                  catches
                </span>
              )}
              <span class="row-detail">
                {row.line === undefined ? "" : `line ${row.line} `}
                <span class="quiet">+0x{row.offset.toString(16)}</span>
              </span>
            </button>
          </li>
        ))}
      </ol>
      {count > frames.length && (
        <p class="pager more">
          <PageTurner before="Frames further in" after="Frames further out" from={first} end={last + 1} count={count} page={FRAMES} onScroll={scroll}>
            {groupThousands(first)} to {groupThousands(last)} of {groupThousands(count)}
          </PageTurner>
          <button type="button" class="small-button" disabled={last >= count - 1} onClick={() => scroll(count - FRAMES)}>
            Outermost
          </button>
        </p>
      )}
    </Pane>
  );
}
