// The buttons that move the machine.

import type { ComponentChildren } from "preact";
import type { Command } from "../state/actions.ts";
import { brokenReason, callOfHost, chosenCall, isBroken, isHostStale, isOfBefore, isRunning, isStale, readyArgs, viewOf } from "../state/selectors.ts";
import type { State } from "../state/state.ts";
import { useDispatch, useSelect } from "../state/use.ts";

/** What can be done now; a union, so that buttons cannot disagree. */
type Offer = "nothing" | "pause" | "begin" | "go" | "again";

export function offer(state: State): Offer {
  const view = viewOf(state);
  const command = state.machine.command;
  const longCommand = command !== undefined && ["run", "continue", "step over", "step out", "run to cursor", "add gas"].includes(command);
  if (isRunning(state) || (longCommand && view?.status.kind === "paused")) return "pause";
  if (!view) return "nothing";
  if (view.status.kind === "paused") return "go";
  if (view.status.kind === "trapped") return "again";
  return isBroken(state) ? "nothing" : "begin";
}

const callReady = (state: State): boolean => {
  const call = chosenCall(state);
  return call !== undefined && readyArgs(state, call) !== undefined && !isBroken(state);
};
/** What keeps a call from beginning is said when it is asked for. */
const hasCall = (state: State): boolean => chosenCall(state) !== undefined;
/** A machine cannot be made anew of a text that is broken. */
const cannotRestart = (state: State): boolean => isBroken(state) && isStale(state);
/** Going on makes a host call again, by the new text. */
const callsAnew = (state: State): boolean => callOfHost(state) === "before" && isHostStale(state);
const cursorOf = (state: State): string | undefined => (state.active.kind === "module" ? state.active.name : undefined);

/** What has the focus where nothing else does. */
export function mainButton(): HTMLElement | null {
  return document.querySelector<HTMLElement>(".controls .step-in");
}

interface ControlsProps {
  /** UTF-16 position of the cursor in the module's text. */
  readonly cursor: () => number;
}

export function Controls({ cursor }: ControlsProps) {
  const offered = useSelect(offer);
  const canCall = useSelect(callReady);
  const module = useSelect(cursorOf);
  const dispatch = useDispatch();
  const ask = (command: Command) => (): void => dispatch({ kind: "ask", command });
  const running = offered === "pause";
  const mayAsk = useSelect(hasCall);
  const canStep = offered === "go" || (offered === "begin" && canCall);
  const ofBefore = useSelect(isOfBefore);
  const why = useSelect(brokenReason);
  const stuck = useSelect(cannotRestart);
  const stale = useSelect(isStale);
  const takesHost = useSelect(callsAnew);
  // What goes on goes on with the machine before; what would begin anew cannot, and says why.
  const before = stuck ? "goes on with the machine of the text before" : "goes on with the machine before";
  const goesOn = takesHost ? "takes the new host.js" : stale ? "goes on with the text from before your change" : "";
  const going = ofBefore && offered === "go" ? before : canStep ? goesOn : why;
  const goingOn = { note: going, className: ofBefore ? "dimmed" : "" };
  return (
    <div class="controls" role="toolbar" aria-label="Machine">
      <Button name="Run" keys="Ctrl+Enter" className="button-primary" disabled={running || !canCall} saysWhy={!running && mayAsk} note={stale && why === "" ? "takes the new text" : why} onClick={ask({ kind: "run" })}>
        <Icon path="M4 2.5v11l9-5.5z" />
        <span class="short-name">Run</span>
      </Button>
      {running ? (
        <Button name="Pause" keys="p" onClick={ask({ kind: "pause" })}>
          <Icon path="M3.5 2.5h3v11h-3zM9.5 2.5h3v11h-3z" />
          <span class="short-name">Pause</span>
        </Button>
      ) : (
        <Button name="Continue" keys="F8 or c" {...goingOn} disabled={offered !== "go"} onClick={ask({ kind: "continue" })}>
          <Icon path="M2.5 2.5h2v11h-2zM6 2.5v11l8-5.5z" />
          <span class="short-name">Continue</span>
        </Button>
      )}
      <span class="controls-gap" />
      <Button name="Step in" keys="F11 or s" {...goingOn} className={`step-in ${goingOn.className}`} disabled={!canStep} saysWhy={offered === "begin" && mayAsk} onClick={ask({ kind: "step", way: "in" })}>
        <Icon path="M7 1.5h2v6h2.5L8 11.5 4.5 7.5H7zM5.5 13h5v2h-5z" />
        <span class="short-name">Step in</span>
      </Button>
      <Button name="Step over" keys="F10 or o" {...goingOn} disabled={!canStep} saysWhy={offered === "begin" && mayAsk} onClick={ask({ kind: "step", way: "over" })}>
        <Icon path="M2 9a6 6 0 0 1 10.6-3.6V3H14v5.5H8.8V7h2.9A4.4 4.4 0 0 0 3.6 9zM6.5 13h3v2h-3z" />
        <span class="short-name">over</span>
      </Button>
      <Button name="Step out" keys="Shift+F11 or u" {...goingOn} disabled={offered !== "go"} onClick={ask({ kind: "step", way: "out" })}>
        <Icon path="M7 11.5h2v-6h2.5L8 1.5 4.5 5.5H7zM5.5 13h5v2h-5z" />
        <span class="short-name">out</span>
      </Button>
      <span class="controls-gap" />
      <Button
        name="Run to cursor"
        keys="Ctrl+F10"
        {...goingOn}
        className={`to-cursor ${goingOn.className}`}
        disabled={module === undefined || !canStep}
        onClick={() => {
          if (module !== undefined) dispatch({ kind: "ask", command: { kind: "runToCursor", module, position: cursor() } });
        }}
      >
        <Icon path="M2 3h6v1.5H2zM2 7.2h4v1.5H2zM2 11.5h6V13H2zM10 4.5l4.5 3.5L10 11.5z" />
        <span class="short-name">to cursor</span>
      </Button>
      <Button name="Restart" keys="r" className="restart" disabled={offered === "nothing" || stuck} saysWhy={stuck} note={stuck ? why : ""} onClick={ask({ kind: "restart" })}>
        <Icon path="M8 2.5a5.5 5.5 0 1 1-5.3 4l1.5.4A4 4 0 1 0 8 4v2.2L4.3 3.3 8 .4z" />
        <span class="short-name">Restart</span>
      </Button>
    </div>
  );
}

interface ButtonProps {
  readonly name: string;
  readonly keys: string;
  readonly disabled?: boolean;
  /** A click on the disabled button is answered with the reason. */
  readonly saysWhy?: boolean;
  readonly className?: string;
  /** Why it is disabled, or what is special about it now. */
  readonly note?: string;
  onClick(): void;
  readonly children: ComponentChildren;
}

/** Disabled buttons keep the focus, so that stepping by keyboard does not lose its place when a call ends. */
function Button({ name, keys, disabled = false, saysWhy = false, className = "", note = "", onClick, children }: ButtonProps) {
  return (
    <button
      type="button"
      class={`button ${className}`}
      aria-label={name}
      aria-disabled={disabled}
      title={`${name} (${keys})${note === "" ? "" : `: ${note}`}`}
      onClick={() => {
        if (!disabled || saysWhy) onClick();
      }}
    >
      {children}
    </button>
  );
}

function Icon({ path }: { readonly path: string }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
      <path d={path} fill="currentColor" />
    </svg>
  );
}
