// The Script pane is a part of its own: a page without scripts does not need it.

import type { FunctionComponent } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useStore } from "../state/use.ts";
import { Pane } from "../widgets/pane.tsx";

let known: FunctionComponent | undefined;

export function LazyScript() {
  const store = useStore();
  const [loaded, setLoaded] = useState<{ readonly Script: FunctionComponent } | undefined>(known && { Script: known });
  useEffect(() => {
    if (loaded) return;
    void store.track(
      import("./script.tsx").then(
        ({ Script }) => {
          known = Script;
          setLoaded({ Script });
        },
        () => store.dispatch({ kind: "noticed", tone: "error", text: "This part of the page could not be loaded. Check the connection and try again." }),
      ),
    );
  }, [loaded]);
  return loaded ? <loaded.Script /> : <Pane name="Script" className="dock-pane" empty="is being loaded" />;
}
