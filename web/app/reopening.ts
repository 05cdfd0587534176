// Ways to open the page once that differ from the usual one, told to the next page of this tab.

import { readItem, removeItem, writeItem } from "./storage.ts";

/** `idle`: the work of this tab in the first layout, without a machine. `anew`: the first example in the first layout; the work stays among the earlier ones. */
export type Reopening = "idle" | "anew";

const KEY = "waspnest.reopen";

export function reopenAs(way: Reopening): void {
  writeItem("sessionStorage", KEY, way);
  location.reload();
}

/** How this page was asked to open; asked once. */
export function takeReopening(): Reopening | undefined {
  const way = readItem("sessionStorage", KEY);
  if (way !== "idle" && way !== "anew") return undefined;
  removeItem("sessionStorage", KEY);
  return way;
}
