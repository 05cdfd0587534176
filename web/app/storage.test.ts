import { afterEach, expect, test, vi } from "vitest";
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
  expect(again.work?.project.title).toBe("kept");
});

test("a browser that forbids all storage gives a working page", async () => {
  vi.spyOn(console, "warn").mockReturnValue(undefined);
  vi.stubGlobal("navigator", {});
  forbid("localStorage");
  forbid("sessionStorage");
  const { storage, work } = await BrowserStorage.open(false);
  expect(work).toBeUndefined();
  await expect(storage.save(WORK)).rejects.toThrow("its storage is full or closed");
  storage.saveNow(WORK);
  expect(readPreferences().theme).toBe("system");
});
