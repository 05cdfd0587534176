// The first argument of every host function: what it may do with the machine, for as long as its call lasts.
import { assertUnreachable, messageOf } from "../base/assert.ts";
import type { Canvas } from "./canvas.ts";
import { f32Bits, f32OfBits, f64Bits, f64OfBits, fromValue, toBits, toValue, valueOfBits } from "./convert.ts";
import type { Session } from "./core.ts";
import { type Raised, raised } from "./exceptions.ts";
import type { Handles } from "./handles.ts";
import type { Change } from "./journal.ts";
import type { Value } from "../protocol/dto.ts";
import { textOfReference } from "./references.ts";
import { WaspException, isException } from "./wasp-exception.ts";
import { typeOf } from "../protocol/value.ts";

/** What a context needs besides the machine. */
export interface Surroundings {
  readonly handles: Handles;
  readonly canvas: Canvas;
  /** KeyboardEvent.code of the keys held now. */
  readonly keys: ReadonlySet<string>;
  print(text: string): void;
  showCanvas(): Promise<void>;
}

export interface Gas {
  /** In units of the schedule; `denominator` units are one gas. */
  readonly used: bigint;
  readonly limit: bigint | undefined;
  readonly remaining: bigint | undefined;
  readonly denominator: number;
}

const hex = (value: number | bigint): string => `0x${value.toString(16)}`;

/** Who gives access to a machine, and hears of changes. */
export interface Owner {
  machine(): Session;
  changed(change: Change): void;
}

/** An address in a memory: a number, or the bigint that a module with 64-bit memories gives. */
export type Address = number | bigint;

/** A memory of the calling module. Addresses are checked; a RangeError tells the numbers. */
export class MemoryAccess {
  readonly #context: Owner;
  readonly #memory: number;
  readonly #scratch = new DataView(new ArrayBuffer(8));

  constructor(context: Owner, memory: number) {
    this.#context = context;
    this.#memory = memory;
  }

  /** In bytes. */
  get size(): number {
    return this.#context.machine().memorySize(this.#memory);
  }

