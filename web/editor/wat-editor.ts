// The editor of a module's text. It knows nothing of the store: text, problems, marks and breakpoints go in
// and out through plain functions.
import { foldedRanges, unfoldAll, unfoldEffect } from "@codemirror/language";
import { Compartment, EditorState, Prec, type Extension, type StateEffect } from "@codemirror/state";
import { type Command, EditorView, keymap } from "@codemirror/view";
import type { CheckReport, InstructionInfo, Span } from "../protocol/dto.ts";
import { breakpoints, breakpointsField, setBreakpointsEffect, setMovedEffect, type MovedBreakpoint, toggleInstructionBreakpoint, toggleLineBreakpoint } from "./breakpoints.ts";
import { commonExtensions, smallestChange } from "./common.ts";
import { lazyCompletion } from "./completion.ts";
import { describeInstruction, hover, jumpToDefinition, jumpToNextUse } from "./hover.ts";
import { marks, type Marks, setMarksEffect } from "./marks.ts";
import { normalizeText } from "./normalize.ts";
import { reportField, reportTransaction } from "./report.ts";
import { openSearch } from "./search.ts";
import { foldFields, watSupport } from "./wat/language.ts";

export type { MovedBreakpoint } from "./breakpoints.ts";
export type { Marks } from "./marks.ts";

export interface WatEditorOptions {
  /** Name for screen readers, for instance `module.wat`. */
  readonly label?: string;
  readonly text?: string;
  /**
   * The text after an edit by hand, also after undo; in long texts (over 256 KiB) once typing rests, at the latest
   * before another file is shown. Not after `setText`, unless line ends were normalised. `file` is that of `showFile`.
   */
  readonly onChange: (text: string, file: string | undefined) => void;
  /** All breakpoints after a change by hand or by an edit, ascending; always after the `onChange` of that edit. */
  readonly onBreakpoints: (positions: readonly number[], file: string | undefined) => void;
  /** Why a breakpoint is not where it was asked for. */
  readonly onSay: (text: string) => void;
  readonly onCursor: (position: number) => void;
  readonly onRunToCursor: (position: number) => void;
  /** All instructions; empty until they are loaded. */
  readonly reference: () => readonly InstructionInfo[];
  /** Cost to show for a mnemonic, with its unit (`3 gas`); empty when unknown. */
  readonly gasOf: (mnemonic: string) => string;
}

/** Something a palette can offer. */
export interface EditorCommand {
  readonly id: string;
  readonly title: string;
  readonly keys: string;
  readonly run: () => void;
}

export interface WatEditor {
  /**
   * With `keepHistory` an edit that can be undone and moves breakpoints; without, another text. A text that was
   * told through `onChange` last changes nothing, so the store may hand back what it heard.
   */
  setText(text: string, options: { readonly keepHistory: boolean }): void;
  text(): string;
  /**
   * Shows the text of another file. History, cursor, folds and scroll of the file before are kept until it is shown
   * again; a text that is not the one left there comes in as an edit that can be undone. Breakpoints are not kept:
   * the file has none until `setBreakpoints`.
   */
  showFile(file: string, text: string): void;
  /** A file has another name now; its history and what was kept of it go on under that. */
  renameFile(from: string, to: string): void;
  /** Drops what `showFile` kept of a file that is gone. */
  forgetFile(file: string): void;
  /** Shows a check. With `checkedText` a report on a text that is no longer there is ignored. */
  setReport(report: CheckReport, checkedText?: string): void;
  setMarks(marks: Marks): void;
  setBreakpoints(positions: readonly number[]): void;
  /** Those among the breakpoints that do not stop at their own place. */
  setMoved(moved: readonly MovedBreakpoint[]): void;
  /** Scrolls only when the span is not in the middle of the view, and unfolds what hides it. */
  reveal(span: Span): void;
  /** Puts the cursor at the start of the span, shows it and takes the focus. */
  select(span: Span): void;
  /** Puts the cursor there, without the focus. */
  placeCursor(position: number): void;
  focus(): void;
  setReadOnly(readOnly: boolean): void;
  /** After a change of theme or size of type, which the editor cannot see. */
  measure(): void;
  readonly commands: readonly EditorCommand[];
  destroy(): void;
}

/** Longer texts are handed out only when typing rests; measured: a copy of 5 MB takes some 20 ms. */
const LONG_TEXT = 256 * 1024;
const REST_MILLIS = 200;

/** The part of the view, from its top, in which a mark may stand without scrolling. */
const MIDDLE = { from: 0.15, to: 0.8 };

/** Room kept beside a mark, in pixels. */
const X_MARGIN = 40;

function unfoldAround(state: EditorState, span: Span): readonly StateEffect<Span>[] {
  const effects: StateEffect<Span>[] = [];
  foldedRanges(state).between(span.from, span.to, (from, to) => {
    if (from < span.to && to > span.from) effects.push(unfoldEffect.of({ from, to }));
  });
  return effects;
}

const revealKey = {};

