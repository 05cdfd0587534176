// Whether a pane is folded, and the way to fold it.

import type { State } from "../state/state.ts";
import { useDispatch, useSelect } from "../state/use.ts";

const collapsedPanes = (state: State): readonly string[] => state.layout.collapsed;

export function useFolding(pane: string): { readonly collapsed: boolean; readonly onToggle: () => void } {
  const collapsed = useSelect(collapsedPanes).includes(pane);
  const dispatch = useDispatch();
  return { collapsed, onToggle: () => dispatch({ kind: "paneToggled", pane }) };
}
