// Values of the machine as text for people, and back.

import type { Shape, Value } from "../protocol/dto.ts";
import { typeOf } from "../protocol/value.ts";
import { F32, F64, formatFloatBits } from "./float.ts";
import { article, failed, groupThousands, hex, parseDecimal, parseInteger, THIN_SPACE, type NumberFormat, type Parsed } from "./numbers.ts";
import { parseVector, USUAL_SHAPE, vectorHex, vectorText } from "./vectors.ts";

export { groupThousands, hex, NUMBER_FORMATS, type NumberFormat, type Parsed } from "./numbers.ts";

/** `shape`: of a vector; without it that of the instructions around it. */
export function formatValue(value: Value, format: NumberFormat = "signed", shape?: Shape): string {
  switch (value.type) {
    case "i32": {
      if (format === "hex") return hex(BigInt(value.bits), 8);
      return groupThousands(format === "signed" ? value.bits | 0 : value.bits);
    }
    case "i64": {
      if (format === "hex") return hex(value.bits, 16);
      return groupThousands(format === "signed" ? BigInt.asIntN(64, value.bits) : value.bits);
    }
    case "f32":
      return format === "hex" ? hex(BigInt(value.bits), 8) : formatFloatBits(BigInt(value.bits), F32);
    case "f64":
      return format === "hex" ? hex(value.bits, 16) : formatFloatBits(value.bits, F64);
    case "v128":
      return vectorText(value, shape ?? value.shape ?? USUAL_SHAPE, format);
    case "ref":
      switch (value.target.kind) {
        case "null":
          return "null";
        case "func":
          return value.target.name;
        case "extern":
          return `extern ${value.target.handle}`;
        case "i31":
          return `i31 ${format === "hex" ? hex(BigInt(value.target.value), 8) : groupThousands(format === "signed" ? (value.target.value << 1) >> 1 : value.target.value)}`;
        case "object":
          return value.target.text || `#${value.target.object}`;
        case "exception":
          return value.target.text || `#${value.target.object}`;
      }
  }
}

/** The value and its type: `42 i32`; a vector says its shape, which is type enough. */
export function formatTyped(value: Value): string {
  if (value.type === "v128") return formatValue(value);
  return `${formatValue(value)} ${typeOf(value)}`;
}

/** What an input field shows: reads back to the same value, without grouping. The bits of a float would be read as a number. */
export function editableText(value: Value, format: NumberFormat = "signed"): string {
  if (value.type === "ref" && (value.target.kind === "object" || value.target.kind === "exception")) return `#${value.target.object}`;
  const isFloat = value.type === "f32" || value.type === "f64";
  return formatValue(value, isFloat ? "signed" : format).replaceAll(",", "").replaceAll(THIN_SPACE, "").replace(/^(extern|i31) /, "");
}

/** Every reading of a value, for a hover or an inspector. */
export function readings(value: Value): readonly { readonly name: string; readonly text: string }[] {
  switch (value.type) {
    case "i32":
    case "i64":
      return [
        { name: "signed", text: formatValue(value, "signed") },
        { name: "unsigned", text: formatValue(value, "unsigned") },
        { name: "hex", text: formatValue(value, "hex") },
      ];
    case "f32":
    case "f64":
      return [
        { name: "value", text: formatValue(value) },
        { name: "bits", text: formatValue(value, "hex") },
      ];
    case "v128":
      return [{ name: "bits", text: vectorHex(value) }];
    case "ref":
      return [{ name: value.refType, text: formatValue(value) }];
  }
}

/** `1 object`, `2,000 objects`. */
export function counted(count: number | bigint, what: string): string {
  return `${groupThousands(count)} ${what}${BigInt(count) === 1n ? "" : "s"}`;
}

/** An address, as short as it goes but at least four digits. */
export function formatAddress(address: bigint): string {
  const text = address.toString(16);
  return hex(address, Math.max(4, Math.ceil(text.length / 4) * 4));
}

export function formatBytes(bytes: bigint | number): string {
  const size = Number(bytes);
  if (size < 10_000) return `${groupThousands(size)} bytes`;
  const units = ["KiB", "MiB", "GiB", "TiB"];
  let scaled = size / 1024;
  let unit = 0;
  while (scaled >= 1024 && unit < units.length - 1) {
    scaled /= 1024;
    unit += 1;
  }
  return `${scaled >= 100 || Number.isInteger(scaled) ? scaled.toFixed(0) : scaled.toFixed(1)} ${units[unit]}`;
}

/** Decimals of gas that are shown; the fractions of the built-in schedules end within them. */
const GAS_DECIMALS = 6;

/** Units of a schedule as gas: `1,204` or `1,204.5`. */
export function formatGas(units: bigint, denominator: number): string {
  if (denominator <= 1) return groupThousands(units);
  const whole = units / BigInt(denominator);
  const scale = 10n ** BigInt(GAS_DECIMALS);
  const rest = ((units % BigInt(denominator)) * scale) / BigInt(denominator);
  if (rest === 0n) return groupThousands(whole);
  return `${groupThousands(whole)}.${rest.toString().padStart(GAS_DECIMALS, "0").replace(/0+$/, "")}`;
}

/** Address and name of the function that a text stands for. */
export type FuncFinder = (text: string) => { readonly func: number; readonly name: string } | undefined;

/**
 * Reads what a person typed as a value of a type. Integers: decimal, `0x` hexadecimal or `0b` binary, signed or unsigned, with `_` or `,`
 * between digits. Floats: decimal, hexadecimal, `inf`, `nan`, `nan:0x…`. Vectors: see `parseVector`. References: `null`; externref also a
 * handle, and those to functions what `funcs` finds by name or index.
 */
