// What stands under the pointer or the cursor: an instruction's effect, a name's definition; and the way there.
import { syntaxTree } from "@codemirror/language";
import { type Extension, StateField } from "@codemirror/state";
import {
  type Command,
  Decoration,
  type DecorationSet,
  EditorView,
  hoverTooltip,
  type Tooltip,
} from "@codemirror/view";
import type { InstructionInfo } from "../protocol/dto.ts";
import { description, proposalName } from "../protocol/proposals.ts";
import { bringsReport, definitionSpan, occurrences, type SymbolAt, symbolAt } from "./report.ts";
import { findReadyMade } from "../protocol/ready-made.ts";
import { headWord, instructionAt } from "./wat/syntax.ts";

/** More uses than this are not marked: the eye could not follow, and the view would not stay fluent. */
const MAX_OCCURRENCES = 1000;

function element(tag: string, className: string, text: string): HTMLElement {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

/** The stack effect is that of 32-bit memories and tables; the immediates tell which instructions have one. */
function ofWide(immediates: string): string {
  if (immediates.startsWith("$memory")) return "i64 addresses in a 64-bit memory";
  return immediates.startsWith("$table") ? "i64 indices in a 64-bit table" : "";
}

/** Stack effect, what it does, gas and the link to where it is described. */
export function describeInstruction(info: InstructionInfo, gas: string): HTMLElement {
  const box = element("div", "cm-info", "");
  const head = element("div", "cm-infoHead", "");
  head.append(element("code", "", info.immediates === "" ? info.mnemonic : `${info.mnemonic} ${info.immediates}`));
  head.append(element("code", "cm-infoStack", info.stack));
  const foot = element("div", "cm-infoFoot", "");
  if (gas !== "") foot.append(element("span", "", gas));
  const wide = ofWide(info.immediates);
  if (wide !== "") foot.append(element("span", "", wide));
  if (info.proposal !== "" && info.proposal !== "mvp") foot.append(element("span", "", proposalName(info.proposal)));
  const { url, what } = description(info);
  if (url !== "") {
    const link = document.createElement("a");
    link.href = url;
    link.target = "_blank";
    link.rel = "noopener noreferrer";
    link.textContent = what;
    foot.append(link);
  }
  box.append(head, element("div", "", info.summary), foot);
  return box;
}

function describeName(view: EditorView, symbol: SymbolAt): HTMLElement {
  const box = element("div", "cm-info", "");
  const { definition } = symbol;
  if (definition === undefined) {
    box.append(element("div", "", `Nothing named ${symbol.name} is in scope here.`));
    return box;
  }
  const { from } = definitionSpan(view.state, definition);
  const line = view.state.doc.lineAt(Math.min(from, view.state.doc.length)).number;
  box.append(element("code", "", definition.detail));
  const foot = element("div", "cm-infoFoot", "");
  const jump = element("button", "cm-infoJump", `${definition.kind}, line ${line}`);
  jump.title = "Jump to the definition (F12)";
  jump.addEventListener("click", () => {
    select(view, from);
    view.focus();
  });
  foot.append(jump);
  box.append(foot);
  return box;
}

function select(view: EditorView, pos: number): void {
  view.dispatch({
    selection: { anchor: pos },
    effects: EditorView.scrollIntoView(pos, { y: "center" }),
    userEvent: "select.jump",
  });
}

/** To where the name under the cursor is defined. False when there is none. */
export const jumpToDefinition: Command = (view) => jumpFrom(view, view.state.selection.main.head);

function jumpFrom(view: EditorView, pos: number): boolean {
  const symbol = symbolAt(view.state, pos);
  if (symbol?.definition === undefined) return false;
  select(view, definitionSpan(view.state, symbol.definition).from);
  return true;
}

/** To the next use of the name under the cursor, round after the last. */
export const jumpToNextUse: Command = (view) => {
  const pos = view.state.selection.main.head;
  const symbol = symbolAt(view.state, pos);
  if (symbol?.index === undefined) return false;
  const spans = occurrences(view.state, symbol.index);
  const next = spans.find((span) => span.from > symbol.span.from) ?? spans[0];
  if (next === undefined) return false;
  const place = spans.indexOf(next) + 1;
  select(view, next.from);
  view.dispatch({ effects: EditorView.announce.of(`${symbol.name}, ${place} of ${spans.length}`) });
  return true;
};

const occurrenceMark = Decoration.mark({ class: "cm-occurrence" });

/** All uses of the name under the cursor, by scope and not by spelling. */
const occurrencesField = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(value, transaction) {
    if (transaction.docChanged) return value.map(transaction.changes);
    if (transaction.selection === undefined && !bringsReport(transaction)) return value;
    const symbol = symbolAt(transaction.state, transaction.state.selection.main.head);
    if (symbol?.index === undefined) return Decoration.none;
    const spans = occurrences(transaction.state, symbol.index);
    if (spans.length < 2 || spans.length > MAX_OCCURRENCES) return Decoration.none;
    return Decoration.set(spans.map((span) => occurrenceMark.range(span.from, span.to)));
  },
  provide: (field) => EditorView.decorations.from(field),
});

