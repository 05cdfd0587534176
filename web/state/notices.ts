// Notices and how long they stay. Each is about something: it goes when that has changed, and a newer one about the same takes its place.
// What was only said in passing goes besides when the person goes on.

import type { Action } from "./actions.ts";
import { formInUse } from "./selectors.ts";
import type { Notice, State, Subject } from "./state.ts";

/** What of the state each subject is. */
const SUBJECTS: Readonly<Record<Subject, (state: State) => readonly unknown[]>> = {
  project: ({ origin }) => [origin],
  opening: ({ origin }) => [origin],
  keeping: ({ unkept }) => [unkept],
  sources: ({ project, host, origin }) => [project.modules, project.hostCode, project.limits, project.schedule, host, origin],
  imports: ({ project, origin }) => [project.modules, project.hostCode, origin],
  breakpoints: ({ project, scripts, origin }) => [project.modules, project.breakpoints, scripts.breakpoints, origin],
  machine: ({ project, machine, origin }) => [project.modules, machine.loaded?.modules, origin],
  idle: ({ idle, origin }) => [idle, origin],
  call: (state) => [formInUse(state), state.machine.loaded?.modules, state.origin],
  edits: ({ machine }) => [machine.loaded?.modules, machine.loaded?.edits],
  parts: ({ dialog, layout, origin }) => [dialog, layout, origin],
};

/** A part of the page that is loaded when it is first asked for did not come. */
export const NOT_LOADED: Action = { kind: "noticed", tone: "error", text: "This part of the page could not be loaded. Check the connection and try again.", about: "parts" };

export function notice(state: State, { text, tone, about }: Extract<Action, { kind: "noticed" }>): State {
  const others = state.notices.filter((other) => other.text !== text && (about === undefined || other.about !== about));
  return withNotice({ ...state, notices: others }, { tone, text, about: about ?? "project" });
}

/** Notices that are shown at once; chosen. */
const MOST = 4;

export function withNotice(state: State, said: Omit<Notice, "id">): State {
  const id = (state.notices.at(-1)?.id ?? 0) + 1;
  return { ...state, notices: [...state.notices, { ...said, id }].slice(-MOST) };
}

/** What was only said in passing goes when the person goes on; what can be undone stays. */
export function withoutInfo(notices: State["notices"]): State["notices"] {
  const passing = ({ tone, undo }: Notice): boolean => tone === "info" && undo === undefined;
  return notices.some(passing) ? notices.filter((known) => !passing(known)) : notices;
}

/** The state after an action, without what was said before it and is no longer so. */
export function withoutPassed(before: State, after: State): State {
  const changed = (about: Subject): boolean => {
    const now = SUBJECTS[about](after);
    return SUBJECTS[about](before).some((part, index) => part !== now[index]);
  };
  const passed = before.notices.filter(({ about }) => changed(about));
  const next = passed.length === 0 ? after : { ...after, notices: after.notices.filter((known) => !passed.includes(known)) };
  const { crash, stopped, endedAtCall } = after.machine;
  // A machine that ended and was started again did so with other sources; one that stands still says what can be done.
  const isOver = crash !== undefined && crash === before.machine.crash && stopped === undefined && endedAtCall === undefined && changed("sources");
  return isOver ? { ...next, machine: withoutCrash(next.machine) } : next;
}

export function withoutCrash(machine: State["machine"]): State["machine"] {
  const { crash: _seen, stopped: _tried, endedAtCall: _told, ...rest } = machine;
  return rest;
}
