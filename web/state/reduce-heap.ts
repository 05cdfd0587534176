// Reducers of looking at the heap.

import { assertUnreachable } from "../base/assert.ts";
import type { Action } from "./actions.ts";
import { going, showing, type HeapEyes } from "./heap.ts";
import type { State } from "./state.ts";

type HeapLook = Extract<Action, { readonly kind: "heapKindChosen" | "heapScrolled" | "objectChosen" | "objectLeft" | "objectEntered" | "partsScrolled" | "surveyAsked" }>;

export function lookAtHeap(state: State, action: HeapLook): State {
  const { heap } = state.eyes;
  const seeing = (next: HeapEyes): State => ({ ...state, eyes: { ...state.eyes, heap: next } });
  switch (action.kind) {
    case "heapKindChosen": {
      const { kind: _old, ...rest } = heap;
      return seeing({ ...rest, ...(action.key === undefined ? {} : { kind: action.key }), from: 0 });
    }
    case "heapScrolled":
      return seeing({ ...heap, from: action.from, follow: false });
    case "objectChosen": {
      const chosen = showing(heap, action.object);
      if (action.from === "list") return seeing({ ...chosen, follow: false });
      const { kind: _all, ...rest } = chosen;
      const layout = { ...state.layout, card: "memory" as const, collapsed: state.layout.collapsed.filter((pane) => pane !== "Heap") };
      return { ...seeing({ ...rest, follow: true, entering: true }), layout };
    }
    case "objectLeft": {
      const { kind: _all, ...rest } = going(heap, action.way);
      return seeing(rest);
    }
    case "objectEntered":
      return seeing({ ...heap, entering: false });
    case "partsScrolled":
      return seeing({ ...heap, partsFrom: action.from });
    case "surveyAsked":
      return seeing({ ...heap, survey: true });
    default:
      return assertUnreachable(action);
  }
}
