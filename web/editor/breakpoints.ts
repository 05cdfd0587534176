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
  type Range,
} from "@codemirror/state";
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
import { DRAW_PATIENCE, firstInstruction, instructionAt } from "./wat/syntax.ts";

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

class BreakpointMarker extends GutterMarker {
  override eq(): boolean {
    return true;
  }
  override toDOM(): Node {
    const dot = document.createElement("div");
    dot.className = "cm-breakpoint";
    dot.title = "Breakpoint";
    return dot;
  }
}
const marker = new BreakpointMarker();
const inlineMark = Decoration.mark({ class: "cm-breakpointInside" });

function lineMarkers(state: EditorState): RangeSet<GutterMarker> {
  const builder = new RangeSetBuilder<GutterMarker>();
  let before = -1;
  for (const pos of state.field(breakpointsField)) {
    const { from } = state.doc.lineAt(pos);
    if (from !== before) builder.add(from, from, marker);
    before = from;
  }
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

/**
 * Sets a breakpoint at the first instruction of the line at `pos`, or of the next line that has one; removes those
 * that are there. False when no instruction follows.
 */
export function toggleLine(view: EditorView, pos: number): boolean {
  const { state } = view;
  const line = state.doc.lineAt(pos);
  const here = state.field(breakpointsField).filter((at) => at >= line.from && at <= line.to);
  if (here.length > 0) {
    change(view, here.map((at) => removeEffect.of(at)), line.number, false);
    return true;
  }
  const found =
    firstInstruction(state, line.from, line.to) ??
    firstInstruction(state, line.to, Math.min(state.doc.length, line.to + SEARCH_AHEAD));
  if (found === undefined) return false;
  const set = !state.field(breakpointsField).includes(found.from);
  change(view, [(set ? addEffect : removeEffect).of(found.from)], state.doc.lineAt(found.from).number, set);
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

/** `onChange` hears every change that did not come from `setBreakpointsEffect`: by hand, by an edit, by undo. */
export function breakpoints(onChange: (positions: readonly number[]) => void): Extension {
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
