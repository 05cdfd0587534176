// The ways from the part of a long list that is shown to the parts before and after it.

import type { ComponentChildren } from "preact";

interface PageTurnerProps {
  /** For screen readers: `Locals before these`. */
  readonly before: string;
  readonly after: string;
  /** The first item shown, and the place after the last, of all. */
  readonly from: number;
  readonly end: number;
  readonly count: number;
  /** Items of a page. */
  readonly page: number;
  /** May be asked for places outside of the list. */
  onScroll(from: number): void;
  /** What stands between: which part it is. */
  readonly children: ComponentChildren;
}

export function PageTurner({ before, after, from, end, count, page, onScroll, children }: PageTurnerProps) {
  return (
    <>
      <button type="button" class="small-button" aria-label={before} disabled={from === 0} onClick={() => onScroll(from - page)}>
        ‹
      </button>
      {children}
      <button type="button" class="small-button" aria-label={after} disabled={end >= count} onClick={() => onScroll(from + page)}>
        ›
      </button>
    </>
  );
}
