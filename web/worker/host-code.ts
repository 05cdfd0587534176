// host.js: loads it and finds what it gives for each import.
import { messageOf } from "../base/assert.ts";
import type { HostGlobal, HostImport, ImportInfo, Problem } from "../protocol/dto.ts";
import { type ReadyMade, findReadyMade } from "../protocol/ready-made.ts";
import { shown, toValue } from "./convert.ts";
import type { Handles } from "./handles.ts";
import type { HostFunc } from "./core.ts";
import { tagMisfit } from "./exceptions.ts";

export type HostFunction = (context: unknown, ...args: readonly unknown[]) => unknown;

export type Namespace = Readonly<Record<string, unknown>>;

/** Loads the text of a module. Its errors tell their place by `url`; of one that cannot be read, a browser tells it only by `placeOf`. */
export type ImportCode = (source: string) => {
  readonly url: string;
  readonly namespace: Promise<Namespace>;
  placeOf?(error: SyntaxError): Place | undefined;
};

/** Line and column, from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

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

/** `url` is where host.js was loaded from: lines of other scripts say nothing about it. */
export function hostFailure(thrown: unknown, url?: string): HostFailure {
  const name = textOf(thrown, "name");
  const message = `${name === "" || name === "Error" ? "" : `${name}: `}${messageOf(thrown)}`;
  return { message, ...(url === undefined ? {} : placeIn(textOf(thrown, "stack"), url)) };
}

/** The first place of a script in a stack, in both notations of browsers: "at f (blob:null/…:3:7)" and "f@blob:null/…:3:7". */
function placeIn(stack: string, url: string): Partial<HostFailure> {
  const at = stack.indexOf(`${url}:`);
  const place = at < 0 ? null : /^(\d+):(\d+)/.exec(stack.slice(at + url.length + 1));
  return place === null ? {} : { line: Number(place[1]), column: Number(place[2]) };
}

/** Before anything of a text that is only read. */
const NOTHING = "throw 0;";

/** What keeps host.js from being read; none of it runs. */
export async function misreadHost(source: string, importCode: ImportCode): Promise<Problem | undefined> {
  const { url, namespace, placeOf } = importCode(`${NOTHING}${source}`);
  try {
    await namespace;
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) return undefined;
    const { message, line, column = 1 } = { ...hostFailure(thrown, url), ...placeOf?.(thrown) };
    return { file: "host.js", message, ...(line === undefined ? {} : { line, column: line === 1 ? column - NOTHING.length : column }) };
  }
  return undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return (typeof value === "object" || typeof value === "function") && value !== null;
}

function isFunction(value: unknown): value is HostFunction {
  return typeof value === "function";
}

const nameOf = (info: ImportInfo): string => `${info.module}.${info.name}`;

/** What browsers say when a file that a module imports cannot be had; the words differ. */
const IMPORT_FAILED = /dynamically imported module|importing a module script/i;

export class HostCode {
  readonly source: string;
  readonly #url: string | undefined;
  readonly #namespace: Namespace;
  /** Each is asked for once: a getter could answer differently the next time. */
  readonly #found = new Map<string, unknown>();

  private constructor(source: string, url: string | undefined, namespace: Namespace) {
    this.source = source;
    this.#url = url;
    this.#namespace = namespace;
  }

  static none(): HostCode {
    return new HostCode("", undefined, {});
  }

  /** Loads host.js; a problem when it does not parse, its top level throws, or is not done within the time of a host function. */
  static async load(source: string, importCode: ImportCode, millis: number): Promise<HostCode | Problem> {
    if (source.trim() === "") return HostCode.none();
    const failed = (failure: HostFailure): Problem => ({ file: "host.js", ...failure, message: `host.js does not load: ${failure.message}` });
    const { url, namespace, placeOf } = importCode(source);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), millis);
    });
    try {
      const loaded = await Promise.race([namespace, late]);
      if (loaded === undefined) return failed({ message: `an await at its top level did not come back within ${millis / 1000} s` });
      return new HostCode(source, url, loaded);
    } catch (thrown) {
      const failure = { ...hostFailure(thrown, url), ...(thrown instanceof SyntaxError ? placeOf?.(thrown) : undefined) };
      if (!IMPORT_FAILED.test(failure.message)) return failed(failure);
      return failed({ message: "it imports another file, but it runs without a network; put what it needs into host.js itself" });
    } finally {
      clearTimeout(timer);
    }
  }

  /** What host.js gives for an import; undefined when it says nothing about it. Throws what a getter throws. */
  find(module: string, name: string): unknown {
    const key = JSON.stringify([module, name]);
    if (!this.#found.has(key)) this.#found.set(key, this.#look(module, name));
    return this.#found.get(key);
  }

  #look(module: string, name: string): unknown {
    const owned = (holder: unknown, key: string): unknown => (isRecord(holder) && Object.hasOwn(holder, key) ? holder[key] : undefined);
    const named = module === "default" ? undefined : owned(owned(this.#namespace, module), name);
    return named ?? owned(owned(owned(this.#namespace, "default"), module), name);
  }

  /** Message and place of what code of host.js threw. */
  failure(thrown: unknown): HostFailure {
    return hostFailure(thrown, this.#url);
  }

  /** Where a function of it is written; nothing when its text is not found, as with functions made by other functions. */
  placeOf(call: HostFunction): Partial<HostFailure> {
    const at = this.source.indexOf(Function.prototype.toString.call(call));
    if (at < 0) return {};
    const before = this.source.slice(0, at).split("\n");
    return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
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
    let given: unknown;
    try {
      given = code.find(info.module, info.name);
    } catch (thrown) {
      const failure = code.failure(thrown);
      problems.push({ file: "host.js", ...failure, message: `${nameOf(info)} in host.js cannot be read: ${failure.message}` });
      continue;
    }
    switch (info.kind) {
      case "func": {
        if (given !== undefined) {
          if (!isFunction(given)) problems.push(at(wanted, `${nameOf(info)} in host.js is ${shown(given)}, but the module imports a function`));
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
          const zero = type === "i64" || type === "v128" ? 0n : type.endsWith("ref") ? null : 0;
          globals.push({ module: info.module, name: info.name, value: toValue(type, given ?? zero, handles) });
        } catch (thrown) {
          problems.push(at(wanted, `the global ${nameOf(info)} in host.js: ${messageOf(thrown)}`));
        }
        break;
      }
      case "tag": {
        const misfit = given === undefined ? undefined : tagMisfit(info, given, `${nameOf(info)} in host.js`);
        if (misfit !== undefined) problems.push(at(wanted, misfit));
        else if (given === undefined && allowed) warnings.push(at(wanted, `nothing defines ${nameOf(info)}, so a fresh tag is made for it: ${info.type}`));
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
