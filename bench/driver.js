// Times calls in the engine that this script runs in, and in interpreters that are themselves Wasm
// modules with the interface of crates/bench/abi. It does one small thing for each request, so that
// whoever asks can take turns between engines and browsers, and can end what does not end by itself.

/** A turn lasts at least this long, in milliseconds: 200 times the 0.1 ms of a page's clock (chosen). */
const TURN_MS = 20;

/** The loop of an interpreter is swapped for its optimised form only between calls: at least so many. */
const WARM_UP_CALLS = 3;

/**
 * @typedef {{ file: string, func: string, args: readonly string[], params: readonly string[], results: readonly string[] }} Call
 *   `args` are bits in decimal, as many as `params`.
 * @typedef {{ kind: 'open', name: string, file: string }
 *   | { kind: 'load', engine: string, call: Call }
 *   | { kind: 'call', engine: string }
 *   | { kind: 'warmUp', engine: string, ms: number }
 *   | { kind: 'turn', engine: string }
 *   | { kind: 'opening', engine: string, call: Call }} Request
 *   `engine` is the name of an interpreter that was opened, or `native` for the engine that runs this script.
 */

/**
 * @param {(file: string) => Promise<Uint8Array>} bytesOf
 * @returns {(request: Request) => Promise<{ ok: unknown } | { error: string }>} answers a request; the error is a
 *   sentence without its first word's capital and without its last full stop.
 */
export function driver(bytesOf) {
  const peers = new Map();
  const engines = new Map();

  const answers = {
    async open({ name, file }) {
      peers.set(name, await openPeer(await bytesOf(file)));
    },
    async load({ engine, call }) {
      const module = await bytesOf(call.file);
      engines.delete(engine);
      if (engine === 'native') {
        engines.set(engine, { call: await nativeCall(module, call), calls: 1 });
        return;
      }
      const peer = peers.get(engine);
      peer.load(module);
      engines.set(engine, { call: () => normal(peer.call(call.func, call.args), call.results[0]), calls: 1 });
    },
    /** The bits of the result. */
    async call({ engine }) {
      return engines.get(engine).call().toString();
    },
    /** Runs an engine until it has its final speed, and finds how many calls make a turn. */
    async warmUp({ engine, ms }) {
      const turn = engines.get(engine);
      const begun = performance.now();
      let fastest = Infinity;
      for (let calls = 0; calls < WARM_UP_CALLS || performance.now() - begun < ms; calls++) {
        const from = performance.now();
        turn.call();
        fastest = Math.min(fastest, performance.now() - from);
      }
      turn.calls = Math.max(1, Math.ceil(TURN_MS / Math.max(fastest, 0.001)));
    },
    /** Milliseconds of one call, over as many calls as make a turn. */
    async turn({ engine }) {
      const { call, calls } = engines.get(engine);
      const from = performance.now();
      for (let i = 0; i < calls; i++) call();
      return (performance.now() - from) / calls;
    },
    /** Milliseconds until a module is validated, and from there until a call's first instruction has run. */
    async opening({ engine, call }) {
      const module = await bytesOf(call.file);
      return peers.get(engine).opening(module, call.func, call.args);
    },
  };

  return async (request) => {
    try {
      return { ok: await answers[request.kind](request) };
    } catch (error) {
      return { error: error instanceof Error ? error.message : String(error) };
    }
  };
}

/** The call as the engine itself makes it. Gives the first result's bits. */
async function nativeCall(module, call) {
  const { instance } = await WebAssembly.instantiate(module);
  const func = instance.exports[call.func];
  const args = call.args.map((bits, i) => valueOf(BigInt(bits), call.params[i]));
  return () => {
    const returned = func(...args);
    return bitsOf(Array.isArray(returned) ? returned[0] : returned, call.results[0]);
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
  const peer = instance.exports;
  const write = (request) => {
    const address = peer.buffer(request.length) >>> 0;
    new Uint8Array(peer.memory.buffer, address, request.length).set(request);
  };
  const check = (status) => {
    if (status === 0) return;
    const message = new Uint8Array(peer.memory.buffer, peer.buffer_address() >>> 0, peer.buffer_len() >>> 0);
    throw new Error(new TextDecoder().decode(message));
  };
  /** Writes a call's request and gives the length of its name. */
  const writeCall = (func, args) => {
    const name = new TextEncoder().encode(func);
    const request = new Uint8Array(name.length + 8 * args.length);
    request.set(name);
    const words = new DataView(request.buffer);
    args.forEach((bits, i) => words.setBigUint64(name.length + 8 * i, BigInt(bits), true));
    write(request);
    return name.length;
  };
  return {
    load(module) {
      write(module);
      check(peer.load());
    },
    call(func, args) {
      check(peer.call(writeCall(func, args)));
      return BigInt.asUintN(64, peer.result());
    },
    opening(module, func, args) {
      write(module);
      const begun = performance.now();
      check(peer.validate());
      const validated = performance.now();
      check(peer.first_instruction(writeCall(func, args)));
      return { validated: validated - begun, first: performance.now() - validated };
    },
  };
}
