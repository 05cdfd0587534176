// Where the page lets lines wrap, as it does on narrow screens, the rest of a line keeps its indentation.
import { type Range, RangeSet } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView, ViewPlugin, type ViewUpdate } from "@codemirror/view";

/** Deeper text would have no room left (chosen). */
const DEEPEST = 16;

const byDepth = new Map<number, Decoration>();

/** The depth goes to the style of the line; whether it matters is for the page to say (narrow.css). */
function indented(depth: number): Decoration {
  const known = byDepth.get(depth) ?? Decoration.line({ attributes: { style: `--indent:${depth}ch` } });
  byDepth.set(depth, known);
  return known;
}

function indentations(view: EditorView): DecorationSet {
  const found: Range<Decoration>[] = [];
  const { doc } = view.state;
  for (const { from, to } of view.visibleRanges) {
    for (let line = doc.lineAt(from); ; line = doc.line(line.number + 1)) {
      const [lead = "", signs] = /^ *(;; |\/\/ )?/.exec(line.text) ?? [];
      // The text of a comment stands below its text, code below its line and a little to the right.
      const depth = signs === undefined ? lead.length + 2 : lead.length;
      found.push(indented(Math.min(depth, DEEPEST)).range(line.from));
      if (line.to >= to || line.number === doc.lines) break;
    }
  }
  return RangeSet.of(found, true);
}

export const hangingIndent = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet;
    constructor(view: EditorView) {
      this.decorations = indentations(view);
    }
    update(update: ViewUpdate): void {
      if (update.docChanged || update.viewportChanged) this.decorations = indentations(update.view);
    }
  },
  { decorations: (plugin) => plugin.decorations },
);
