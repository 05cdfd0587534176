// Everything that is wrong with the project, in the order of its files.

import type { Span } from "../protocol/dto.ts";
import { Pane } from "../widgets/pane.tsx";
import { problems, type FileProblem } from "../state/selectors.ts";
import type { ActiveFile, State } from "../state/state.ts";
import { offsetOf } from "../state/text.ts";
import { useSelect, useStore } from "../state/use.ts";

let last: { readonly project: State["project"]; readonly reports: State["reports"]; readonly machine: State["machine"]; readonly stand: State["scripts"]["stand"]; readonly found: readonly FileProblem[] } | undefined;

/** The same list for the same files, so that a step does not draw it again. */
export const allProblems = (state: State): readonly FileProblem[] => {
  const { project, reports, machine } = state;
  const { stand } = state.scripts;
  if (last?.stand === stand && last?.project === project && last.reports === reports && last.machine.problems === machine.problems && last.machine.loaded?.warnings === machine.loaded?.warnings && last.machine.phase === machine.phase) {
    return last.found;
  }
  last = { project, reports, machine, stand, found: problems(state) };
  return last.found;
};

const LISTED = 200;

function placeIn(text: string, problem: FileProblem): Span {
  const from = offsetOf(text, problem.line ?? 1, problem.column ?? 1);
  return { from, to: from };
}

/** Imports that nobody defines: a function can be put into host.js for each. */
const wantsStubs = (state: State): boolean => allProblems(state).some((problem) => problem.severity === "error" && problem.message.startsWith("nothing defines "));

export function Problems() {
  const stubs = useSelect(wantsStubs);
  const found = useSelect(allProblems);
  const { dispatch, state } = useStore();
  return (
    <Pane name="Problems" className="dock-pane" empty={found.length === 0 ? "none" : undefined}>
      <ul class="rows problems">
        {found.slice(0, LISTED).map((problem, index) => {
          const file: ActiveFile | undefined = problem.file === undefined ? undefined : problem.file === "host.js" ? { kind: "host" } : { kind: "module", name: problem.file };
          return (
            <li key={index}>
              <button
                type="button"
                class={`row problem problem-${problem.severity}`}
                onClick={() => {
                  if (!file) return;
                  const place = problem.span ?? placeIn(state.peek().project.hostCode, problem);
                  dispatch({ kind: "revealAsked", file, ...place });
                }}
              >
                <span class="problem-mark" aria-hidden="true">
                  {problem.severity === "error" ? "●" : "▲"}
                </span>
                <span class="visually-hidden">{problem.severity}</span>
                <span class="problem-text">{problem.message}</span>
                <span class="row-detail quiet">
                  {problem.file ?? ""}
                  {problem.line === undefined ? "" : `:${problem.line}`}
                  {problem.column === undefined ? "" : `:${problem.column}`}
                </span>
              </button>
            </li>
          );
        })}
      </ul>
      {stubs && (
        <p class="nothing">
          <button type="button" class="small-button" onClick={() => dispatch({ kind: "ask", command: { kind: "stubs" } })}>
            Generate stubs in host.js
          </button>
        </p>
      )}
      {found.length > LISTED && <p class="nothing">and {found.length - LISTED} more</p>}
    </Pane>
  );
}
