// Puts store, storage and page together and opens what is to be seen first: a link, the work of this tab, or the first example.

import { effect } from "@preact/signals";
import { render } from "preact";
import { ensureExists, messageOf } from "../base/assert.ts";
import { firstExample } from "../examples/first.ts";
import type { Engine, Language } from "../protocol/engine.ts";
import type { Scripts } from "../protocol/script.ts";
import { decodeLink, looksLikeLink } from "../share/index.ts";
import { badge } from "../state/selectors.ts";
import { DEFAULT_LAYOUT, initialState } from "../state/state.ts";
import { createStore, type Store } from "../state/store.ts";
import { StoreContext } from "../state/use.ts";
import { Boundary } from "./mishap.tsx";
import { openExample, openLink, openProject, openWork } from "./opening.ts";
import { readPreferences, writePreferences } from "./preferences.ts";
import { takeReopening } from "./reopening.ts";
import { ServicesContext } from "./services.ts";
import { Shell } from "./shell.tsx";
import { BrowserStorage } from "./storage.ts";

declare global {
  interface Window {
    /** Resolves when nothing is under way and what there is has been drawn. */
    waspnestIdle(): Promise<void>;
  }
}

/** Characters of a fragment that are told; chosen, a line at most. */
const FRAGMENT_SHOWN = 40;

export async function boot(engine: Engine, language: Language, scripts: Scripts): Promise<void> {
  const link = looksLikeLink(location.hash) ? await decodeLink(takeFragment()) : undefined;
  const reopening = takeReopening();
  const { storage, read, unread } = await BrowserStorage.open(link?.kind === "ok" || reopening === "anew");
  const preferences = readPreferences();
  const layout = reopening === undefined ? preferences.layout : {};
  const store = createStore(
    { engine, language, scripts, storage },
    { ...initialState(), theme: preferences.theme, layout: { ...DEFAULT_LAYOUT, ...layout }, ...(reopening === "idle" ? { idle: true } : {}) },
  );
  window.waspnestIdle = () => idle(store);

  if (link?.kind === "ok") openProject(store, link.project, { kind: "link" }, "asked", link.leftOut);
  else if (read) openWork(store, read);
  else openExample(store, firstExample);
  if (link === undefined) sayNoLink(store);
  else if (link.kind === "failed") store.dispatch({ kind: "noticed", tone: "error", text: `${link.message} Open instead: ${read ? "your last work" : "the first example"}.`, about: "opening" });
  if (unread) store.dispatch({ kind: "noticed", tone: "error", text: `The last work here, ${unread.title.trim() || "untitled"}, cannot be read: ${unread.why}. It is kept as it is, under Open, Earlier work.` });

  render(
    <StoreContext.Provider value={store}>
      <ServicesContext.Provider value={{ language, storage }}>
        <Boundary store={store}>
          <Shell />
        </Boundary>
      </ServicesContext.Provider>
    </StoreContext.Provider>,
    ensureExists(document.getElementById("app"), "place of the page"),
  );
  followStore(store);
  followBrowser(store, storage);
}

/** The fragment of the address, taken out of there, so that a reload goes on with what was made of it. */
function takeFragment(): string {
  const { hash } = location;
  history.replaceState(undefined, "", location.pathname + location.search);
  return hash;
}

/** What stands in the address and is no link is said, and taken out of there like a link. */
function sayNoLink(store: Store): void {
  if (location.hash.length <= 1) return;
  const hash = takeFragment();
  const shown = hash.length > FRAGMENT_SHOWN ? `${hash.slice(0, FRAGMENT_SHOWN)}…` : hash;
  store.dispatch({ kind: "noticed", tone: "error", text: `The address ended in ${shown}, which is no link to a project: those begin with # and a number. The page is as it would be without it.`, about: "opening" });
}

function followBrowser(store: Store, storage: BrowserStorage): void {
  window.addEventListener("hashchange", () => {
    if (!looksLikeLink(location.hash)) return sayNoLink(store);
    store
      .track(openLink(store, takeFragment(), () => storage.begin()))
      .catch((thrown: unknown) => store.dispatch({ kind: "noticed", tone: "error", text: messageOf(thrown) }));
  });
  const leave = (): void => {
    store.flush();
  };
  window.addEventListener("pagehide", leave);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") leave();
  });
}

/** Title, icon, theme and preferences follow the state; the focus goes to the step button when a project has opened. */
function followStore(store: Store): void {
  const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  let shown = "";
  effect(() => {
    const state = store.state.value;
    const { word } = badge(state);
    const title = `${word} ${state.project.title} · Waspnest`;
    if (document.title !== title) document.title = title;
    if (word !== shown && icon) icon.href = iconOf(word);
    shown = word;
  });
  effect(() => {
    const { theme } = store.state.value;
    if (theme === "system") document.documentElement.removeAttribute("data-theme");
    else document.documentElement.dataset["theme"] = theme;
  });
  let kept = store.state.peek();
  effect(() => {
    const state = store.state.value;
    if (state.theme !== kept.theme || state.layout !== kept.layout) writePreferences(state);
    kept = state;
  });
  let focused: unknown;
  effect(() => {
    const { origin, machine } = store.state.value;
    if (origin === focused || machine.loaded?.view?.status.kind !== "paused") return;
    focused = origin;
    requestAnimationFrame(() => focusStep());
  });
}

/** What was opened is there to be stepped: its button has the focus, unless somebody is typing or choosing. */
function focusStep(): void {
  const active = document.activeElement;
  const busy = active instanceof HTMLElement && (active.isContentEditable || active.closest("input, select, textarea, dialog, [role=listbox]") !== null);
  if (!busy) document.querySelector<HTMLElement>(".step-in")?.focus({ preventScroll: true });
}

const ICON_COLOURS: Readonly<Record<string, string>> = {
  RUNNING: "#2f7d4f",
  WAITING: "#2f7d4f",
  FINISHED: "#3a6ea5",
  TRAPPED: "#c0392b",
  BROKEN: "#c0392b",
};

function iconOf(word: string): string {
  const fill = ICON_COLOURS[word] ?? "#d98e04";
  const bars = word === "PAUSED" ? "<path d='M11 10h3.5v12H11zM17.500 10H21v12h-3.500z' fill='#fff'/>" : "<path d='M9 13l3.5 8 3.5-8 3.5 8 3.5-8' fill='none' stroke='#fff' stroke-width='2.6' stroke-linejoin='round' stroke-linecap='round'/>";
  const svg = `<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'><path d='M16 2l12 7v14l-12 7-12-7V9z' fill='${fill}'/>${bars}</svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

/** At rest, and drawn: what comes to rest is drawn in the next frame, which may begin new work such as asking for bytes. */
async function idle(store: Store): Promise<void> {
  for (;;) {
    await store.idle();
    const before = store.state.peek();
    await new Promise<void>((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0)));
    await store.idle();
    if (store.state.peek() === before) return;
  }
}
