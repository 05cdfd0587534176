// The part of the worker's script that only comparisons need. It comes with them, behind the rest.
import { NativeWorker } from "./native.ts";

globalThis.waspnestNative = (core, beforeCall) => new NativeWorker(core, beforeCall);
