/**
 * Waspnest as a library: run WebAssembly under a meter, stop it anywhere, look at everything.
 *
 * ```js
 * import { instantiate, loadCore, Module } from "waspnest";
 *
 * await loadCore();
 * const module = Module.fromText(`(module
 *   (import "env" "log" (func $log (param i32)))
 *   (func (export "add") (param i32 i32) (result i32)
 *     (call $log (local.get 0))
 *     (i32.add (local.get 0) (local.get 1))))`);
 * const machine = instantiate(module, { env: { log: (ctx, x) => console.log(x, ctx.gas.used) } });
 * console.log(await machine.call("add", [2, 40], { gas: 1_000n })); // 42
 * ```
 *
 * @packageDocumentation
 */
export { loadCore } from "./core.ts";
export { Module, ModuleError } from "./module.ts";
export { instantiate, LinkError, Machine, NoMemoryError, OutOfGasError, TrapError } from "./machine.ts";
export type { CallOptions, HostFunction, Imports, InstantiateOptions, LinkedModule, RunOptions, Stop } from "./machine.ts";
export type { TagDefinition } from "../worker/exceptions.ts";
export type { ObjectRef } from "../worker/references.ts";
export { WaspException } from "../worker/wasp-exception.ts";
export type { Address, Context, Gas, GlobalAccess, MemoryAccess, TableAccess } from "../worker/context.ts";
export type { Diagnostic, Effect, ExceptionInfo, ExceptionRow, ExportInfo, FrameDetail, FrameRow, ImportInfo, InstructionInfo, MachineView, Schedule, TrapInfo, Value } from "../protocol/dto.ts";
export { instructions, schedules } from "./core.ts";
