// The generated glue as the `Core` interface. The only place that trusts the core's types.
import * as glue from "../pkg/waspnest.js";
import type { Core } from "./core.ts";

/** The core, once the glue was initialised. */
export function coreOf(): Core {
  return {
    newSession: () => new glue.Session(),
    check: (text) => glue.check(text),
    assemble: (text) => glue.assemble(text),
    disassemble: (bytes) => glue.disassemble(bytes),
    reference: () => glue.reference(),
    schedules: () => glue.schedules(),
    lastPanic: () => glue.lastPanic(),
  };
}
