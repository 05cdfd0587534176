// The editors and the store: texts, reports, marks and breakpoints go in, what hands do comes out.

import { effect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { own } from "../base/records.ts";
import { createHostEditor, createWatEditor, type HostEditor, type HostProblem, type WatEditor } from "../editor/index.ts";
import type { CheckReport, Diagnostic, ImportInfo, Span } from "../protocol/dto.ts";
import { chosenSpan, failureMarks } from "../state/scripts.ts";
import { activeModule, breakpointsOf, filesOf, freshReport, isShown, gasOf, latestReport, marksFor, NO_MARKS, textOf, viewOf, type Marks } from "../state/selectors.ts";
import { movedBreakpoints } from "../state/moved-breakpoints.ts";
import type { State } from "../state/state.ts";
import type { Store } from "../state/store.ts";
import { useSelect, useStore } from "../state/use.ts";

/** What the rest of the page may ask of the code area. */
export interface CodeHandle {
  cursor(): number;
  focus(): void;
  commands(): WatEditor["commands"];
}

const NO_FAILURES: readonly Diagnostic[] = [];
const NO_REPORT: CheckReport = { diagnostics: [], outline: [], definitions: [], references: [] };

interface CodeAreaProps {
  onReady(handle: CodeHandle): void;
}

const shownKind = (state: State): "wat" | "host" | "unreadable" | "waiting" => {
  if (state.active.kind === "host") return "host";
  const module = activeModule(state);
  if (!module || textOf(state, module) !== undefined) return "wat";
  return own(state.binaryTexts, module.name)?.kind === "failed" ? "unreadable" : "waiting";
};
const unreadableWhy = (state: State): string => {
  const module = activeModule(state);
  const shown = module && own(state.binaryTexts, module.name);
  return shown?.kind === "failed" ? shown.message : "";
};

export function CodeArea({ onReady }: CodeAreaProps) {
  const store = useStore();
  const kind = useSelect(shownKind);
  const why = useSelect(unreadableWhy);
  const watParent = useRef<HTMLDivElement>(null);
  const hostParent = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!watParent.current || !hostParent.current) return undefined;
    const binding = new CodeBinding(store, watParent.current, hostParent.current);
    onReady(binding);
    return () => binding.destroy();
  }, []);
  return (
    <div class="editors">
      <div class="editor" ref={watParent} hidden={kind !== "wat"} />
      <div class="editor" ref={hostParent} hidden={kind !== "host"} />
      {kind === "waiting" && <p class="editor-note">Disassembling…</p>}
      {kind === "unreadable" && (
        <p class="editor-note" role="alert">
          This module cannot be shown: {why}
        </p>
      )}
    </div>
  );
}

class CodeBinding implements CodeHandle {
  readonly #store: Store;
  readonly #wat: WatEditor;
  readonly #hostParent: HTMLElement;
  readonly #stop: () => void;
  #host: HostEditor | undefined;
  #cursor = 0;
  /** What the editor shows: a file of one opening, with the text it last had from or gave to the store. */
  #file: string | undefined;
  /** The files of this opening that the editor has shown. */
  readonly #files = new Set<string>();
  #names: readonly string[] = [];
  #name: string | undefined;
  #text: string | undefined;
  #hostText: string | undefined;
  #report: unknown;
  #failures: readonly Diagnostic[] = NO_FAILURES;
  #readOnly = false;
  #marks: Marks = NO_MARKS;
  #chosen: Span | undefined;
  #breakpoints: readonly number[] = [];
  #moved: ReturnType<typeof movedBreakpoints> = [];
  #hostProblems = "";
  #origin: State["origin"] | undefined;
  #opening = 0;
  #preset: State["layout"]["preset"] | undefined;
  #theme: State["theme"] | undefined;
  /** Where the cursor is to be in the file of a project that was just opened. */
  #cursorAsked = 0;
  #revealed = 0;
  #ticks: bigint | undefined;
  #frame = 0;