/** Layout is read in the view's own measuring phase, so a held step key does not force it for each step. */
function revealSpan(view: EditorView, span: Span): void {
  const { length } = view.state.doc;
  const from = Math.min(span.from, length);
  const unfold = unfoldAround(view.state, { from, to: Math.min(span.to, length) });
  if (unfold.length > 0 || from < view.viewport.from || from > view.viewport.to) {
    view.dispatch({ effects: [...unfold, EditorView.scrollIntoView(from, { y: "center", x: "nearest", xMargin: X_MARGIN })] });
    return;
  }
  view.requestMeasure({
    key: revealKey,
    read() {
      const mark = view.coordsAtPos(from);
      const box = view.scrollDOM.getBoundingClientRect();
      if (mark === null || box.height === 0) return undefined;
      const inMiddle = mark.top >= box.top + box.height * MIDDLE.from && mark.bottom <= box.top + box.height * MIDDLE.to;
      const left = view.contentDOM.getBoundingClientRect().left + view.scrollDOM.scrollLeft;
      const tooFarLeft = mark.left - X_MARGIN < left;
      const end = view.coordsAtPos(Math.min(span.to, length), -1);
      // A long span, or one of several lines, shows its beginning.
      const right = end !== null && end.top === mark.top && end.right - mark.left < box.width / 2 ? end.right : mark.right;
      const tooFarRight = right + X_MARGIN > box.right;
      // Lines are best read from their beginnings: a place that fits there brings the text back.
      const scrolled = view.scrollDOM.scrollLeft;
      const fits = right + scrolled + X_MARGIN <= box.right;
      return {
        down: inMiddle ? 0 : (mark.top + mark.bottom) / 2 - (box.top + box.height / 2),
        right: fits ? -scrolled : tooFarRight ? right + X_MARGIN - box.right : tooFarLeft ? mark.left - X_MARGIN - left : 0,
      };
    },
    write(distance) {
      if (distance === undefined) return;
      if (distance.down !== 0) view.scrollDOM.scrollTop += distance.down;
      if (distance.right !== 0) view.scrollDOM.scrollLeft += distance.right;
    },
  });
}

