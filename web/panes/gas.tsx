// The gas line: used, limit and remaining as a gauge, what the next instruction costs, and which schedule counts.

import { Pane } from "../widgets/pane.tsx";
import { freeText, scheduleName } from "../state/selectors.ts";
import type { State } from "../state/state.ts";
import { formatGas, groupThousands } from "../state/values.ts";
import { useDispatch, useSelect } from "../state/use.ts";
import { useDimmed, view } from "./looking.ts";

const schedules = (state: State): State["schedules"] => state.schedules;
const schedule = (state: State): State["project"]["schedule"] => state.project.schedule;

/** In units. */
const addedGas = (state: State): bigint => state.machine.loaded?.extraGas ?? 0n;

/** The specification's words for a recursion that came to its limit. */
const STACK_FULL = "call stack exhausted";

export function Gas() {
  const now = useSelect(view);
  const gas = now?.gas;
  const dim = useDimmed();
  const free = useSelect(freeText);
  const added = useSelect(addedGas);
  if (!now || !gas) {
    return (
      <Pane name="Gas" className="gas" aside={<ScheduleChoice />}>
        <div class="gas-line quiet">no machine yet</div>
      </Pane>
    );
  }
  const remaining = gas.limit === undefined ? undefined : gas.limit > gas.used ? gas.limit - gas.used : 0n;
  const part = gas.limit === undefined || gas.limit === 0n ? 0 : Math.min(1, Number((gas.used * 10_000n) / gas.limit) / 10_000);
  const out = now.status.kind === "paused" && now.status.reason === "gas";
  const amount = (units: bigint): string => formatGas(units, gas.denominator);
  return (
    <Pane name="Gas" className={`gas${out ? " gas-out" : ""}`} aside={<ScheduleChoice />}>
      <div class={`gas-line${dim}`}>
        <span class="gas-numbers" title={free}>
          <strong>{amount(gas.used)}</strong>
          {gas.limit === undefined ? <span class="quiet"> used, no limit</span> : <span class="quiet"> of {amount(gas.limit)}</span>}
        </span>
        {gas.limit !== undefined && added > 0n && (
          <span class="quiet" title={`The next call has ${amount(gas.limit - added)} again`}>
            {amount(added)} of it added for this call
          </span>
        )}
        {gas.limit !== undefined && (
          <span
            class="gauge"
            role="meter"
            aria-label="Gas used"
            aria-valuemin={0}
            aria-valuemax={100}
            aria-valuenow={Math.round(part * 100)}
            aria-valuetext={`${amount(gas.used)} of ${amount(gas.limit)} used, ${amount(remaining ?? 0n)} remaining`}
            title={`${amount(remaining ?? 0n)} remaining`}
          >
            <span class="gauge-fill" style={{ width: `${part * 100}%` }} />
          </span>
        )}
        {now.next && (
          <span class="gas-next">
            next <strong>{amount(now.next.gas)}</strong>
          </span>
        )}
        {now.status.kind === "trapped" && now.status.trap.kind === STACK_FULL && (
          <span class="gas-stack" title={now.status.trap.sentence}>
            stack <strong>full</strong>: {groupThousands(now.frameCount)} frames
          </span>
        )}
        {remaining !== undefined && <span class="quiet gas-rest">{amount(remaining)} remaining</span>}
      </div>
    </Pane>
  );
}

function ScheduleChoice() {
  const known = useSelect(schedules);
  const chosen = useSelect(schedule);
  const name = useSelect(scheduleName);
  const dispatch = useDispatch();
  const own = !("builtin" in chosen);
  return (
    <>
      <select
        class="select"
        aria-label="Gas schedule"
        value={own ? "own" : name}
        onChange={(event) => {
          const { value } = event.currentTarget;
          if (value === "edit") {
            event.currentTarget.value = own ? "own" : name;
            dispatch({ kind: "dialogOpened", dialog: { kind: "schedule" } });
          } else if (value !== "own") dispatch({ kind: "scheduleChosen", schedule: { builtin: value } });
        }}
      >
        {!own && !known.some((candidate) => candidate.name === name) && <option value={name}>{name}</option>}
        {known.map((candidate) => (
          <option key={candidate.name} value={candidate.name}>
            {candidate.name}
          </option>
        ))}
        {own && <option value="own">{name}</option>}
        <option value="edit">Edit costs…</option>
      </select>
      <button type="button" class="small-button" onClick={() => dispatch({ kind: "dialogOpened", dialog: { kind: "schedule" } })}>
        Costs
      </button>
      <button type="button" class="small-button" onClick={() => dispatch({ kind: "dialogOpened", dialog: { kind: "limits" } })}>
        Limits
      </button>
    </>
  );
}
