// The cell of a vector is a part of its own: a page without vectors does not need it. Until it is there, the lanes stand as text.

import type { FunctionComponent } from "preact";
import { useEffect, useState } from "preact/hooks";
import { NOT_LOADED } from "../state/notices.ts";
import { formatValue } from "../state/values.ts";
import { useStore } from "../state/use.ts";
import type { VectorCellProps } from "./vector-cell.tsx";

interface Loaded {
  readonly Cell: FunctionComponent<VectorCellProps>;
}

let known: Loaded | undefined;

export function VectorCell(props: VectorCellProps) {
  const store = useStore();
  const [loaded, setLoaded] = useState(known);
  useEffect(() => {
    if (loaded) return;
    void store.track(
      import("./vector-cell.tsx").then(
        ({ VectorCell: Cell }) => {
          known = { Cell };
          setLoaded(known);
        },
        () => store.dispatch(NOT_LOADED),
      ),
    );
  }, [loaded]);
  return loaded ? <loaded.Cell {...props} /> : <span class="value-text">{formatValue(props.value, props.format, props.shape)}</span>;
}
