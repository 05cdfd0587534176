// The imports that need no JavaScript: their names, types and what they do. Implemented in worker/ready-made.ts.

export interface ReadyMade {
  readonly module: string;
  readonly name: string;
  readonly params: readonly string[];
  readonly results: readonly string[];
  /** One line for completion and help. */
  readonly summary: string;
}

function row(module: string, name: string, params: readonly string[], results: readonly string[], summary: string): ReadyMade {
  return { module, name, params, results, summary };
}

export const readyMade: readonly ReadyMade[] = [
  row("print", "i32", ["i32"], [], "Prints a signed 32-bit integer."),
  row("print", "u32", ["i32"], [], "Prints an unsigned 32-bit integer."),
  row("print", "hex", ["i32"], [], "Prints a 32-bit integer in hexadecimal."),
  row("print", "i64", ["i64"], [], "Prints a signed 64-bit integer."),
  row("print", "u64", ["i64"], [], "Prints an unsigned 64-bit integer."),
  row("print", "f32", ["f32"], [], "Prints a 32-bit float."),
  row("print", "f64", ["f64"], [], "Prints a 64-bit float."),
  row("print", "char", ["i32"], [], "Prints one character by its code point, without a line break."),
  row("print", "string", ["i32", "i32"], [], "Prints UTF-8 text from memory 0: address, length in bytes."),
  row("print", "newline", [], [], "Ends the line."),
  row("random", "seed", ["i64"], [], "Starts the random sequence that belongs to a number."),
  row("random", "i32", [], ["i32"], "A random 32-bit integer."),
  row("random", "i64", [], ["i64"], "A random 64-bit integer."),
  row("random", "f64", [], ["f64"], "A random float from 0 up to, but not including, 1."),
  row("random", "range", ["i32", "i32"], ["i32"], "A random integer from low to high, both included."),
  row("clock", "now", [], ["f64"], "Milliseconds since the machine was loaded."),
  row("clock", "sleep", ["i32"], [], "Waits that many milliseconds."),
  row("canvas", "size", ["i32", "i32"], [], "Sets width and height of the canvas in pixels (1 to 2048)."),
  row("canvas", "pixel", ["i32", "i32", "i32"], [], "Sets one pixel: x, y, colour as 0xRRGGBBAA."),
  row("canvas", "fill", ["i32"], [], "Fills the whole canvas with a colour 0xRRGGBBAA."),
  row("canvas", "rect", ["i32", "i32", "i32", "i32", "i32"], [], "Fills a rectangle: x, y, width, height, colour 0xRRGGBBAA."),
  row("canvas", "blit", ["i32"], [], "Copies width times height pixels of 4 bytes (R, G, B, A) from memory 0 at an address."),
  row("canvas", "show", [], [], "Shows the canvas and waits for the next frame."),
  row("keyboard", "down", ["i32"], ["i32"], "1 while a key is held: 0 left, 1 up, 2 right, 3 down, 4 space, 5 enter, 6 w, 7 a, 8 s, 9 d, or the ASCII code of a letter or digit."),
  row("spectest", "print", [], [], "Prints an empty line, as scripts of the official tests ask for."),
  row("spectest", "print_i32", ["i32"], [], "Prints a signed 32-bit integer."),
  row("spectest", "print_i64", ["i64"], [], "Prints a signed 64-bit integer."),
  row("spectest", "print_f32", ["f32"], [], "Prints a 32-bit float."),
  row("spectest", "print_f64", ["f64"], [], "Prints a 64-bit float."),
  row("spectest", "print_i32_f32", ["i32", "f32"], [], "Prints a signed 32-bit integer and a 32-bit float."),
  row("spectest", "print_f64_f64", ["f64", "f64"], [], "Prints two 64-bit floats."),
];

const byName = new Map(readyMade.map((entry) => [`${entry.module}\0${entry.name}`, entry]));

export function findReadyMade(module: string, name: string): ReadyMade | undefined {
  return byName.get(`${module}\0${name}`);
}

const KEY_CODES = ["ArrowLeft", "ArrowUp", "ArrowRight", "ArrowDown", "Space", "Enter", "KeyW", "KeyA", "KeyS", "KeyD"];
const FIRST_ASCII_KEY = 32;

/** KeyboardEvent.code of the number that `keyboard.down` takes. */
export function keyCode(number: number): string | undefined {
  if (number < FIRST_ASCII_KEY) return KEY_CODES[number];
  const char = String.fromCharCode(number).toUpperCase();
  if (/^[A-Z]$/.test(char)) return `Key${char}`;
  if (/^[0-9]$/.test(char)) return `Digit${char}`;
  return char === " " ? "Space" : undefined;
}
