// Opening what people bring: files by picker, drop or paste, links, examples.

import { messageOf } from "../base/assert.ts";
import { loadNest } from "../client/assets.ts";
import { normalizeText } from "../editor/index.ts";
import type { Example } from "../examples/index.ts";
import { freeName, type ModuleSource, type Project } from "../protocol/project.ts";
import { decodeLink } from "../share/index.ts";
import { readProjectFile } from "../share/file.ts";
import type { HostPermission, Origin } from "../state/state.ts";
import { emptyProject } from "../state/state.ts";
import { decodeText } from "./decoding.ts";
import { type Brought, shortPaths } from "./entries.ts";
import { readScreen } from "../state/screen.ts";
import type { Store } from "../state/store.ts";
import type { ReadWork } from "./storage.ts";

/** Larger files are refused with a sentence: the largest real modules are well below. */
const FILE_MAX = 64 * 1024 * 1024;

/** Puts a project on the screen. Nothing runs; the machine is made when the texts are checked. */
export function openProject(store: Store, project: Project, origin: Origin, host: HostPermission, leftOut?: string): void {
  const { changed, project: before } = store.state.peek();
  const modules = project.modules.map((module): ModuleSource => (module.kind === "binary" ? module : { ...module, text: normalizeText(module.text) }));
  store.dispatch({
    kind: "projectOpened",
    project: { ...project, modules, hostCode: normalizeText(project.hostCode) },
    origin,
    host,
    screen: readScreen(project),
  });
  // A file is dropped before anybody thinks of saving.
  if (changed && origin.kind === "file") store.dispatch({ kind: "noticed", tone: "info", text: `${before.title.trim() || "The project before"} was changed; it is kept under Open, Earlier work.` });
  if (leftOut !== undefined) store.dispatch({ kind: "noticed", tone: "info", text: leftOut });
}

/** Opens an example; one that needs a large module once that has come. */
export function openExample(store: Store, example: Example): void {
  const open = (modules: readonly ModuleSource[]): void => openProject(store, { ...example.project, modules: [...modules, ...example.project.modules] }, { kind: "example", id: example.id }, "own");
  if (example.needs === undefined) return open([]);
  const name = example.needs;
  void store.track(
    loadNest().then(
      (bytes) => open([{ kind: "binary", name, bytes }]),
      (thrown: unknown) => say(store, messageOf(thrown)),
    ),
  );
}

export function openWork(store: Store, { work, leftOut }: Extract<ReadWork, { kind: "ok" }>): void {
  openProject(store, work.project, { kind: "restored" }, work.hostAsked ? "asked" : "own", leftOut);
}

/** Opens the project of a link's fragment, after `prepare`; a link that cannot be read gives a sentence and leaves what is open. */
export async function openLink(store: Store, fragment: string, prepare: () => Promise<void> = () => Promise.resolve()): Promise<void> {
  const result = await decodeLink(fragment);
  if (result.kind === "failed") return say(store, result.message);
  await prepare();
  openProject(store, result.project, { kind: "link" }, "asked", result.leftOut);
}

/** Opens files: one project file, or modules that become one project together. `add`: modules join the project there is. */
export async function openFiles(store: Store, files: readonly File[], add: boolean): Promise<void> {
  try {
    const modules: ModuleSource[] = [];
    let hostCode: string | undefined;
    for (const file of files) {
      if (file.size > FILE_MAX) {
        say(store, `${file.name} has ${Math.ceil(file.size / 1024 / 1024)} MiB; this page opens files up to ${FILE_MAX / 1024 / 1024} MiB.`);
        return;
      }
      const read = await readFile(file);
      if (read.kind === "failed") return say(store, read.message);
      if (read.kind === "project") return openProject(store, read.project, { kind: "file", name: file.name }, "asked", read.leftOut);
      if (read.kind === "host") hostCode = read.text;
      else modules.push(read.module);
    }
    openModules(store, { modules, hostCode, title: files[0]?.name ?? "" }, add);
  } catch (thrown) {
    say(store, `The file could not be read: ${messageOf(thrown)}.`);
  }
}

/** Opens a folder: the scripts in it and below or, where there is none, its modules. */
export async function openFolder(store: Store, brought: readonly Brought[]): Promise<void> {
  const scripts = brought.filter(({ path }) => /\.wast$/i.test(path)).toSorted((a, b) => (a.path < b.path ? -1 : 1));
  if (scripts.length === 0) {
    const modules = brought.filter(({ path }) => /\.(wat|wasm|m?js)$/i.test(path));
    if (modules.length > 0) return openFiles(store, modules.map(({ file }) => file), false);
    return say(store, "This folder holds no .wast, .wat or .wasm file.");
  }
  try {
    const names = shortPaths(scripts.map(({ path }) => path));
    const modules = await Promise.all(
      scripts.map(async ({ file }, index): Promise<ModuleSource> => {
        const name = (names[index] ?? file.name).replace(/\.wast$/i, "");
        const read = decodeText(file.name, new Uint8Array(await file.arrayBuffer()));
        if (read.kind === "failed") throw new Error(read.message);
        return { kind: "script", name, text: read.text };
      }),
    );
    const title = scripts[0]?.path.split("/")[0] ?? "scripts";
    openProject(store, { ...emptyProject(), title, modules: namedApart(modules) }, { kind: "file", name: title }, "own");
  } catch (thrown) {
    say(store, `The folder could not be read: ${messageOf(thrown)}.`);
  }
}

