// Exceptions on their way to the machine: what host code throws, and how it describes a tag.
import type { ImportInfo } from "../protocol/dto.ts";
import { shown, slotsOf } from "./convert.ts";
import type { Session } from "./core.ts";
import type { Handles } from "./handles.ts";
import { nameOf } from "./references.ts";
import type { WaspException } from "./wasp-exception.ts";

/** A thrown exception in the machine's terms: address of its tag and slots of its values, and the object that it is there already. */
export interface Raised {
  readonly object?: number;
  readonly tag: number;
  readonly bits: BigUint64Array<ArrayBuffer>;
}

/** Throws a RangeError or TypeError with a sentence when the module knows no such tag or the values are not what it carries. */
export function raised(session: Session, module: number, moduleName: string, exception: WaspException, handles: Handles): Raised {
  const held = handles.references?.heldAs(exception);
  if (held?.exception !== undefined) {
    const gone = handles.references?.whyGone(exception);
    if (gone !== undefined) throw new TypeError(`${nameOf(held)} ${gone}`);
    return { tag: held.exception.tag, bits: BigUint64Array.from(held.exception.slots), object: held.object };
  }
  const { tag: name, values } = exception;
  const tag = session.tag(module, String(name));
  if (tag === undefined) throw new RangeError(`no tag named "${name}" is known to module ${moduleName}; a tag is named by its export, its $name or its import`);
  const { address, types } = tag;
  if (values.length !== types.length) {
    const wanted = types.length === 0 ? "nothing" : `${types.length} ${types.length === 1 ? "value" : "values"} (${types.join(" ")})`;
    throw new TypeError(`an exception of the tag ${name} carries ${wanted}, not ${values.length === 0 ? "nothing" : values.length}`);
  }
  const bits = slotsOf(types, values, handles, (index, { what, why }) => `value ${index} of the exception ${name} is ${what}, which ${why}`);
  return { tag: address, bits };
}

/** Answers the pending host call with what a host function threw. */
export function raise(session: Session, { tag, bits, object }: Raised): void {
  if (object === undefined) session.throwFromHost(tag, bits);
  else session.rethrowFromHost(object);
}

/** A tag that host code gives for an import, as `WebAssembly.Tag` describes one. */
export interface TagDefinition {
  /** Types of the values that its exceptions carry. */
  readonly parameters: readonly string[];
}

/** What is wrong with what is given for an imported tag, which a sentence calls `name`; undefined when it fits. */
export function tagMisfit(info: ImportInfo, given: unknown, name: string): string | undefined {
  const wanted = info.func?.params ?? [];
  const parameters: unknown = typeof given === "object" && given !== null && "parameters" in given ? given.parameters : undefined;
  const write = `write { parameters: [${wanted.map((type) => JSON.stringify(type)).join(", ")}] }`;
  if (!Array.isArray(parameters)) return `${name} is ${shown(given)}, but the module imports a tag; ${write}`;
  if (parameters.length === wanted.length && wanted.every((type, index) => parameters[index] === type)) return undefined;
  return `${name} is a tag that carries ${parameters.length === 0 ? "nothing" : parameters.map(String).join(" ")}, but the module imports ${info.type}; ${write}`;
}
