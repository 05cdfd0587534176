// Which function is called with what.

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { linkedModules, type ModuleSource } from "../protocol/project.ts";
import { callables, chosenCall, freshReport, hasErrors, parsedArgs, wantsMachine } from "../state/selectors.ts";
import { type Callable, EMPTY_MODULE, type State } from "../state/state.ts";
import { groupThousands } from "../state/values.ts";
import { useDispatch, useSelect, useStore } from "../state/use.ts";

const several = (state: State): boolean => (state.machine.loaded?.stand === undefined ? linkedModules(state.project.modules) : state.machine.loaded.modules).length > 1;
const loadedModules = (state: State): unknown => state.machine.loaded?.modules;
const noCall = (state: State): string =>
  wantsMachine(state) ? 'This module exports no function to call. Write (export "name") into one.' : "Open an action of the script paused to call what its modules export.";

/** The text module that a first function could be written into: nothing stands in it, nor in any other. */
const emptyText = (state: State): string | undefined => {
  const modules = linkedModules(state.project.modules);
  const isEmpty = (module: ModuleSource): boolean => module.kind === "text" && freshReport(state, module)?.outline.length === 0 && !hasErrors(freshReport(state, module));
  return state.scripts.stand === undefined && modules.length > 0 && modules.every(isEmpty) ? modules.at(-1)?.name : undefined;
};

/** More options than this are slow to draw and not read by anyone: then a field filters them. */
const OPTIONS = 300;

interface FunctionChoiceProps {
  readonly call: Callable;
  readonly all: readonly Callable[];
  readonly manyModules: boolean;
}

function FunctionChoice({ call, all, manyModules }: FunctionChoiceProps) {
  const dispatch = useDispatch();
  const [filter, setFilter] = useState("");
  const shown = useMemo(() => optionsShown(all, call, filter), [all, call.module, call.info, filter]);
  const options = useMemo(
    () =>
      shown.map((callable) => (
        <option key={idOf(callable)} value={idOf(callable)}>
          {manyModules ? `${callable.module} ` : ""}
          {callable.info.name === "" ? '""' : callable.info.name}
        </option>
      )),
    [shown, manyModules],
  );
  return (
    <>
      {all.length > OPTIONS && (
        <input
          class="field call-filter"
          type="search"
          aria-label="Filter functions"
          placeholder={`filter ${groupThousands(all.length)} functions`}
          value={filter}
          spellcheck={false}
          onInput={(event) => setFilter(event.currentTarget.value)}
        />
      )}
      <select
        class="select call-name"
        aria-label="Function to call"
        value={idOf(call)}
        onChange={(event) => {
          const [module = "", ...rest] = event.currentTarget.value.split("\n");
          dispatch({ kind: "exportChosen", module, export: rest.join("\n") });
        }}
      >
        {options}
      </select>
    </>
  );
}

function idOf(callable: Callable): string {
  return `${callable.module}\n${callable.info.name}`;
}

/** Those that match the filter, and always the chosen one. */
function optionsShown(all: readonly Callable[], call: Callable, filter: string): readonly Callable[] {
  if (all.length <= OPTIONS) return all;
  const wanted = filter.trim().toLowerCase();
  const found = (wanted === "" ? all : all.filter((callable) => callable.info.name.toLowerCase().includes(wanted))).slice(0, OPTIONS);
  return found.some((callable) => callable.module === call.module && callable.info.name === call.info.name) ? found : [call, ...found];
}

/** What can be done where nothing is written yet. */
function EmptyModule({ name }: { readonly name: string }) {
  const dispatch = useDispatch();
  return (
    <div class="call-form call-none" role="group" aria-label="Nothing to call yet">
      <span>The module is empty. Type a function into it, or</span>
      <button type="button" class="small-button" onClick={() => dispatch({ kind: "textTyped", name, text: EMPTY_MODULE })}>
        Write a first function
      </button>
      <button type="button" class="small-button" onClick={() => dispatch({ kind: "dialogOpened", dialog: { kind: "open" } })}>
        Open a file
      </button>
      <button type="button" class="small-button" onClick={() => dispatch({ kind: "dialogOpened", dialog: { kind: "examples" } })}>
        Start from an example
      </button>
    </div>
  );
}

export function CallForm() {
  const store = useStore();
  // Which functions there are to be named changes with the machine.
  useSelect(loadedModules);
  const call = useSelect(chosenCall);
  const all = useSelect(callables);
  const manyModules = useSelect(several);
  const dispatch = useDispatch();
  const why = useSelect(noCall);
  const form = useRef<HTMLFormElement>(null);
  const refused = useSelect((state) => state.refusedArg);
  useEffect(() => {
    if (refused) form.current?.querySelectorAll<HTMLInputElement>(".arg-input")[refused.index]?.focus();
  }, [refused]);
  const empty = useSelect(emptyText);
  if (!call && empty !== undefined) return <EmptyModule name={empty} />;
  if (!call) return <p class="call-form call-none">{why}</p>;
  const parsed = parsedArgs(store.state.peek(), call);
  const types = call.info.func?.params ?? [];
  const results = call.info.func?.results ?? [];
  return (
    <form
      class="call-form"
      aria-label="Call"
      ref={form}
      onSubmit={(event) => {
        event.preventDefault();
        dispatch({ kind: "ask", command: { kind: "run" } });
      }}
    >
      <FunctionChoice call={call} all={all} manyModules={manyModules} />
      <span class="call-paren" aria-hidden="true">
        (
      </span>
      {types.map((type, index) => {
        const name = call.info.paramNames?.[index];
        const result = parsed[index];
        const failed = result?.kind === "failed" ? result.message : undefined;
        const shown = name ?? `[${index}]`;
        return (
          <label key={index} class={`arg${failed === undefined ? "" : " arg-failed"}`}>
            <span class="arg-name">{shown}</span>
            <input
              class={`field arg-input${type === "v128" ? " arg-wide" : ""}`}
              value={call.args[index] ?? ""}
              aria-label={`${shown} ${type}`}
              aria-invalid={failed !== undefined}
              title={failed ?? type}
              autocomplete="off"
              spellcheck={false}
              onInput={(event) => dispatch({ kind: "argTyped", index, text: event.currentTarget.value })}
            />
            <span class="arg-type">{type}</span>
          </label>
        );
      })}
      <span class="call-paren" aria-hidden="true">
        )
      </span>
      {results.length > 0 && (
        <span class="call-results quiet" title="Types of the results">
          → {results.join(" ")}
        </span>
      )}
      {parsed.map(
        (result, index) =>
          result.kind === "failed" && (
            <p key={index} class="arg-problem" role="alert">
              {call.info.paramNames?.[index] ?? `[${index}]`}: {result.message}
            </p>
          ),
      )}
    </form>
  );
}