export interface HoverOptions {
  readonly find: (mnemonic: string) => InstructionInfo | undefined;
  readonly gasOf: (mnemonic: string) => string;
}

/** What an import without JavaScript does, on its two names. */
function readyMadeAt(view: EditorView, pos: number): Tooltip | null {
  const { state } = view;
  let node = syntaxTree(state).resolveInner(pos, 0);
  if (node.name !== "String" && node.parent?.name === "String") node = node.parent;
  const list = node.parent;
  if (node.name !== "String" || list === null || headWord(state, list) !== "import") return null;
  const [module, name] = list.getChildren("String").map(({ from, to }) => state.sliceDoc(from + 1, to - 1));
  const entry = findReadyMade(module ?? "", name ?? "");
  if (entry === undefined) return null;
  const create = () => {
    const box = element("div", "cm-info", "");
    box.append(element("code", "cm-infoStack", `[${entry.params.join(" ")}] -> [${entry.results.join(" ")}]`));
    box.append(element("div", "", `${entry.summary} Ready-made: needs no JavaScript.`));
    return { dom: box };
  };
  return { pos: node.from, end: node.to, above: true, create };
}

/** What the clauses of a try_table catch, and what they bring to their label. */
const CLAUSES: ReadonlyMap<string, readonly [form: string, text: string]> = new Map([
  ["catch", ["catch $tag $label", "Catches exceptions of the tag. The label gets the values they carry."]],
  ["catch_ref", ["catch_ref $tag $label", "Catches exceptions of the tag. The label gets the values they carry, and an exnref to the exception."]],
  ["catch_all", ["catch_all $label", "Catches every exception. The label gets nothing."]],
  ["catch_all_ref", ["catch_all_ref $label", "Catches every exception. The label gets an exnref to it."]],
]);

function clauseAt(view: EditorView, pos: number): Tooltip | null {
  const { state } = view;
  const head = syntaxTree(state).resolveInner(pos, 1);
  const found = head.name === "Keyword" && head.prevSibling?.name === "(" ? CLAUSES.get(state.sliceDoc(head.from, head.to)) : undefined;
  if (found === undefined) return null;
  const create = () => {
    const box = element("div", "cm-info", "");
    box.append(element("code", "", found[0]), element("div", "", found[1]));
    return { dom: box };
  };
  return { pos: head.from, end: head.to, above: true, create };
}

function tooltipAt(view: EditorView, pos: number, options: HoverOptions): Tooltip | null {
  const symbol = symbolAt(view.state, pos);
  if (symbol !== undefined) {
    return { pos: symbol.span.from, end: symbol.span.to, above: true, create: () => ({ dom: describeName(view, symbol) }) };
  }
  const node = instructionAt(view.state, pos);
  if (node === undefined) return clauseAt(view, pos) ?? readyMadeAt(view, pos);
  const mnemonic = view.state.sliceDoc(node.from, node.to);
  const info = options.find(mnemonic);
  if (info === undefined) return null;
  const create = () => ({ dom: describeInstruction(info, options.gasOf(mnemonic)) });
  return { pos: node.from, end: node.to, above: true, create };
}

export function hover(options: HoverOptions): Extension {
  return [
    occurrencesField,
    hoverTooltip((view, pos) => tooltipAt(view, pos, options), { hoverTime: 350, hideOnChange: true }),
    EditorView.domEventHandlers({
      mousedown(event, view) {
        if (event.button !== 0 || !(event.ctrlKey || event.metaKey)) return false;
        const pos = view.posAtCoords({ x: event.clientX, y: event.clientY });
        if (pos === null || !jumpFrom(view, pos)) return false;
        event.preventDefault();
        return true;
      },
    }),
  ];
}
