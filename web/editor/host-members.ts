// What host code finds on its first argument, for completion. The worker implements it.

export interface Member {
  readonly name: string;
  /** How it is called, without the name. */
  readonly signature: string;
  readonly doc: string;
}

const member = (name: string, signature: string, doc: string): Member => ({ name, signature, doc });

const numberKinds: readonly (readonly [string, string])[] = [
  ["u8", "number"],
  ["i8", "number"],
  ["u16", "number"],
  ["i16", "number"],
  ["u32", "number"],
  ["i32", "number"],
  ["u64", "bigint"],
  ["i64", "bigint"],
  ["f32", "number"],
  ["f64", "number"],
];

const memoryMembers: readonly Member[] = [
  member("size", "", "Size in bytes."),
  member("bytes", "(address, length): Uint8Array", "A copy of the bytes."),
  member("write", "(address, bytes)", "Writes all bytes from the address on."),
  member("string", "(address, length): string", "Reads UTF-8 text of that many bytes."),
  member("cstring", "(address): string", "Reads UTF-8 text up to a zero byte."),
  member("writeString", "(address, text)", "Writes the text as UTF-8."),
  ...numberKinds.map(([kind, type]) => member(kind, `(address): ${type}`, `Reads ${kind}, little-endian.`)),
  ...numberKinds.map(([kind, type]) =>
    member(`set${kind[0]?.toUpperCase() ?? ""}${kind.slice(1)}`, `(address, value: ${type})`, `Writes ${kind}, little-endian.`),
  ),
];

export const contextMembers: readonly Member[] = [
  member("memory", "(nameOrIndex = 0)", "A memory of the module that called: read and write it. Addresses are numbers, or the bigint of an i64."),
  member("global", "(name)", "A global of the module that called: get() and set(value)."),
  member("table", "(name)", "A table of the module that called: get(index), set(index, value) and size."),
  member("gas", "", "Gas used, the limit, and what remains."),
  member("charge", "(amount)", "Makes this call cost that many units of gas."),
  member("throw", "(tag, ...values)", "Throws an exception into the program, with the values that its tag carries; or, in place of both, one that the program passed."),
  member("keep", "(reference)", "Keeps a structure, array or exception of the program, which is good for this call alone otherwise. Gives it back."),
  member("release", "(reference)", "Takes keep back."),
  member("print", "(...values)", "Writes a line to the console."),
  member("canvas", "", "The picture beside the code: size, pixel, fill, rect, show."),
  member("keys", "", "Set of the codes of the keys held down."),
  member("caller", "", "Module and function that made this call."),
];

/** Members of what a member gives, by the member's name. */
export const membersBelow: Readonly<Record<string, readonly Member[]>> = {
  memory: memoryMembers,
  global: [member("get", "()", "Its value."), member("set", "(value)", "Changes it, if it may change.")],
  table: [
    member("get", "(index)", "The element."),
    member("set", "(index, value)", "Changes an element: null, a function or what else the table holds."),
    member("size", "", "Number of elements."),
  ],
  gas: [
    member("used", "", "Units used so far."),
    member("limit", "", "Units that may be used, undefined without a limit."),
    member("remaining", "", "Units left, undefined without a limit."),
    member("denominator", "", "How many units are one gas."),
  ],
  canvas: [
    member("size", "(width, height)", "Sets the size in pixels and clears the picture."),
    member("pixel", "(x, y, rgba)", "Sets one pixel; 0xRRGGBBAA."),
    member("fill", "(rgba)", "Fills the whole picture."),
    member("rect", "(x, y, width, height, rgba)", "Fills a rectangle."),
    member("show", "()", "Shows the picture; await it for the next frame."),
  ],
  keys: [member("has", "(code)", "Whether the key of that KeyboardEvent.code is held."), member("size", "", "How many are held.")],
  caller: [member("module", "", "Name of the module."), member("func", "", "Name of the function.")],
};
