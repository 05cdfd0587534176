// Where work is kept between visits: IndexedDB, and localStorage for the moment the page goes away.
//
// The rule for several tabs: each tab has its own work and never writes another's. A tab that is reloaded goes on with its own;
// a new tab goes on with the work that was closed last, and work that is open in another tab stays there. A duplicated tab gets a copy.
// "Open in another tab" is a lock that the browser gives back when the tab is closed or crashes.
//
// Work that this page cannot read is never written over: the tab begins another, and the one before stays among the earlier ones.

import { messageOf } from "../base/assert.ts";
import { projectFileText, readKept } from "../share/file.ts";
import type { Storage, Work } from "../state/store.ts";

const DATABASE = "waspnest";
const STORE = "work";
const TAB = "waspnest.tab";
const PREFIX = "waspnest.work.";
/** More than this does not fit localStorage beside other work; it is then only in IndexedDB. */
const NOW_MAX = 1_500_000;
/** Works that are kept (chosen). */
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

/** Work that this page cannot read, as it is kept. */
export interface UnreadWork {
  readonly title: string;
  /** Why, for the end of a sentence. */
  readonly why: string;
  readonly text: string;
}

export type ReadWork =
  | { readonly kind: "ok"; readonly work: Work; readonly leftOut?: string }
  | { readonly kind: "unread"; readonly unread: UnreadWork };

/** `read`: this tab's work. `unread`: what would have been it. */
export interface OpenedStorage {
  readonly storage: BrowserStorage;
  readonly read?: Extract<ReadWork, { kind: "ok" }>;
  readonly unread?: UnreadWork;
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
  static async open(fresh: boolean): Promise<OpenedStorage> {
    const database = await openDatabase();
    const own = readItem("sessionStorage", TAB);
    const known = await allKept(database);
    const find = (id: string): Kept | undefined => known.find((kept) => kept.id === id);
    const start = (id: string, release: (() => void) | undefined): BrowserStorage => {
      writeItem("sessionStorage", TAB, id);
      return new BrowserStorage(database, id, release);
    };

    if (own !== undefined && !fresh) {
      const kept = find(own);
      const read = kept && readOf(kept);
      const release = read?.kind === "unread" ? undefined : await takeLock(own);
      if (release) return opened(start(own, release), read);
      // Another tab has it: this one was duplicated. Or it cannot be read.
      const copy = newId();
      return opened(start(copy, await takeLock(copy)), read);
    }
    let unread: ReadWork | undefined;
    for (const kept of fresh ? [] : known) {
      const release = await takeLock(kept.id);
      if (!release) continue;
      const read = readOf(kept);
      if (read.kind === "ok") return { ...opened(start(kept.id, release), unread), read };
      release();
      unread ??= read;
    }
    const id = newId();
    return opened(start(id, await takeLock(id)), unread);
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

  async read(id: string): Promise<ReadWork | undefined> {
    const kept = (await allKept(this.#database)).find((candidate) => candidate.id === id);
    return kept && readOf(kept);
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

function opened(storage: BrowserStorage, read: ReadWork | undefined): OpenedStorage {
  if (read === undefined) return { storage };
  return read.kind === "ok" ? { storage, read } : { storage, unread: read.unread };
}

function keptOf(id: string, work: Work): Omit<Kept, "time"> {
  return { id, title: work.project.title, hostAsked: work.hostAsked, text: projectFileText(work.project) };
}

function readOf({ title, hostAsked, text }: Kept): ReadWork {
  const result = readKept(text);
  if (result.kind === "ok") {
    const { kind, project, ...rest } = result;
    return { kind, work: { project, hostAsked }, ...rest };
  }
  const why = result.kind === "newer" ? `it was kept by a newer version of this page, in version ${result.version} of its format` : result.detail;
  return { kind: "unread", unread: { title, why, text } };
}

function newId(): string {
  return `${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 10)}`;
}

/** All works, newest first; of two copies of one work the newer. */
async function allKept(database: IDBDatabase | undefined): Promise<readonly Kept[]> {
  const stored: unknown[] = database ? await request(database.transaction(STORE).objectStore(STORE).getAll()) : [];
  const byId = new Map<string, Kept>();
  for (const candidate of [...stored, ...localCopies()]) {
    const kept = keptFrom(candidate);
    const known = kept && byId.get(kept.id);
    if (kept && (!known || known.time < kept.time)) byId.set(kept.id, kept);
  }
  return [...byId.values()].toSorted((a, b) => b.time - a.time);
}

function localCopies(): unknown[] {
  const found: unknown[] = [];
  for (const key of keysOf("localStorage")) {
    if (!key.startsWith(PREFIX)) continue;
    const text = readItem("localStorage", key);
    if (text === undefined) continue;
    try {
      found.push(JSON.parse(text));
    } catch {
      // A copy cut short by a crash of the browser. Without a time it is older than the one in IndexedDB, where there is one.
      found.push({ id: key.slice(PREFIX.length), text });
    }
  }
  return found;
}

/** What has an id was kept by some version of this page, also where the rest is strange. */
function keptFrom(value: unknown): Kept | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const fields: Record<string, unknown> = { ...value };
  if (isKept(fields)) return fields;
  const { id, title, time, text } = fields;
  if (typeof id !== "string") return undefined;
  return { id, title: typeof title === "string" ? title : "untitled", time: typeof time === "number" ? time : 0, hostAsked: true, text: typeof text === "string" ? text : JSON.stringify(value) };
}

function isKept(fields: Record<string, unknown>): fields is Record<string, unknown> & Kept {
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
