// The generated glue as the `Core` interface. The only place that trusts the core's types.
import * as glue from "../pkg/waspnest.js";
import type { Core, Session } from "./core.ts";

/** The core, once the glue was initialised. */
export function coreOf(): Core {
  return {
    // The numbers that `run` gives are those of `StopCode`.
    newSession: () => new glue.Session() as Session,
    newScriptRun: (text, { mode, edition, ticks }) => new glue.ScriptRun(text, mode, edition, ticks),
    check: (text) => glue.check(text),
    checkScript: (text) => glue.checkScript(text),
    assemble: (text) => glue.assemble(text),
    disassemble: (bytes) => glue.disassemble(bytes),
    reference: () => glue.reference(),
    schedules: () => glue.schedules(),
    lastPanic: () => glue.lastPanic(),
  };
}
