import { describe, expect, it } from 'vitest';
import { bySimilarity, namedByPlace } from './order.mjs';

const leb = (value) => (value < 128 ? [value] : [(value & 127) | 128, ...leb(value >>> 7)]);
const text = (word) => [word.length, ...Buffer.from(word)];
const section = (id, content) => [id, ...leb(content.length), ...content];
const vector = (items) => [...leb(items.length), ...items.flat()];
/** `i32.const n`, `drop`, again and again: what functions of one kind have in common. */
const body = (kind, number) => [0, ...Array.from({ length: 12 }, (_, i) => [0x41, (kind * 12 + i) % 64, 0x1a]).flat(), 0x41, number % 64, 0x1a, 0x0b];

/** A module of so many functions, each of the kind that `kindOf` says, one imported before them. */
function moduleOf(count, kindOf) {
  const numbers = Array.from({ length: count }, (_, number) => number);
  const names = numbers.map((number) => [...leb(number + 1), ...text(`f${number}`)]);
  const functions = vector(names);
  return Buffer.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 0, 0]),
    ...section(2, [1, ...text('host'), ...text('log'), 0, 0]),
    ...section(3, vector(numbers.map(() => [0]))),
    ...section(10, vector(numbers.map((number) => [...leb(body(kindOf(number), number).length), ...body(kindOf(number), number)]))),
    ...section(0, [...text('name'), 1, ...leb(functions.length), ...functions]),
  ]);
}

/** The places that the names of functions say, by number of function. */
function placesOf(module) {
  return [...module.toString('latin1').matchAll(/\d{6}/g)].map(([digits]) => Number(digits));
}

describe('the order of functions', () => {
  it('brings functions with bytes in common together', () => {
    const list = Array.from({ length: 64 }, (_, number) => number);
    const ordered = bySimilarity(list, list.map((number) => Buffer.from(body(number % 4, number))));
    const changes = ordered.filter((number, at) => at > 0 && number % 4 !== ordered[at - 1] % 4).length;
    expect([...ordered].sort((a, b) => a - b)).toEqual(list);
    expect(changes).toBeLessThan(16);
  });

  it('gives each function one place, and leaves those with short numbers where they are', () => {
    const module = moduleOf(300, (number) => number % 3);
    const places = placesOf(namedByPlace(module));
    expect([...places].sort((a, b) => a - b)).toEqual(Array.from({ length: 300 }, (_, place) => place));
    // 128 numbers take one byte, and the imported function has one of them.
    expect(places.slice(0, 127)).toEqual(Array.from({ length: 127 }, (_, place) => place));
    expect(places.slice(127)).not.toEqual(Array.from({ length: 173 }, (_, at) => at + 127));
  });

  it('changes nothing of the module but its names, and is the same every time', () => {
    const module = moduleOf(200, (number) => number % 5);
    const named = namedByPlace(module);
    expect(WebAssembly.validate(named)).toBe(true);
    expect(namedByPlace(module)).toEqual(named);
    const names = WebAssembly.Module.customSections(new WebAssembly.Module(module), 'name')[0].byteLength;
    const kept = module.length - (names + 'name'.length + 1 + 3);
    expect(named.subarray(0, kept)).toEqual(module.subarray(0, kept));
  });

  it('says what it cannot read', () => {
    const memory = Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, ...section(2, [1, ...text('js'), ...text('mem'), 2, 0, 1])]);
    expect(() => namedByPlace(memory)).toThrow('The core imports js.mem, which is no function');
  });
});
