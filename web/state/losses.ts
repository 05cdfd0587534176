// What another machine in the place of the one that is looked at would leave behind.

import { isRunning, isUnderWay, placeOf, sameSources, viewOf } from "./selectors.ts";
import type { State } from "./state.ts";

/** In words; empty where nothing would be lost. */
export function leftBehind(state: State): string {
  const view = viewOf(state);
  if (!view) return "";
  const lost: string[] = [];
  if (isRunning(state)) lost.push("the call that runs");
  else if (isUnderWay(state)) lost.push(["the call", view.call === undefined ? "" : `of ${view.call.export}`, "that is paused", placeOf(view)].filter((part) => part !== "").join(" "));
  else if (view.status.kind === "trapped") lost.push("the call that trapped");
  if (state.machine.loaded?.touched) lost.push("what was changed by hand");
  return lost.join(" and ");
}

/** Our machine of the comparison can be looked at: there is a difference, and it is of the texts as they are now. */
export function canOpenCompared(state: State): boolean {
  const { comparison, scripts, project } = state;
  if (comparison.kind !== "done" || comparison.result.differences.length === 0) return false;
  return (comparison.place === "beside" || comparison.place === "left") && scripts.stand === undefined && sameSources(comparison.project, project, undefined);
}
