// The imports that need no JavaScript, implemented over the same machine interface that host code has.
import { ensureExists } from "../base/assert.ts";
import { keyCode, type ReadyMade, readyMade } from "../protocol/ready-made.ts";
import type { Canvas } from "./canvas.ts";
import { f32OfBits, f64Bits, f64OfBits } from "./convert.ts";
import type { Session } from "./core.ts";
import type { Output } from "./output.ts";

export { findReadyMade, readyMade } from "../protocol/ready-made.ts";
export type { ReadyMade } from "../protocol/ready-made.ts";

export interface ReadyMadeSurroundings {
  readonly session: Session;
  readonly output: Output;
  readonly canvas: Canvas;
  readonly keys: ReadonlySet<string>;
  showCanvas(): Promise<void>;
  /** Milliseconds since the machine was loaded. */
  now(): number;
}

/** A result as bits, or nothing; `later` answers when it settles. */
export type Outcome = { readonly bits?: bigint; readonly later?: Promise<void> };
export type Implementation = (args: BigUint64Array) => Outcome;

const NOTHING: Outcome = {};
const LONGEST_STRING = 1 << 20;

/** SplitMix64: a small generator with one word of state (G. Steele, D. Lea, C. Flood, 2014). */
export class Random {
  #state = 0n;

  seed(seed: bigint): void {
    this.#state = BigInt.asUintN(64, seed);
  }

  next(): bigint {
    this.#state = BigInt.asUintN(64, this.#state + 0x9e3779b97f4a7c15n);
    let mixed = this.#state;
    mixed = BigInt.asUintN(64, (mixed ^ (mixed >> 30n)) * 0xbf58476d1ce4e5b9n);
    mixed = BigInt.asUintN(64, (mixed ^ (mixed >> 27n)) * 0x94d049bb133111ebn);
    return mixed ^ (mixed >> 31n);
  }

  /** From 0 up to, but not including, 1; 53 bits. */
  float(): number {
    return Number(this.next() >> 11n) / 2 ** 53;
  }
}

function shownFloat(value: number): string {
  if (Object.is(value, -0)) return "-0";
  return Number.isFinite(value) ? String(value) : Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
}

/** The shortest digits that read back as the same 32-bit float. */
function shownSingle(value: number): string {
  for (let digits = 1; digits < 9; digits += 1) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return shownFloat(short);
  }
  return shownFloat(Number(value.toPrecision(9)));
}

const i32 = (bits: bigint | undefined): number => Number(BigInt.asIntN(32, bits ?? 0n));
const u32 = (bits: bigint | undefined): number => Number(BigInt.asUintN(32, bits ?? 0n));

