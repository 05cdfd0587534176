// Generated modules in three engines: the machine compiled for this computer, which wrote down what becomes of them,
// the library in the page, and the browser's own engine.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { pageAddress } from './harness/browser.ts';
import { webtest } from './harness/webtest.ts';

/** What `crates/fuzz/src/sample.rs` writes. */
interface Sample {
  readonly fuel: number;
  readonly modules: readonly SampleModule[];
}

interface SampleModule {
  readonly case: number;
  readonly wasm: string;
  readonly fuelGlobal: string;
  readonly calls: readonly SampleCall[];
  readonly globals: readonly (readonly [name: string, type: string, value: string])[];
  /** Size and hash of each. */
  readonly memories: readonly string[];
}

interface SampleCall {
  readonly func: string;
  readonly args: readonly string[];
  readonly results: readonly string[];
  /** The results, or the name of a trap. */
  readonly outcome: readonly string[] | string;
}

webtest(
  "generated modules do in the page what they do in the browser's own engine",
  async ({ page }) => {
    const path = process.env['WASPNEST_SAMPLE'];
    if (path === undefined) throw new Error('WASPNEST_SAMPLE is not set; run the tests with npm run test:e2e.');
    const sample = JSON.parse(readFileSync(path, 'utf8')) as Sample;
    // Any document of the same origin without a policy that forbids scripts.
    await page.goto(new URL('lib/waspnest.js', pageAddress()).href);
    const { differences, calls } = await page.evaluate(compareEngines, sample);
    assert.deepEqual(differences, []);
    assert.ok(calls > 1_000, `${calls} calls`);
  },
  // A document that is no page has no icon.
  { open: false, timeoutMillis: 180_000, expectedErrors: /favicon\.ico/ },
);

