// The focus goes back to where it came from when what had it is gone: for messages that are closed by a button of their own.

import { useLayoutEffect, useRef } from "preact/hooks";

interface Place {
  /** What had the focus before it came in here. */
  readonly before: EventTarget | null;
}

/** Handlers for the element around the messages; `otherwise` has the focus where nothing had it before, or where that is gone. */
export function useFocusBack(otherwise: () => HTMLElement | null) {
  const inside = useRef<Place | undefined>(undefined);
  useLayoutEffect(() => {
    if (inside.current === undefined || document.activeElement !== document.body) return;
    const { before } = inside.current;
    inside.current = undefined;
    if (before instanceof HTMLElement && before.isConnected) before.focus();
    if (document.activeElement === document.body) otherwise()?.focus();
  });
  return {
    onFocusIn(event: FocusEvent & { readonly currentTarget: EventTarget & HTMLElement }): void {
      const { relatedTarget, currentTarget } = event;
      if (!(relatedTarget instanceof Node && currentTarget.contains(relatedTarget))) inside.current = { before: relatedTarget };
    },
    onFocusOut(event: FocusEvent & { readonly currentTarget: EventTarget & HTMLElement }): void {
      const { relatedTarget, currentTarget } = event;
      if (relatedTarget instanceof Node && !currentTarget.contains(relatedTarget)) inside.current = undefined;
    },
  };
}