export function parseValue(type: string, text: string, funcs: FuncFinder = () => undefined): Parsed<Value> {
  const typed = text.replaceAll(THIN_SPACE, "").trim();
  if (type === "v128") return parseVector(typed);
  if (typed === "") return failed(`type ${article(type)} value`);
  switch (type) {
    case "i32": {
      const parsed = parseInteger(typed, 32);
      return parsed.kind === "ok" ? { kind: "ok", value: { type, bits: Number(parsed.value) } } : parsed;
    }
    case "i64": {
      const parsed = parseInteger(typed, 64);
      return parsed.kind === "ok" ? { kind: "ok", value: { type, bits: parsed.value } } : parsed;
    }
    case "f32":
    case "f64": {
      const parsed = parseDecimal(typed, type);
      if (parsed.kind === "failed") return parsed;
      return { kind: "ok", value: type === "f32" ? { type, bits: Number(parsed.value) } : { type, bits: parsed.value } };
    }
    default:
      return parseReference(type, typed, funcs);
  }
}

/** Whether references of a type can be to functions: `funcref`, `(ref func)`, or a type of the module, which the machine knows. */
const FUNC_TYPE = /^funcref$|^\(ref (null )?(func|\d+|\$[^ ]+)\)$/;

function parseReference(type: string, typed: string, funcs: FuncFinder): Parsed<Value> {
  if (/^(ref\.)?null$/.test(typed)) {
    if (/^\(ref (?!null)/.test(type)) return failed(`${type} does not hold null`);
    return { kind: "ok", value: { type: "ref", refType: type, target: { kind: "null" } } };
  }
  if (type === "externref" || /^\(ref (null )?extern\)$/.test(type)) {
    const handle = parseInteger(typed, 32);
    if (handle.kind === "ok") {
      return { kind: "ok", value: { type: "ref", refType: type, target: { kind: "extern", handle: Number(handle.value) } } };
    }
    return failed("write null or a number that stands for a host object");
  }
  if (FUNC_TYPE.test(type)) {
    const func = funcs(typed);
    if (func !== undefined) return { kind: "ok", value: { type: "ref", refType: type, target: { kind: "func", ...func } } };
    if (/func/.test(type)) return failed("write null, or a function by its $name or index, of another module as module:$name");
  }
  const object = /^#(\d{1,9})$/.exec(typed)?.[1];
  if (object !== undefined) {
    // The machine knows whether there is such an object, and of which type it is.
    const exception = /^(null)?exnref$|^\(ref (null )?(no)?exn\)$/.test(type);
    return { kind: "ok", value: { type: "ref", refType: type, target: { kind: exception ? "exception" : "object", object: Number(object), text: "" } } };
  }
  if (/^(any|eq|i31)ref$|^\(ref (null )?(any|eq|i31)\)$/.test(type)) {
    const small = parseInteger(typed, 32);
    if (small.kind === "ok" && (small.value < 0x40000000n || small.value >= 0xc0000000n)) {
      return { kind: "ok", value: { type: "ref", refType: type, target: { kind: "i31", value: Number(small.value & 0x7fffffffn) } } };
    }
    return failed("write null, #12 for an object of that number, or a whole number of 31 bits");
  }
  return failed(`write null or #12 for an object of that number; other values of ${type} come from the module itself`);
}

/** A sensible first value for a parameter. */
export function defaultText(type: string): string {
  if (type === "v128") return "i32x4 0 0 0 0";
  return /^[if]\d\d$/.test(type) ? "0" : "null";
}

export function sameValue(left: Value, right: Value): boolean {
  if (left.type === "ref" || right.type === "ref") {
    if (left.type !== "ref" || right.type !== "ref") return false;
    const a = left.target;
    const b = right.target;
    if (a.kind === "func") return b.kind === "func" && a.func === b.func;
    if (a.kind === "extern") return b.kind === "extern" && a.handle === b.handle;
    if (a.kind === "i31") return b.kind === "i31" && a.value === b.value;
    if (a.kind === "object" || a.kind === "exception") return b.kind === a.kind && a.object === b.object;
    return b.kind === "null";
  }
  if (left.type === "v128" || right.type === "v128") return left.type === "v128" && right.type === "v128" && left.low === right.low && left.high === right.high;
  return left.type === right.type && left.bits === right.bits;
}

export type AddressParse = Parsed<bigint>;

/** An address: decimal or hexadecimal, `_`, `,` and spaces between digits allowed. */
export function parseAddress(text: string): AddressParse {
  const compact = text.replace(/[\s_,\u2009]/g, "");
  if (!/^(0[xX][0-9a-fA-F]{1,16}|\d{1,20})$/.test(compact)) return failed("write an address like 0x1f40 or 8000");
  return { kind: "ok", value: BigInt(compact) };
}

/** What to look for in memory: bytes in hexadecimal (`de ad be ef`, `0xdead`) or a text in quotes or plain. */
export function parseNeedle(text: string): Parsed<Uint8Array> {
  const quoted = /^"(.*)"$/.exec(text)?.[1];
  if (quoted === undefined) {
    const compact = text.replace(/^0[xX]/, "").replace(/\s/g, "");
    if (/^0[xX]/.test(text) || /^([0-9a-fA-F]{2})(\s+[0-9a-fA-F]{2})*$/.test(text.trim())) {
      if (compact.length === 0 || compact.length % 2 !== 0 || !/^[0-9a-fA-F]+$/.test(compact)) return failed("bytes are pairs of hexadecimal digits: de ad be ef");
      return { kind: "ok", value: Uint8Array.from(compact.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)) };
    }
  }
  const wanted = quoted ?? text;
  if (wanted === "") return failed("write bytes like de ad, or a text");
  return { kind: "ok", value: new TextEncoder().encode(wanted) };
}
