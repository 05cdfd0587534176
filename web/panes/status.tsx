// The badge with the state's word, where and why, and the line about what the last step did.

import type { TrapView } from "../protocol/dto.ts";
import { typeOf } from "../protocol/value.ts";
import { badge, badgeTitle, callOfHost, effectLine, isBroken, isHostStale, isRunning, isStale, wantsHigherLimit, type Badge } from "../state/selectors.ts";
import { actionToOpen, openAt, scriptToOpen } from "../state/scripts.ts";
import type { State } from "../state/state.ts";
import { offsetOf } from "../state/text.ts";
import { formatGas, formatValue } from "../state/values.ts";
import { useDispatch, useSelect, useStore } from "../state/use.ts";
import { useFocusBack } from "../widgets/focus-back.ts";
import { FollowButton } from "../widgets/value-cell.tsx";
import { mainButton } from "./controls.tsx";
import { useFollow } from "./following.ts";
import { VectorCell } from "../widgets/vector-cell-lazy.tsx";
import { format, useDimmed, useShapes, view } from "./looking.ts";

const word = (state: State): Badge["word"] => badge(state).word;
const why = (state: State): string => badge(state).why;
/** A broken text cannot be started; its badge says so already. */
const staleAndWhole = (state: State): boolean => isStale(state) && !isBroken(state);
/** A host function that was ended is a pause that says so itself. */
const crash = (state: State): string | undefined => {
  return state.machine.endedAtCall === true || callOfHost(state) === "before" ? undefined : state.machine.crash;
};
const gaveUp = (state: State): boolean => state.machine.stopped === true;
/** Units that make one gas, while the machine stands because its gas is used up. */
const outOfGas = (state: State): number | undefined => {
  const now = view(state);
  return now?.status.kind === "paused" && now.status.reason === "gas" ? now.gas.denominator : undefined;
};
/** Offered when the gas is gone; in gas, not units. */
const ADDED = [1_000n, 1_000_000n, 1_000_000_000n];
const isIdle = (state: State): boolean => state.idle === true;
/** What takes the text as it is now, by the names of the buttons that can be pressed. */
const taking = (state: State): string => {
  if (isRunning(state)) return "The machine runs the text from before your change; Restart takes the new one.";
  if (callOfHost(state) !== undefined && isHostStale(state)) return "The machine runs the host.js from before your change; Call it again takes the new one.";
  return "The machine runs the text from before your change; Run takes the new one.";
};
const hostAsked = (state: State): boolean => state.host === "asked";

/** Line of the script's action that can be opened, while there is no machine at all. */
const lineToOpen = (state: State): number | undefined => (word(state) === "READY" ? actionToOpen(state)?.line : undefined);

export function StatusBadge() {
  const shown = useSelect(word);
  return (
    <span class={`badge badge-${shown.toLowerCase()}`} role="status">
      {shown}
    </span>
  );
}

/** The badge, and where and why in one line. */
export function StatusHead() {
  const reason = useSelect(why);
  const limited = useSelect(wantsHigherLimit);
  const title = useSelect(badgeTitle);
  const line = useSelect(lineToOpen);
  const { dispatch, state } = useStore();
  const focus = useFocusBack(mainButton);
  const openPaused = (): void => {
    const script = scriptToOpen(state.peek());
    const row = actionToOpen(state.peek());
    if (script && row) dispatch(openAt(script, row, "start"));
  };
  return (
    <div class="status-line" {...focus}>
      <StatusBadge />
      <span class="status-why" title={title}>
        {reason}
      </span>
      {line !== undefined && (
        <button type="button" class="small-button" aria-label={`Open paused at line ${line}`} title={`The machine as it is just before the action of line ${line}`} onClick={openPaused}>
          Open paused
        </button>
      )}
      {limited && (
        <button type="button" class="small-button" aria-label="Limits: load it with a higher one" onClick={() => dispatch({ kind: "dialogOpened", dialog: { kind: "limits" } })}>
          Limits
        </button>
      )}
    </div>
  );
}

/** What is to be said or decided about the state, and what the last step did. */
export function StatusNotes() {
  const stale = useSelect(staleAndWhole);
  const crashed = useSelect(crash);
  const stopped = useSelect(gaveUp);
  const asked = useSelect(hostAsked);
  const denominator = useSelect(outOfGas);
  const idle = useSelect(isIdle);
  const hostCall = useSelect(callOfHost);
  const takes = useSelect(taking);
  const dispatch = useDispatch();
  const focus = useFocusBack(mainButton);
  return (
    <>
      <div class="banners" {...focus}>
        {stale && (
          <p class="banner">
            {takes}
            <button type="button" class="button" onClick={() => dispatch({ kind: "ask", command: { kind: "restart" } })}>
              Restart with the new text
            </button>
          </p>
        )}
        {crashed !== undefined && (
          <p class="banner banner-error" role="alert">
            <span>
              {stopped ? "The machine ended several times in a row and was not started again" : "The machine ended unexpectedly and was started again"}: {crashed}
            </span>
            <button type="button" class="button" onClick={() => dispatch({ kind: "ask", command: { kind: "restart" } })}>
              {stopped ? "Try again" : "Restart"}
            </button>
          </p>
        )}
        {asked && (
          <p class="banner">
            <span>This project brought JavaScript of its own (host.js). It has not run. It would run in a sandbox without access to this page, your files or the network.</span>
            <button type="button" class="button" onClick={() => dispatch({ kind: "fileChosen", file: { kind: "host" } })}>
              Read it
            </button>
            <button type="button" class="button button-primary" onClick={() => dispatch({ kind: "hostAllowed" })}>
              Allow its host code
            </button>
          </p>
        )}
        {idle && (
          <p class="banner">
            <span>The project was opened without a machine, so that nothing of it runs.</span>
            <button type="button" class="button" onClick={() => dispatch({ kind: "ask", command: { kind: "restart" } })}>
              Make the machine
            </button>
          </p>
        )}
        {hostCall !== undefined && <HostCall isOpen={hostCall === "open"} />}
        {denominator !== undefined && (
          <p class="banner">
            <span>Add gas and continue:</span>
            {ADDED.map((added) => (
              <button
                key={String(added)}
                type="button"
                class="button"
                aria-label={`Add ${formatGas(added, 1)} gas and continue`}
                onClick={() => dispatch({ kind: "ask", command: { kind: "addGas", amount: added * BigInt(denominator) } })}
              >
                +{formatGas(added, 1)}
              </button>
            ))}
          </p>
        )}
      </div>
      <EffectLine />
    </>
  );
}

