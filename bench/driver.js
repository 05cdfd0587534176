// Measures kernels in the engine that this script runs in, and in interpreters that are
// themselves Wasm modules with the interface of crates/bench/abi.
//
// One round of a kernel is one turn of every engine, in an order that rotates, so that a machine
// that gets slower or faster hurts all of them alike. A turn repeats the call until it is long
// enough for the clock. Medians over rounds are the result.

/** A turn lasts at least this long, in milliseconds: 200 times the 0.1 ms of a page's clock (chosen). */
const TURN_MS = 20;

/**
 * Each engine is warmed up on each kernel for this long, in milliseconds. An optimising compiler
 * that works in the background needs about one second for an interpreter's loop (measured).
 */
const WARM_UP_MS = 1500;

/** More for the first kernel, in which the interpreters themselves are compiled (chosen). */
const FIRST_WARM_UP_MS = 4000;

/** The loop of an interpreter is swapped for its optimised form only between calls: at least so many. */
const WARM_UP_CALLS = 3;

/**
 * @typedef {{ name: string, file: string, func: string, args: string[], params: string[], results: string[] }} Kernel
 *   `args` are bits in decimal, as many as `params`.
 * @typedef {{ kernels: Kernel[], peers: { name: string, file: string }[], rounds: number }} Plan
 * @typedef {{ name: string, checksum: string, medians: Record<string, number> }} Result
 *   `medians`: milliseconds of one call, by engine; `native` is the engine that runs this script.
 */

/**
 * @param {Plan} plan
 * @param {(file: string) => Promise<Uint8Array>} bytesOf
 * @param {(kernel: string) => void} [onKernel] told when a kernel begins
 * @returns {Promise<Result[]>}
 */
export async function measure(plan, bytesOf, onKernel = () => undefined) {
  const peers = await Promise.all(
    plan.peers.map(async ({ name, file }) => ({ name, peer: await openPeer(await bytesOf(file)) })),
  );
  const results = [];
  for (const kernel of plan.kernels) {
    onKernel(kernel.name);
    const module = await bytesOf(kernel.file);
    const engines = [{ name: 'native', call: await nativeCall(module, kernel) }];
    for (const { name, peer } of peers) {
      peer.load(module);
      engines.push({ name, call: () => normal(peer.call(kernel.func, kernel.args), kernel.results[0]) });
    }
    const warmUpMs = results.length === 0 ? FIRST_WARM_UP_MS : WARM_UP_MS;
    results.push(await measureKernel(kernel, engines, plan.rounds, warmUpMs));
  }
  return results;
}

async function measureKernel(kernel, engines, rounds, warmUpMs) {
  const turns = engines.map(({ name, call }) => ({ name, call, calls: 1, times: [] }));
  const checksum = turns[0].call();
  for (const turn of turns.slice(1)) {
    const result = turn.call();
    if (result !== checksum) {
      throw new Error(`${kernel.name}: ${turn.name} gives 0x${result.toString(16)}, not 0x${checksum.toString(16)}`);
    }
  }
  for (const turn of turns) {
    warmUp(turn, warmUpMs);
    await breathe();
  }
  for (let round = 0; round < rounds; round++) {
    for (let place = 0; place < turns.length; place++) {
      const turn = turns[(place + round) % turns.length];
      turn.times.push(timeOf(turn));
      await breathe();
    }
  }
  const medians = Object.fromEntries(turns.map(({ name, times }) => [name, median(times)]));
  return { name: kernel.name, checksum: `0x${checksum.toString(16)}`, medians };
}

/** Runs an engine until it has its final speed, and finds how many calls make a turn. */
function warmUp(turn, warmUpMs) {
  const begun = performance.now();
  let fastest = Infinity;
  for (let calls = 0; calls < WARM_UP_CALLS || performance.now() - begun < warmUpMs; calls++) {
    const from = performance.now();
    turn.call();
    fastest = Math.min(fastest, performance.now() - from);
  }
  turn.calls = Math.max(1, Math.ceil(TURN_MS / Math.max(fastest, 0.001)));
}

/** Milliseconds of one call, over as many calls as make a turn. */
function timeOf({ call, calls }) {
  const from = performance.now();
  for (let i = 0; i < calls; i++) call();
  return (performance.now() - from) / calls;
}

/** Lets the page answer, and the compiler that works in the background hand over its code. */
function breathe() {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

function median(times) {
  const sorted = [...times].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The kernel as the engine itself runs it. The call returns the first result's bits. */
async function nativeCall(module, kernel) {
  const { instance } = await WebAssembly.instantiate(module);
  const func = instance.exports[kernel.func];
  const args = kernel.args.map((bits, i) => valueOf(BigInt(bits), kernel.params[i]));
  return () => {
    const returned = func(...args);
    return bitsOf(Array.isArray(returned) ? returned[0] : returned, kernel.results[0]);
  };
}

const view = new DataView(new ArrayBuffer(8));

function valueOf(bits, type) {
  view.setBigUint64(0, bits, true);
  switch (type) {
    case 'i32':
      return view.getInt32(0, true);
    case 'i64':
      return view.getBigInt64(0, true);
    case 'f32':
      return view.getFloat32(0, true);
    case 'f64':
      return view.getFloat64(0, true);
    default:
      throw new Error(`arguments of type ${type} are not numbers`);
  }
}

function bitsOf(value, type) {
  view.setBigUint64(0, 0n, true);
  switch (type) {
    case undefined:
      return 0n;
    case 'i32':
      view.setInt32(0, value, true);
      break;
    case 'i64':
      view.setBigInt64(0, value, true);
      break;
    case 'f32':
      view.setFloat32(0, Number.isNaN(value) ? NaN : value, true);
      break;
    case 'f64':
      view.setFloat64(0, Number.isNaN(value) ? NaN : value, true);
      break;
    default:
      throw new Error(`the result of type ${type} is not a number`);
  }
  return view.getBigUint64(0, true);
}

/** The same bits, but one form for all NaNs, since an engine may make any of them. */
function normal(bits, type) {
  return type === 'f32' || type === 'f64' ? bitsOf(valueOf(bits, type), type) : bits;
}

/** Opens an interpreter; see crates/bench/abi for its exports. */
async function openPeer(bytes) {
  const { instance } = await WebAssembly.instantiate(bytes);
  const { memory, buffer, buffer_address, buffer_len, load, call, result } = instance.exports;
  const write = (request) => {
    const address = buffer(request.length) >>> 0;
    new Uint8Array(memory.buffer, address, request.length).set(request);
  };
  const check = (status) => {
    if (status === 0) return;
    const message = new Uint8Array(memory.buffer, buffer_address() >>> 0, buffer_len() >>> 0);
    throw new Error(new TextDecoder().decode(message));
  };
  return {
    load(module) {
      write(module);
      check(load());
    },
    call(func, args) {
      const name = new TextEncoder().encode(func);
      const request = new Uint8Array(name.length + 8 * args.length);
      request.set(name);
      const words = new DataView(request.buffer);
      args.forEach((bits, i) => words.setBigUint64(name.length + 8 * i, BigInt(bits), true));
      write(request);
      check(call(name.length));
      return BigInt.asUintN(64, result());
    },
  };
}
