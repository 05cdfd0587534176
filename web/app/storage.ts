// Where work is kept between visits: IndexedDB, and localStorage for the moment the page goes away.
//
// The rule for several tabs: each tab has its own work and never writes another's. A tab that is reloaded goes on with its own;
// a new tab goes on with the work that was closed last, and work that is open in another tab stays there. A duplicated tab gets a copy.
// "Open in another tab" is a lock that the browser gives back when the tab is closed or crashes.

import { messageOf } from "../base/assert.ts";
import { projectFileText, readProjectFile } from "../share/file.ts";
import type { Storage, Work } from "../state/store.ts";

const DATABASE = "waspnest";
const STORE = "work";
const TAB = "waspnest.tab";
const PREFIX = "waspnest.work.";
/** More than this does not fit localStorage beside other work; it is then only in IndexedDB. */
const NOW_MAX = 1_500_000;
/** Works that are kept; no science was performed in the creation of this number. */
const KEPT = 40;

interface Kept {
  readonly id: string;
  readonly title: string;
  readonly time: number;
  readonly hostAsked: boolean;
  readonly text: string;
}

export interface EarlierWork {
  readonly id: string;
  readonly title: string;
  /** Milliseconds since 1970. */
  readonly time: number;
}

export class BrowserStorage implements Storage {
  readonly #database: IDBDatabase | undefined;
  #id: string;
  #release: (() => void) | undefined;

  private constructor(database: IDBDatabase | undefined, id: string, release: (() => void) | undefined) {
    this.#database = database;
    this.#id = id;
    this.#release = release;
  }

  /** Opens the storage and finds this tab's work. `fresh`: begin anew, because a link asks for another project. */
  static async open(fresh: boolean): Promise<{ readonly storage: BrowserStorage; readonly work?: Work }> {
    const database = await openDatabase();
    const own = readItem("sessionStorage", TAB);
    const known = await allKept(database);
    const find = (id: string): Kept | undefined => known.find((kept) => kept.id === id);
    const start = (id: string, release: (() => void) | undefined): BrowserStorage => {
      writeItem("sessionStorage", TAB, id);
      return new BrowserStorage(database, id, release);
    };

    if (own !== undefined && !fresh) {
      const release = await takeLock(own);
      const kept = find(own);
      if (release) return withWork(start(own, release), kept);
      // Another tab has it: this one was duplicated.
      const copy = newId();
      return withWork(start(copy, await takeLock(copy)), kept);
    }
    if (!fresh) {
      for (const kept of known) {
        const release = await takeLock(kept.id);
        if (release) return withWork(start(kept.id, release), kept);
      }
    }
    const id = newId();
    return { storage: start(id, await takeLock(id)) };
  }

