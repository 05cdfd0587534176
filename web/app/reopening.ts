// Ways to open the page once that differ from the usual one, told to the next page of this tab.

import { readItem, removeItem, writeItem } from "./storage.ts";

/** `idle`: the work of this tab in the first layout, without a machine. `anew`: the first example in the first layout; the work stays among the earlier ones. */
export type Reopening = "idle" | "anew";

const KEY = "waspnest.reopen";

/** Opens the page anew; throws when the next page cannot be told how. */
export function reopenAs(way: Reopening): void {
  if (!writeItem("sessionStorage", KEY, way)) throw new Error("the storage of this tab is full or closed");
  location.reload();
}

/** How this page was asked to open; asked once. */
export function takeReopening(): Reopening | undefined {
  const way = readItem("sessionStorage", KEY);
  if (way !== "idle" && way !== "anew") return undefined;
  removeItem("sessionStorage", KEY);
  return way;
}
