// Values of the machine as text for people, and back.

import type { Value } from "../protocol/dto.ts";
import { typeOf } from "../protocol/value.ts";
import { F32, F64, formatFloatBits, parseFloatBits } from "./float.ts";

/** How integers and floats are read; a choice of the person at the page. */
export type NumberFormat = "signed" | "unsigned" | "hex";

/** Between groups of hexadecimal digits: thin enough to read as one number. */
const THIN_SPACE = "\u2009";

export function formatValue(value: Value, format: NumberFormat = "signed"): string {
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
      return hex(value.low | (value.high << 64n), 32);
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

/** The value and its type: `42 i32`. */
export function formatTyped(value: Value): string {
  return `${formatValue(value)} ${typeOf(value)}`;
}

/** What an input field shows: reads back to the same value, without grouping. */
export function editableText(value: Value, format: NumberFormat = "signed"): string {
  if (value.type === "ref" && (value.target.kind === "object" || value.target.kind === "exception")) return `#${value.target.object}`;
  return formatValue(value, format).replaceAll(",", "").replaceAll(THIN_SPACE, "").replace(/^(extern|i31) /, "");
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
      return [{ name: "bits", text: formatValue(value) }];
    case "ref":
      return [{ name: value.refType, text: formatValue(value) }];
  }
}

export function groupThousands(value: number | bigint): string {
  const text = value.toString();
  return text.replace(/\B(?=(\d{3})+$)/g, ",");
}

/** `1 object`, `2,000 objects`. */
export function counted(count: number | bigint, what: string): string {
  return `${groupThousands(count)} ${what}${BigInt(count) === 1n ? "" : "s"}`;
}

export function hex(bits: bigint, digits: number): string {
  const text = bits.toString(16).padStart(digits, "0");
  return `0x${text.replace(/\B(?=([0-9a-f]{4})+$)/g, THIN_SPACE)}`;
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

export type Parsed<T> = { readonly kind: "ok"; readonly value: T } | { readonly kind: "failed"; readonly message: string };

function failed(message: string): { readonly kind: "failed"; readonly message: string } {
  return { kind: "failed", message };
}

/**
 * Reads what a person typed as a value of a type. Integers: decimal, `0x` hexadecimal or `0b` binary, signed or unsigned, with `_` or `,`
 * between digits. Floats: decimal, hexadecimal, `inf`, `nan`, `nan:0x…`. References: `null`; externref also a handle, and those to
 * functions what `funcs` finds by name or index.
 */
export function parseValue(type: string, text: string, funcs: FuncFinder = () => undefined): Parsed<Value> {
  const typed = text.replaceAll(THIN_SPACE, "").trim();
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
      const bits = parseFloatBits(typed, type === "f32" ? F32 : F64);
      if (bits === undefined) return failed(`not ${article(type)}: write 1.5, -0, 1e9, 0x1.8p3, inf or nan`);
      return { kind: "ok", value: type === "f32" ? { type, bits: Number(bits) } : { type, bits } };
    }
    default:
      return parseReference(type, typed, funcs);
  }
}

function parseInteger(typed: string, width: 32 | 64): Parsed<bigint> {
  const match = /^([+-]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|\d+)$/.exec(typed.replace(/(?<=[0-9a-fA-F])[_,](?=[0-9a-fA-F])/g, ""));
  if (!match?.[2] || match[2].length > 200) return failed(`not an i${width}: write 42, -1 or 0x2a`);
  const magnitude = BigInt(match[2]);
  const value = match[1] === "-" ? -magnitude : magnitude;
  const low = -(1n << BigInt(width - 1));
  const high = (1n << BigInt(width)) - 1n;
  if (value < low || value > high) return failed(`outside of i${width}: ${groupThousands(low)} to ${groupThousands(high)}`);
  return { kind: "ok", value: BigInt.asUintN(width, value) };
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
  if (type === "v128") return failed("v128 values cannot be typed yet");
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
  return /^[if]\d\d$/.test(type) ? "0" : "null";
}

function article(type: string): string {
  return /^(f\d|[aeiou])/.test(type) ? `an ${type}` : `a ${type}`;
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
