// host.js: loads it and finds what it gives for each import.
import { messageOf } from "../base/assert.ts";
import type { HostGlobal, HostImport, ImportInfo, Problem } from "../protocol/dto.ts";
import { type ReadyMade, findReadyMade } from "../protocol/ready-made.ts";
import { type Handles, toValue } from "./convert.ts";
import type { HostFunc } from "./core.ts";

export type HostFunction = (context: unknown, ...args: readonly unknown[]) => unknown;

/** Loads the text of a module and gives its namespace. */
export type ImportCode = (source: string) => Promise<Readonly<Record<string, unknown>>>;

/** How a host import is answered. */
export type Binding =
  | { readonly kind: "user"; readonly name: string; readonly call: HostFunction; readonly func: HostFunc }
  | { readonly kind: "ready-made"; readonly name: string; readonly entry: ReadyMade; readonly func: HostFunc }
  /** Code that came with a link and was not allowed yet. */
  | { readonly kind: "denied"; readonly name: string; readonly func: HostFunc };

/** Message and place of something that host code threw. */
export interface HostFailure {
  readonly message: string;
  readonly line?: number;
  readonly column?: number;
}

/** A text of an error. Host code may have made it of anything, even of a getter that throws. */
function textOf(thrown: unknown, key: "name" | "stack"): string {
  try {
    const text: unknown = thrown instanceof Error ? thrown[key] : "";
    return typeof text === "string" ? text : "";
  } catch {
    return "";
  }
}

export function hostFailure(thrown: unknown): HostFailure {
  const name = textOf(thrown, "name");
  const message = `${name === "" || name === "Error" ? "" : `${name}: `}${messageOf(thrown)}`;
  // Both notations of browsers: "at f (blob:null/…:3:7)" and "f@blob:null/…:3:7".
  const place = /(?:blob:|data:text\/javascript)[^\s)]*:(\d+):(\d+)/.exec(textOf(thrown, "stack"));
  return place === null ? { message } : { message, line: Number(place[1]), column: Number(place[2]) };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return (typeof value === "object" || typeof value === "function") && value !== null;
}

function isFunction(value: unknown): value is HostFunction {
  return typeof value === "function";
}

const nameOf = (info: ImportInfo): string => `${info.module}.${info.name}`;

export class HostCode {
  readonly #namespace: Readonly<Record<string, unknown>>;

  private constructor(namespace: Readonly<Record<string, unknown>>) {
    this.#namespace = namespace;
  }

  static none(): HostCode {
    return new HostCode({});
  }

  /** Loads host.js; a problem when it does not parse or its top level throws. */
  static async load(source: string, importCode: ImportCode): Promise<HostCode | Problem> {
    if (source.trim() === "") return HostCode.none();
    try {
      return new HostCode(await importCode(source));
    } catch (thrown) {
      const failure = hostFailure(thrown);
      return { file: "host.js", ...failure, message: `host.js does not load: ${failure.message}` };
    }
  }

  /** What host.js gives for an import; undefined when it says nothing about it. */
  find(module: string, name: string): unknown {
    const owned = (holder: unknown, key: string): unknown => (isRecord(holder) && Object.hasOwn(holder, key) ? holder[key] : undefined);
    const named = module === "default" ? undefined : owned(owned(this.#namespace, module), name);
    return named ?? owned(owned(owned(this.#namespace, "default"), module), name);
  }
}

function at(wanted: HostImport, message: string): Problem {
  return {
    message,
    file: wanted.importer,
    ...(wanted.span === undefined ? {} : { span: wanted.span }),
    ...(wanted.line === undefined ? {} : { line: wanted.line }),
    ...(wanted.column === undefined ? {} : { column: wanted.column }),
  };
}

export interface Needs {
  readonly globals: readonly HostGlobal[];
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
}

function sameType(info: ImportInfo, entry: ReadyMade): boolean {
  return info.func?.params.join() === entry.params.join() && info.func.results.join() === entry.results.join();
}

const typeOf = (entry: ReadyMade): string => {
  const part = (word: string, types: readonly string[]): string => (types.length === 0 ? "" : ` (${word} ${types.join(" ")})`);
  return `(func${part("param", entry.params)}${part("result", entry.results)})`;
};

/** Checks all imports of the project against host.js and the ready-made ones. */
export function checkImports(imports: readonly HostImport[], code: HostCode, allowed: boolean, handles: Handles): Needs {
  const globals: HostGlobal[] = [];
  const problems: Problem[] = [];
  const warnings: Problem[] = [];
  for (const wanted of imports) {
    const info = wanted.import;
    const given = code.find(info.module, info.name);
    switch (info.kind) {
      case "func": {
        if (given !== undefined) {
          if (!isFunction(given)) problems.push(at(wanted, `${nameOf(info)} in host.js is ${typeof given}, but the module imports a function`));
          break;
        }
        const entry = findReadyMade(info.module, info.name);
        if (entry !== undefined && !sameType(info, entry))
          problems.push(at(wanted, `${nameOf(info)} is imported as ${info.type}, but it is ${typeOf(entry)}`));
        else if (entry === undefined && allowed)
          problems.push(at(wanted, `nothing defines ${nameOf(info)}, which is imported as ${info.type}; add it to host.js`));
        break;
      }
      case "global": {
        const type = /\(global (?:\(mut )?([^)]+)\)/.exec(info.type)?.[1] ?? "i32";
        if (given === undefined && allowed) {
          problems.push(at(wanted, `nothing defines the global ${nameOf(info)}; give it a value in host.js`));
          break;
        }
        try {
          const zero = type === "i64" ? 0n : type.endsWith("ref") ? null : 0;
          globals.push({ module: info.module, name: info.name, value: toValue(type, given ?? zero, handles) });
        } catch (thrown) {
          problems.push(at(wanted, `the global ${nameOf(info)} in host.js: ${messageOf(thrown)}`));
        }
        break;
      }
      default:
        warnings.push(at(wanted, `no module gives ${nameOf(info)}, so a fresh ${info.kind} is made for it: ${info.type}`));
    }
  }
  return { globals, problems, warnings };
}

/** How each host function of a linked machine is answered. */
export function bindFunctions(funcs: readonly HostFunc[], code: HostCode): ReadonlyMap<number, Binding> {
  return new Map(
    funcs.map((func): [number, Binding] => {
      const info = func.import.import;
      const name = nameOf(info);
      const given = code.find(info.module, info.name);
      const entry = findReadyMade(info.module, info.name);
      if (isFunction(given)) return [func.func, { kind: "user", name, call: given, func }];
      if (entry !== undefined) return [func.func, { kind: "ready-made", name, entry, func }];
      return [func.func, { kind: "denied", name, func }];
    }),
  );
}
