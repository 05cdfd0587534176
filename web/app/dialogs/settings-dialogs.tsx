// Limits and the costs of a gas schedule.

import { useState } from "preact/hooks";
import type { Schedule } from "../../protocol/dto.ts";
import type { Limits } from "../../protocol/project.ts";
import { LIMIT_RANGES } from "../../share/index.ts";
import { DEFAULT_LIMITS, MOST_GAS } from "../../state/state.ts";
import { scheduleOf } from "../../state/selectors.ts";
import { useStore } from "../../state/use.ts";
import { formatBytes, formatGas, groupThousands } from "../../state/values.ts";
import { Dialog } from "../../widgets/dialog.tsx";

interface LimitRow {
  readonly key: "stackSlots" | "memoryPages" | "tableElements" | "heapMib" | "hostMillis";
  readonly name: string;
  readonly about: (value: number) => string;
}

const ROWS: readonly LimitRow[] = [
  { key: "stackSlots", name: "Stack, in slots of 8 bytes", about: (value) => `${formatBytes(value * 8)}; a deeper recursion stops with a reason` },
  { key: "memoryPages", name: "One memory, in pages of 64 KiB", about: (value) => formatBytes(value * 65_536) },
  { key: "tableElements", name: "All tables, in elements", about: () => "" },
  { key: "heapMib", name: "All structures and arrays, in MiB", about: () => "what nothing refers to any more makes room first" },
  { key: "hostMillis", name: "One host function, in milliseconds", about: () => "one that takes longer is ended, and the machine stands at that call" },
];

function withoutCommas(text: string): string {
  return text.replaceAll(/[,\s]/g, "");
}

export function LimitsDialog() {
  const store = useStore();
  const state = store.state.peek();
  const denominator = scheduleOf(state)?.denominator ?? 1;
  const [gas, setGas] = useState(state.project.limits.gas === undefined ? "" : (state.project.limits.gas / BigInt(denominator)).toString());
  const [numbers, setNumbers] = useState<Readonly<Record<LimitRow["key"], string>>>({
    stackSlots: String(state.project.limits.stackSlots),
    memoryPages: String(state.project.limits.memoryPages),
    tableElements: String(state.project.limits.tableElements),
    heapMib: String(state.project.limits.heapMib),
    hostMillis: String(state.project.limits.hostMillis),
  });
  const close = (): void => store.dispatch({ kind: "dialogClosed" });
  const compact = withoutCommas(gas);
  const mostGas = MOST_GAS / BigInt(denominator);
  const gasIsRight = /^\d*$/.test(compact) && BigInt(compact) <= mostGas;
  const gasProblem = gasIsRight ? "" : `a whole number from 0 to ${groupThousands(mostGas)}, or empty for no limit`;
  const problem = (key: LimitRow["key"]): string => {
    const text = withoutCommas(numbers[key]);
    const value = Number(text);
    const range = LIMIT_RANGES[key];
    const inRange = /^\d+$/.test(text) && value >= range.least && value <= range.most;
    return inRange ? "" : `a whole number from ${groupThousands(range.least)} to ${groupThousands(range.most)}`;
  };
  const wrong = gasProblem !== "" || ROWS.some((row) => problem(row.key) !== "");
  const valueOf = (key: LimitRow["key"]): number => Number(withoutCommas(numbers[key]));
  const apply = (): void => {
    const limits: Limits = {
      ...(compact === "" ? {} : { gas: BigInt(compact) * BigInt(denominator) }),
      stackSlots: valueOf("stackSlots"),
      memoryPages: valueOf("memoryPages"),
      tableElements: valueOf("tableElements"),
      heapMib: valueOf("heapMib"),
      hostMillis: valueOf("hostMillis"),
    };
    store.dispatch({ kind: "limitsChosen", limits });
    close();
  };
  return (
    <Dialog title="Limits" onClose={close}>
      <p class="quiet">Hitting a limit is a stop with a reason; the machine stays as it was. New limits hold at once, also for a call under way. What the program has already stays, also where it is more.</p>
      <form
        class="limits"
        onSubmit={(event) => {
          event.preventDefault();
          if (!wrong) apply();
        }}
      >
        <label class="limit">
          <span>Gas</span>
          <input class="field" aria-label="Gas limit" value={gas} aria-invalid={gasProblem !== ""} placeholder="no limit" onInput={(event) => setGas(event.currentTarget.value)} />
          <span class={gasProblem === "" ? "quiet" : "field-problem"}>{gasProblem === "" ? "empty for no limit" : gasProblem}</span>
        </label>
        {ROWS.map((row) => (
          <label key={row.key} class="limit">
            <span>{row.name}</span>
            <input
              class="field"
              inputMode="numeric"
              aria-label={row.name}
              value={numbers[row.key]}
              aria-invalid={problem(row.key) !== ""}
              onInput={(event) => setNumbers({ ...numbers, [row.key]: event.currentTarget.value })}
            />
            <span class={problem(row.key) === "" ? "quiet" : "field-problem"}>{problem(row.key) === "" ? row.about(valueOf(row.key)) : problem(row.key)}</span>
          </label>
        ))}
        <p class="dialog-actions">
          <button
            type="button"
            class="button"
            onClick={() => {
              store.dispatch({ kind: "limitsChosen", limits: DEFAULT_LIMITS });
              close();
            }}
          >
            Defaults
          </button>
          <button type="submit" class="button button-primary" disabled={wrong}>
            Set limits
          </button>
        </p>
      </form>
    </Dialog>
  );
}

