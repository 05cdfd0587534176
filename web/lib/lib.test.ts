import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { type Context, type Imports, LinkError, Machine, Module, ModuleError, NoMemoryError, OutOfGasError, TrapError, WaspException, instantiate, loadCore, schedules } from "./index.ts";

beforeAll(async () => {
  await loadCore(readFileSync(new URL("../pkg/core.wasm", import.meta.url)));
});

const machine = (text: string, imports: Imports = {}, options = {}): Machine => instantiate(Module.fromText(text), imports, options);

const ADD = `(module (func (export "add") (param i32 i32) (result i32) local.get 0 local.get 1 i32.add))`;
const FIB = `(module (func $fib (export "fib") (param $n i32) (result i32)
  (if (result i32) (i32.lt_u (local.get $n) (i32.const 2)) (then (local.get $n))
    (else (i32.add (call $fib (i32.sub (local.get $n) (i32.const 1))) (call $fib (i32.sub (local.get $n) (i32.const 2))))))))`;

test("the example of the front page", async () => {
  const seen: unknown[] = [];
  const module = Module.fromText(`(module
    (import "env" "log" (func $log (param i32)))
    (func (export "add") (param i32 i32) (result i32)
      (call $log (local.get 0))
      (i32.add (local.get 0) (local.get 1))))`);
  const sum = instantiate(module, { env: { log: (ctx: Context, x: number) => seen.push(x, ctx.gas.used) } as unknown as Imports[string] });
  // `push` gives a number, and `log` has no result.
  await expect(sum.call("add", [2, 40])).rejects.toThrow("its type has no result");
  const kind = instantiate(module, { env: { log: (ctx: Context, x: number) => void seen.push(x, ctx.gas.used) } });
  expect(await kind.call("add", [2, 40], { gas: 1_000n })).toBe(42);
  expect(seen).toEqual([2, 2n, 2, 2n]);
});

