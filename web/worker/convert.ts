// JavaScript values to the bits of a WebAssembly value and back, with the checks that a host function's results need.
import { assertUnreachable } from "../base/assert.ts";
import type { RefTarget, Value } from "../protocol/dto.ts";
import type { Handles } from "./handles.ts";
import { nameOf, textOfReference } from "./references.ts";

const scratch = new DataView(new ArrayBuffer(8));
const CANONICAL_F32 = 0x7fc00000;
const CANONICAL_F64 = 0x7ff8000000000000n;

export function f32Bits(value: number): number {
  if (Number.isNaN(value)) return CANONICAL_F32;
  scratch.setFloat32(0, value);
  return scratch.getUint32(0);
}

export function f64Bits(value: number): bigint {
  if (Number.isNaN(value)) return CANONICAL_F64;
  scratch.setFloat64(0, value);
  return scratch.getBigUint64(0);
}

export function f32OfBits(bits: number): number {
  scratch.setUint32(0, bits);
  return scratch.getFloat32(0);
}

export function f64OfBits(bits: bigint): number {
  scratch.setBigUint64(0, bits);
  return scratch.getFloat64(0);
}

/** A function of the machine, as host code sees it. */
export interface FuncRef {
  readonly func: number;
}

/** Marks in the upper half of a slot: see `Ref::to_slot` in the engine. */
const I31 = 1n;
const OBJECT = 2n;

/** The reference in a slot, null aside. */
function referenceOf(type: string, slot: bigint): Exclude<RefTarget, { kind: "null" }> {
  const low = Number(slot & 0xffffffffn);
  if (family(type) === "func") return { kind: "func", func: low - 1, name: `[${low - 1}]` };
  if (family(type) === "exn") return { kind: "exception", object: low, text: `exception ${low}` };
  switch (slot >> 32n) {
    case I31:
      return { kind: "i31", value: low };
    case OBJECT:
      return { kind: "object", object: low, text: "" };
    default:
      return { kind: "extern", handle: low - 1 };
  }
}

/** The family of a reference type that is not a defined one; those never cross by value but null. */
function family(type: string): "func" | "exn" | "any" {
  if (/^(null)?funcref$|^\(ref (null )?(no)?func\)$/.test(type)) return "func";
  if (/^(null)?exnref$|^\(ref (null )?(no)?exn\)$/.test(type)) return "exn";
  return "any";
}

function fromTarget(target: RefTarget, handles: Handles): unknown {
  switch (target.kind) {
    case "null":
      return null;
    case "extern":
      return handles.valueOf(target.handle);
    case "func": {
      const reference: FuncRef = Object.freeze({ func: target.func });
      return reference;
    }
    case "i31":
      return (target.value << 1) >> 1;
    case "object":
    case "exception":
      if (handles.references === undefined) throw new TypeError("a reference cannot leave the machine here");
      if (target.kind === "object") return handles.references.objectOf(target.object);
      return handles.references.exceptionOf(target.object, (types, slots) => fromSlots(types, BigUint64Array.from(slots), handles));
    default:
      return assertUnreachable(target);
  }
}

/** The JavaScript values of arguments that lie in slots, a v128 in two. */
export function fromSlots(types: readonly string[], slots: BigUint64Array, handles: Handles): unknown[] {
  let next = 0;
  const slot = (): bigint => slots[next++] ?? 0n;
  return types.map((type) => {
    const low = slot();
    return fromBits(type, type === "v128" ? low | (slot() << 64n) : low, handles);
  });
}

/** The JavaScript value of an argument: i32 signed, i64 as signed BigInt, floats as numbers, v128 as unsigned BigInt. */
export function fromBits(type: string, bits: bigint, handles: Handles): unknown {
  switch (type) {
    case "i32":
      return Number(BigInt.asIntN(32, bits));
    case "i64":
      return BigInt.asIntN(64, bits);
    case "f32":
      return f32OfBits(Number(bits));
    case "f64":
      return f64OfBits(bits);
    case "v128":
      return bits;
    default:
      return bits === 0n ? null : fromTarget(referenceOf(type, bits), handles);
  }
}

/** Shows a wrong value in a sentence. */
export function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (typeof value === "string") return `the text ${JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)}`;
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") return "a function";
  if (typeof value !== "object") return String(value);
  const reference = textOfReference(value);
  if (reference !== undefined) return reference;
  return Array.isArray(value) ? `an array of ${value.length}` : "an object";
}

/** A value that is not of its type; `what` is the value and `why` the rest of the sentence. */
export class Misfit extends TypeError {
  constructor(
    readonly what: string,
    readonly why: string,
  ) {
    super(`${what} ${why}`);
  }
}

function refuse(type: string, value: unknown, hint: string): never {
  throw new Misfit(shown(value), `is not ${/^(f\d|[aeiou])/.test(type) ? "an" : "a"} ${type}${hint}`);
}

/** Whether a value can be the number of a function: 32 bits. */
function isIndex(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 0xffffffff;
}

