// The scripts of the project: their directives with pass or fail, and the way into each.

import { useMemo } from "preact/hooks";
import type { Stand } from "../protocol/project.ts";
import type { ScriptEdition, ScriptMode } from "../protocol/script.ts";
import { wantsMachine } from "../state/selectors.ts";
import {
  activeScript,
  allTotals,
  directiveRow,
  failureOf,
  isAnyRunning,
  isOutdated,
  openAt,
  listed,
  runOf,
  scriptsOf,
  standText,
  totalsOf,
  type DirectiveRow,
  type ScriptRun,
  type ScriptsState,
  type Totals,
} from "../state/scripts.ts";
import type { State } from "../state/state.ts";
import { useDispatch, useSelect } from "../state/use.ts";
import { groupThousands } from "../state/values.ts";
import { linkedModules, type ScriptFile } from "../protocol/project.ts";
import { Choice } from "../widgets/choice.tsx";
import { Pane } from "../widgets/pane.tsx";
import { VirtualList } from "../widgets/virtual-list.tsx";

/** A thumb needs more room than a mouse. */
const ROW_HEIGHT = matchMedia("(pointer: coarse)").matches ? 34 : 22;
/** Characters of a directive that a row shows; more would never fit. */
const SHOWN = 240;

const modulesOf = (state: State): State["project"]["modules"] => state.project.modules;
const scriptState = (state: State): ScriptsState => state.scripts;
const active = (state: State): ScriptFile | undefined => activeScript(state) ?? scriptsOf(state)[0];
const approaching = (state: State): boolean => state.scripts.stand !== undefined && state.machine.phase === "loading";
const standing = (state: State): Stand | undefined => state.machine.loaded?.stand;
const standName = (state: State): string => standText(state);
const hasModules = (state: State): boolean => wantsMachine(state) && linkedModules(state.project.modules).length > 0;

const SIGNS = { pass: "✓", fail: "✗", pending: "○" } as const;
const WORDS = { pass: "pass", fail: "FAIL", pending: "not run" } as const;

const MODES: readonly { readonly mode: ScriptMode; readonly name: string }[] = [
  { mode: "plain", name: "at full speed" },
  { mode: "gas", name: "with gas" },
  { mode: "one-tick", name: "stopped at every instruction" },
  { mode: "steps", name: "with nothing fused" },
];

const EDITIONS: readonly { readonly edition: ScriptEdition; readonly name: string }[] = [
  { edition: "", name: "all there is" },
  { edition: "3", name: "WebAssembly 3.0" },
  { edition: "2", name: "WebAssembly 2.0" },
  { edition: "1", name: "WebAssembly 1.0" },
  { edition: "threads", name: "1.0 with threads" },
  { edition: "memory64", name: "1.0 with 64-bit memories" },
];

const LISTED = [
  { value: "all", text: "All", name: "all directives" },
  { value: "failed", text: "Failed", name: "failed directives only" },
] as const;

export function Script() {
  const modules = useSelect(modulesOf);
  const scripts = useMemo(() => modules.filter((module) => module.kind === "script"), [modules]);
  if (scripts.length === 0) return <Pane name="Script" className="dock-pane" empty="open a .wast file or a folder of them" />;
  return (
    <Pane name="Script" className="dock-pane script-pane" aside={<Head several={scripts.length > 1} />}>
      <div class={`script-parts${scripts.length > 1 ? " script-several" : ""}`}>
        {scripts.length > 1 && <ScriptList scripts={scripts} />}
        <Directives />
      </div>
    </Pane>
  );
}

