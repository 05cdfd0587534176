// What the program drew.

import { useLayoutEffect, useRef } from "preact/hooks";
import { Pane } from "../widgets/pane.tsx";
import { listenedKeys } from "../state/listening.ts";
import type { CanvasFrame, State } from "../state/state.ts";
import { useSelect } from "../state/use.ts";
import { ScreenKeys } from "./screen-keys.tsx";

const canvas = (state: State): CanvasFrame | undefined => state.output.canvas;
const listens = (state: State): boolean => listenedKeys(state).length > 0;

export function Canvas() {
  const frame = useSelect(canvas);
  const hasKeys = useSelect(listens);
  const element = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    const context = element.current?.getContext("2d");
    if (!frame || !context) return;
    const image = context.createImageData(frame.width, frame.height);
    image.data.set(frame.pixels.subarray(0, image.data.length));
    context.putImageData(image, 0, 0);
  }, [frame]);
  const nothing = 'nothing drawn yet; a program draws with the ready-made import "canvas"';
  return (
    <Pane name="Canvas" className="dock-pane canvas-pane" empty={frame || hasKeys ? undefined : nothing}>
      {frame ? (
        <canvas ref={element} width={frame.width} height={frame.height} tabIndex={0} aria-label={`Picture of ${frame.width} by ${frame.height} pixels; keys pressed here go to the program`} />
      ) : (
        <p class="quiet">Nothing drawn yet. Once it runs, this program listens to these keys.</p>
      )}
      {hasKeys && <ScreenKeys />}
    </Pane>
  );
}