export function EffectLine() {
  const text = useSelect(effectLine);
  const now = useSelect(view);
  const reading = useSelect(format);
  const follow = useFollow();
  const shape = useShapes();
  const dim = useDimmed();
  const kind = now?.status.kind;
  if (now?.status.kind === "finished") {
    const { results } = now.status;
    return (
      <div class={`effect effect-finished${dim}`} role="group" aria-label="Results">
        <span class="effect-lead">{results.length === 0 ? "returned nothing" : "returned"}</span>
        {results.map((value, index) =>
          value.type === "v128" ? (
            <VectorCell key={index} value={value} format={reading} label={`result ${index}`} {...shape(`result ${now.call?.module} ${now.call?.export} ${index}`)} />
          ) : (
            <span key={index} class="result">
              <strong>{formatValue(value, reading)}</strong> <FollowButton value={value} label={`result ${index}`} onFollow={follow} />
              <span class="value-type">{typeOf(value)}</span>
              {value.type !== "ref" && <span class="value-before">{formatValue(value, reading === "hex" ? "signed" : "hex")}</span>}
            </span>
          ),
        )}
      </div>
    );
  }
  if (now?.status.kind === "trapped") {
    const { trap } = now.status;
    return (
      <div class={`effect effect-trapped${dim}`} role="alert">
        <span>{trap.sentence}</span>
        {trap.host && <ShowInHost host={trap.host} />}
      </div>
    );
  }
  return <p class={`effect${kind === "running" ? " effect-running" : ""}${dim}`}>{text === "" ? " " : text}</p>;
}

/** A host function has no answer: where it stands, and how the call can go on. `isOpen`: it may still answer. */
function HostCall({ isOpen }: { readonly isOpen: boolean }) {
  const { dispatch, state } = useStore();
  const show = (): void => {
    const status = view(state.peek())?.status;
    const from = placeInHost(state.peek().project.hostCode, status?.kind === "paused" ? (status.note ?? "") : "");
    dispatch({ kind: "revealAsked", file: { kind: "host" }, from, to: from });
  };
  return (
    <p class="banner">
      <span>{isOpen ? "It can be called again, and what it has done so far stays:" : "The machine stands before its call, which can be made again:"}</span>
      <button type="button" class="button" onClick={show}>
        Show it in host.js
      </button>
      {!isOpen && (
        <button type="button" class="button" onClick={() => dispatch({ kind: "dialogOpened", dialog: { kind: "limits" } })}>
          Raise the time limit
        </button>
      )}
      <button type="button" class="button" onClick={() => dispatch({ kind: "ask", command: { kind: "callAgain" } })}>
        Call it again
      </button>
    </p>
  );
}

/** Where host.js defines the function whose name a sentence begins with, as `env.log`; its beginning when that is not found. */
function placeInHost(code: string, sentence: string): number {
  const [full = ""] = sentence.split(" ");
  const name = full.slice(full.indexOf(".") + 1).replace(/[^\w$]/g, "\\$&");
  const found = new RegExp(`(?<![\\w$.])["']?${name}["']?\\s*[(:]`).exec(code);
  return found?.index ?? 0;
}

function ShowInHost({ host }: { readonly host: NonNullable<TrapView["host"]> }) {
  const { dispatch, state } = useStore();
  const show = (): void => {
    const from = offsetOf(state.peek().project.hostCode, host.line ?? 1, host.column ?? 1);
    dispatch({ kind: "revealAsked", file: { kind: "host" }, from, to: from });
  };
  return (
    <button type="button" class="small-button" onClick={show}>
      Show in host.js
    </button>
  );
}

const announcement = (state: State): string => {
  const now = view(state);
  if (!now || now.status.kind === "running") return "";
  const edited = state.machine.loaded?.editSaid;
  if (edited !== undefined) return edited;
  const top = now.frame?.operands.find((row) => row.index + 1 === now.frame?.operandCount);
  const parts = [effectLine(state), now.next ? `next ${now.next.mnemonic}` : "", top ? `top of stack ${formatValue(top.value)} ${top.type}` : ""];
  return parts.filter((part) => part !== "").join(". ");
};

/** Read aloud at each stop: what happened, what comes, what is on top. */
export function LiveRegion() {
  const text = useSelect(announcement);
  return (
    <p class="visually-hidden" aria-live="polite" aria-atomic="true" data-testid="announcement">
      {text}
    </p>
  );
}