interface Read {
  readonly modules: readonly ModuleSource[];
  readonly hostCode: string | undefined;
  readonly title: string;
}

function openModules(store: Store, { modules, hostCode, title }: Read, add: boolean): void {
  if (add) {
    for (const module of modules) store.dispatch({ kind: "moduleAdded", source: module });
    if (hostCode !== undefined) store.dispatch({ kind: "hostTyped", text: hostCode });
    return;
  }
  const first = modules.at(-1);
  if (!first) {
    if (hostCode !== undefined) store.dispatch({ kind: "hostTyped", text: hostCode });
    return;
  }
  const project: Project = { ...emptyProject(), title: first.name, modules: namedApart(modules), hostCode: hostCode ?? "" };
  openProject(store, project, { kind: "file", name: title === "" ? first.name : title }, "own");
}

/** Files of other endings and folders may have the same name without them. */
function namedApart(modules: readonly ModuleSource[]): readonly ModuleSource[] {
  const names = new Set<string>();
  return modules.map((module) => {
    const name = freeName(module.name, names);
    names.add(name);
    return { ...module, name };
  });
}

type ReadFile =
  | { readonly kind: "module"; readonly module: ModuleSource }
  | { readonly kind: "project"; readonly project: Project; readonly leftOut?: string }
  | { readonly kind: "host"; readonly text: string }
  | { readonly kind: "failed"; readonly message: string };

async function readFile(file: File): Promise<ReadFile> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const name = file.name.replace(/\.(wat|wasm|wast|js|json|txt)$/i, "") || "module";
  if (isBinary(bytes)) return { kind: "module", module: { kind: "binary", name, bytes } };
  if (/\.wasm$/i.test(file.name)) {
    return { kind: "failed", message: `${file.name} is not a WebAssembly binary: it does not begin with the four bytes 00 61 73 6d.` };
  }
  const read = decodeText(file.name, bytes);
  if (read.kind === "failed") return read;
  const { text } = read;
  if (/\.m?js$/i.test(file.name)) return { kind: "host", text };
  if (/\.json$/i.test(file.name) || isProjectText(text)) {
    const result = readProjectFile(text);
    return result.kind === "ok" ? { ...result, kind: "project" } : result;
  }
  return { kind: "module", module: { kind: /\.wat$/i.test(file.name) || !isScript(text) ? "text" : "script", name, text } };
}

/** A module's text has no commands, and is one module. A script of a single module is read as that module. */
function isScript(text: string): boolean {
  const code = text.replace(/;;.*|"(?:[^"\\\n]|\\.)*"/g, "");
  return /\(\s*(?:assert_[a-z_]+|register|invoke)\b/.test(code) || (code.match(/\(\s*module\b/g) ?? []).length > 1;
}

function isBinary(bytes: Uint8Array): boolean {
  return bytes[0] === 0 && bytes[1] === 0x61 && bytes[2] === 0x73 && bytes[3] === 0x6d;
}

/** What is pasted outside of any text: files open; a text or a link is first asked about, since it would take the place of the project. */
export async function openPaste(store: Store, data: DataTransfer): Promise<void> {
  const files = [...data.files];
  if (files.length > 0) return openFiles(store, files, false);
  const text = data.getData("text/plain");
  if (text.trim() !== "") store.dispatch({ kind: "dialogOpened", dialog: { kind: "paste", text } });
}

/** Opens a text from the clipboard: a link, a project file, or a module. `add`: a module joins the project there is. */
export async function openText(store: Store, text: string, add: boolean): Promise<void> {
  const fragment = linkIn(text);
  if (fragment !== undefined) return openLink(store, fragment);
  return openFiles(store, [new File([text], isProjectText(text) ? "pasted.json" : "pasted.txt")], add);
}

/** The fragment of a link to a project. */
export function linkIn(text: string): string | undefined {
  return /#([0-9]+\.\S+)$/.exec(text.trim())?.[1];
}

export function isProjectText(text: string): boolean {
  return /^\s*\{/.test(text);
}

function say(store: Store, text: string): void {
  store.dispatch({ kind: "noticed", tone: "error", text, about: "opening" });
}