  /** A copy of `length` bytes. */
  bytes(address: Address, length: number | bigint): Uint8Array {
    const machine = this.#context.machine();
    const { at, count } = this.#place("reads", address, length);
    return machine.readMemory(this.#memory, at, count);
  }

  write(address: Address, bytes: ArrayLike<number>): void {
    const machine = this.#context.machine();
    // A typed array is copied as a block; `from` would go through its elements one by one.
    const copy = bytes instanceof Uint8Array ? bytes.slice() : Uint8Array.from(bytes);
    const { at } = this.#place("writes", address, copy.length);
    machine.writeMemory(this.#memory, at, copy);
    this.#context.changed({ kind: "bytes", memory: this.#memory, address: at, bytes: copy });
  }

  u8(address: Address): number {
    return this.#read(address, 1).getUint8(0);
  }
  i8(address: Address): number {
    return this.#read(address, 1).getInt8(0);
  }
  u16(address: Address): number {
    return this.#read(address, 2).getUint16(0, true);
  }
  i16(address: Address): number {
    return this.#read(address, 2).getInt16(0, true);
  }
  u32(address: Address): number {
    return this.#read(address, 4).getUint32(0, true);
  }
  i32(address: Address): number {
    return this.#read(address, 4).getInt32(0, true);
  }
  u64(address: Address): bigint {
    return this.#read(address, 8).getBigUint64(0, true);
  }
  i64(address: Address): bigint {
    return this.#read(address, 8).getBigInt64(0, true);
  }
  f32(address: Address): number {
    return f32OfBits(this.u32(address));
  }
  f64(address: Address): number {
    return f64OfBits(this.u64(address));
  }

  setU8(address: Address, value: number): void {
    this.#scratch.setUint8(0, value);
    this.#put(address, 1);
  }
  setI8(address: Address, value: number): void {
    this.setU8(address, value);
  }
  setU16(address: Address, value: number): void {
    this.#scratch.setUint16(0, value, true);
    this.#put(address, 2);
  }
  setI16(address: Address, value: number): void {
    this.setU16(address, value);
  }
  setU32(address: Address, value: number): void {
    this.#scratch.setUint32(0, value, true);
    this.#put(address, 4);
  }
  setI32(address: Address, value: number): void {
    this.setU32(address, value);
  }
  setU64(address: Address, value: bigint): void {
    this.#scratch.setBigUint64(0, value, true);
    this.#put(address, 8);
  }
  setI64(address: Address, value: bigint): void {
    this.setU64(address, value);
  }
  setF32(address: Address, value: number): void {
    this.setU32(address, f32Bits(value));
  }
  setF64(address: Address, value: number): void {
    this.setU64(address, f64Bits(value));
  }

  /** UTF-8 text; bytes that are not UTF-8 become U+FFFD. */
  string(address: Address, length: number | bigint): string {
    return new TextDecoder().decode(this.bytes(address, length));
  }

  /** UTF-8 text up to a zero byte. */
  cstring(address: Address): string {
    const { size } = this;
    const start = this.#place("reads", address, 1).at;
    let end = start;
    for (let at = start; at < size; at += 4096) {
      const piece = this.bytes(at, Math.min(4096, size - at));
      const zero = piece.indexOf(0);
      end = at + (zero === -1 ? piece.length : zero);
      if (zero !== -1) break;
    }
    return this.string(start, end - start);
  }

  /** Writes UTF-8 text without a zero byte; gives the number of bytes. */
  writeString(address: Address, text: string): number {
    const bytes = new TextEncoder().encode(text);
    this.write(address, bytes);
    return bytes.length;
  }

  #read(address: Address, length: number): DataView {
    const bytes = this.bytes(address, length);
    return new DataView(bytes.buffer, bytes.byteOffset, length);
  }

  #put(address: Address, length: number): void {
    this.write(address, new Uint8Array(this.#scratch.buffer, 0, length));
  }

  /** Where an access begins and how long it is, if all of it lies in the memory. */
  #place(verb: "reads" | "writes", address: Address, length: number | bigint): { readonly at: number; readonly count: number } {
    const { size } = this;
    const count = Number(length);
    const whole = typeof address === "bigint" || Number.isInteger(address);
    if (!whole || !Number.isInteger(count) || count < 0)
      throw new RangeError(`address and length must be whole numbers, not ${address} and ${length}`);
    // The program's i64 is signed here; as an address it is not. What fits a memory is exact as a number.
    const at = typeof address === "bigint" ? BigInt.asUintN(64, address) : address;
    const start = Number(at);
    if (start < 0 || start + count > size) {
      const ending = size % 65536 === 0 ? `${size / 65536} ${size === 65536 ? "page" : "pages"}` : `${size} bytes`;
      throw new RangeError(`host code ${verb} ${count} ${count === 1 ? "byte" : "bytes"} at ${at < 0 ? at : hex(at)}; memory ends at ${hex(size)} (${ending})`);
    }
    return { at: start, count };
  }
}

export interface GlobalAccess {
  get(): unknown;
  set(value: unknown): void;
}

export interface TableAccess {
  readonly size: number;
  get(index: number | bigint): unknown;
  /** Takes null, and what fits the table: functions as the program passes them, or as `{ func }` with the address of an export. */
  set(index: number | bigint, value: unknown): void;
}

/** The drawing surface as host code sees it. */
export interface CanvasAccess {
  size(width: number, height: number): void;
  pixel(x: number, y: number, rgba: number): void;
  fill(rgba: number): void;
  rect(x: number, y: number, width: number, height: number, rgba: number): void;
  /** Shows what was drawn; await it to go on with the next frame. */
  show(): Promise<void>;
}

/** The first argument of a host function. Valid only during its call, also across `await`. */
export interface Context {
  /** A memory by the name of its export or its `$name`, or by its index in the calling module. */
  memory(which?: string | number): MemoryAccess;
  global(name: string): GlobalAccess;
  table(name: string): TableAccess;
  readonly gas: Gas;
  /** Charges the program; throws when less is left. In units of the schedule. */
  charge(units: number | bigint): void;
  /**
   * Throws an exception of the program: `ctx.throw("too_large", 5)`. The tag is named by its export, its `$name` or its
   * import (`env.too_large`, or `too_large`). `ctx.throw(exception)` throws one that the program passed, as `throw` does.
   * Whoever catches it there goes on; the host function does not.
   */
  throw(exception: string | WaspException, ...values: readonly unknown[]): never;
  /**
   * Keeps a structure, an array or an exception of the program, which is good for this call alone otherwise, until it is
   * released. Gives it back; what needs no keeping is given back as it is.
   */
  keep<T>(reference: T): T;
  /** Takes `keep` back. */
  release(reference: unknown): void;
  print(...values: readonly unknown[]): void;
  readonly canvas: CanvasAccess;
  /** KeyboardEvent.code of the keys held now. */
  readonly keys: ReadonlySet<string>;
  readonly caller: { readonly module: string; readonly func: string };
}

export class HostContext implements Owner {
  readonly #session: Session;
  readonly #around: Surroundings;
  readonly #importName: string;
  readonly #module: number;
  readonly #moduleName: string;
  #changes: Change[] = [];
  #live = true;

