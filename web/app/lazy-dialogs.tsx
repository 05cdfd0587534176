// The dialogs are a part of their own: nothing on the first screen needs them.

import { useEffect, useState } from "preact/hooks";
import { NOT_LOADED } from "../state/notices.ts";
import type { State } from "../state/state.ts";
import { useSelect, useStore } from "../state/use.ts";
import type { CodeHandle } from "./code-area.tsx";

type Loaded = typeof import("./dialogs/index.tsx");

/** When the page is at rest: chosen to be after its first pictures, and before a hand has found a button. */
const REST_MILLIS = 500;

let loading: Promise<Loaded> | undefined;

/** The same part for all who ask; after a failure the next one tries again. */
function load(): Promise<Loaded> {
  loading ??= import("./dialogs/index.tsx").catch((reason: unknown) => {
    loading = undefined;
    throw reason;
  });
  return loading;
}

const dialogOf = (state: State): State["dialog"] => state.dialog;

export function LazyDialogs({ code }: { readonly code: () => CodeHandle | undefined }) {
  const store = useStore();
  const dialog = useSelect(dialogOf);
  const [loaded, setLoaded] = useState<Loaded | undefined>(undefined);
  const isWanted = dialog !== undefined;
  useEffect(() => {
    if (loaded) return undefined;
    const take = (): void => {
      void store.track(
        load().then(
          (part) => setLoaded(part),
          () => {
            // Loading ahead may fail quietly; a dialog that somebody waits for may not.
            if (!isWanted) return;
            store.dispatch({ kind: "dialogClosed" });
            store.dispatch(NOT_LOADED);
          },
        ),
      );
    };
    if (isWanted) {
      take();
      return undefined;
    }
    const timer = setTimeout(take, REST_MILLIS);
    return () => clearTimeout(timer);
  }, [isWanted, loaded]);
  return dialog && loaded ? <loaded.OpenedDialog dialog={dialog} code={code} /> : undefined;
}
