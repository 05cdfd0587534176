// Law: what the page keeps, shares and saves, it can read again, whatever was done before.
import { afterEach, expect, test } from "vitest";
import { FakeEngine, fakeLanguage, fakeScripts } from "../client/fake.ts";
import type { LoadedModule, LoadResult } from "../protocol/engine.ts";
import type { Project } from "../protocol/project.ts";
import { projectFileText, readProjectFile } from "../share/file.ts";
import { decodeLink, encodeLink } from "../share/index.ts";
import { randomNumbers } from "../share/sample.ts";
import type { Action } from "../state/actions.ts";
import { projectToKeep, projectToShare } from "../state/screen.ts";
import { callables, chosenCall, filesOf, formInUse } from "../state/selectors.ts";
import { emptyProject, initialState } from "../state/state.ts";
import { createStore, type Store, type Work } from "../state/store.ts";

const SCRIPT = '(module $m (func (export "f") (param i32)))\n(module binary "")\n(invoke $m "f" (i32.const 1))';

function instance(name: string, more: Partial<LoadedModule>): LoadedModule {
  const exports: LoadedModule["exports"] = [{ name: "f", kind: "func", type: "(func (param i32))", func: { params: ["i32"], results: [] }, address: 0 }];
  return { name, exports, imports: [], funcs: { imported: [], first: 0, count: 1 }, hasStart: false, ...more };
}

/** The machine of the script has one instance whose text is the script's, and one that has a text of its own. */
class StandEngine extends FakeEngine {
  override load(...[project, options]: Parameters<FakeEngine["load"]>): Promise<LoadResult> {
    const { stand } = options;
    if (stand === undefined) return super.load(project, options);
    const modules = [instance(`${stand.script}:1 $m`, { file: stand.script }), instance(`${stand.script}:2`, { text: "(module)" })];
    return Promise.resolve({ kind: "loaded", modules, warnings: [], call: { module: `${stand.script}:1 $m`, export: "f", args: [{ type: "i32", bits: 1 }] } });
  }

  override begin(): Promise<void> {
    return Promise.resolve();
  }
}

let open: Store | undefined;
afterEach(() => open?.dispose());

const saved: Work[] = [];

function openPage(project: Project): Store {
  const storage = {
    save: (work: Work) => {
      saved.push(work);
      return Promise.resolve();
    },
    saveNow: () => undefined,
    putAside: () => Promise.resolve(),
  };
  const store = createStore({ engine: new StandEngine(), language: fakeLanguage, scripts: fakeScripts, storage, checkDelay: 0, saveDelay: 0 }, initialState());
  open = store;
  store.dispatch({ kind: "projectOpened", project, origin: { kind: "example", id: "test" }, host: "own" });
  return store;
}

const PROJECT: Project = {
  ...emptyProject(),
  modules: [
    { kind: "script", name: "t", text: SCRIPT },
    { kind: "text", name: "m", text: '(module (func (export "main") nop))' },
  ],
};

async function stoodPage(): Promise<Store> {
  const store = openPage(PROJECT);
  await store.idle();
  store.dispatch({ kind: "standChosen", stand: { script: "t", directive: 2 }, toEnd: false });
  await store.idle();
  return store;
}

async function expectReadable(project: Project): Promise<void> {
  expect(readProjectFile(projectFileText(project))).toEqual({ kind: "ok", project });
  expect(await decodeLink(await encodeLink(project))).toEqual({ kind: "ok", project });
}

test("the call and the breakpoints of a script's machine are not those of the project, which comes back with its own", async () => {
  const store = openPage(PROJECT);
  await store.idle();
  store.dispatch({ kind: "argTyped", index: 0, text: "7" });
  const { call } = projectToKeep(store.state.peek());
  expect(call).toEqual({ module: "m", export: "main", args: ["7"] });
  store.dispatch({ kind: "standChosen", stand: { script: "t", directive: 2 }, toEnd: false });
  await store.idle();
  store.dispatch({ kind: "argTyped", index: 0, text: "5" });
  store.dispatch({ kind: "breakpointsPlaced", module: "t", positions: [12] });
  store.dispatch({ kind: "breakpointsPlaced", module: "t:2", positions: [3] });
  await store.idle();
  const state = store.state.peek();
  expect(chosenCall(state)).toMatchObject({ module: "t:1 $m", args: ["5"] });
  expect(state.machine.loaded?.breakpoints?.map(({ asked }) => asked)).toEqual([{ module: "t", position: 12 }, { module: "t:2", position: 3 }]);
  const kept = projectToKeep(state);
  expect([kept.call, kept.breakpoints]).toEqual([call, [{ module: "t", position: 12 }]]);
  expect(saved.at(-1)?.project).toEqual(kept);
  store.dispatch({ kind: "standChosen", stand: undefined, toEnd: false });
  await store.idle();
  expect(formInUse(store.state.peek()).args["m/main"]).toEqual(["7"]);
});

test("whatever is done while a script's machine stands, what is kept and shared can be read", async () => {
  const next = randomNumbers(11);
  const one = <T>(list: readonly T[]): T | undefined => list[Math.floor(next() * list.length)];
  for (let round = 0; round < 12; round += 1) {
    const store = await stoodPage();
    const actions: readonly (() => Action | undefined)[] = [
      () => {
        const file = one(filesOf(store.state.peek()));
        return file && { kind: "breakpointsPlaced", module: file.name, positions: [Math.floor(next() * 20)] };
      },
      () => {
        const callable = one(callables(store.state.peek()));
        return callable && { kind: "exportChosen", module: callable.module, export: callable.info.name };
      },
      () => ({ kind: "argTyped", index: 0, text: String(next()) }),
      () => {
        const file = one(filesOf(store.state.peek()));
        return file && { kind: "fileChosen", file: { kind: "module", name: file.name } };
      },
      () => {
        const module = one(store.state.peek().project.modules);
        return module && { kind: "moduleRenamed", name: module.name, to: one(["t:2", "t", "other", " "]) ?? "" };
      },
      () => {
        const [first, second] = store.state.peek().project.modules;
        return first && second && { kind: "moduleRemoved", name: next() < 0.5 ? first.name : second.name };
      },
      () => ({ kind: "moduleAdded", source: { kind: "text", name: one(["t:2", "m", ""]) ?? "", text: "(module)" } }),
      () => {
        const script = store.state.peek().project.modules.find(({ kind }) => kind === "script");
        return { kind: "standChosen", stand: script && next() < 0.6 ? { script: script.name, directive: 2 } : undefined, toEnd: next() < 0.5 };
      },
      () => store.state.peek().notices.find(({ undo }) => undo !== undefined)?.undo,
    ];
    for (let step = 0; step < 14; step += 1) {
      const action = one(actions)?.();
      if (action !== undefined) store.dispatch(action);
      if (next() < 0.5) await store.idle();
      await expectReadable(projectToKeep(store.state.peek()));
      await expectReadable(projectToShare(store.state.peek()));
    }
    store.dispose();
  }
});