  constructor(store: Store, watParent: HTMLElement, hostParent: HTMLElement) {
    this.#store = store;
    this.#hostParent = hostParent;
    this.#wat = createWatEditor(watParent, {
      label: "Module text",
      onChange: (text) => {
        if (this.#name === undefined) return;
        this.#text = text;
        store.dispatch({ kind: "textTyped", name: this.#name, text });
      },
      onBreakpoints: (positions) => {
        if (this.#name === undefined) return;
        this.#breakpoints = positions;
        store.dispatch({ kind: "breakpointsPlaced", module: this.#name, positions });
      },
      onSay: (text) => store.dispatch({ kind: "noticed", tone: "info", text, about: "breakpoints" }),
      onCursor: (position) => {
        this.#cursor = position;
        // The editor may just be following the state.
        queueMicrotask(() => store.dispatch({ kind: "cursorMoved", position: this.#cursor }));
      },
      onRunToCursor: (position) => {
        if (this.#name !== undefined) store.dispatch({ kind: "ask", command: { kind: "runToCursor", module: this.#name, position } });
      },
      reference: () => store.state.peek().instructions,
      gasOf: (mnemonic) => gasOf(store.state.peek(), mnemonic),
    });
    this.#stop = effect(() => this.#follow(store.state.value));
  }

  cursor(): number {
    return this.#cursor;
  }

  focus(): void {
    if (this.#store.state.peek().active.kind === "host") this.#host?.focus();
    else this.#wat.focus();
  }

  commands(): WatEditor["commands"] {
    return this.#wat.commands;
  }

  destroy(): void {
    this.#stop();
    this.#wat.destroy();
    this.#host?.destroy();
  }

  #follow(state: State): void {
    if (state.origin !== this.#origin) {
      this.#origin = state.origin;
      this.#opening += 1;
      for (const file of this.#files) this.#wat.forgetFile(file);
      this.#files.clear();
      this.#ticks = undefined;
      this.#cursorAsked = state.active.kind === "module" ? state.cursor : 0;
    }
    if (state.layout.preset !== this.#preset || state.theme !== this.#theme) {
      this.#preset = state.layout.preset;
      this.#theme = state.theme;
      // The sizes are another's after the next drawing.
      requestAnimationFrame(() => this.#wat.measure());
    }
    this.#followNames(state);
    this.#followFile(state);
    this.#followHost(state);
    this.#followMachine(state);
    this.#followReveal(state);
  }

  /** A module that was renamed in its place is the same file. */
  #followNames(state: State): void {
    const names = state.project.modules.map((module) => module.name);
    const before = this.#names;
    this.#names = names;
    if (names.length !== before.length) return;
    before.forEach((old, index) => {
      const name = names[index];
      if (name === undefined || names.includes(old)) return;
      const from = this.#keyOf(old);
      const to = this.#keyOf(name);
      if (!this.#files.delete(from)) return;
      this.#files.add(to);
      this.#wat.renameFile(from, to);
      if (this.#file !== from) return;
      this.#file = to;
      this.#name = name;
    });
  }

  #keyOf(name: string): string {
    return `${this.#opening}/${name}`;
  }

  #followFile(state: State): void {
    const module = activeModule(state);
    const text = module && textOf(state, module);
    if (!module || text === undefined) return;
    const file = this.#keyOf(module.name);
    if (file !== this.#file || text !== this.#text) {
      if (file === this.#file) this.#wat.setText(text, { keepHistory: true });
      else this.#wat.showFile(file, text);
      if (file !== this.#file) this.#marks = NO_MARKS;
      this.#file = file;
      this.#files.add(file);
      this.#name = module.name;
      this.#text = text;
      this.#report = undefined;
      this.#failures = NO_FAILURES;
      this.#breakpoints = [];
      this.#moved = [];
      const readOnly = isShown(state, module.name);
      if (readOnly !== this.#readOnly) this.#wat.setReadOnly(readOnly);
      this.#readOnly = readOnly;
      this.#wat.setMarks(this.#marks);
      if (this.#cursorAsked > 0) this.#wat.placeCursor(this.#cursorAsked);
      this.#cursorAsked = 0;
    }
    const report = freshReport(state, module);
    const failures = module.kind === "script" ? failureMarks(state, module) : NO_FAILURES;
    if ((report && report !== this.#report) || failures !== this.#failures) {
      this.#report = report;
      this.#failures = failures;
      const known = report ?? NO_REPORT;
      this.#wat.setReport(failures.length === 0 ? known : { ...known, diagnostics: [...known.diagnostics, ...failures] }, text);
    }
    const positions = breakpointsOf(state).filter((breakpoint) => breakpoint.module === module.name).map((breakpoint) => breakpoint.position);
    if (!sameNumbers(positions, this.#breakpoints)) {
      this.#breakpoints = positions;
      this.#wat.setBreakpoints(positions);
    }
    const moved = movedBreakpoints(state, module.name);
    if (moved !== this.#moved) {
      this.#moved = moved;
      this.#wat.setMoved(moved);
    }
  }

  #followHost(state: State): void {
    const { hostCode } = state.project;
    if (!this.#host) {
      if (state.active.kind !== "host") return;
      this.#hostText = hostCode;
      this.#host = createHostEditor(this.#hostParent, {
        label: "Host code",
        text: hostCode,
        onChange: (text) => {
          this.#hostText = text;
          this.#store.dispatch({ kind: "hostTyped", text });
        },
        imports: () => allImports(this.#store.state.peek()),
      });
    } else if (hostCode !== this.#hostText) {
      this.#hostText = hostCode;
      this.#host.setText(hostCode, { keepHistory: true });
    }
    const problems = hostProblems(state);
    const key = JSON.stringify(problems);
    if (key !== this.#hostProblems) {
      this.#hostProblems = key;
      this.#host.setProblems(problems);
    }
  }

  #followMachine(state: State): void {
    const view = viewOf(state);
    const module = activeModule(state);
    const marks: Marks = module ? withChosen(state, module.name, marksFor(state, module.name)) : NO_MARKS;
    const moved = view !== undefined && view.status.kind !== "running" && (view.ticks !== this.#ticks || state.eyes.frame !== this.#frame);
    if (!sameMarks(marks, this.#marks)) {
      this.#marks = marks;
      this.#wat.setMarks(marks);
      const chose = marks.chosen && !sameSpan(marks.chosen, this.#chosen) ? marks.chosen : undefined;
      this.#chosen = marks.chosen;
      if (chose) this.#wat.reveal(chose);
      // The code follows the machine only when a hand moved it, never while somebody types.
      if (marks.next && !chose && (moved || !hasTextFocus())) this.#wat.reveal(marks.next);
    }
    if (!moved) return;
    const first = this.#ticks === undefined;
    this.#ticks = view.ticks;
    this.#frame = state.eyes.frame;
    const place = state.eyes.frame === 0 ? view.next?.module : view.frames.find((row) => row.index === state.eyes.frame)?.module;
    const elsewhere = place !== undefined && (state.active.kind === "host" || place !== state.active.name);
    // A finished call stands nowhere: who writes host.js stays there.
    if (!first && view.ticks > 0n && view.status.kind !== "finished" && elsewhere && filesOf(state).some((candidate) => candidate.name === place)) {
      queueMicrotask(() => this.#store.dispatch({ kind: "fileChosen", file: { kind: "module", name: place } }));
    }
  }

  #followReveal(state: State): void {
    const { reveal } = state.eyes;
    if (!reveal || reveal.turn === this.#revealed) return;
    this.#revealed = reveal.turn;
    if (reveal.file.kind === "module") {
      const { from, to } = reveal;
      // The editor may be hidden until the next drawing.
      requestAnimationFrame(() => this.#wat.select({ from, to }));
      return;
    }
    const before = state.project.hostCode.slice(0, reveal.from).split("\n");
    const line = before.length;
    const column = (before.at(-1)?.length ?? 0) + 1;
    requestAnimationFrame(() => {
      this.#host?.reveal(line, column);
      this.#host?.focus();
    });
  }
}

function withChosen(state: State, name: string, marks: Marks): Marks {
  const chosen = chosenSpan(state, name);
  return chosen === undefined ? marks : { ...marks, chosen };
}

function sameSpan(left: Span, right: Span | undefined): boolean {
  return left.from === right?.from && left.to === right.to;
}

function hasTextFocus(): boolean {
  const active = document.activeElement;
  return active instanceof HTMLElement && (active.isContentEditable || active.matches("input, textarea"));
}

function allImports(state: State): readonly ImportInfo[] {
  return state.project.modules.flatMap((module) => latestReport(state, module.name)?.imports ?? []);
}

function hostProblems(state: State): readonly HostProblem[] {
  const { machine } = state;
  const found: HostProblem[] = machine.problems.filter((problem) => problem.file === "host.js");
  for (const warning of machine.loaded?.warnings ?? []) if (warning.file === "host.js") found.push(warning);
  const status = viewOf(state)?.status;
  if (status?.kind === "trapped" && status.trap.host) found.push(status.trap.host);
  return found.map(({ message, line, column }) => ({ message, ...(line === undefined ? {} : { line }), ...(column === undefined ? {} : { column }) }));
}

function sameNumbers(left: readonly number[], right: readonly number[]): boolean {
  return left.length === right.length && left.every((value, index) => value === right[index]);
}

function sameMarks(left: Marks, right: Marks): boolean {
  return (
    left.trapped === right.trapped &&
    left.dimmed === right.dimmed &&
    left.next?.from === right.next?.from &&
    left.next?.to === right.next?.to &&
    left.last?.from === right.last?.from &&
    left.last?.to === right.last?.to &&
    left.chosen?.from === right.chosen?.from &&
    left.chosen?.to === right.chosen?.to
  );
}
