// Breakpoints in the gutter. A breakpoint is a position in the text that moves with edits; it stands on an
// instruction, so the gutter of a line that has none sets it at the next one.
import {
  type Extension,
  MapMode,
  RangeSet,
  RangeSetBuilder,
  StateEffect,
  StateField,
  type ChangeDesc,
  type EditorState,
  Facet,
  type Line,
  type Range,
} from "@codemirror/state";
import { syntaxTree } from "@codemirror/language";
import { invertedEffects } from "@codemirror/commands";
import {
  type Command,
  Decoration,
  type DecorationSet,
  EditorView,
  gutter,
  GutterMarker,
  lineNumbers,
} from "@codemirror/view";
import type { Span } from "../protocol/dto.ts";
import { closingEnd, DRAW_PATIENCE, firstInstruction, functionAround, functionEnd, instructionAt } from "./wat/syntax.ts";

/** How far below a line without instructions a breakpoint may fall, in UTF-16 units; chosen, a few screens. */
const SEARCH_AHEAD = 10_000;

/** All positions, replacing those before. */
export const setBreakpointsEffect = StateEffect.define<readonly number[]>();
const addEffect = StateEffect.define<number>({ map: (pos, changes) => changes.mapPos(pos, 1) });
const removeEffect = StateEffect.define<number>({ map: (pos, changes) => changes.mapPos(pos, 1) });

/** Sorted, without repeats. */
function normalize(positions: readonly number[]): readonly number[] {
  return [...new Set(positions)].sort((a, b) => a - b);
}

/** Positions after an edit; those whose surroundings were deleted are gone. */
export function moveBreakpoints(positions: readonly number[], changes: ChangeDesc): readonly number[] {
  const moved = positions
    .map((pos) => changes.mapPos(pos, 1, MapMode.TrackDel))
    .filter((pos): pos is number => pos !== null);
  const same = moved.length === positions.length && moved.every((pos, index) => pos === positions[index]);
  return same ? positions : normalize(moved);
}

export const breakpointsField = StateField.define<readonly number[]>({
  create: () => [],
  update(value, transaction) {
    let positions = transaction.docChanged ? moveBreakpoints(value, transaction.changes) : value;
    for (const effect of transaction.effects) {
      if (effect.is(setBreakpointsEffect)) {
        const length = transaction.state.doc.length;
        positions = normalize(effect.value.filter((pos) => pos >= 0 && pos <= length));
      } else if (effect.is(addEffect)) {
        positions = normalize([...positions, effect.value]);
      } else if (effect.is(removeEffect)) {
        positions = positions.filter((pos) => pos !== effect.value);
      }
    }
    return positions;
  },
});

/** Undoing a deletion brings back the breakpoints that went with it. */
const restoreWithUndo = invertedEffects.of((transaction) => {
  if (!transaction.docChanged) return [];
  return transaction.startState
    .field(breakpointsField)
    .filter((pos) => transaction.changes.mapPos(pos, 1, MapMode.TrackDel) === null)
    .map((pos) => addEffect.of(pos));
});

/** What the machine says of a breakpoint that does not stop at its own place. */
export interface MovedBreakpoint {
  readonly position: number;
  /** Where it stops instead, and why. */
  readonly tip: string;
  /** It stops nowhere. */
  readonly never: boolean;
}

export const setMovedEffect = StateEffect.define<readonly MovedBreakpoint[]>();

const movedField = StateField.define<readonly MovedBreakpoint[]>({
  create: () => [],
  update(value, transaction) {
    for (const effect of transaction.effects) if (effect.is(setMovedEffect)) return effect.value;
    if (!transaction.docChanged || value.length === 0) return value;
    return value.map((moved) => ({ ...moved, position: transaction.changes.mapPos(moved.position, 1) }));
  },
});

/** Hears what is said about a breakpoint that was asked for at another place. */
const sayFacet = Facet.define<(text: string) => void>();

function say(state: EditorState, text: string): void {
  for (const hear of state.facet(sayFacet)) hear(text);
}

class BreakpointMarker extends GutterMarker {
  constructor(private readonly moved?: MovedBreakpoint) {
    super();
  }
  override eq(other: BreakpointMarker): boolean {
    return this.moved?.tip === other.moved?.tip;
  }
  override toDOM(): Node {
    const dot = document.createElement("div");
    const kind = this.moved === undefined ? "" : this.moved.never ? " cm-breakpointNever" : " cm-breakpointElsewhere";
    dot.className = `cm-breakpoint${kind}`;
    dot.title = this.moved?.tip ?? "Breakpoint";
    return dot;
  }
}
const marker = new BreakpointMarker();
const inlineMark = Decoration.mark({ class: "cm-breakpointInside" });

function lineMarkers(state: EditorState): RangeSet<GutterMarker> {
  const builder = new RangeSetBuilder<GutterMarker>();
  const byPosition = new Map(state.field(movedField).map((moved) => [moved.position, moved]));
  let before = -1;
  let shown: GutterMarker = marker;
  const add = (): void => {
    if (before >= 0) builder.add(before, before, shown);
  };
  for (const pos of state.field(breakpointsField)) {
    const { from } = state.doc.lineAt(pos);
    const moved = byPosition.get(pos);
    const dot = moved === undefined ? marker : new BreakpointMarker(moved);
    // Of several on a line the one that stops there is shown.
    if (from === before && shown === marker) continue;
    if (from !== before) add();
    before = from;
    shown = dot;
  }
  add();
  return builder.finish();
}

