// The order of a module's functions. gzip finds what it has seen within the last 32 kB only, so functions that have
// bytes in common should stand near each other: neither the compiler's order nor that of names brings them there.

/** So many bytes in a row count as something in common. */
const RUN = 6;
/** Later rounds change next to nothing. */
const ROUNDS = 30;

/**
 * The same module with names that say the place of each function: `wasm-opt --reorder-functions-by-name` puts them
 * there. Functions whose number takes one byte in a call stay where they are, so the most called should stand first
 * (`--reorder-functions`); the others follow by what they have in common.
 * @param {Buffer} module with names.
 * @returns {Buffer}
 */
export function namedByPlace(module) {
  const { imports, bodies, names, sections } = read(module);
  const short = Math.min(bodies.length, Math.max(0, 128 - imports));
  const first = Array.from({ length: short }, (_, number) => number);
  const others = Array.from({ length: bodies.length - short }, (_, at) => short + at);
  const nameOf = (number) => names.get(imports + number) ?? '';
  others.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : nameOf(a) > nameOf(b) ? 1 : a - b));
  const places = new Array(bodies.length);
  [...first, ...bySimilarity(others, bodies)].forEach((number, place) => {
    places[number] = place;
  });
  return Buffer.concat([module.subarray(0, 8), ...sections, nameSection(places, imports)]);
}

/**
 * Balanced partitioning (Dhulipala and others, "Compressing Graphs and Indexes with Recursive Graph Bisection", 2016):
 * the list is halved again and again, and functions change sides in pairs as long as that brings more of what they
 * have in common to one side.
 * @param {readonly number[]} list of numbers of functions, in an order to begin with.
 * @param {readonly Buffer[]} bodies
 */
export function bySimilarity(list, bodies) {
  const features = commonRuns(list, bodies);
  const count = features.count;
  const [left, right] = [new Int32Array(count), new Int32Array(count)];
  const [toRight, toLeft] = [new Float64Array(count), new Float64Array(count)];
  const logs = Float64Array.from({ length: list.length + 2 }, (_, n) => Math.log2(n + 1));
  const cost = (l, r) => -(l * logs[l] + r * logs[r]);
  const chance = random();
  const ordered = [];

  const halve = (part) => {
    if (part.length <= 2) {
      ordered.push(...part);
      return;
    }
    const side = new Uint8Array(part.length).fill(1, part.length >> 1);
    const used = new Set();
    for (const number of part) {
      for (const run of features.of(number)) {
        left[run] = right[run] = 0;
        used.add(run);
      }
    }
    const move = (at, by) => {
      const [from, to] = side[at] ? [right, left] : [left, right];
      for (const run of features.of(part[at])) {
        from[run] -= by;
        to[run] += 1;
      }
    };
    // At first nothing stands anywhere: each arrives on its side.
    part.forEach((_, at) => {
      side[at] ^= 1;
      move(at, 0);
      side[at] ^= 1;
    });
    for (let round = 0; round < ROUNDS; round++) {
      for (const run of used) {
        const [l, r] = [left[run], right[run]];
        toRight[run] = l > 0 ? cost(l, r) - cost(l - 1, r + 1) : 0;
        toLeft[run] = r > 0 ? cost(l, r) - cost(l + 1, r - 1) : 0;
      }
      const sides = [[], []];
      part.forEach((number, at) => {
        const gains = side[at] ? toLeft : toRight;
        let gain = 0;
        for (const run of features.of(number)) gain += gains[run];
        sides[side[at]].push({ gain, at });
      });
      for (const one of sides) one.sort((a, b) => b.gain - a.gain || a.at - b.at);
      let moved = false;
      for (let pair = 0; pair < Math.min(sides[0].length, sides[1].length); pair++) {
        if (sides[0][pair].gain + sides[1][pair].gain <= 0) break;
        for (const { at } of [sides[0][pair], sides[1][pair]]) {
          // Some stay by chance, or two that belong together would change places for ever.
          if (chance() < 0.1) continue;
          move(at, 1);
          side[at] ^= 1;
          moved = true;
        }
      }
      if (!moved) break;
    }
    halve(part.filter((_, at) => side[at] === 0));
    halve(part.filter((_, at) => side[at] === 1));
  };
  halve(list);
  return ordered;
}

/** For each function the runs of bytes that others have too, as numbers; what every second one has says nothing. */
function commonRuns(list, bodies) {
  const holders = new Map();
  const runs = new Map();
  for (const number of list) {
    const body = bodies[number];
    const found = new Set();
    for (let at = 0; at + RUN <= body.length; at++) {
      let hash = 0x811c9dc5;
      for (let i = at; i < at + RUN; i++) hash = Math.imul(hash ^ body[i], 0x01000193);
      found.add(hash >>> 0);
    }
    for (const hash of found) holders.set(hash, (holders.get(hash) ?? 0) + 1);
    runs.set(number, found);
  }
  const numbers = new Map();
  const common = new Map();
  for (const [number, found] of runs) {
    const kept = [];
    for (const hash of found) {
      const held = holders.get(hash);
      if (held < 2 || held * 2 >= list.length) continue;
      if (!numbers.has(hash)) numbers.set(hash, numbers.size);
      kept.push(numbers.get(hash));
    }
    common.set(number, Uint32Array.from(kept));
  }
  return { count: numbers.size, of: (number) => common.get(number) };
}

/** Numbers below 1, the same in every build. */
function random() {
  let seed = 1;
  return () => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    return (seed >>> 8) / 2 ** 24;
  };
}

/** Function bodies and names of a module, and its sections without the names. */
function read(module) {
  let at = 8;
  const leb = () => {
    for (let value = 0, scale = 1; ; scale *= 128) {
      const byte = module[at++];
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  const bytes = () => {
    const length = leb();
    at += length;
    return module.subarray(at - length, at);
  };
  let imports = 0;
  const bodies = [];
  const names = new Map();
  const sections = [];
  while (at < module.length) {
    const start = at;
    const id = module[at++];
    const length = leb();
    const end = at + length;
    let isKept = true;
    if (id === 2) {
      for (let left = leb(); left > 0; left--) {
        const name = `${bytes()}.${bytes()}`;
        if (module[at++] !== 0) throw new Error(`The core imports ${name}, which is no function: order.mjs cannot read that`);
        leb();
        imports++;
      }
    } else if (id === 10) {
      for (let left = leb(); left > 0; left--) bodies.push(bytes());
    } else if (id === 0 && String(bytes()) === 'name') {
      isKept = false;
      while (at < end) {
        const kind = module[at++];
        const after = leb() + at;
        if (kind === 1) for (let left = leb(); left > 0; left--) names.set(leb(), String(bytes()));
        at = after;
      }
    }
    at = end;
    if (isKept) sections.push(module.subarray(start, end));
  }
  return { imports, bodies, names, sections };
}

/** @param {readonly number[]} places of the functions that are not imported. */
function nameSection(places, imports) {
  const named = places.map((place, number) => [...leb(imports + number), 6, ...Buffer.from(String(place).padStart(6, '0'))]);
  const functions = [...leb(places.length), ...named.flat()];
  const content = [4, ...Buffer.from('name'), 1, ...leb(functions.length), ...functions];
  return Buffer.from([0, ...leb(content.length), ...content]);
}

function leb(value) {
  const bytes = [];
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest & 127) | 128);
  }
}
