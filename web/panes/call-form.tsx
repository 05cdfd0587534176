// Which function is called with what.

import { callables, chosenCall, parsedArgs } from "../state/selectors.ts";
import type { State } from "../state/state.ts";
import { useDispatch, useSelect } from "../state/use.ts";

const several = (state: State): boolean => state.project.modules.length > 1;

export function CallForm() {
  const call = useSelect(chosenCall);
  const all = useSelect(callables);
  const manyModules = useSelect(several);
  const dispatch = useDispatch();
  if (!call) return <p class="call-form call-none">This module exports no function to call.</p>;
  const parsed = parsedArgs(call);
  const types = call.info.func?.params ?? [];
  const results = call.info.func?.results ?? [];
  return (
    <form
      class="call-form"
      aria-label="Call"
      onSubmit={(event) => {
        event.preventDefault();
        dispatch({ kind: "ask", command: { kind: "run" } });
      }}
    >
      <select
        class="select call-name"
        aria-label="Function to call"
        value={`${call.module}\n${call.info.name}`}
        onChange={(event) => {
          const [module = "", ...rest] = event.currentTarget.value.split("\n");
          dispatch({ kind: "exportChosen", module, export: rest.join("\n") });
        }}
      >
        {all.map((callable) => (
          <option key={`${callable.module}\n${callable.info.name}`} value={`${callable.module}\n${callable.info.name}`}>
            {manyModules ? `${callable.module} ` : ""}
            {callable.info.name === "" ? '""' : callable.info.name}
          </option>
        ))}
      </select>
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
              class="field arg-input"
              value={call.args[index] ?? ""}
              aria-label={`${shown} ${type}`}
              aria-invalid={failed !== undefined}
              title={failed ?? type}
              autocomplete="off"
              spellcheck={false}
              onInput={(event) => dispatch({ kind: "argTyped", index, text: event.currentTarget.value })}
            />
            <span class="arg-type">{type}</span>
            {failed !== undefined && (
              <span class="arg-problem" role="alert">
                {failed}
              </span>
            )}
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
    </form>
  );
}