  constructor(session: Session, around: Surroundings, importName: string, moduleNames: readonly string[]) {
    this.#session = session;
    this.#around = around;
    this.#importName = importName;
    this.#module = session.callerModule();
    this.#moduleName = moduleNames[this.#module] ?? `module ${this.#module}`;
  }

  /** Ends the context with its call. */
  close(): void {
    this.#live = false;
  }

  /** The machine, while the call lasts. */
  machine(): Session {
    if (!this.#live) throw new Error(`the context belongs to a call of ${this.#importName} that has ended`);
    return this.#session;
  }

  changed(change: Change): void {
    this.#changes.push(change);
  }

  /** What it did to the machine since the last time. */
  takeChanges(): readonly Change[] {
    const changes = this.#changes;
    this.#changes = [];
    return changes;
  }

  /** An exception that the host function throws, in the machine's terms. */
  raised(exception: WaspException): Raised {
    return raised(this.machine(), this.#module, this.#moduleName, exception, this.#around.handles);
  }

  /** What host code gets: the methods of the contract and nothing else. */
  readonly face = this.#face();

  #face(): Context {
    const context = this;
    const around = (): Surroundings => {
      context.machine();
      return context.#around;
    };
    const face: Context = {
      memory(which: string | number = 0): MemoryAccess {
        return context.#memory(which);
      },
      global(name: string): GlobalAccess {
        return context.#global(name);
      },
      table(name: string): TableAccess {
        return context.#table(name);
      },
      get gas(): Gas {
        return context.#gas();
      },
      charge(units: number | bigint): void {
        context.#charge(units);
      },
      throw(given: string | WaspException, ...values: readonly unknown[]): never {
        const exception = isException(given) ? given : new WaspException(given, values);
        // Here a mistake has the place of the caller.
        context.raised(exception);
        throw exception;
      },
      keep<T>(reference: T): T {
        const kept = around().handles.references?.keep(reference);
        if (kept !== undefined) context.changed({ kind: "kept", object: kept.object });
        return reference;
      },
      release(reference: unknown): void {
        const released = around().handles.references?.release(reference);
        if (released !== undefined) context.changed({ kind: "released", object: released.object });
      },
      print(...values: readonly unknown[]): void {
        around().print(values.map((value) => (typeof value === "string" ? value : shownInConsole(value))).join(" "));
      },
      get canvas(): CanvasAccess {
        const { canvas } = around();
        return {
          size: (width, height) => canvas.size(width, height),
          pixel: (x, y, rgba) => canvas.pixel(x, y, rgba),
          fill: (rgba) => canvas.fill(rgba),
          rect: (x, y, width, height, rgba) => canvas.rect(x, y, width, height, rgba),
          show: () => around().showCanvas(),
        };
      },
      get keys(): ReadonlySet<string> {
        return new Set(around().keys);
      },
      get caller(): { readonly module: string; readonly func: string } {
        return { module: context.#moduleName, func: context.machine().callerFunc() };
      },
    };
    return Object.freeze(face);
  }

  #memory(which: string | number): MemoryAccess {
    const byName = typeof which === "string";
    const address = this.machine().memoryAddress(this.#module, byName ? which : undefined, byName ? 0 : which);
    if (address === undefined)
      throw new RangeError(byName ? `module ${this.#moduleName} exports no memory named "${which}"` : `module ${this.#moduleName} has no memory ${which}`);
    return new MemoryAccess(this, address);
  }

  #global(name: string): GlobalAccess {
    const address = this.machine().globalAddress(this.#module, name);
    if (address === undefined) throw new RangeError(`module ${this.#moduleName} has no global named "${name}"`);
    return globalAccess(this, address, this.#around.handles);
  }

  #table(name: string): TableAccess {
    const address = this.machine().tableAddress(this.#module, name);
    if (address === undefined) throw new RangeError(`module ${this.#moduleName} has no table named "${name}"`);
    return tableAccess(this, address, name, this.#around.handles);
  }

  #gas(): Gas {
    const machine = this.machine();
    const used = machine.gasUsed();
    const limit = machine.gasLimit();
    return { used, limit, remaining: limit === undefined ? undefined : limit - used, denominator: machine.gasDenominator() };
  }

  #charge(amount: number | bigint): void {
    if (typeof amount === "number" && !Number.isSafeInteger(amount)) throw new RangeError(`${amount} is not a whole amount of gas`);
    const units = BigInt(amount);
    if (units < 0n) throw new RangeError("gas cannot be given back");
    if (!this.machine().charge(units)) {
      const { remaining } = this.#gas();
      throw new RangeError(`${this.#importName} charges ${units} gas, but ${remaining ?? 0n} is left`);
    }
    this.changed({ kind: "charge", units });
  }
}

export function globalAccess(owner: Owner, address: number, handles: Handles): GlobalAccess {
  return {
    get: () => fromValue(owner.machine().readGlobal(address), handles),
    set: (value) => {
      const old = owner.machine().readGlobal(address);
      const type = typeOf(old);
      owner.machine().writeGlobal(address, toValue(type, value, handles));
      owner.changed({ kind: "global", address, bits: toBits(type, value, handles) });
    },
  };
}

export function tableAccess(owner: Owner, address: number, name: string, handles: Handles): TableAccess {
  const placeOf = (index: number | bigint): number => {
    const size = owner.machine().tableSize(address);
    const at = Number(typeof index === "bigint" ? BigInt.asUintN(64, index) : index);
    if (!Number.isInteger(at) || at < 0 || at >= size) throw new RangeError(`element ${index} is outside table "${name}" of ${size} elements`);
    return at;
  };
  return {
    get size() {
      return owner.machine().tableSize(address);
    },
    get: (index) => fromValue(owner.machine().readTable(address, placeOf(index)), handles),
    set: (index, value) => {
      const at = placeOf(index);
      const machine = owner.machine();
      const type = typeOf(machine.readTable(address, at));
      let bits: bigint;
      try {
        bits = toBits(type, value, handles);
        writeElement(machine, address, at, valueOfBits(type, bits));
      } catch (thrown) {
        throw new TypeError(`element ${at} of table "${name}": ${messageOf(thrown)}`);
      }
      owner.changed({ kind: "element", table: address, index: at, bits });
    },
  };
}

function writeElement(machine: Session, table: number, index: number, value: Value): void {
  machine.edit({ kind: "element", table, index, value });
}

/** Does again what a host function did, when its call is replayed. */
export function applyChange(session: Session, handles: Handles, change: Change): void {
  switch (change.kind) {
    case "charge":
      session.charge(change.units);
      return;
    case "global": {
      const old = session.readGlobal(change.address);
      session.writeGlobal(change.address, valueOfBits(typeOf(old), change.bits));
      return;
    }
    case "bytes":
      session.writeMemory(change.memory, change.address, change.bytes);
      return;
    case "element": {
      const type = typeOf(session.readTable(change.table, change.index));
      writeElement(session, change.table, change.index, valueOfBits(type, change.bits));
      return;
    }
    case "kept":
    case "released":
      handles.references?.replay(change.object, change.kind === "kept");
      return;
    default:
      assertUnreachable(change);
  }
}

function shownInConsole(value: unknown): string {
  if (typeof value === "bigint") return String(value);
  if (typeof value !== "object" || value === null) return String(value);
  const reference = textOfReference(value);
  if (reference !== undefined) return reference;
  if (value instanceof Uint8Array) return [...value.subarray(0, 64)].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
  try {
    if (value instanceof Error) return String(value);
    return JSON.stringify(value, (_key, inner: unknown) => (typeof inner === "bigint" ? `${inner}n` : (textOfReference(inner) ?? inner))) ?? String(value);
  } catch (thrown) {
    if (thrown instanceof TypeError) return Object.prototype.toString.call(value);
    throw thrown;
  }
}