function Head({ several }: { readonly several: boolean }) {
  const totals = useSelect(totalsText);
  const running = useSelect(isAnyRunning);
  const script = useSelect(active);
  const { options, failingOnly } = useSelect(scriptState);
  const modules = useSelect(modulesOf);
  const dispatch = useDispatch();
  const names = (): readonly string[] => modules.filter((module) => module.kind === "script").map((module) => module.name);
  return (
    <>
      <span class="script-totals" role="status" aria-live={running ? "off" : "polite"}>
        {totals}
      </span>
      <Choice label="Listed" options={LISTED} value={failingOnly ? "failed" : "all"} onChoose={(value) => value === (failingOnly ? "all" : "failed") && dispatch({ kind: "failingToggled" })} />
      <span class="script-runs">
        {running ? (
          <button type="button" class="small-button" onClick={() => dispatch({ kind: "ask", command: { kind: "stopScripts" } })}>
            Stop
          </button>
        ) : (
          <>
            {script && (
              <button type="button" class="small-button" onClick={() => dispatch({ kind: "ask", command: { kind: "runScripts", names: [script.name] } })}>
                Run {several ? "this script" : "script"}
              </button>
            )}
            {several && (
              <button type="button" class="small-button" onClick={() => dispatch({ kind: "ask", command: { kind: "runScripts", names: names() } })}>
                Run all scripts
              </button>
            )}
          </>
        )}
      </span>
      <span class="script-options quiet">
        <label>
          <span class="wide-only">by the rules of </span>
          <select
            class="select"
            aria-label="Rules of validity"
            title="By whose rules modules are invalid. Older scripts assert that newer modules are."
            value={options.edition}
            onChange={(event) => {
              const chosen = EDITIONS.find(({ edition }) => edition === event.currentTarget.value);
              if (chosen) dispatch({ kind: "scriptOptionsChosen", options: { ...options, edition: chosen.edition } });
            }}
          >
            {EDITIONS.map(({ edition, name }) => (
              <option key={edition} value={edition}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <label>
          <span class="wide-only">run </span>
          <select
            class="select"
            aria-label="Way of running"
            title="How the machine is driven. No way may change what comes out."
            value={options.mode}
            onChange={(event) => {
              const chosen = MODES.find(({ mode }) => mode === event.currentTarget.value);
              if (chosen) dispatch({ kind: "scriptOptionsChosen", options: { ...options, mode: chosen.mode } });
            }}
          >
            {MODES.map(({ mode, name }) => (
              <option key={mode} value={mode}>
                {name}
              </option>
            ))}
          </select>
        </label>
      </span>
    </>
  );
}

/** `✓ 12 passed ✗ 1 failed ○ 3 not run`, over all scripts; what is none is left out. */
function totalsText(state: State): string {
  const running = scriptsOf(state).find((script) => runOf(state, script.name)?.phase === "running");
  const text = sayTotals(allTotals(state));
  return running === undefined ? text : `… ${running.name}  ${text}`;
}

function sayTotals({ passed, failed, pending }: Totals): string {
  const parts = [
    `${SIGNS.pass} ${groupThousands(passed)} passed`,
    failed === 0 ? "" : `${SIGNS.fail} ${groupThousands(failed)} failed`,
    pending === 0 ? "" : `${SIGNS.pending} ${groupThousands(pending)} not run`,
  ];
  return passed + failed + pending === 0 ? "not run" : parts.filter((part) => part !== "").join("  ");
}

interface FileState {
  readonly sign: string;
  readonly word: string;
  readonly tone: "pass" | "fail" | "pending";
}

function fileState(run: ScriptRun | undefined): FileState {
  const { passed, failed, pending } = totalsOf(run);
  if (run === undefined) return { sign: SIGNS.pending, word: "not run", tone: "pending" };
  if (run.phase === "waiting") return { sign: SIGNS.pending, word: "waiting", tone: "pending" };
  const counts = `${groupThousands(passed)} of ${groupThousands(passed + failed + pending)}`;
  if (run.phase === "running") return { sign: "…", word: `running, ${counts}`, tone: failed > 0 ? "fail" : "pending" };
  if (failed > 0) return { sign: SIGNS.fail, word: `${groupThousands(failed)} FAIL of ${groupThousands(passed + failed + pending)}`, tone: "fail" };
  if (run.phase === "stopped") return { sign: "■", word: `stopped, ${counts}`, tone: "pending" };
  return { sign: SIGNS.pass, word: `${groupThousands(passed)} pass`, tone: "pass" };
}

function ScriptList({ scripts }: { readonly scripts: readonly ScriptFile[] }) {
  const { runs, failingOnly } = useSelect(scriptState);
  const open = useSelect(active);
  const dispatch = useDispatch();
  const running = useSelect(isAnyRunning);
  const fails = (script: ScriptFile): boolean => (runs[script.name]?.failures.length ?? 0) > 0;
  const failing = scripts.filter(fails);
  // Those that fail come first; not while they run, since nothing moves under a hand.
  const shown = failingOnly ? failing : running ? scripts : [...failing, ...scripts.filter((script) => !fails(script))];
  const chosen = shown.findIndex((script) => script.name === open?.name);
  const at = (index: number): FileState & { readonly name: string } => ({ name: shown[index]?.name ?? "", ...fileState(runs[shown[index]?.name ?? ""]) });
  if (shown.length === 0) return <p class="nothing">No script has a failing directive.</p>;
  return (
    <VirtualList
      label="Scripts"
      className="script-files"
      count={shown.length}
      rowHeight={ROW_HEIGHT}
      chosen={chosen < 0 ? undefined : chosen}
      onChoose={(index) => dispatch({ kind: "fileChosen", file: { kind: "module", name: at(index).name } })}
      text={(index) => {
        const { name, word } = at(index);
        return `${name}.wast: ${word}`;
      }}
      row={(index) => {
        const { name, sign, word, tone } = at(index);
        return (
          <>
            <span class={`verdict verdict-${tone}`} aria-hidden="true">
              {sign}
            </span>
            <span class="vrow-text" title={name}>
              <bdi>{name}</bdi>
            </span>
            <span class={`row-detail verdict-${tone}`}>{word}</span>
          </>
        );
      }}
    />
  );
}

function Directives() {
  const script = useSelect(active);
  const scripts = useSelect(scriptState);
  const stood = useSelect(standing);
  const dispatch = useDispatch();
  const run = script && scripts.runs[script.name];
  const { failingOnly } = scripts;
  const numbers = useMemo(() => (run === undefined ? [] : listed(run, failingOnly)), [run?.directives, failingOnly ? run?.failures : undefined, failingOnly]);
  if (!script) return undefined;
  if (run === undefined || run.phase === "waiting") {
    return (
      <div class="script-directives">
        <p class="nothing">{run === undefined ? "Not run yet. Running carries out each directive on a machine of its own." : "Waiting for its turn."}</p>
      </div>
    );
  }
  const chosenNumber = scripts.chosen?.script === script.name ? scripts.chosen.directive : undefined;
  const chosen = chosenNumber === undefined ? -1 : numbers.indexOf(chosenNumber);
  const rowAt = (index: number): DirectiveRow => directiveRow(run, numbers[index] ?? 0);
  const outdated = isOutdated(run, script);
  const open = (row: DirectiveRow, at: "start" | "end"): void => dispatch(openAt(script, row, at));
  const stands = (row: DirectiveRow): boolean => stood?.script === script.name && stood.directive === row.number;
  return (
    <div class="script-directives">
      {outdated && <p class="script-note">The text has changed since this run. Run the script to see what became of it.</p>}
      {run.why !== undefined && (
        <p class="script-note" role="alert">
          The run ended: {run.why}.
        </p>
      )}
      {numbers.length === 0 ? (
        <p class="nothing">{run.directives.length === 0 ? "This script has no directive." : "Nothing fails here."}</p>
      ) : (
        <VirtualList
          label="Directives"
          count={numbers.length}
          rowHeight={ROW_HEIGHT}
          chosen={chosen < 0 ? undefined : chosen}
          onChoose={(index) => dispatch({ kind: "directiveChosen", script: script.name, directive: rowAt(index).number })}
          onOpen={(index) => {
            const row = rowAt(index);
            if (row.calls) open(row, "start");
          }}
          text={(index) => {
            const row = rowAt(index);
            return `line ${row.line}, ${row.kind}, ${WORDS[row.verdict]}${stands(row) ? ", the machine stands here" : ""}`;
          }}
          row={(index) => {
            const row = rowAt(index);
            return (
              <>
                <span class={`verdict verdict-${row.verdict}`}>
                  <span aria-hidden="true">{SIGNS[row.verdict]}</span> {WORDS[row.verdict]}
                </span>
                <span class="vrow-line quiet">{row.line}</span>
                <span class="vrow-kind">{row.kind}</span>
                <span class="vrow-text quiet">{restOf(run.text, row)}</span>
                {stands(row) && (
                  <span class="vrow-stand" aria-hidden="true">
                    ▶
                  </span>
                )}
              </>
            );
          }}
        />
      )}
      {chosenNumber !== undefined && chosenNumber * 5 < run.directives.length && <Detail run={run} row={directiveRow(run, chosenNumber)} stands={stands(directiveRow(run, chosenNumber))} onOpen={open} />}
    </div>
  );
}

/** What a directive says after its keyword, in one line. */
function restOf(text: string, row: DirectiveRow): string {
  const slice = text.slice(row.span.from, Math.min(row.span.to, row.span.from + SHOWN)).replace(/\s+/g, " ");
  return slice.startsWith(`(${row.kind}`) ? slice.slice(row.kind.length + 1).trim() : slice;
}

interface DetailProps {
  readonly run: ScriptRun;
  readonly row: DirectiveRow;
  readonly stands: boolean;
  onOpen(row: DirectiveRow, at: "start" | "end"): void;
}

/** What became of the chosen directive, and the way into it. */
function Detail({ run, row, stands, onOpen }: DetailProps) {
  const onTheWay = useSelect(approaching);
  const where = useSelect(standName);
  const modules = useSelect(hasModules);
  const stood = useSelect(standing);
  const dispatch = useDispatch();
  const failure = failureOf(run, row.number);
  return (
    <div class="script-detail" role="group" aria-label="Directive">
      <p class="script-verdict" aria-live="polite">
        <span class={`verdict verdict-${row.verdict}`}>
          <span aria-hidden="true">{SIGNS[row.verdict]}</span> {WORDS[row.verdict]}
        </span>{" "}
        <span class="quiet">line {row.line}</span>{" "}
        {failure !== undefined && (
          <>
            expected <code>{failure.expected}</code>, got <code>{failure.got}</code>
          </>
        )}
        {stands && <span class="quiet"> The machine stands in this action.</span>}
      </p>
      <div class="script-ways">
        {onTheWay ? (
          <>
            <span class="quiet">The script runs up to {where}…</span>
            <button type="button" class="small-button" onClick={() => dispatch({ kind: "ask", command: { kind: "pause" } })}>
              Stop
            </button>
          </>
        ) : (
          <>
            <button type="button" class="small-button" disabled={!row.calls} title={row.calls ? "The machine as it is just before this action (Enter)" : "This directive calls no function"} onClick={() => onOpen(row, "start")}>
              Open paused
            </button>
            <button type="button" class="small-button" disabled={!row.calls} title={row.calls ? "The machine at the end of this action, or at its trap" : "This directive calls no function"} onClick={() => onOpen(row, "end")}>
              Open at its end
            </button>
          </>
        )}
        {stood !== undefined && (
          <button type="button" class="small-button" onClick={() => dispatch({ kind: "standChosen", stand: undefined, toEnd: false })}>
            {modules ? "Back to the modules" : "Close the machine"}
          </button>
        )}
      </div>
    </div>
  );
}
