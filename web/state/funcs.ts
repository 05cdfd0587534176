// Functions by what a person writes: `$name`, an index as `3` or `[3]`, an exported `"name"`, each also as `module:…` of another module.

import { own } from "../base/records.ts";
import type { LoadedModule } from "../protocol/engine.ts";
import type { State } from "./state.ts";
import type { FuncFinder } from "./values.ts";

/** Finds functions of the machine, first in the module `near`, then in the others. */
export function funcFinder(state: State, near: string | undefined): FuncFinder {
  const modules = state.machine.loaded?.modules ?? [];
  const ordered = near === undefined ? modules : [...modules.filter((module) => module.name === near), ...modules.filter((module) => module.name !== near)];
  return (text) => {
    for (const module of modules) {
      const prefix = `${module.name}:`;
      if (text.startsWith(prefix)) return found(state, module, text.slice(prefix.length), text);
    }
    // A bare index means one of the module that is looked at.
    const isIndex = indexIn(text) !== undefined;
    for (const module of isIndex ? ordered.slice(0, 1) : ordered) {
      const func = found(state, module, text, text.startsWith("$") ? text : `${module.name}:${text}`);
      if (func) return func;
    }
    return undefined;
  };
}

function found(state: State, module: LoadedModule, text: string, name: string): ReturnType<FuncFinder> {
  const index = indexIn(text);
  if (index !== undefined) {
    const func = addressOf(module, index);
    return func === undefined ? undefined : { func, name };
  }
  if (text.startsWith("$")) {
    const named = namedIndex(state, module, text);
    const func = named === undefined ? undefined : addressOf(module, named);
    return func === undefined ? undefined : { func, name };
  }
  const exported = module.exports.find((candidate) => candidate.kind === "func" && JSON.stringify(candidate.name) === text);
  return exported && { func: exported.address, name };
}

function indexIn(text: string): number | undefined {
  const digits = /^\[?(\d{1,9})\]?$/.exec(text)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

function addressOf({ funcs }: LoadedModule, index: number): number | undefined {
  const { imported, first, count } = funcs;
  if (index < imported.length) return imported[index];
  const at = index - imported.length;
  return at < count ? first + at : undefined;
}

/** Index of a function by the name that the module's text gives it. */
function namedIndex(state: State, module: LoadedModule, name: string): number | undefined {
  const outline = own(state.reports, module.file ?? module.name)?.report.outline ?? [];
  const defined = outline.find((item) => item.kind === "func" && item.name === name);
  if (defined) return defined.index;
  const imports = outline.filter((item) => item.kind === "import");
  let func = 0;
  for (const [position, item] of module.imports.entries()) {
    if (item.kind !== "func") continue;
    if (imports[position]?.name === name) return func;
    func += 1;
  }
  return undefined;
}
