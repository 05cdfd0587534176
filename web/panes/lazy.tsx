// Panes that are parts of their own, loaded when they are first shown.

import type { ComponentChildren, FunctionComponent } from "preact";
import { useEffect, useState } from "preact/hooks";
import { NOT_LOADED } from "../state/notices.ts";
import { useStore } from "../state/use.ts";

/** A component that is loaded when it is first drawn; `waiting` stands in its place until then. */
export function lazily<P extends object>(load: () => Promise<FunctionComponent<P>>, waiting: ComponentChildren): FunctionComponent<P> {
  let known: FunctionComponent<P> | undefined;
  return function Lazy(props: P) {
    const store = useStore();
    const [loaded, setLoaded] = useState(known && { Part: known });
    useEffect(() => {
      if (loaded) return;
      void store.track(
        load().then(
          (Part) => {
            known = Part;
            setLoaded({ Part });
          },
          () => store.dispatch(NOT_LOADED),
        ),
      );
    }, [loaded]);
    return loaded ? <loaded.Part {...props} /> : <>{waiting}</>;
  };
}