/** All ready-made imports for one machine, keyed by `module.name`. */
export function implementReadyMade(around: ReadyMadeSurroundings): (entry: ReadyMade) => Implementation {
  const { session, output, canvas } = around;
  const random = new Random();
  const memory = (address: number, length: number, what: string): Uint8Array => {
    const found = session.memoryAddress(session.callerModule(), undefined, 0);
    if (found === undefined) throw new RangeError(`${what} reads memory 0, but the module has no memory`);
    const size = session.memorySize(found);
    if (address + length > size)
      throw new RangeError(`${what} reads ${length} bytes at 0x${address.toString(16)}; memory ends at 0x${size.toString(16)} (${size / 65536} ${size === 65536 ? "page" : "pages"})`);
    return session.readMemory(found, address, length);
  };
  const printing = (name: string, show: (bits: bigint) => string): [string, Implementation] => [
    `print.${name}`,
    (args) => {
      output.line(show(args[0] ?? 0n), `print.${name}`, session.ticks());
      return NOTHING;
    },
  ];
  const signed32 = (bits: bigint): string => String(BigInt.asIntN(32, bits));
  const signed64 = (bits: bigint): string => String(BigInt.asIntN(64, bits));
  const single = (bits: bigint): string => shownSingle(f32OfBits(Number(bits)));
  const double = (bits: bigint): string => shownFloat(f64OfBits(bits));
  const spectest = (name: string, ...show: readonly ((bits: bigint) => string)[]): [string, Implementation] => [
    `spectest.${name}`,
    (args) => {
      output.line(show.map((one, index) => one(args[index] ?? 0n)).join(" "), `spectest.${name}`, session.ticks());
      return NOTHING;
    },
  ];
  const doing = (name: string, work: (args: BigUint64Array) => void): [string, Implementation] => [
    name,
    (args) => {
      work(args);
      return NOTHING;
    },
  ];
  const giving = (name: string, work: (args: BigUint64Array) => bigint): [string, Implementation] => [name, (args) => ({ bits: work(args) })];

  const table = new Map<string, Implementation>([
    printing("i32", signed32),
    printing("u32", (bits) => String(bits)),
    printing("hex", (bits) => `0x${bits.toString(16).padStart(8, "0")}`),
    printing("i64", signed64),
    printing("u64", (bits) => String(bits)),
    printing("f32", single),
    printing("f64", double),
    doing("print.char", ([code]) => {
      const point = u32(code);
      if (point > 0x10ffff) throw new RangeError(`print.char got 0x${point.toString(16)}, which is no character; the last one is 0x10ffff`);
      output.text(String.fromCodePoint(point), "print.char", session.ticks());
    }),
    doing("print.string", ([address, length]) => {
      if (u32(length) > LONGEST_STRING) throw new RangeError(`print.string prints at most ${LONGEST_STRING} bytes at once, not ${u32(length)}`);
      output.text(new TextDecoder().decode(memory(u32(address), u32(length), "print.string")), "print.string", session.ticks());
    }),
    doing("print.newline", () => output.newLine("print.newline", session.ticks())),
    doing("random.seed", ([seed]) => random.seed(seed ?? 0n)),
    giving("random.i32", () => random.next() >> 32n),
    giving("random.i64", () => random.next()),
    giving("random.f64", () => f64Bits(random.float())),
    giving("random.range", ([first, last]) => {
      const low = i32(first);
      const high = i32(last);
      if (high < low) throw new RangeError(`random.range needs low <= high, not ${low} and ${high}`);
      return BigInt.asUintN(32, BigInt(low) + (((random.next() >> 32n) * BigInt(high - low + 1)) >> 32n));
    }),
    giving("clock.now", () => f64Bits(around.now())),
    ["clock.sleep", ([millis]) => ({ later: new Promise((resolve) => setTimeout(resolve, Math.max(0, i32(millis)))) })],
    doing("canvas.size", ([width, height]) => canvas.size(i32(width), i32(height))),
    doing("canvas.pixel", ([x, y, rgba]) => canvas.pixel(i32(x), i32(y), u32(rgba))),
    doing("canvas.fill", ([rgba]) => canvas.fill(u32(rgba))),
    doing("canvas.rect", ([x, y, width, height, rgba]) => canvas.rect(i32(x), i32(y), i32(width), i32(height), u32(rgba))),
    doing("canvas.blit", ([address]) => canvas.blit(memory(u32(address), canvas.width * canvas.height * 4, "canvas.blit"))),
    ["canvas.show", () => ({ later: around.showCanvas() })],
    spectest("print"),
    spectest("print_i32", signed32),
    spectest("print_i64", signed64),
    spectest("print_f32", single),
    spectest("print_f64", double),
    spectest("print_i32_f32", signed32, single),
    spectest("print_f64_f64", double, double),
    giving("keyboard.down", ([code]) => {
      const key = keyCode(u32(code));
      return key !== undefined && around.keys.has(key) ? 1n : 0n;
    }),
  ]);
  for (const entry of readyMade) ensureExists(table.get(`${entry.module}.${entry.name}`), `ready-made ${entry.module}.${entry.name}`);
  return (entry) => ensureExists(table.get(`${entry.module}.${entry.name}`), `ready-made ${entry.module}.${entry.name}`);
}