describe("calls", () => {
  test("values of every type go in and come out", async () => {
    const all = machine(`(module
      (func (export "swap") (param i32 i64 f32 f64) (result f64 f32 i64 i32)
        local.get 3 local.get 2 local.get 1 local.get 0)
      (func (export "same") (param externref) (result externref) local.get 0))`);
    expect(await all.call("swap", [-1, -(2n ** 63n), 0.5, Number.NaN])).toEqual([Number.NaN, 0.5, -(2n ** 63n), -1]);
    const thing = { any: "value" };
    expect(await all.call("same", [thing])).toBe(thing);
    await expect(all.call("swap", [1, 2, 3, 4])).rejects.toThrow("an i64 is a BigInt such as 5n");
    await expect(all.call("swap", [1])).rejects.toThrow("takes 4 arguments");
    await expect(all.call("nothing")).rejects.toThrow('no function "nothing" is exported');
  });

  test("a v128 is a BigInt of 128 bits, with lane 0 in the lowest, wherever JavaScript meets one", async () => {
    const seen: unknown[] = [];
    const host = {
      env: {
        turn: (ctx: Context, vector: bigint, by: number) => {
          seen.push(vector, by, ctx.global("kept").get());
          ctx.global("kept").set(1n << 127n);
          return [7, vector >> 64n];
        },
      },
    };
    const vectors = instantiate(
      Module.fromText(`(module
        (import "env" "turn" (func $turn (param v128 i32) (result i32 v128)))
        (global (export "kept") (mut v128) (v128.const i32x4 1 2 3 4))
        (func (export "f") (param i64 v128 f32) (result i32 v128) (call $turn (local.get 1) (i32.const 5)))
        (func (export "lane") (param v128) (result i32) (i8x16.extract_lane_u 1 (local.get 0))))`),
      host,
    );
    expect(await vectors.call("f", [1n, (9n << 64n) | 8n, 0.5])).toEqual([7, 9n]);
    expect(seen).toEqual([(9n << 64n) | 8n, 5, (((4n << 32n) | 3n) << 64n) | (2n << 32n) | 1n]);
    expect(vectors.global("kept").get()).toBe(1n << 127n);
    expect(await vectors.call("lane", [-1n])).toBe(255);
    await expect(vectors.call("lane", [5])).rejects.toThrow("a v128 is a BigInt such as 5n");
    await expect(vectors.call("lane", [1n << 128n])).rejects.toThrow("it has 128 bits");
  });

  test("several machines side by side share nothing", async () => {
    const ten = Array.from({ length: 10 }, () => machine(FIB));
    const results = await Promise.all(ten.map((each, index) => each.call("fib", [index + 5])));
    expect(results).toEqual([5, 8, 13, 21, 34, 55, 89, 144, 233, 377]);
  });

  test("a trap is an error with the reason, and the machine stays readable", async () => {
    const divide = machine(`(module (func (export "div") (param i32 i32) (result i32) (i32.div_s (local.get 0) (local.get 1))))`);
    const failed = await divide.call("div", [1, 0]).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(TrapError);
    expect((failed as TrapError).trap.kind).toBe("integer divide by zero");
    expect(divide.view().frames).toHaveLength(1);
    expect(await divide.call("div", [7, 2])).toBe(3);
  });

  test("what host code throws is a trap, also when it cannot be shown", async () => {
    const refuse = (): never => {
      throw Object.create(null);
    };
    const asking = machine(`(module (import "env" "ask" (func $ask)) (func (export "run") (call $ask)))`, { env: { ask: refuse } });
    await expect(asking.call("run")).rejects.toThrow("env.ask: something that cannot be shown was thrown");
    expect(asking.view().frames).toHaveLength(1);
  });

  test("steps are told with their values", () => {
    const sum = machine(ADD);
    sum.begin("add", [2, 40]);
    const said = [sum.step(), sum.step(), sum.step()].map((step) => step.effect?.sentence);
    expect(said).toEqual(["local.get pushed 2", "local.get pushed 40", "i32.add popped 2 and 40, pushed 42"]);
    expect(sum.step().stop).toEqual({ kind: "finished", results: [42] });
  });

  test("sliced runs are the whole run", () => {
    const whole = machine(FIB);
    whole.begin("fib", [12]);
    expect(whole.run().kind).toBe("finished");
    const sliced = machine(FIB);
    sliced.begin("fib", [12]);
    while (sliced.run({ ticks: 7 }).kind === "paused");
    expect([sliced.gas.used, sliced.ticks, sliced.stateHash]).toEqual([whole.gas.used, whole.ticks, whole.stateHash]);
  });

  test("host calls can be answered by hand", () => {
    const asks = machine(`(module (import "env" "ask" (func (param i32) (result i32 i64))) (func (export "f") (result i32 i64) (call 0 (i32.const 7))))`, {
      env: { ask: () => [0, 0n] },
    });
    asks.begin("f");
    expect(asks.run()).toEqual({ kind: "hostCall", module: "env", name: "ask", args: [7], results: ["i32", "i64"] });
    expect(() => asks.answer(1)).toThrow("an array of 2");
    asks.answer(5, 6n);
    expect(asks.run()).toEqual({ kind: "finished", results: [5, 6n] });
  });
});

