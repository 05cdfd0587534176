// Which part of a long list is shown, and the way to the others.

import { PageTurner } from "../widgets/page-turner.tsx";
import { ROWS } from "../state/selectors.ts";
import type { RowList, State } from "../state/state.ts";
import { groupThousands } from "../state/values.ts";
import { useDispatch, useSelect } from "../state/use.ts";

const rowsFrom = (state: State): Readonly<Record<RowList, number>> => state.eyes.rowsFrom;

/** `what` in the plural: `Locals`. */
export function RowsPager({ list, what, count }: { readonly list: RowList; readonly what: string; readonly count: number }) {
  const wanted = useSelect(rowsFrom)[list];
  const dispatch = useDispatch();
  if (count <= ROWS) return undefined;
  // The machine sends no window past the last rows.
  const last = count - ROWS;
  const from = Math.min(wanted, last);
  const scroll = (to: number): void => dispatch({ kind: "rowsScrolled", list, from: Math.max(0, Math.min(to, last)) });
  return (
    <p class="pager more">
      <PageTurner before={`${what} before these`} after={`${what} after these`} from={from} end={from + ROWS} count={count} page={ROWS} onScroll={scroll}>
        {groupThousands(from)} to {groupThousands(from + ROWS - 1)} of {groupThousands(count)}
      </PageTurner>
      <button type="button" class="small-button" aria-label={`Last ${what.toLowerCase()}`} disabled={from === last} onClick={() => scroll(last)}>
        Last
      </button>
    </p>
  );
}