const SHOWN = 120;

export function ScheduleDialog() {
  const store = useStore();
  const state = store.state.peek();
  const first = scheduleOf(state);
  const [schedule, setSchedule] = useState<Schedule | undefined>(first);
  const [filter, setFilter] = useState("");
  const close = (): void => store.dispatch({ kind: "dialogClosed" });
  if (!schedule) {
    return (
      <Dialog title="Costs" onClose={close}>
        <p>The costs are still being read.</p>
      </Dialog>
    );
  }
  const builtin = state.schedules.find((known) => known.name === schedule.name.replace(/, changed$/, ""));
  const changed = schedule !== first;
  const change = (next: Partial<Schedule>): void => setSchedule({ ...schedule, name: schedule.name.endsWith(", changed") ? schedule.name : `${schedule.name}, changed`, ...next });
  const known = state.instructions.length > 0 ? state.instructions.map((info) => info.mnemonic) : Object.keys(schedule.costs);
  const wanted = filter.trim().toLowerCase();
  const found = known.filter((mnemonic) => mnemonic.includes(wanted));
  const unit = schedule.denominator === 1 ? "gas" : `1/${schedule.denominator} gas`;
  return (
    <Dialog title="Costs" wide onClose={close}>
      <p>
        Schedule <strong>{schedule.name}</strong>, in units of {unit}. Counted for every instruction of the source, exact at each stop.
      </p>
      <div class="costs-general">
        <Cost name="any other instruction" value={schedule.base} onChange={(base) => change({ base })} />
        <Cost name="a taken branch, besides" value={schedule.takenBranch} onChange={(takenBranch) => change({ takenBranch })} />
        <Cost name="each grown page" value={schedule.perGrownPage} onChange={(perGrownPage) => change({ perGrownPage })} />
        <Cost name="each byte of a bulk instruction" value={schedule.perBulkByte} onChange={(perBulkByte) => change({ perBulkByte })} />
        <Cost name="each host call" value={schedule.perHostCall} onChange={(perHostCall) => change({ perHostCall })} />
        <Cost name="each zero bit that clz and ctz count" value={schedule.perCountedZero} onChange={(perCountedZero) => change({ perCountedZero })} />
        <Cost name="each one bit that popcnt counts" value={schedule.perCountedOne} onChange={(perCountedOne) => change({ perCountedOne })} />
      </div>
      <div class="stack-row">
        <input class="field grow" aria-label="Filter instructions" placeholder="filter, like i32.load" value={filter} onInput={(event) => setFilter(event.currentTarget.value)} />
        <span class="quiet">{groupThousands(found.length)} instructions</span>
      </div>
      <div class="costs" role="group" aria-label="Cost of each instruction">
        {found.slice(0, SHOWN).map((mnemonic) => (
          <Cost key={mnemonic} name={mnemonic} value={schedule.costs[mnemonic] ?? schedule.base} onChange={(cost) => change({ costs: { ...schedule.costs, [mnemonic]: cost } })} />
        ))}
      </div>
      {found.length > SHOWN && <p class="quiet">and {groupThousands(found.length - SHOWN)} more; the filter finds them</p>}
      <p class="dialog-actions">
        <span class="quiet">one instruction now costs {formatGas(BigInt(schedule.base), schedule.denominator)} gas unless listed</span>
        <button
          type="button"
          class="button"
          disabled={!builtin || (!changed && "builtin" in state.project.schedule)}
          onClick={() => {
            if (builtin) store.dispatch({ kind: "scheduleChosen", schedule: { builtin: builtin.name } });
            close();
          }}
        >
          Reset
        </button>
        <button
          type="button"
          class="button button-primary"
          disabled={!changed}
          onClick={() => {
            store.dispatch({ kind: "scheduleChosen", schedule });
            close();
          }}
        >
          Use these costs
        </button>
      </p>
    </Dialog>
  );
}

/** The machine's own bound on a cost: 2^22 units. */
const COST_MAX = 4_194_304;

function Cost({ name, value, onChange }: { readonly name: string; readonly value: number; onChange(value: number): void }) {
  const [text, setText] = useState(String(value));
  const [shown, setShown] = useState(value);
  if (shown !== value) {
    setShown(value);
    setText(String(value));
  }
  const wrong = !/^\d{1,10}$/.test(text) || Number(text) > COST_MAX;
  return (
    <label class="cost">
      <span class="cost-name">{name}</span>
      <input
        class="field cost-input"
        inputMode="numeric"
        aria-label={`Cost of ${name}`}
        aria-invalid={wrong}
        value={text}
        onInput={(event) => {
          const typed = event.currentTarget.value;
          setText(typed);
          if (/^\d{1,10}$/.test(typed) && Number(typed) <= COST_MAX && Number(typed) !== value) {
            setShown(Number(typed));
            onChange(Number(typed));
          }
        }}
      />
    </label>
  );
}