describe("exceptions", () => {
  const SAFE = `(module
    (import "env" "refuse" (tag $refuse (param i32 i64)))
    (import "env" "ask" (func $ask (param i32) (result i32)))
    (tag $own (export "lost") (param f64 externref))
    (func (export "safe") (param $x i32) (result i32)
      (block $h (result i32 i64)
        (try_table (catch $refuse $h) (return (call $ask (local.get $x))))
        (unreachable))
      (drop))
    (func (export "bare") (param $x i32) (result i32) (call $ask (local.get $x)))
    (func (export "own") (param f64 externref) (throw $own (local.get 0) (local.get 1))))`;
  const refuse = { parameters: ["i32", "i64"] };

  test("what a host function throws is caught by the program", async () => {
    const asks = machine(SAFE, { env: { refuse, ask: async (ctx: Context, x: number) => ctx.throw("refuse", x, 5n) } });
    expect(await asks.call("safe", [7])).toBe(7);
    const failed: unknown = await asks.call("bare", [7]).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(TrapError);
    expect((failed as TrapError).exception).toMatchObject({ tag: "env.refuse", values: [7, 5n] });
    expect((failed as TrapError).cause).toBeInstanceOf(WaspException);
    expect((failed as TrapError).message).toBe("uncaught exception: the host function env.ask threw env.refuse (7, 5), which nothing catches");
  });

  test("an exception may be made by hand, and kept", async () => {
    const kept = new WaspException("env.refuse", [1, 2n]);
    const ask = (): never => {
      throw kept;
    };
    expect(await machine(SAFE, { env: { refuse, ask } }).call("safe", [7])).toBe(1);
    const wrong = new WaspException("refuse", ["seven", 2n]);
    const failing = machine(SAFE, { env: { refuse, ask: () => Promise.reject(wrong) } });
    await expect(failing.call("safe", [7])).rejects.toThrow('value 0 of the exception refuse is the text "seven", which is not an i32');
    const lost = machine(SAFE, { env: { refuse, ask: (ctx: Context) => ctx.throw("gone") } });
    await expect(lost.call("safe", [7])).rejects.toThrow('env.ask: no tag named "gone" is known to module main');
  });

  test("what the program throws comes out with its values", async () => {
    const thing = { any: "value" };
    const throwing = machine(SAFE, { env: { ask: () => 0 } });
    const failed = (await throwing.call("own", [0.5, thing]).catch((error: unknown) => error)) as TrapError;
    expect(failed.exception).toMatchObject({ name: "WaspException", tag: "$own", message: "$own (0.5, a reference)" });
    expect(failed.exception?.values[1]).toBe(thing);
    expect(failed.trap.exception?.text).toBe("$own (0.5, extern 0)");
    expect(throwing.view().exceptions).toMatchObject([{ state: "uncaught" }]);
  });

  test("an exception as a value goes back in and is thrown again as the same while it is kept", async () => {
    const text = `(module
      (tag $own (param i32 f64))
      (import "env" "ask" (func $ask (result i32)))
      (table (export "t") 1 exnref)
      (func (export "made") (param i32) (result exnref)
        (block $h (result exnref)
          (try_table (catch_all_ref $h) (throw $own (local.get 0) (f64.const 2)))
          (unreachable)))
      (func (export "put") (param exnref) (table.set (i32.const 0) (local.get 0)))
      (func (export "asked") (result exnref)
        (block $h (result exnref)
          (try_table (catch_all_ref $h) (drop (call $ask)))
          (unreachable))))`;
    const one = machine(text, { env: { ask: () => 0 } });
    const made = one.keep(await one.call("made", [7]));
    expect(made).toBeInstanceOf(WaspException);
    expect(made).toMatchObject({ tag: "$own", values: [7, 2], message: "$own (7, 2)" });
    await one.call("put", [made]);
    expect(one.table("t").get(0)).toBe(made);
    one.table("t").set(0, null);
    expect(one.table("t").get(0)).toBeNull();
    one.table("t").set(0, made);
    expect(one.table("t").get(0)).toBe(made);
    one.begin("asked");
    expect(one.run()).toMatchObject({ kind: "hostCall" });
    one.throw(made as WaspException);
    const again = one.run();
    expect(again.kind === "finished" && again.results[0]).toBe(made);
    one.release(made);
    // It is good like a result until the machine runs on.
    await one.call("put", [made]);
    expect(one.table("t").get(0)).not.toBe(made);
    const sentence = "the exception $own was read before the machine ran on; machine.keep(it) keeps it";
    await expect(one.call("put", [made])).rejects.toThrow(sentence);
    expect(() => one.table("t").set(0, made)).toThrow(`element 0 of table "t": ${sentence}`);
    expect(() => one.keep(made)).toThrow(sentence);
    expect(made).toMatchObject({ tag: "$own", values: [7, 2] });

    const other = machine(text, { env: { ask: () => 0 } });
    await expect(other.call("put", [made])).rejects.toThrow("is not an exnref; give null or an exception that the program passed");
    // Elsewhere its tag is looked for by name.
    other.begin("asked");
    other.run();
    other.throw(made as WaspException);
    expect(other.run()).toMatchObject({ kind: "finished", results: [{ tag: "$own", values: [7, 2] }] });
  });

  test("a host call is answered by hand with an exception", () => {
    const asks = machine(SAFE, { env: { ask: () => 0 } });
    expect(() => asks.throw("refuse", 1, 2n)).toThrow();
    asks.begin("safe", [7]);
    asks.run();
    expect(() => asks.throw("refuse", 1)).toThrow("carries 2 values (i32 i64), not 1");
    asks.throw("refuse", 9, 2n);
    expect(asks.run()).toEqual({ kind: "finished", results: [9] });
  });

  test("a tag that is given must be the one that is imported", () => {
    const make = (given: unknown) => () => machine(SAFE, { env: { refuse: given, ask: () => 0 } as Imports[string] });
    expect(make({ parameters: [] })).toThrow('env.refuse is a tag that carries nothing, but the module imports (tag (param i32 i64)); write { parameters: ["i32", "i64"] }');
    expect(make(() => 0)).toThrow("env.refuse is a function, but the module imports a tag");
  });
});

