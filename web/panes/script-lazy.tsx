// The Script pane is a part of its own: a page without scripts does not need it.

import { Pane } from "../widgets/pane.tsx";
import { lazily } from "./lazy.tsx";

export const LazyScript = lazily(async () => (await import("./script.tsx")).Script, <Pane name="Script" className="dock-pane" empty="is being loaded" />);
