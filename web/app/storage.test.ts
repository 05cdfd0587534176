import { afterEach, describe, expect, test, vi } from "vitest";
import { projectFileText } from "../share/file.ts";
import { emptyProject } from "../state/state.ts";
import { readPreferences } from "./preferences.ts";
import { BrowserStorage } from "./storage.ts";

/** A store of the browser whose keys are its own properties, as they are there. */
class Items {
  [key: string]: unknown;
}
Object.defineProperties(Items.prototype, {
  getItem: {
    value(this: Items, key: string) {
      return Object.hasOwn(this, key) ? this[key] : null;
    },
  },
  setItem: {
    value(this: Items, key: string, text: string) {
      this[key] = text;
    },
  },
  removeItem: {
    value(this: Items, key: string) {
      delete this[key];
    },
  },
});

function forbid(area: string): void {
  vi.stubGlobal(area, undefined);
  Object.defineProperty(globalThis, area, {
    configurable: true,
    get: () => {
      throw new Error("storage is forbidden");
    },
  });
}

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const WORK = { project: { ...emptyProject(), title: "kept" }, hostAsked: false };

test("without a database the work is kept in localStorage", async () => {
  vi.spyOn(console, "warn").mockReturnValue(undefined);
  vi.stubGlobal("navigator", {});
  vi.stubGlobal("localStorage", new Items());
  vi.stubGlobal("sessionStorage", new Items());
  const { storage } = await BrowserStorage.open(false);
  await storage.save(WORK);
  const again = await BrowserStorage.open(false);
  expect(again.read?.work.project.title).toBe("kept");
});

test("a browser that forbids all storage gives a working page", async () => {
  vi.spyOn(console, "warn").mockReturnValue(undefined);
  vi.stubGlobal("navigator", {});
  forbid("localStorage");
  forbid("sessionStorage");
  const { storage, read } = await BrowserStorage.open(false);
  expect(read).toBeUndefined();
  await expect(storage.save(WORK)).rejects.toThrow("its storage is full or closed");
  storage.saveNow(WORK);
  expect(readPreferences().theme).toBe("system");
});

describe("work that cannot be read", () => {
  const PREFIX = "waspnest.work.";
  const record = (id: string, time: number, text: string): string => JSON.stringify({ id, title: `title of ${id}`, time, hostAsked: false, text });
  let works: Items;
  let tab: Items;

  /** A new tab, or the same one again. */
  function visit(kept: Readonly<Record<string, string>>, own?: string): void {
    vi.spyOn(console, "warn").mockReturnValue(undefined);
    vi.stubGlobal("navigator", {});
    works = new Items();
    for (const [id, text] of Object.entries(kept)) works[PREFIX + id] = text;
    tab = new Items();
    if (own !== undefined) tab["waspnest.tab"] = own;
    vi.stubGlobal("localStorage", works);
    vi.stubGlobal("sessionStorage", tab);
  }

  const GOOD = projectFileText({ ...emptyProject(), title: "good" });
  const NEWER = GOOD.replace('"waspnest": 1', '"waspnest": 7');
  const STRANGE = JSON.stringify({ id: "a", parts: [GOOD] });
  test.each([
    ["broken", record("a", 5, GOOD.slice(0, 40)), "it is not JSON", GOOD.slice(0, 40)],
    ["of a newer version", record("a", 5, NEWER), "it was kept by a newer version of this page, in version 7 of its format", NEWER],
    ["in a strange record", STRANGE, "waspnest should be a whole number from 1 to 9007199254740991", STRANGE],
    ["in a record cut short", record("a", 5, GOOD).slice(0, -9), "it is not JSON", record("a", 5, GOOD).slice(0, -9)],
  ])("%s stays as it is, is told and is listed", async (_how, kept, why, text) => {
    visit({ a: kept }, "a");
    const { storage, read, unread } = await BrowserStorage.open(false);
    expect([read, unread?.why, unread?.text]).toEqual([undefined, why, text]);
    await storage.save(WORK);
    storage.saveNow(WORK);
    expect(works[`${PREFIX}a`]).toBe(kept);
    expect(tab["waspnest.tab"]).not.toBe("a");
    expect((await storage.earlier()).map(({ id }) => id)).toEqual(["a"]);
    expect(await storage.read("a")).toEqual({ kind: "unread", unread });
    // It is told once: the tab has a work of its own now.
    const again = await BrowserStorage.open(false);
    expect([again.read?.work.project.title, again.unread]).toEqual(["kept", undefined]);
  });

  test("a new tab goes on with the last work that can be read, and tells of the one after it", async () => {
    visit({ a: record("a", 9, "{}"), b: record("b", 8, GOOD), c: record("c", 7, "{}") });
    const { read, unread } = await BrowserStorage.open(false);
    expect([read?.work.project.title, unread?.title]).toEqual(["good", "title of a"]);
  });

  test("a call that names no module costs the call alone", async () => {
    visit({ a: record("a", 5, projectFileText({ ...emptyProject(), title: "good", call: { module: "t:1", export: "f", args: [] } })) }, "a");
    const { read, unread } = await BrowserStorage.open(false);
    expect([read?.work.project, unread]).toEqual([{ ...emptyProject(), title: "good" }, undefined]);
    expect(read?.leftOut).toBe("The project has no such module, so this was left out: the call of t:1.");
    expect(tab["waspnest.tab"]).toBe("a");
  });
});