describe("the checklist", () => {
  test("P2 a module from bytes is the module of its text", async () => {
    const fromText = Module.fromText(ADD);
    const pieces = [fromText.bytes.slice(0, 11), fromText.bytes.slice(11)];
    const whole = new Uint8Array(await new Blob(pieces as BlobPart[]).arrayBuffer());
    const fromBytes = Module.fromBytes(whole);
    expect(fromBytes.bytes).toEqual(fromText.bytes);
    expect(await instantiate(fromBytes).call("add", [2, 40])).toBe(42);
    expect(fromBytes.text()).toContain("i32.add");
  });

  test("P2 a module that arrives chunk by chunk has the hash of the whole", async () => {
    const { bytes } = Module.fromText(ADD);
    const hash = (module: Module): string | undefined => instantiate(module).modules()[0]?.hash;
    const whole = hash(Module.fromBytes(bytes.slice()));
    expect(whole).toMatch(/^[0-9a-f]{16}$/);
    for (const size of [1, 7, bytes.length]) {
      const chunk = new Uint8Array(size);
      let at = 0;
      const stream = new ReadableStream<Uint8Array>({
        pull(controller) {
          if (at >= bytes.length) return controller.close();
          // One buffer for all chunks, as readers of files have it.
          const piece = bytes.subarray(at, at + size);
          chunk.set(piece);
          at += piece.length;
          controller.enqueue(chunk.subarray(0, piece.length));
        },
      }, { highWaterMark: 0 });
      const streamed = await Module.fromStream(stream);
      expect(streamed.bytes).toEqual(bytes);
      expect(hash(streamed)).toBe(whole);
    }
    expect(hash(Module.fromText(ADD.replace("i32.add", "i32.sub")))).not.toBe(whole);
  });

  test("P3 the second load of a module skips decoding", async () => {
    const text = `(module (func (export "f") (result i32) (i32.const 31337)))`;
    const { bytes } = Module.fromText(text);
    const loads = [Module.fromBytes(bytes.slice()), Module.fromBytes(bytes.slice()), Module.fromText(text), Module.fromText(text)].map((module) => instantiate(module));
    expect(loads.map((machine) => machine.modules()[0]?.fromCache)).toEqual([false, true, false, true]);
    expect(await Promise.all(loads.map((machine) => machine.call("f")))).toEqual([31337, 31337, 31337, 31337]);
    const other = instantiate(Module.fromText(text.replace("31337", "31338")));
    expect(other.modules()[0]?.fromCache).toBe(false);
  });

  test("P3 the same module twice gives the same result", async () => {
    const module = Module.fromText(FIB);
    expect(await instantiate(module).call("fib", [10])).toBe(55);
    expect(await instantiate(module).call("fib", [10])).toBe(55);
  });

  test("P5 host imports: order, types, wrong returns, missing imports", async () => {
    const text = `(module (import "env" "f" (func (param i32 i64 f32 f64) (result i32)))
      (func (export "go") (result i32) (call 0 (i32.const -1) (i64.const -2) (f32.const 0.5) (f64.const 0.25))))`;
    const seen: unknown[] = [];
    const given = machine(text, { env: { f: (_ctx: Context, ...args: readonly unknown[]) => (seen.push(...args), 7) } });
    expect(await given.call("go")).toBe(7);
    expect(seen).toEqual([-1, -2n, 0.5, 0.25]);
    for (const [wrong, message] of [
      ["seven", /it returned the text "seven", which is not an i32/],
      [7n, /it returned 7n, which is not an i32; an i32 is a plain number/],
      [1.5, /it returned 1.5, which is not an i32/],
      [undefined, /it returned nothing, but its type has the result i32/],
    ] as const)
      await expect(machine(text, { env: { f: () => wrong } }).call("go")).rejects.toThrow(message);
    expect(() => machine(text)).toThrow(LinkError);
    expect(() => machine(text)).toThrow("nothing is given for env.f, which is imported as (func (param i32 i64 f32 f64) (result i32))");
  });

  test("P6 host imports read and write memory within its bounds", async () => {
    const outcome: unknown[] = [];
    const shared = machine(`(module (import "env" "f" (func)) (memory (export "mem") 1) (data (i32.const 4) "bee\\00")
      (func (export "go") (result i32) (call 0) (i32.load (i32.const 8))))`, {
      env: {
        f: (ctx: Context) => {
          const memory = ctx.memory("mem");
          outcome.push(memory.cstring(4), [...memory.bytes(4, 3)]);
          memory.setU32(8, 42);
          for (const wrong of [() => memory.u32(65_533), () => memory.write(65_536, [1]), () => memory.u8(-1), () => ctx.memory("none")]) {
            try {
              wrong();
            } catch (thrown) {
              outcome.push((thrown as Error).message);
            }
          }
        },
      },
    });
    expect(await shared.call("go")).toBe(42);
    expect(outcome).toEqual([
      "bee",
      [98, 101, 101],
      "host code reads 4 bytes at 0xfffd; memory ends at 0x10000 (1 page)",
      "host code writes 1 byte at 0x10000; memory ends at 0x10000 (1 page)",
      "host code reads 1 byte at -1; memory ends at 0x10000 (1 page)",
      'module main exports no memory named "none"',
    ]);
  });

  test("P6 a context is of no use after its call", async () => {
    let kept: Context | undefined;
    const keeps = machine(`(module (import "env" "f" (func)) (memory 1) (func (export "go") (call 0)))`, { env: { f: (ctx: Context) => void (kept = ctx) } });
    await keeps.call("go");
    expect(() => kept?.memory()).toThrow("the context belongs to a call of env.f that has ended");
  });

  test("P7 memories and globals are read and written from outside, also in the middle of a call", async () => {
    const text = `(module (memory (export "mem") 1) (global $g (export "g") (mut i64) (i64.const 5))
      (func (export "f") (result i64) nop nop (i64.add (global.get $g) (i64.load (i32.const 0)))))`;
    const open = machine(text);
    expect(open.global("g").get()).toBe(5n);
    open.global("g").set(40n);
    open.memory("mem").setU64(0, 1n);
    open.begin("f");
    open.step();
    open.memory().setU64(0, 2n);
    expect(open.run()).toEqual({ kind: "finished", results: [42n] });
    expect(() => open.global("g").set(1)).toThrow("1 is not an i64");
  });

  test("several memories by name, `$name` and index; the i64 of a 64-bit memory is an address", async () => {
    const said: unknown[] = [];
    const text = `(module (import "env" "put" (func $put (param i64) (result i64)))
      (memory (export "small") 1) (memory $wide i64 1 4) (memory $bytes 5 (pagesize 1))
      (table $t i64 2 funcref) (elem (table $t) (i64.const 1) func $f)
      (func $f (export "f") (param i64) (result i64)
        (i64.store $wide offset=8 (local.get 0) (call $put (local.get 0)))
        (i64.load $wide offset=8 (local.get 0))))`;
    const put = (ctx: Context, at: bigint): bigint => {
      const wide = ctx.memory("$wide");
      wide.setU32(at, 7);
      wide.writeString(at + 16n, "nest");
      said.push(wide.u8(Number(at)), wide.string(at + 16n, 4n), wide.cstring(at + 17n), ctx.memory(2).size);
      for (const far of [-1n, 0x1_0000n]) {
        try {
          wide.u16(far);
        } catch (thrown) {
          said.push(thrown instanceof RangeError ? thrown.message : thrown);
        }
      }
      said.push(ctx.table("$t").get(0n), typeof ctx.table("$t").get(1n));
      return at * 2n;
    };
    const open = machine(text, { env: { put } }, { memoryPages: 4 });
    expect(await open.call("f", [64n])).toBe(128n);
    expect(said).toEqual([
      7,
      "nest",
      "est",
      5,
      "host code reads 2 bytes at 0xffffffffffffffff; memory ends at 0x10000 (1 page)",
      "host code reads 2 bytes at 0x10000; memory ends at 0x10000 (1 page)",
      null,
      "object",
    ]);
    expect(open.memory(1).u64(72n)).toBe(128n);
    expect(open.memory("small").u64(72)).toBe(0n);
    expect(() => open.memory("$bytes").u8(5)).toThrow("host code reads 1 byte at 0x5; memory ends at 0x5 (5 bytes)");
    expect(open.view().memories.map(({ name, addressType, pageSize, pages }) => [name, addressType, pageSize, pages])).toEqual([
      [undefined, "i32", 65_536, 1n],
      ["$wide", "i64", 65_536, 1n],
      ["$bytes", "i32", 1, 5n],
    ]);
    expect(() => machine(`(module (memory i64 5))`, {}, { memoryPages: 4 })).toThrow("a memory of 5 pages is asked for; the limit is 4 pages");
  });

  test("P8 a stored word is seen at once, little-endian", () => {
    const store = machine(`(module (memory 1) (func (export "f") (i32.store (i32.const 16) (i32.const 0x01020304))))`);
    store.begin("f");
    store.step();
    store.step();
    const { effect } = store.step();
    expect(effect?.accesses).toMatchObject([{ kind: "write", address: 16n, length: 4n }]);
    expect([...store.memory().bytes(16, 4)]).toEqual([4, 3, 2, 1]);
  });

  test("P9 gas tables: the two-parameter add costs 3, 9 and 0.9375", async () => {
    const cost = async (schedule: string): Promise<number> => {
      const sum = machine(ADD, {}, { schedule });
      await sum.call("add", [1, 2]);
      return Number(sum.gas.used) / sum.gas.denominator;
    };
    expect(schedules().map((schedule) => schedule.name)).toEqual(["instructions", "waspvm-0.8.1", "alchemy-cycles"]);
    expect(await cost("instructions")).toBe(3);
    expect(await cost("waspvm-0.8.1")).toBe(9);
    expect(await cost("alchemy-cycles")).toBe(0.9375);
  });

  test("P11 memory.grow is charged by page and honours its maximum", async () => {
    const [base] = schedules();
    if (base === undefined) throw new Error("there is a built-in schedule");
    const grows = machine(`(module (memory 1 3) (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))`, {}, { schedule: { ...base, name: "paged", perGrownPage: 100 } });
    expect(await grows.call("grow", [2])).toBe(1);
    expect(grows.gas.used).toBe(202n);
    expect(await grows.call("grow", [1])).toBe(-1);
    expect(grows.memory().size).toBe(3 * 65_536);
  });

  test("P12 a limit is never passed, equality passes, and the call goes on with more", async () => {
    const exact = machine(ADD);
    expect(await exact.call("add", [1, 2], { gas: 3n })).toBe(3);
    const short = machine(ADD);
    await expect(short.call("add", [1, 2], { gas: 2n })).rejects.toThrow(OutOfGasError);
    expect(short.gas.used).toBe(2n);
    short.setGasLimit(100n);
    expect(await short.resume()).toBe(3);
    expect(short.gas.used).toBe(exact.gas.used);
  });

  test("gas that is given to a call that goes on is what it may use from there", async () => {
    const adds = machine(`(module (func (export "f") (result i32) (i32.add (i32.const 1) (i32.const 2))))`);
    await expect(adds.call("f", [], { gas: 1n })).rejects.toThrow(OutOfGasError);
    await expect(adds.resume({ gas: 1n })).rejects.toThrow(OutOfGasError);
    expect(adds.gas).toMatchObject({ used: 2n, limit: 2n });
    expect(await adds.resume({ gas: 1n })).toBe(3);
    // It belongs to the call as a whole, start functions and all.
    const starts = machine(`(module (func $s nop (drop (i32.const 1))) (start $s) (func (export "f") (drop (i32.const 1))))`);
    await expect(starts.call("f", [], { gas: 3n })).rejects.toThrow(OutOfGasError);
    expect(starts.gas.used).toBe(3n);
  });

  test("what the host has no memory for is told to the embedder, not to the program", async () => {
    const grows = machine(`(module (table 0 funcref) (func (export "f") (result i32) (table.grow (ref.null func) (i32.const 300000000))))`, {}, { tableElements: 400_000_000 });
    const sentence = "the host gave no more memory: a table wants 2400000000 more bytes";
    await expect(grows.call("f")).rejects.toThrow(new NoMemoryError(sentence));
    expect(grows.run()).toEqual({ kind: "noMemory", sentence });
    expect(grows.gas.used).toBe(2n);
  });

  test("P13 start functions and host calls are under the same limit", async () => {
    const endless = machine(`(module (func $start (loop br 0)) (start $start) (func (export "f")))`, {}, { gasLimit: 1_000n });
    await expect(endless.call("f")).rejects.toThrow(OutOfGasError);
    const [base] = schedules();
    if (base === undefined) throw new Error("there is a built-in schedule");
    const charging = machine(
      `(module (import "env" "f" (func)) (func (export "go") (call 0)))`,
      { env: { f: (ctx: Context) => ctx.charge(10n) } },
      { schedule: { ...base, name: "host", perHostCall: 1_000 } },
    );
    await charging.call("go");
    expect(charging.gas.used).toBe(1_011n);
    await expect(charging.call("go", [], { gas: 1_005n })).rejects.toThrow("env.f charges 10 gas, but 4 is left");
  });

  test("gas given to one call is that call's alone", async () => {
    const one = machine(ADD, {}, { gasLimit: 100n });
    await expect(one.call("add", [1, 2], { gas: 2n })).rejects.toThrow("the gas limit of 2 is reached");
    expect(await one.call("add", [1, 2])).toBe(3);
    expect(one.gas.limit).toBe(100n);
    one.setGasLimit(7n);
    await expect(one.call("add", [1, 2])).rejects.toThrow("the gas limit of 7 is reached");
    expect(await one.call("add", [1, 2], { gas: 3n })).toBe(3);
    one.begin("add", [1, 2]);
    expect(one.run()).toEqual({ kind: "outOfGas" });
  });

  test("P15 exports are listed with their types", () => {
    const shows = machine(`(module (table (export "t") 2 funcref) (global (export "g") f32 (f32.const 1)) (memory (export "m") 1 2)
      (func (export "f") (param $x i32) (param i64) (result f64) (f64.const 0)))`);
    expect(shows.exports().map(({ name, type }) => [name, type])).toEqual([
      ["t", "(table 2 funcref)"],
      ["g", "(global f32)"],
      ["m", "(memory 1 2)"],
      ["f", "(func (param i32 i64) (result f64))"],
    ]);
    expect(shows.exports()[3]?.paramNames).toEqual(["$x", "[1]"]);
    expect(shows.table("t").size).toBe(2);
    shows.table("t").set(1, { func: shows.exports()[3]?.address });
    expect(shows.table("t").get(1)).toEqual({ func: shows.exports()[3]?.address });
    expect(() => shows.table("t").set(2, null)).toThrow('element 2 is outside table "t" of 2 elements');
    expect(() => shows.table("t").set(0, { func: 99 })).toThrow(/^element 0 of table "t": /);
  });

  test("P17 an invalid module is refused before it runs, with its place", () => {
    expect(() => Module.fromText("(module (func (result i32) (i64.const 1)))")).toThrow(ModuleError);
    expect(() => Module.fromText("(module\n  (func i32.add))")).toThrow(/^line 2, column 9: i32.add expects i32/);
    expect(() => instantiate(Module.fromBytes(Uint8Array.of(0, 97, 115, 109, 9, 9, 9, 9)))).toThrow(LinkError);
  });

  test("P18 two modules stay callable, and one imports the other's exports", async () => {
    const pair = instantiate({
      math: Module.fromText(`(module (func (export "twice") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 2))))`),
      app: Module.fromText(`(module (import "math" "twice" (func $twice (param i32) (result i32))) (func (export "four") (param i32) (result i32) (call $twice (call $twice (local.get 0)))))`),
    });
    expect(await pair.call("four", [10])).toBe(40);
    expect(await pair.call("math.twice", [10])).toBe(20);
  });
});