export function createWatEditor(parent: HTMLElement, options: WatEditorOptions): WatEditor {
  const readOnly = new Compartment();
  let isReadOnly = false;
  let file: string | undefined;
  let known = normalizeText(options.text ?? "");
  let knownIsCurrent = true;
  /** The text last told or heard of: what the outside believes. */
  let said = known;
  let unsaid = false;
  let rest: ReturnType<typeof setTimeout> | undefined;

  let reference: readonly InstructionInfo[] | undefined;
  let byMnemonic: ReadonlyMap<string, InstructionInfo> = new Map();
  const refreshReference = (): void => {
    const now = options.reference();
    if (now === reference) return;
    reference = now;
    byMnemonic = new Map(now.map((info) => [info.mnemonic, info]));
  };

  const currentText = (): string => {
    if (!knownIsCurrent) {
      known = view.state.doc.toString();
      knownIsCurrent = true;
    }
    return known;
  };
  const sayChange = (): void => {
    if (rest !== undefined) clearTimeout(rest);
    rest = undefined;
    if (!unsaid) return;
    unsaid = false;
    said = currentText();
    options.onChange(said, file);
  };

  const runToCursor: Command = (target) => {
    sayChange();
    options.onRunToCursor(target.state.selection.main.head);
    return true;
  };

  const extensions: Extension = [
    readOnly.of([]),
    watSupport(),
    reportField,
    marks(),
    // Before the breakpoints', so that they are told after the text they stand in.
    EditorView.updateListener.of((update) => {
      if (update.docChanged && !update.transactions.every((transaction) => transaction.isUserEvent("set"))) {
        knownIsCurrent = false;
        unsaid = true;
        if (update.state.doc.length <= LONG_TEXT) {
          sayChange();
        } else {
          if (rest !== undefined) clearTimeout(rest);
          rest = setTimeout(sayChange, REST_MILLIS);
        }
      }
      if (update.selectionSet) options.onCursor(update.state.selection.main.head);
    }),
    breakpoints((positions) => {
      sayChange();
      options.onBreakpoints(positions, file);
    }, options.onSay),
    hover({
      find: (mnemonic) => {
        refreshReference();
        return byMnemonic.get(mnemonic);
      },
      gasOf: options.gasOf,
    }),
    lazyCompletion(({ watCompletion }) =>
      watCompletion({ reference: options.reference, describe: (info) => describeInstruction(info, options.gasOf(info.mnemonic)) }),
    ),
    Prec.high(
      keymap.of([
        { key: "F9", run: toggleLineBreakpoint, preventDefault: true },
        { key: "Ctrl-F8", run: toggleLineBreakpoint, preventDefault: true },
        { key: "Shift-F9", run: toggleInstructionBreakpoint, preventDefault: true },
        { key: "Ctrl-F10", run: runToCursor, preventDefault: true },
        { key: "Ctrl-Alt-[", run: foldFields },
        { key: "F12", run: jumpToDefinition, shift: jumpToNextUse, preventDefault: true },
      ]),
    ),
    commonExtensions(options.label ?? "Module text"),
    EditorView.domEventHandlers({
      blur() {
        sayChange();
      },
    }),
  ];

  const freshState = (text: string): EditorState => EditorState.create({ doc: text, extensions });
  const view: EditorView = new EditorView({ parent, state: freshState(known) });
  // While there is no selection at all the view asks the browser for it at each update, which forces a layout (measured: a third of a step).
  const selection = document.getSelection();
  if (selection?.rangeCount === 0) selection.collapse(document.body, 0);

  const readOnlyExtension = (): Extension => (isReadOnly ? EditorState.readOnly.of(true) : []);
  const command = (id: string, title: string, keys: string, run: Command): EditorCommand => ({
    id,
    title,
    keys,
    run: () => {
      view.focus();
      run(view);
    },
  });

  const files = new Map<string, { readonly state: EditorState; readonly scroll: StateEffect<unknown> }>();

  const setText: WatEditor["setText"] = (text, { keepHistory }) => {
    const next = normalizeText(text);
    if (next !== said) {
      if (rest !== undefined) clearTimeout(rest);
      rest = undefined;
      unsaid = false;
      const change = smallestChange(currentText(), next);
      if (keepHistory && change !== undefined) {
        view.dispatch({ changes: change, userEvent: "set" });
      } else if (change !== undefined) {
        view.setState(freshState(next));
        view.dispatch({ effects: readOnly.reconfigure(readOnlyExtension()) });
      }
      known = next;
      knownIsCurrent = true;
      said = next;
    }
    if (next !== text) options.onChange(next, file);
  };

  const showFile: WatEditor["showFile"] = (next, text) => {
    if (next !== file) {
      sayChange();
      if (file !== undefined) files.set(file, { state: view.state, scroll: view.scrollSnapshot() });
      file = next;
      const kept = files.get(next);
      files.delete(next);
      view.setState(kept?.state ?? freshState(normalizeText(text)));
      knownIsCurrent = false;
      said = currentText();
      view.dispatch({
        effects: [
          readOnly.reconfigure(readOnlyExtension()),
          setBreakpointsEffect.of([]),
          setMovedEffect.of([]),
          ...(kept === undefined ? [] : [kept.scroll]),
        ],
      });
      options.onCursor(view.state.selection.main.head);
      // The new text begins at its beginning, wherever the one before was scrolled to.
      if (kept === undefined) view.scrollDOM.scrollTo({ left: 0, top: 0 });
    }
    setText(text, { keepHistory: true });
  };

  return {
    setText,
    showFile,
    renameFile(from, to) {
      if (file === from) file = to;
      const kept = files.get(from);
      if (kept === undefined) return;
      files.delete(from);
      files.set(to, kept);
    },
    forgetFile(gone) {
      files.delete(gone);
      if (file === gone) file = undefined;
    },
    text: currentText,
    setReport(report, checkedText) {
      if (checkedText !== undefined && checkedText !== currentText()) return;
      view.dispatch(...reportTransaction(view.state, report));
    },
    setMarks(next) {
      view.dispatch({ effects: setMarksEffect.of(next) });
    },
    setBreakpoints(positions) {
      const now = view.state.field(breakpointsField);
      if (now.length === positions.length && now.every((pos, index) => pos === positions[index])) return;
      view.dispatch({ effects: setBreakpointsEffect.of(positions) });
    },
    setMoved(moved) {
      view.dispatch({ effects: setMovedEffect.of(moved) });
    },
    reveal: (span) => revealSpan(view, span),
    select(span) {
      const anchor = Math.min(span.from, view.state.doc.length);
      view.dispatch({ selection: { anchor }, userEvent: "select.jump" });
      revealSpan(view, span);
      view.focus();
    },
    placeCursor(position) {
      const anchor = Math.min(position, view.state.doc.length);
      view.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: "nearest" }) });
    },
    focus: () => view.focus(),
    setReadOnly(next) {
      isReadOnly = next;
      view.dispatch({ effects: readOnly.reconfigure(readOnlyExtension()) });
    },
    measure: () => view.requestMeasure(),
    commands: [
      command("toggle-breakpoint", "Toggle breakpoint on this line", "F9", toggleLineBreakpoint),
      command("toggle-instruction-breakpoint", "Toggle breakpoint on this instruction", "Shift+F9", toggleInstructionBreakpoint),
      command("run-to-cursor", "Run to cursor", "Ctrl+F10", runToCursor),
      command("definition", "Jump to definition", "F12", jumpToDefinition),
      command("next-use", "Jump to next use", "Shift+F12", jumpToNextUse),
      command("find", "Find and replace", "Ctrl+F", openSearch),
      command("fold-functions", "Fold functions", "Ctrl+Alt+[", foldFields),
      command("unfold-all", "Unfold all", "Ctrl+Alt+]", unfoldAll),
    ],
    destroy() {
      sayChange();
      view.destroy();
    },
  };
}