/** Breakpoints inside a folded expression, which the gutter alone would not tell from the line's first. */
function inlineMarks(view: EditorView): DecorationSet {
  const ranges: Range<Decoration>[] = [];
  const { from, to } = view.viewport;
  for (const pos of view.state.field(breakpointsField)) {
    if (pos < from || pos > to) continue;
    const line = view.state.doc.lineAt(pos);
    if (firstInstruction(view.state, line.from, line.to, DRAW_PATIENCE)?.from === pos) continue;
    const node = instructionAt(view.state, pos);
    if (node !== undefined && node.from === pos) ranges.push(inlineMark.range(node.from, node.to));
  }
  return Decoration.set(ranges, true);
}

function change(view: EditorView, effects: readonly StateEffect<number>[], line: number, set: boolean): void {
  const announcement = EditorView.announce.of(set ? `Breakpoint set at line ${line}` : `Breakpoint removed at line ${line}`);
  view.dispatch({ effects: [...effects, announcement], userEvent: "breakpoint" });
}

/** The first instruction after a line that has none, in the same function. */
function nextInFunction(state: EditorState, lineEnd: number): Span | undefined {
  const around = functionAround(state, syntaxTree(state).resolveInner(lineEnd, -1));
  const end = around && functionEnd(state, around);
  const found = firstInstruction(state, lineEnd, Math.max(lineEnd, Math.min(state.doc.length, end?.from ?? lineEnd + SEARCH_AHEAD)));
  const node = found && instructionAt(state, found.from);
  const func = node && functionAround(state, node);
  if (found !== undefined && (func === undefined || func.from <= lineEnd)) return found;
  return end !== undefined && end.from >= lineEnd ? end : undefined;
}

/** Where a breakpoint that is asked for at a line is to be, in the line itself or after it. */
export function placeForLine(state: EditorState, line: Pick<Line, "from" | "to">): { readonly span: Span; readonly isOwn: boolean } | undefined {
  const own = firstInstruction(state, line.from, line.to) ?? closingEnd(state, line.from, line.to);
  const span = own ?? nextInFunction(state, line.to);
  return span && { span, isOwn: own !== undefined };
}

/**
 * Sets a breakpoint at the first instruction of the line at `pos`, or else at the next one of its function, and says
 * so; removes those that are there. A closing parenthesis that is an `end` is an instruction.
 */
export function toggleLine(view: EditorView, pos: number): boolean {
  const { state } = view;
  const line = state.doc.lineAt(pos);
  const here = state.field(breakpointsField).filter((at) => at >= line.from && at <= line.to);
  if (here.length > 0) {
    change(view, here.map((at) => removeEffect.of(at)), line.number, false);
    return true;
  }
  const place = placeForLine(state, line);
  if (place === undefined) {
    say(state, `Line ${line.number} has no instruction, and none follows in its function, so there is no breakpoint to set.`);
    return true;
  }
  const { from } = place.span;
  const set = !state.field(breakpointsField).includes(from);
  const at = state.doc.lineAt(from).number;
  change(view, [(set ? addEffect : removeEffect).of(from)], at, set);
  if (!place.isOwn && set) say(state, `Line ${line.number} has no instruction; the breakpoint is at line ${at}.`);
  return true;
}

/** At the line of the cursor. */
export const toggleLineBreakpoint: Command = (view) => toggleLine(view, view.state.selection.main.head);

/** At the instruction under the cursor, also inside a folded expression. */
export const toggleInstructionBreakpoint: Command = (view) => {
  const { state } = view;
  const node = instructionAt(state, state.selection.main.head);
  if (node === undefined) return toggleLineBreakpoint(view);
  const set = !state.field(breakpointsField).includes(node.from);
  change(view, [(set ? addEffect : removeEffect).of(node.from)], state.doc.lineAt(node.from).number, set);
  return true;
};

/**
 * `onChange` hears every change that did not come from `setBreakpointsEffect`: by hand, by an edit, by undo. `onSay`
 * hears why one is not at the line that was asked for.
 */
export function breakpoints(onChange: (positions: readonly number[]) => void, onSay: (text: string) => void): Extension {
  const mouse = {
    mousedown(view: EditorView, line: { readonly from: number }, event: Event): boolean {
      if (event instanceof MouseEvent && event.button !== 0) return false;
      event.preventDefault();
      toggleLine(view, line.from);
      return true;
    },
  };
  return [
    breakpointsField,
    movedField,
    sayFacet.of(onSay),
    restoreWithUndo,
    gutter({
      class: "cm-breakpoints",
      markers: (view) => lineMarkers(view.state),
      renderEmptyElements: true,
      initialSpacer: () => marker,
      domEventHandlers: mouse,
    }),
    lineNumbers({ domEventHandlers: mouse }),
    EditorView.decorations.of(inlineMarks),
    EditorView.updateListener.of((update) => {
      const now = update.state.field(breakpointsField);
      if (now === update.startState.field(breakpointsField)) return;
      const fromOutside = update.transactions.some((transaction) =>
        transaction.effects.some((effect) => effect.is(setBreakpointsEffect)),
      );
      if (!fromOutside) onChange(now);
    }),
  ];
}
