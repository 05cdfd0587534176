// Where the machine stands: the next instruction filled over its exact span, the last one underlined.
import { RangeSet, type Range, StateEffect, StateField, type Extension, type Text } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView, gutterLineClass, GutterMarker } from "@codemirror/view";
import type { Span } from "../protocol/dto.ts";

export interface Marks {
  readonly next?: Span | undefined;
  readonly last?: Span | undefined;
  /** The next instruction is where a call ended for good. */
  readonly trapped: boolean;
  /** What was chosen elsewhere: the directive of a script. */
  readonly chosen?: Span | undefined;
  /** The machine belongs to an older text. */
  readonly dimmed: boolean;
}

interface MarkState {
  readonly next: Span | undefined;
  readonly decorations: DecorationSet;
  readonly gutter: RangeSet<GutterMarker>;
}

export const setMarksEffect = StateEffect.define<Marks>();

const nextLine = Decoration.line({ class: "cm-nextLine" });
const nextLineTrapped = Decoration.line({ class: "cm-nextLine cm-trapped" });
const nextMark = Decoration.mark({ class: "cm-next" });
const nextMarkTrapped = Decoration.mark({ class: "cm-next cm-trapped" });
const nextMarkDimmed = Decoration.mark({ class: "cm-next cm-dimmed" });
const chosenMark = Decoration.mark({ class: "cm-chosen" });
const lastMark = Decoration.mark({ class: "cm-last" });
const lastMarkDimmed = Decoration.mark({ class: "cm-last cm-dimmed" });

class NextLineMarker extends GutterMarker {
  override readonly elementClass: string;
  constructor(extraClass: string) {
    super();
    this.elementClass = `cm-nextGutter ${extraClass}`;
  }
}
const nextGutter = new NextLineMarker("");
const nextGutterTrapped = new NextLineMarker("cm-trapped");
const nextGutterDimmed = new NextLineMarker("cm-dimmed");

function within(doc: Text, span: Span | undefined): Span | undefined {
  if (span === undefined || span.from > doc.length) return undefined;
  const to = Math.min(span.to, doc.length);
  return to > span.from ? { from: span.from, to } : undefined;
}

function build(doc: Text, marks: Marks): MarkState {
  const next = within(doc, marks.next);
  const last = within(doc, marks.last);
  const chosen = within(doc, marks.chosen);
  const ranges: Range<Decoration>[] = [];
  if (chosen !== undefined) ranges.push(chosenMark.range(chosen.from, chosen.to));
  const gutter: Range<GutterMarker>[] = [];
  if (next !== undefined) {
    const line = doc.lineAt(next.from);
    if (!marks.dimmed) ranges.push((marks.trapped ? nextLineTrapped : nextLine).range(line.from));
    ranges.push((marks.dimmed ? nextMarkDimmed : marks.trapped ? nextMarkTrapped : nextMark).range(next.from, next.to));
    gutter.push((marks.dimmed ? nextGutterDimmed : marks.trapped ? nextGutterTrapped : nextGutter).range(line.from));
  }
  if (last !== undefined) ranges.push((marks.dimmed ? lastMarkDimmed : lastMark).range(last.from, last.to));
  return { next, decorations: Decoration.set(ranges, true), gutter: RangeSet.of(gutter) };
}

const empty: MarkState = { next: undefined, decorations: Decoration.none, gutter: RangeSet.empty };

const marksField = StateField.define<MarkState>({
  create: () => empty,
  update(value, transaction) {
    for (const effect of transaction.effects) {
      if (effect.is(setMarksEffect)) return build(transaction.state.doc, effect.value);
    }
    if (!transaction.docChanged || value === empty) return value;
    const { changes } = transaction;
    return {
      next: value.next && { from: changes.mapPos(value.next.from, 1), to: changes.mapPos(value.next.to, -1) },
      decorations: value.decorations.map(changes),
      gutter: value.gutter.map(changes),
    };
  },
  provide: (field) => [
    EditorView.decorations.from(field, (value) => value.decorations),
    gutterLineClass.from(field, (value) => value.gutter),
  ],
});

export function marks(): Extension {
  return marksField;
}