/** Runs in the page; gives a sentence for each difference. */
async function compareEngines(sample: Sample): Promise<{ differences: string[]; calls: number }> {
  const differences: string[] = [];
  let calls = 0;
  // The address is the page's, not one that the bundler could know.
  const address = new URL('waspnest.js', location.href).href;
  const library = await import(address);
  await library.loadCore();
  const scratch = new DataView(new ArrayBuffer(8));

  // JavaScript sees no bits of a NaN.
  const bitsOf = (size: 4 | 8, value: number): string => {
    if (Number.isNaN(value)) return size === 4 ? '7fc00000' : '7ff8000000000000';
    if (size === 4) scratch.setFloat32(0, value);
    else scratch.setFloat64(0, value);
    const bits = size === 4 ? BigInt(scratch.getUint32(0)) : scratch.getBigUint64(0);
    return bits.toString(16).padStart(2 * size, '0');
  };

  const show = (type: string, value: unknown): string => {
    switch (type) {
      case 'i32':
      case 'i64':
        return `${type}:${value}`;
      case 'f32':
        return `f32:${bitsOf(4, value as number)}`;
      case 'f64':
        return `f64:${bitsOf(8, value as number)}`;
      default:
        if (value === null) return 'null';
        if (typeof value === 'number') return `i31:${value}`;
        if (typeof value === 'string') return value;
        if (typeof value === 'function' || (typeof value === 'object' && 'func' in value)) return 'func';
        return 'object';
    }
  };

  const given = (text: string): unknown => {
    const [type = '', bits = ''] = text.split(':');
    switch (type) {
      case 'i32':
      case 'i31':
        return Number(bits);
      case 'i64':
        return BigInt(bits);
      case 'f32':
        scratch.setUint32(0, Number.parseInt(bits, 16));
        return scratch.getFloat32(0);
      case 'f64':
        scratch.setBigUint64(0, BigInt(`0x${bits}`));
        return scratch.getFloat64(0);
      case 'null':
        return null;
      default:
        // Any value of JavaScript is a reference from outside.
        return text;
    }
  };

  const hash = (bytes: Uint8Array): string => {
    let state = 0x811c9dc5;
    for (const byte of bytes) state = Math.imul(state ^ byte, 0x01000193);
    return `${bytes.length}:${(state >>> 0).toString(16).padStart(8, '0')}`;
  };

  /** The words that engines have for the traps, as far as JavaScript can tell them apart. */
  const trapOf = (message: string): string => {
    const known: readonly (readonly [RegExp, string])[] = [
      [/unreachable/, 'Unreachable'],
      [/divide by zero|remainder by zero/, 'DivideByZero'],
      [/unrepresentable|invalid conversion|integer overflow/, 'Unrepresentable'],
      [/memory access|data segment/, 'MemoryOutOfBounds'],
      [/array/, 'ArrayOutOfBounds'],
      [/table (index|access)|element segment|undefined element|table/, 'TableOutOfBounds'],
      [/null function or function signature|signature mismatch|uninitialized element|indirect call type/, 'IndirectCall'],
      [/null/, 'NullReference'],
      [/cast/, 'CastFailure'],
      // Firefox does not say of what.
      [/^index out of bounds/, 'OutOfBounds'],
      [/uncaught exception/, 'Uncaught'],
    ];
    return known.find(([pattern]) => pattern.test(message))?.[1] ?? message;
  };
  const asKnown = (trap: string): string => {
    if (trap === 'NullElement' || trap === 'TypeMismatch') return 'IndirectCall';
    return trap === 'InvalidConversion' || trap === 'IntegerOverflow' ? 'Unrepresentable' : trap;
  };

  for (const module of sample.modules) {
    const say = (text: string): void => void differences.push(`case ${module.case}: ${text}`);
    const bytes = Uint8Array.from(module.wasm.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
    const native = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports;
    const ours = library.instantiate(library.Module.fromBytes(bytes));
    await ours.runStarts();
    const engines = [
      {
        name: "the browser's engine",
        call: (func: string, args: unknown[]) => (native[func] as (...args: unknown[]) => unknown)(...args),
        get: (name: string): unknown => (native[name] as WebAssembly.Global).value,
        set: (name: string, value: number): void => void ((native[name] as WebAssembly.Global).value = value),
        memory: (index: number) => new Uint8Array((native[`m${index}`] as WebAssembly.Memory).buffer),
      },
      {
        name: 'the library',
        call: (func: string, args: unknown[]) => ours.call(func, args),
        get: (name: string): unknown => ours.global(name).get(),
        set: (name: string, value: number): void => ours.global(name).set(value),
        memory: (index: number) => {
          const memory = ours.memory(`m${index}`);
          return memory.bytes(0, memory.size);
        },
      },
    ];
    for (const engine of engines) {
      for (const [number, call] of module.calls.entries()) {
        const args = call.args.map((text) => given(text));
        engine.set(module.fuelGlobal, sample.fuel);
        calls += 1;
        let outcome: string | string[];
        try {
          const returned = await engine.call(call.func, args);
          const values = call.results.length > 1 ? (returned as unknown[]) : [returned];
          outcome = call.results.map((type, index) => show(type, values[index]));
        } catch (error) {
          const isException = error instanceof WebAssembly.Exception;
          // A sentence of the library tells the numbers too, which may hold words of other traps.
          const kind: unknown = error instanceof library.TrapError ? (error as { trap: { kind: unknown } }).trap.kind : undefined;
          const said = String(kind ?? (error instanceof Error ? error.message : error));
          outcome = isException ? 'Uncaught' : trapOf(said);
        }
        const expected = typeof call.outcome === 'string' ? asKnown(call.outcome) : call.outcome;
        const isTold = outcome !== 'OutOfBounds' || !String(expected).endsWith('OutOfBounds');
        if (isTold && String(outcome) !== String(expected)) say(`call ${number}, ${call.func}(${call.args}): ${engine.name} gives ${outcome}, not ${expected}`);
      }
      for (const [name, type, value] of module.globals) {
        const got = show(type, engine.get(name));
        if (got !== value && name !== module.fuelGlobal) say(`${engine.name} has ${got} in ${name}, not ${value}`);
      }
      for (const [index, expected] of module.memories.entries()) {
        const got = hash(engine.memory(index));
        if (got !== expected) say(`${engine.name} has ${got} (size and hash) in memory ${index}, not ${expected}`);
      }
    }
    ours.free();
  }
  return { differences, calls };
}
