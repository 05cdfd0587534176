// The hex view as a component: it keeps its own document nodes, so the virtual DOM does nothing at a step.

import { useEffect, useRef } from "preact/hooks";
import { HexView, type HexData, type HexOptions } from "./hex/hex-view.ts";

interface HexPaneProps extends HexOptions {
  readonly data: HexData;
  readonly goto?: { readonly address: bigint; readonly length: number; readonly turn: number } | undefined;
}

export function HexPane({ data, goto, ...options }: HexPaneProps) {
  const parent = useRef<HTMLDivElement>(null);
  const view = useRef<HexView | undefined>(undefined);
  const latest = useRef(options);
  latest.current = options;
  const { label } = options;
  useEffect(() => {
    if (!parent.current) return undefined;
    const made = new HexView(parent.current, {
      label,
      onWindow: (window) => latest.current.onWindow(window),
      onSelect: (selection) => latest.current.onSelect(selection),
      onEdit: (address, bytes) => latest.current.onEdit(address, bytes),
    });
    view.current = made;
    return () => {
      view.current = undefined;
      made.destroy();
    };
  }, [label]);
  useEffect(() => view.current?.update(data), [data, label]);
  useEffect(() => {
    if (goto) view.current?.goto(goto.address, goto.length);
  }, [goto?.turn]);
  return <div class="hex-host" ref={parent} />;
}
