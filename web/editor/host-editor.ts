// The editor of host code, at once: a plain text field that becomes the full editor when that has loaded,
// and stays one when it cannot be loaded. Nothing typed meanwhile is lost.
import type { ImportInfo } from "../protocol/dto.ts";
import { normalizeText } from "./normalize.ts";

export interface HostProblem {
  readonly message: string;
  /** 1-based. */
  readonly line?: number;
  /** 1-based, in UTF-16 units. */
  readonly column?: number;
}

export interface HostEditorOptions {
  readonly label?: string;
  readonly text?: string;
  /** The text after an edit by hand. */
  readonly onChange: (text: string) => void;
  /** What the project's modules import, for completion. */
  readonly imports: () => readonly ImportInfo[];
}

export interface HostEditor {
  setText(text: string, options: { readonly keepHistory: boolean }): void;
  text(): string;
  setProblems(problems: readonly HostProblem[]): void;
  /** 1-based. */
  reveal(line: number, column?: number): void;
  focus(): void;
  find(): void;
  setReadOnly(readOnly: boolean): void;
  destroy(): void;
}

function plainEditor(parent: HTMLElement, text: string, options: HostEditorOptions): HostEditor & { readonly hasFocus: () => boolean } {
  const field = document.createElement("textarea");
  field.className = "editor-plain";
  field.setAttribute("aria-label", options.label ?? "Host code");
  field.spellcheck = false;
  field.wrap = "off";
  field.value = text;
  field.style.cssText =
    "width:100%;height:100%;box-sizing:border-box;border:0;padding:4px 8px;resize:none;outline:none;background:transparent;color:inherit;" +
    "font:var(--code-size,13px)/var(--code-line,1.5) var(--font-mono,ui-monospace,monospace)";
  field.addEventListener("input", () => options.onChange(field.value));
  parent.append(field);
  return {
    setText(next) {
      if (next !== field.value) field.value = next;
    },
    text: () => field.value,
    setProblems(problems) {
      field.title = problems.map(({ line, message }) => (line === undefined ? message : `line ${line}: ${message}`)).join("\n");
    },
    reveal(line) {
      const before = field.value.split("\n").slice(0, Math.max(line - 1, 0)).join("\n");
      const pos = before.length + (line > 1 ? 1 : 0);
      field.setSelectionRange(pos, pos);
    },
    focus: () => field.focus(),
    find: () => field.focus(),
    setReadOnly(readOnly) {
      field.readOnly = readOnly;
    },
    destroy: () => field.remove(),
    hasFocus: () => document.activeElement === field,
  };
}

export function createHostEditor(parent: HTMLElement, options: HostEditorOptions): HostEditor {
  const plain = plainEditor(parent, normalizeText(options.text ?? ""), options);
  let editor: HostEditor = plain;
  let problems: readonly HostProblem[] = [];
  let place: readonly [line: number, column?: number] | undefined;
  let readOnly = false;
  let destroyed = false;

  import("./host-editor-lazy.ts").then(
    ({ createLoadedHostEditor }) => {
      if (destroyed) return;
      const hadFocus = plain.hasFocus();
      const text = plain.text();
      plain.destroy();
      editor = createLoadedHostEditor(parent, text, options);
      editor.setReadOnly(readOnly);
      editor.setProblems(problems);
      if (place !== undefined) editor.reveal(...place);
      if (hadFocus) editor.focus();
    },
    (reason: unknown) => {
      console.warn("The JavaScript editor could not be loaded; host.js is edited as plain text.", reason);
    },
  );

  return {
    setText: (text, how) => editor.setText(normalizeText(text), how),
    text: () => editor.text(),
    setProblems(next) {
      problems = next;
      editor.setProblems(next);
    },
    reveal(line, column) {
      place = column === undefined ? [line] : [line, column];
      editor.reveal(line, column);
    },
    focus: () => editor.focus(),
    find: () => editor.find(),
    setReadOnly(next) {
      readOnly = next;
      editor.setReadOnly(next);
    },
    destroy() {
      destroyed = true;
      editor.destroy();
    },
  };
}
