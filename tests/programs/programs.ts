// What each program does. It uses whatever `WebAssembly` is in its page: the browser's own, or our machine.
import quickjs from '@jitl/quickjs-wasmfile-release-sync';
import { newQuickJSWASMModuleFromVariant, newVariant } from 'quickjs-emscripten-core';
import initSql from 'sql.js/dist/sql-wasm-browser.js';
import initBrotli, { compress, decompress } from '../../node_modules/brotli-wasm/pkg.web/brotli_wasm.js';
import initPng, { encode } from '../../node_modules/@jsquash/png/codec/pkg/squoosh_png.js';

/** The program's WebAssembly; the answer is text that says all that it gave. */
type Program = (wasm: Uint8Array<ArrayBuffer>) => Promise<string>;

const hex = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/** Text that compresses as text does, the same each time. */
function sampleText(): string {
  const words = ['wasp', 'nest', 'stack', 'local', 'memory', 'gas', 'trap', 'step', 'back', 'module'];
  let seed = 7;
  const pick = (): string => {
    seed = (seed * 1_103_515_245 + 12_345) & 0x7fffffff;
    return words[seed % words.length] ?? '';
  };
  return Array.from({ length: 400 }, pick).join(' ');
}

async function sqlite(wasmBinary: Uint8Array): Promise<string> {
  const { Database } = await initSql({ wasmBinary });
  const db = new Database();
  // Few and large statements: each call from JavaScript copies the memory there and back.
  db.run(`CREATE TABLE nests (id INTEGER PRIMARY KEY, kind TEXT, wasps INTEGER, weight REAL);
    BEGIN;
    INSERT INTO nests WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < 300)
      SELECT id, CASE id % 3 WHEN 0 THEN 'paper' WHEN 1 THEN 'mud' ELSE 'hollow ' || (id % 5) END, id * 7 % 1000, id / 8.0 FROM n;
    COMMIT;
    CREATE INDEX by_kind ON nests (kind, wasps);`);
  const rows = db.exec(`SELECT json_group_array(json_array(kind, n, total, mean)) FROM (
    SELECT kind, count(*) AS n, sum(wasps) AS total, round(avg(weight), 6) AS mean FROM nests
    WHERE wasps > 50 GROUP BY kind HAVING n > 2 ORDER BY kind)`);
  const plan = db.exec("EXPLAIN QUERY PLAN SELECT * FROM nests WHERE kind = 'mud' AND wasps > 100");
  const file = db.export();
  return JSON.stringify([rows, plan, file.length, hex(file.subarray(0, 100)), hex(file.subarray(-64))]);
}

async function javascript(wasm: Uint8Array<ArrayBuffer>): Promise<string> {
  const QuickJS = await newQuickJSWASMModuleFromVariant(newVariant(quickjs, { wasmBinary: wasm.buffer }));
  return String(
    QuickJS.evalCode(`
      const primes = [];
      for (let n = 2; primes.length < 60; n++) if (primes.every((p) => n % p)) primes.push(n);
      const words = "the quick brown wasp jumps over the lazy nest".split(/\\s+/).map((w) => w.replace(/(.)(.*)/, (_, a, b) => b + a + "ay"));
      class Point { constructor(x, y) { Object.assign(this, { x, y }); } get length() { return Math.hypot(this.x, this.y); } }
      const sorted = Array.from({ length: 50 }, (_, i) => (i * 7919) % 101).sort((a, b) => a - b);
      JSON.stringify({ primes, words, length: new Point(3, 4).length, sorted, big: String(2n ** 100n), e: Math.exp(1), date: new Date(0).toISOString() })`),
  );
}

async function brotli(wasm: Uint8Array<ArrayBuffer>): Promise<string> {
  await initBrotli(wasm);
  const text = new TextEncoder().encode(sampleText());
  const packed = compress(text);
  return `${packed.length} ${hex(packed)} ${hex(decompress(packed)) === hex(text)}`;
}

async function png(wasm: Uint8Array<ArrayBuffer>): Promise<string> {
  await initPng(wasm);
  const [width, height] = [32, 24];
  const pixels = Uint8Array.from({ length: width * height * 4 }, (_, at) => (at % 4 === 3 ? 255 : ((at >> 2) * (at % 4 + 3)) & 255));
  const file: Uint8Array = encode(pixels, width, height, 8);
  return hex(file);
}

interface Nest {
  readonly memory: { readonly buffer: ArrayBuffer };
  room(length: number): number;
  load(): number;
  call(arg: bigint): number;
  result(): bigint;
  gas(): bigint;
  ticks(): bigint;
}

/** `(module (func $fib (export "run") (param i32) (result i32) ...))`, recursive. */
const FIB = '0061736d0100000001060160017f017f030201000707010372756e00000a1e011c002000410249044020000f0b200041016b1000200041026b10006a0b';

async function nest(wasm: Uint8Array<ArrayBuffer>): Promise<string> {
  const { instance } = await WebAssembly.instantiate(wasm);
  // The exports of crates/nest.
  const machine = instance.exports as unknown as Nest;
  const module = Uint8Array.from(FIB.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  const room = machine.room(module.length);
  new Uint8Array(machine.memory.buffer).set(module, room);
  const loaded = machine.load();
  const called = machine.call(9n);
  return `${loaded} ${called} ${machine.result()} ${machine.gas()} ${machine.ticks()}`;
}

const programs: Readonly<Record<string, Program>> = { sqlite, javascript, brotli, png, nest };

Object.assign(globalThis, { runProgram: (name: string, wasm: Uint8Array<ArrayBuffer>) => programs[name]?.(wasm) });
