// What the last check of the text said, kept in step with the edits made since: problems and symbols.
import { type Diagnostic as LintDiagnostic, setDiagnostics } from "@codemirror/lint";
import { type ChangeDesc, type EditorState, StateEffect, StateField, type Transaction, type TransactionSpec } from "@codemirror/state";
import type { CheckReport, Span, SymbolDefinition } from "../protocol/dto.ts";

interface ReportState {
  readonly report: CheckReport | undefined;
  /** From the text that was checked to the text as it is; undefined when they are the same. */
  readonly changes: ChangeDesc | undefined;
}

export const setReportEffect = StateEffect.define<CheckReport>();

export const reportField = StateField.define<ReportState>({
  create: () => ({ report: undefined, changes: undefined }),
  update(value, transaction) {
    for (const effect of transaction.effects) {
      if (effect.is(setReportEffect)) return { report: effect.value, changes: undefined };
    }
    if (!transaction.docChanged || value.report === undefined) return value;
    const { changes } = value;
    return {
      report: value.report,
      changes: changes === undefined ? transaction.changes.desc : changes.composeDesc(transaction.changes.desc),
    };
  },
});

/** The transaction that shows a report: its problems underlined, its symbols known. */
export function reportTransaction(state: EditorState, report: CheckReport): readonly TransactionSpec[] {
  const { length } = state.doc;
  const diagnostics = report.diagnostics.map((diagnostic): LintDiagnostic => {
    const from = Math.min(diagnostic.span.from, length);
    const to = Math.min(Math.max(diagnostic.span.to, from), length);
    return { from, to, severity: diagnostic.severity, message: diagnostic.message };
  });
  return [setDiagnostics(state, diagnostics), { effects: setReportEffect.of(report) }];
}

/** Whether a transaction brought a report. */
export function bringsReport(transaction: Transaction): boolean {
  return transaction.effects.some((effect) => effect.is(setReportEffect));
}

function toNow(changes: ChangeDesc | undefined, span: Span): Span {
  if (changes === undefined) return span;
  const from = changes.mapPos(span.from, 1);
  return { from, to: Math.max(from, changes.mapPos(span.to, -1)) };
}

function toChecked(changes: ChangeDesc | undefined, pos: number): number {
  return changes === undefined ? pos : changes.invertedDesc.mapPos(pos, -1);
}

export interface SymbolAt {
  /** The name under the position, in the text as it is. */
  readonly span: Span;
  readonly name: string;
  /** Undefined when nothing of that name is in scope. */
  readonly definition: SymbolDefinition | undefined;
  /** Index of the definition in the report. */
  readonly index: number | undefined;
}

function covers(span: Span, pos: number): boolean {
  return span.from <= pos && pos <= span.to;
}

/** The `$name` at `pos`, defined or used there. */
export function symbolAt(state: EditorState, pos: number): SymbolAt | undefined {
  const { report, changes } = state.field(reportField);
  if (report === undefined) return undefined;
  const old = toChecked(changes, pos);
  const found = (span: Span, index: number | undefined): SymbolAt | undefined => {
    const now = toNow(changes, span);
    const name = state.sliceDoc(now.from, now.to);
    if (!covers(now, pos) || !name.startsWith("$")) return undefined;
    const definition = index === undefined ? undefined : report.definitions[index];
    // After a rename that was not checked yet the report speaks of the old name.
    if (definition !== undefined && changes !== undefined && definition.name !== name) return undefined;
    return { span: now, name, definition, index };
  };
  const defined = report.definitions.findIndex(({ span }) => covers(span, old));
  if (defined >= 0) {
    const definition = report.definitions[defined];
    if (definition !== undefined) return found(definition.span, defined);
  }
  const reference = report.references.find(({ span }) => covers(span, old));
  if (reference !== undefined) return found(reference.span, reference.definition);
  return report.references.length === 0 ? namedAt(state, pos, report) : undefined;
}

const NAME = /\$[!#-'*-:<-Z\\^-z|~]*/g;

/** In a text too long for a list of all uses a name is looked up as it is written. */
function namedAt(state: EditorState, pos: number, report: CheckReport): SymbolAt | undefined {
  const line = state.doc.lineAt(pos);
  for (const match of line.text.matchAll(NAME)) {
    const span = { from: line.from + match.index, to: line.from + match.index + match[0].length };
    if (!covers(span, pos)) continue;
    const index = report.definitions.findIndex(({ name }) => name === match[0]);
    // Names of locals and labels are not listed, so nothing is said of a name that is not found.
    return index < 0 ? undefined : { span, name: match[0], definition: report.definitions[index], index };
  }
  return undefined;
}

/** The definition's name in the text as it is. */
export function definitionSpan(state: EditorState, definition: SymbolDefinition): Span {
  return toNow(state.field(reportField).changes, definition.span);
}

/** Definition and uses, in the order of the text. */
export function occurrences(state: EditorState, index: number): readonly Span[] {
  const { report, changes } = state.field(reportField);
  const definition = report?.definitions[index];
  if (report === undefined || definition === undefined) return [];
  const spans = [definition.span, ...report.references.filter((use) => use.definition === index).map((use) => use.span)];
  const { length } = state.doc;
  return spans
    .map((span) => toNow(changes, span))
    .filter((span) => span.to > span.from && span.to <= length)
    .sort((a, b) => a.from - b.from);
}

/** Names that may be used at `pos`, innermost scope first, of the given kinds. */
export function namesInScope(
  state: EditorState,
  pos: number,
  kinds: ReadonlySet<SymbolDefinition["kind"]>,
): readonly SymbolDefinition[] {
  const { report, changes } = state.field(reportField);
  if (report === undefined) return [];
  const old = toChecked(changes, pos);
  return report.definitions
    .filter(({ kind, scope }) => kinds.has(kind) && covers(scope, old))
    .sort((a, b) => a.scope.to - a.scope.from - (b.scope.to - b.scope.from));
}