  async save(work: Work): Promise<void> {
    await this.#put({ ...keptOf(this.#id, work), time: Date.now() });
    // The database has it now; without one, this is the copy that was just written.
    if (this.#database) removeItem("localStorage", PREFIX + this.#id);
  }

  saveNow(work: Work): void {
    const text = JSON.stringify({ ...keptOf(this.#id, work), time: Date.now() });
    if (text.length <= NOW_MAX && writeItem("localStorage", PREFIX + this.#id, text)) return;
    // What the page has begun to write when it goes, a database mostly still finishes.
    this.save(work).catch((thrown: unknown) => console.warn(`the last words were not kept: ${messageOf(thrown)}`));
  }

  async putAside(work: Work): Promise<void> {
    const { text } = keptOf(this.#id, work);
    const known = (await allKept(this.#database)).some((kept) => kept.text === text && kept.id !== this.#id);
    if (known) return;
    await this.#put({ ...keptOf(newId(), work), time: Date.now() });
  }

  /** From now on this tab keeps a new work, so that the one before stays as it is. */
  async begin(): Promise<void> {
    this.#release?.();
    this.#id = newId();
    writeItem("sessionStorage", TAB, this.#id);
    this.#release = await takeLock(this.#id);
  }

  /** The last ones first, without the one of this tab. */
  async earlier(): Promise<readonly EarlierWork[]> {
    const all = await allKept(this.#database);
    return all.filter((kept) => kept.id !== this.#id).map(({ id, title, time }) => ({ id, title, time }));
  }

  async read(id: string): Promise<Work | undefined> {
    const kept = (await allKept(this.#database)).find((candidate) => candidate.id === id);
    return kept && workOf(kept);
  }

  async #put(kept: Kept): Promise<void> {
    const database = this.#database;
    if (!database) {
      if (!writeItem("localStorage", PREFIX + kept.id, JSON.stringify(kept))) throw new Error("its storage is full or closed");
      return;
    }
    const transaction = database.transaction(STORE, "readwrite");
    const store = transaction.objectStore(STORE);
    store.put(kept);
    const keys = await request(store.index("time").getAllKeys());
    for (const key of keys.slice(0, Math.max(0, keys.length - KEPT))) if (key !== this.#id) store.delete(key);
    await new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onerror = transaction.onabort = () => reject(transaction.error ?? new Error("the browser refused to keep it"));
    });
  }
}

function withWork(storage: BrowserStorage, kept: Kept | undefined): { readonly storage: BrowserStorage; readonly work?: Work } {
  const work = kept && workOf(kept);
  return work ? { storage, work } : { storage };
}

function keptOf(id: string, work: Work): Omit<Kept, "time"> {
  return { id, title: work.project.title, hostAsked: work.hostAsked, text: projectFileText(work.project) };
}

function workOf(kept: Kept): Work | undefined {
  const result = readProjectFile(kept.text);
  return result.kind === "ok" ? { project: result.project, hostAsked: kept.hostAsked } : undefined;
}

function newId(): string {
  return `${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 10)}`;
}

/** All works, newest first; of two copies of one work the newer. */
async function allKept(database: IDBDatabase | undefined): Promise<readonly Kept[]> {
  const stored: unknown[] = database ? await request(database.transaction(STORE).objectStore(STORE).getAll()) : [];
  const byId = new Map<string, Kept>();
  for (const candidate of [...stored, ...localCopies()]) {
    if (!isKept(candidate)) continue;
    const known = byId.get(candidate.id);
    if (!known || known.time < candidate.time) byId.set(candidate.id, candidate);
  }
  return [...byId.values()].toSorted((a, b) => b.time - a.time);
}

function localCopies(): unknown[] {
  const found: unknown[] = [];
  for (const key of keysOf("localStorage")) {
    if (!key.startsWith(PREFIX)) continue;
    try {
      found.push(JSON.parse(readItem("localStorage", key) ?? "null"));
    } catch (thrown) {
      // A copy cut short by a crash of the browser; IndexedDB has the one before.
      console.warn(`work that cannot be read was left out: ${messageOf(thrown)}`);
    }
  }
  return found;
}

function isKept(value: unknown): value is Kept {
  if (typeof value !== "object" || value === null) return false;
  const fields: Record<string, unknown> = { ...value };
  return (
    typeof fields["id"] === "string" &&
    typeof fields["title"] === "string" &&
    typeof fields["time"] === "number" &&
    typeof fields["hostAsked"] === "boolean" &&
    typeof fields["text"] === "string"
  );
}

function openDatabase(): Promise<IDBDatabase | undefined> {
  return new Promise((resolve) => {
    const without = (why: unknown): void => {
      console.warn(`IndexedDB is not there, work is kept in localStorage: ${messageOf(why)}`);
      resolve(undefined);
    };
    try {
      const opening = indexedDB.open(DATABASE, 1);
      opening.onupgradeneeded = () => opening.result.createObjectStore(STORE, { keyPath: "id" }).createIndex("time", "time");
      opening.onsuccess = () => resolve(opening.result);
      opening.onerror = () => without(opening.error);
    } catch (thrown) {
      without(thrown);
    }
  });
}

function request<T>(asked: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error ?? new Error("the browser's storage failed"));
  });
}

/** The lock of a work for as long as the tab lives; undefined when another tab has it. */
function takeLock(id: string): Promise<(() => void) | undefined> {
  const locks: LockManager | undefined = navigator.locks;
  if (locks === undefined) return Promise.resolve(() => undefined);
  return new Promise((resolve) => {
    locks
      .request(`${PREFIX}${id}`, { ifAvailable: true }, (lock) => {
        if (!lock) {
          resolve(undefined);
          return undefined;
        }
        return new Promise<void>((release) => resolve(release));
      })
      .catch((thrown: unknown) => {
        // Pages from files have no locks in some browsers; then each tab trusts its own id.
        console.warn(`locks are not there: ${messageOf(thrown)}`);
        resolve(() => undefined);
      });
  });
}

// Both stores can be forbidden by the person; then even naming them throws.

type Area = "localStorage" | "sessionStorage";

export function readItem(area: Area, key: string): string | undefined {
  return guarded(() => globalThis[area].getItem(key) ?? undefined);
}

/** Says whether it was written. */
export function writeItem(area: Area, key: string, text: string): boolean {
  return (
    guarded(() => {
      globalThis[area].setItem(key, text);
      return true;
    }) ?? false
  );
}

export function removeItem(area: Area, key: string): void {
  guarded(() => globalThis[area].removeItem(key));
}

function keysOf(area: Area): readonly string[] {
  return guarded(() => Object.keys(globalThis[area])) ?? [];
}

function guarded<T>(access: () => T): T | undefined {
  try {
    return access();
  } catch (thrown) {
    console.warn(`the browser's storage is closed: ${messageOf(thrown)}`);
    return undefined;
  }
}
