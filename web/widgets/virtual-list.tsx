// A list of any length of which only what is in sight is drawn. Rows have one height; one of them is chosen.

import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

interface VirtualListProps {
  /** The accessible name; also makes the ids of the rows. */
  readonly label: string;
  readonly count: number;
  readonly rowHeight: number;
  readonly chosen: number | undefined;
  onChoose(index: number): void;
  /** Enter or a double click on a row. */
  onOpen?(index: number): void;
  /** What a row shows. */
  row(index: number): ComponentChildren;
  /** What is said of a row. */
  text(index: number): string;
  readonly className?: string;
}

/** Rows drawn beyond both edges, so that a quick scroll meets no blank. */
const BEYOND = 6;

export function VirtualList({ label, count, rowHeight, chosen, onChoose, onOpen, row, text, className = "" }: VirtualListProps) {
  const box = useRef<HTMLDivElement>(null);
  const [seen, setSeen] = useState({ top: 0, height: 0 });
  const idOf = (index: number): string => `${label.toLowerCase().replaceAll(" ", "-")}-${index}`;
  const look = (): void => {
    const { current } = box;
    if (current) setSeen((before) => (before.top === current.scrollTop && before.height === current.clientHeight ? before : { top: current.scrollTop, height: current.clientHeight }));
  };
  useEffect(() => {
    if (!box.current) return undefined;
    const observer = new ResizeObserver(look);
    observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  useLayoutEffect(look, [count]);
  useLayoutEffect(() => {
    const { current } = box;
    if (!current || chosen === undefined) return;
    const top = chosen * rowHeight;
    if (top < current.scrollTop) current.scrollTop = top;
    else if (top + rowHeight > current.scrollTop + current.clientHeight) current.scrollTop = top + rowHeight - current.clientHeight;
  }, [chosen, count]);

  const first = Math.max(0, Math.floor(seen.top / rowHeight) - BEYOND);
  const last = Math.min(count, Math.ceil((seen.top + seen.height) / rowHeight) + BEYOND);
  const rows = Array.from({ length: Math.max(0, last - first) }, (_, index) => first + index);

  const onKeyDown = (event: KeyboardEvent): void => {
    const page = Math.max(1, Math.floor(seen.height / rowHeight) - 1);
    const at = chosen ?? -1;
    const targets: Readonly<Record<string, number>> = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + page, PageUp: at - page, Home: 0, End: count - 1 };
    const target = targets[event.key];
    if (target !== undefined && count > 0) {
      event.preventDefault();
      onChoose(Math.min(count - 1, Math.max(0, target)));
    } else if (event.key === "Enter" && chosen !== undefined && onOpen) {
      event.preventDefault();
      onOpen(chosen);
    }
  };

  return (
    <div
      ref={box}
      class={`vlist ${className}`}
      role="listbox"
      tabIndex={0}
      aria-label={label}
      aria-activedescendant={chosen !== undefined && chosen >= first && chosen < last ? idOf(chosen) : undefined}
      onScroll={look}
      onKeyDown={onKeyDown}
    >
      <div class="vlist-rows" style={{ height: `${count * rowHeight}px` }}>
        {rows.map((index) => (
          <div
            key={index}
            id={idOf(index)}
            class="vrow"
            role="option"
            aria-selected={index === chosen}
            aria-label={text(index)}
            aria-posinset={index + 1}
            aria-setsize={count}
            style={{ top: `${index * rowHeight}px`, height: `${rowHeight}px` }}
            onClick={() => onChoose(index)}
            onDblClick={() => onOpen?.(index)}
          >
            {row(index)}
          </div>
        ))}
      </div>
    </div>
  );
}