/** The bits of a JavaScript value of the given type; throws a TypeError with a sentence when it does not fit. */
export function toBits(type: string, value: unknown, handles: Handles): bigint {
  switch (type) {
    case "i32": {
      if (typeof value === "boolean") return value ? 1n : 0n;
      if (typeof value !== "number") refuse(type, value, typeof value === "bigint" ? "; an i32 is a plain number" : "");
      if (!Number.isInteger(value) || value < -0x80000000 || value > 0xffffffff)
        refuse(type, value, "; it holds whole numbers from -2147483648 to 4294967295");
      return BigInt(value >>> 0);
    }
    case "i64": {
      if (typeof value !== "bigint") refuse(type, value, "; an i64 is a BigInt such as 5n");
      if (value < -(2n ** 63n) || value >= 2n ** 64n) refuse(type, value, "; it has 64 bits");
      return BigInt.asUintN(64, value);
    }
    case "f32":
      if (typeof value !== "number") refuse(type, value, "");
      return BigInt(f32Bits(value));
    case "f64":
      if (typeof value !== "number") refuse(type, value, "");
      return f64Bits(value);
    case "v128": {
      if (typeof value !== "bigint") refuse(type, value, "; a v128 is a BigInt such as 5n");
      if (value < -(2n ** 127n) || value >= 2n ** 128n) refuse(type, value, "; it has 128 bits");
      return BigInt.asUintN(128, value);
    }
    default: {
      if (value === null || value === undefined) return 0n;
      const held = handles.references?.heldAs(value);
      // An exception is a value like any other where none is wanted.
      if (held !== undefined && (held.exception !== undefined) === (family(type) === "exn")) {
        const gone = handles.references?.whyGone(value);
        if (gone !== undefined) throw new Misfit(nameOf(held), gone);
        return (OBJECT << 32n) | BigInt(held.object);
      }
      if (family(type) === "exn") refuse(type, value, "; give null or an exception that the program passed");
      if (typeof value === "object" && "func" in value && isIndex(value.func) && type !== "externref") return BigInt(value.func) + 1n;
      if (type === "externref") return BigInt(handles.handleOf(value)) + 1n;
      if (/^(any|eq|i31)ref$|^\(ref (null )?(any|eq|i31)\)$/.test(type) && typeof value === "number" && Number.isInteger(value)) {
        if (value < -0x40000000 || value > 0x7fffffff) refuse(type, value, "; an i31 holds whole numbers from -1073741824 to 2147483647");
        return (I31 << 32n) | BigInt(value & 0x7fffffff);
      }
      return refuse(type, value, "; give null or a reference that the program passed");
    }
  }
}

/** What a host function returned, as the slots of its declared results. */
export function resultBits(types: readonly string[], returned: unknown, handles: Handles): BigUint64Array<ArrayBuffer> {
  const [only] = types;
  if (only === undefined) {
    if (returned !== undefined) throw new TypeError(`it returned ${shown(returned)}, but its type has no result`);
    return new BigUint64Array();
  }
  if (types.length === 1) {
    const sentence = (_: number, { what, why }: Misfit): string => (returned === undefined ? `it returned nothing, but its type has the result ${only}` : `it returned ${what}, which ${why}`);
    return slotsOf(types, [returned], handles, sentence);
  }
  if (!Array.isArray(returned) || returned.length !== types.length)
    throw new TypeError(`it returned ${shown(returned)}; its type has ${types.length} results (${types.join(" ")}), so it must return an array of ${types.length}`);
  return slotsOf(types, returned, handles, (index, { what, why }) => `its result ${index} is ${what}, which ${why}`);
}

/** Values as slots, a v128 in two; `sentence` says more about one that does not fit. */
export function slotsOf(types: readonly string[], values: readonly unknown[], handles: Handles, sentence: (index: number, misfit: Misfit) => string): BigUint64Array<ArrayBuffer> {
  const slots = types.flatMap((type, index) => {
    try {
      const bits = toBits(type, values[index], handles);
      return type === "v128" ? [BigInt.asUintN(64, bits), bits >> 64n] : [bits];
    } catch (thrown) {
      if (thrown instanceof Misfit) throw new TypeError(sentence(index, thrown));
      throw thrown;
    }
  });
  return BigUint64Array.from(slots);
}

/** The JavaScript value of a value that crossed. */
export function fromValue(value: Value, handles: Handles): unknown {
  switch (value.type) {
    case "i32":
      return value.bits | 0;
    case "i64":
      return BigInt.asIntN(64, value.bits);
    case "f32":
      return f32OfBits(value.bits);
    case "f64":
      return f64OfBits(value.bits);
    case "v128":
      return value.low | (value.high << 64n);
    case "ref":
      return fromTarget(value.target, handles);
    default:
      return assertUnreachable(value);
  }
}

/** A value of the given type from its bits. */
export function valueOfBits(type: string, bits: bigint): Value {
  switch (type) {
    case "i32":
    case "f32":
      return { type, bits: Number(bits) };
    case "i64":
    case "f64":
      return { type, bits };
    case "v128":
      return { type, low: BigInt.asUintN(64, bits), high: bits >> 64n };
    default:
      return { type: "ref", refType: type, target: bits === 0n ? { kind: "null" } : referenceOf(type, bits) };
  }
}

/** A value of the given type from a JavaScript value; throws a TypeError with a sentence. */
export function toValue(type: string, value: unknown, handles: Handles): Value {
  return valueOfBits(type, toBits(type, value, handles));
}
