// What the program drew.

import { useLayoutEffect, useRef } from "preact/hooks";
import { Pane } from "../widgets/pane.tsx";
import type { CanvasFrame, State } from "../state/state.ts";
import { useSelect } from "../state/use.ts";

const canvas = (state: State): CanvasFrame | undefined => state.output.canvas;

export function Canvas() {
  const frame = useSelect(canvas);
  const element = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    const context = element.current?.getContext("2d");
    if (!frame || !context) return;
    const image = context.createImageData(frame.width, frame.height);
    image.data.set(frame.pixels.subarray(0, image.data.length));
    context.putImageData(image, 0, 0);
  }, [frame]);
  return (
    <Pane name="Canvas" className="dock-pane canvas-pane" empty={frame ? undefined : "nothing drawn yet; a program draws with the ready-made import \"canvas\""}>
      {frame && <canvas ref={element} width={frame.width} height={frame.height} tabIndex={0} aria-label={`Picture of ${frame.width} by ${frame.height} pixels; keys pressed here go to the program`} />}
    </Pane>
  );
}
