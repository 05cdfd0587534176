// Handing files out: modules, the project, the trace.

import type { Language } from "../protocol/engine.ts";
import type { LinkedSource, ModuleSource } from "../protocol/project.ts";
import { projectFileName, saveProjectFile } from "../share/index.ts";
import { projectToShare } from "../state/screen.ts";
import { textOf } from "../state/selectors.ts";
import type { Store } from "../state/store.ts";

export function download(name: string, content: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  // The browser reads the address when the click is handled; a minute is plenty.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

export function downloadProject(store: Store): void {
  const state = store.state.peek();
  download(projectFileName(state.project.title), saveProjectFile(projectToShare(state)));
  store.dispatch({ kind: "projectSaved" });
}

export function downloadText(store: Store, module: ModuleSource): void {
  const text = textOf(store.state.peek(), module);
  if (text !== undefined) download(`${fileName(module.name)}.${module.kind === "script" ? "wast" : "wat"}`, new Blob([text], { type: "text/plain" }));
}

export async function downloadBinary(store: Store, language: Language, module: LinkedSource): Promise<void> {
  if (module.kind === "binary") return download(`${fileName(module.name)}.wasm`, binaryBlob(module.bytes));
  const result = await store.track(language.assemble(module.text));
  if (result.kind === "ok") return download(`${fileName(module.name)}.wasm`, binaryBlob(result.bytes));
  const first = result.diagnostics[0];
  store.dispatch({ kind: "noticed", tone: "error", text: `There is no .wasm of ${module.name} yet: ${first ? `line ${first.line}: ${first.message}` : "the text does not assemble"}.`, about: "sources" });
}

export async function downloadTrace(store: Store): Promise<void> {
  store.dispatch({ kind: "ask", command: { kind: "fetchTrace" } });
  await store.idle();
  const { trace } = store.state.peek().output;
  if (trace !== undefined) download("trace.txt", new Blob([trace], { type: "text/plain" }));
}

function binaryBlob(bytes: Uint8Array): Blob {
  return new Blob([bytes.slice()], { type: "application/wasm" });
}

function fileName(name: string): string {
  return name.replace(/[\p{C}\s\\/:*?"<>|]+/gu, "-").slice(0, 80) || "module";
}
