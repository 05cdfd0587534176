// Exact conversion between text and the bits of IEEE 754 numbers, as the text format of WebAssembly writes them
// (specification, "Text Format", section "Values", "Floating-Point").
//
// JavaScript's own parser rounds to f64 first, which rounds twice for f32 and knows neither hexadecimal floats
// nor NaN payloads, so a number is read as a ratio of two integers and rounded once.

export interface FloatShape {
  /** Bits of the fraction that are stored. */
  readonly fraction: number;
  readonly exponent: number;
}

export const F32: FloatShape = { fraction: 23, exponent: 8 };
export const F64: FloatShape = { fraction: 52, exponent: 11 };

const DECIMAL = /^(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$|^\.(\d+)(?:[eE]([+-]?\d+))?$/;
const HEX = /^0[xX]([0-9a-fA-F]+)(?:\.([0-9a-fA-F]*))?(?:[pP]([+-]?\d+))?$/;

/** Exponents past this give zero or infinity in every shape, whatever the digits (texts are at most `MAX_TEXT` long). */
const EXPONENT_CAP = 20_000;
const MAX_TEXT = 2_000;

/** The bits of `text`, or undefined when it is not a number. A magnitude too large becomes infinity. */
export function parseFloatBits(text: string, shape: FloatShape): bigint | undefined {
  if (text.length > MAX_TEXT) return undefined;
  const negative = text.startsWith("-");
  const body = text.replace(/^[+-]/, "").replace(/(?<=[0-9a-fA-F])[_,](?=[0-9a-fA-F])/g, "");
  const magnitude = magnitudeBits(body, shape);
  if (magnitude === undefined) return undefined;
  return negative ? magnitude | signBit(shape) : magnitude;
}

function magnitudeBits(body: string, shape: FloatShape): bigint | undefined {
  const lower = body.toLowerCase();
  if (lower === "inf" || lower === "infinity") return infinityBits(shape);
  if (lower === "nan" || lower === "nan:canonical") return infinityBits(shape) | (1n << BigInt(shape.fraction - 1));
  const payload = /^nan:(0x[0-9a-f]+)$/.exec(lower)?.[1];
  if (payload !== undefined) {
    const bits = BigInt(payload);
    return bits > 0n && bits < 1n << BigInt(shape.fraction) ? infinityBits(shape) | bits : undefined;
  }
  const hex = HEX.exec(body);
  if (hex) {
    const fraction = hex[2] ?? "";
    return roundBinary(BigInt(`0x${hex[1]}${fraction}`), capped(hex[3]) - 4 * fraction.length, shape);
  }
  const decimal = DECIMAL.exec(body);
  if (!decimal) return undefined;
  const fraction = decimal[2] ?? decimal[4] ?? "";
  const digits = BigInt(`${decimal[1] ?? ""}${fraction}`);
  const power = capped(decimal[3] ?? decimal[5]) - fraction.length;
  return power >= 0
    ? roundRatio(digits * 10n ** BigInt(power), 1n, shape)
    : roundRatio(digits, 10n ** BigInt(-power), shape);
}

function capped(exponent: string | undefined): number {
  return Math.max(-EXPONENT_CAP, Math.min(EXPONENT_CAP, Number(exponent ?? "0")));
}

function roundBinary(digits: bigint, power: number, shape: FloatShape): bigint {
  return power >= 0 ? roundRatio(digits << BigInt(power), 1n, shape) : roundRatio(digits, 1n << BigInt(-power), shape);
}

/** numerator/denominator rounded to the nearest representable number, ties to even. */
function roundRatio(numerator: bigint, denominator: bigint, shape: FloatShape): bigint {
  if (numerator === 0n) return 0n;
  const bias = (1 << (shape.exponent - 1)) - 1;
  const smallest = 1 - bias;
  let exponent = bitLength(numerator) - bitLength(denominator);
  if (compareScaled(numerator, denominator, exponent) < 0) exponent -= 1;
  exponent = Math.max(exponent, smallest);
  // The significand as an integer with `fraction` bits after the point.
  const scale = shape.fraction - exponent;
  const top = scale >= 0 ? numerator << BigInt(scale) : numerator;
  const bottom = scale >= 0 ? denominator : denominator << BigInt(-scale);
  let significand = top / bottom;
  const rest = (top % bottom) * 2n;
  if (rest > bottom || (rest === bottom && (significand & 1n) === 1n)) significand += 1n;
  // Rounding up may carry into the exponent; adding the biased exponent field does that by itself.
  const hidden = 1n << BigInt(shape.fraction);
  const field = significand >= hidden ? BigInt(exponent + bias - 1) : 0n;
  const bits = (field << BigInt(shape.fraction)) + significand;
  return bits >= infinityBits(shape) ? infinityBits(shape) : bits;
}

/** Sign of numerator - denominator * 2^exponent. */
function compareScaled(numerator: bigint, denominator: bigint, exponent: number): number {
  const left = exponent >= 0 ? numerator : numerator << BigInt(-exponent);
  const right = exponent >= 0 ? denominator << BigInt(exponent) : denominator;
  return left < right ? -1 : left > right ? 1 : 0;
}

function bitLength(value: bigint): number {
  return value.toString(2).length;
}

function infinityBits(shape: FloatShape): bigint {
  return ((1n << BigInt(shape.exponent)) - 1n) << BigInt(shape.fraction);
}

function signBit(shape: FloatShape): bigint {
  return 1n << BigInt(shape.fraction + shape.exponent);
}

const scratch = new DataView(new ArrayBuffer(8));

export function f64FromBits(bits: bigint): number {
  scratch.setBigUint64(0, bits);
  return scratch.getFloat64(0);
}

export function f32FromBits(bits: number): number {
  scratch.setUint32(0, bits);
  return scratch.getFloat32(0);
}

/** The shortest text that reads back as the same bits. */
export function formatFloatBits(bits: bigint, shape: FloatShape): string {
  const sign = bits & signBit(shape) ? "-" : "";
  const magnitude = bits & ~signBit(shape);
  const infinity = infinityBits(shape);
  if (magnitude === infinity) return `${sign}inf`;
  if (magnitude > infinity) {
    const payload = magnitude & ((1n << BigInt(shape.fraction)) - 1n);
    return payload === 1n << BigInt(shape.fraction - 1) ? `${sign}nan` : `${sign}nan:0x${payload.toString(16)}`;
  }
  if (shape === F64) return sign + plain(String(f64FromBits(magnitude)));
  const value = f32FromBits(Number(magnitude));
  for (let digits = 1; digits < 9; digits += 1) {
    const text = String(Number(value.toPrecision(digits)));
    if (parseFloatBits(text, F32) === magnitude) return sign + plain(text);
  }
  return sign + plain(String(Number(value.toPrecision(9))));
}

function plain(text: string): string {
  return text.replace("e+", "e");
}
