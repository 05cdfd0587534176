// How panes read the store.

import { useComputed } from "@preact/signals";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { ensureExists } from "../base/assert.ts";
import type { Dispatch } from "./actions.ts";
import type { State } from "./state.ts";
import type { Store } from "./store.ts";

export const StoreContext = createContext<Store | undefined>(undefined);

export function useStore(): Store {
  return ensureExists(useContext(StoreContext), "store");
}

/** Draws again only when the answer of `selector` changes. The selector must not close over anything. */
export function useSelect<T>(selector: (state: State) => T): T {
  const store = useStore();
  return useComputed(() => selector(store.state.value)).value;
}

export function useDispatch(): Dispatch {
  return useStore().dispatch;
}
