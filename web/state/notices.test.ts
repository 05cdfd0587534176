import { describe, expect, test } from "vitest";
import type { Action } from "./actions.ts";
import { reduce } from "./reducer.ts";
import { emptyProject, initialState, type State, type Subject } from "./state.ts";

const after = (state: State, ...actions: readonly Action[]): State => actions.reduce(reduce, state);
const noticed = (about: Subject | undefined, text = "said"): Action => ({ kind: "noticed", tone: "error", text, ...(about === undefined ? {} : { about }) });
const texts = (state: State): readonly string[] => state.notices.map(({ text }) => text);

const typed: Action = { kind: "textTyped", name: "module", text: "(module)" };
const hostTyped: Action = { kind: "hostTyped", text: "// mine" };
const placed: Action = { kind: "breakpointsPlaced", module: "module", positions: [1] };
const chosen: Action = { kind: "exportChosen", module: "module", export: "main" };
const limits: Action = { kind: "limitsChosen", limits: { ...emptyProject().limits, hostMillis: 1 } };
const dialog: Action = { kind: "dialogOpened", dialog: { kind: "keys" } };
const opened: Action = { kind: "projectOpened", project: emptyProject(), origin: { kind: "new" }, host: "own" };
const cursor: Action = { kind: "cursorMoved", position: 3 };

describe("a notice goes when what it speaks of has changed, and not before", () => {
  const cases: readonly (readonly [Subject | undefined, readonly Action[], readonly Action[]])[] = [
    [undefined, [opened], [typed, hostTyped, placed, chosen, limits, dialog]],
    ["imports", [typed, hostTyped, opened], [placed, chosen, limits, dialog]],
    ["sources", [typed, hostTyped, limits, opened], [placed, chosen, dialog]],
    ["breakpoints", [placed, typed, opened], [hostTyped, chosen, limits, dialog]],
    ["call", [chosen, opened], [typed, hostTyped, placed, dialog]],
    ["machine", [typed, opened], [hostTyped, placed, chosen, dialog]],
    ["parts", [dialog, opened], [typed, hostTyped, placed, chosen]],
    ["keeping", [{ kind: "workKept", unkept: "full" }], [typed, opened, dialog]],
  ];
  test.each(cases)("about %s", (about, changes, others) => {
    const said = after(initialState(), noticed(about));
    for (const action of [cursor, ...others]) expect(texts(after(said, action))).toEqual(["said"]);
    for (const action of changes) expect(texts(after(said, action))).toEqual([]);
  });

  test("breakpoints in texts of a script's machine count, too", () => {
    const said = after(initialState(), noticed("breakpoints"));
    expect(texts(after(said, { kind: "breakpointsPlaced", module: "t:1", positions: [1] }))).toEqual([]);
  });
});

test("a newer notice about the same takes the place of the one before", () => {
  const state = after(initialState(), noticed("breakpoints", "a"), noticed("imports", "b"), noticed("breakpoints", "c"), noticed(undefined, "d"), noticed(undefined, "e"), noticed(undefined, "d"));
  expect(texts(state)).toEqual(["b", "c", "e", "d"]);
});

test("what is said about a change stays with the change", () => {
  const state = after(initialState(), placed, noticed("breakpoints"), { kind: "breakpointsPlaced", module: "module", positions: [1] });
  expect(texts(state)).toEqual(["said"]);
});

describe("a machine that ended", () => {
  const crashed = (more: object = {}): State => after(initialState(), { kind: "engineSaid", event: { kind: "crashed", message: "host.js took longer than 2 s", ...more } });

  test("is no longer told of when host.js has been mended", () => {
    expect(crashed().machine.crash).toBe("host.js took longer than 2 s");
    expect(after(crashed(), cursor, placed).machine.crash).toBeDefined();
    expect(after(crashed(), hostTyped).machine.crash).toBeUndefined();
    expect(after(crashed(), typed).machine.crash).toBeUndefined();
    expect(after(crashed(), opened).machine.crash).toBeUndefined();
  });

  test("and was not started again, or stands before the call that hung, is told of as long as it does", () => {
    expect(after(crashed({ stopped: true }), hostTyped).machine.stopped).toBe(true);
    expect(after(crashed({ atCall: true }), hostTyped).machine.endedAtCall).toBe(true);
  });
});
