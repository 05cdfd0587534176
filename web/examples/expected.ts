// What the examples give, for the tests: the machine in Node and the page in a browser must agree on it.

/** As web/lib and the page show it: decimal. */
export interface Expected {
  readonly id: string;
  readonly call: readonly [string, ...string[]];
  readonly outcome: Outcome;
  /** Lines of the console, those of host.js included. */
  readonly printed?: readonly string[];
}

export type Outcome =
  | { readonly kind: "finished"; readonly results: readonly string[] }
  /** `trap`: the specification's wording. */
  | { readonly kind: "trapped"; readonly trap: string }
  | { readonly kind: "outOfGas" };

const finished = (...results: readonly string[]): Outcome => ({ kind: "finished", results });
const trapped = (trap: string): Outcome => ({ kind: "trapped", trap });

/** The first entry of an example is the call it opens with. */
export const expected: readonly Expected[] = [
  { id: "first-steps", call: ["add", "40", "2"], outcome: finished("42"), printed: ["42"] },
  {
    id: "numbers",
    call: ["tour", "-1"],
    outcome: finished("4607182418800017408"),
    printed: ["-1", "4294967295", "0xffffffff", "0", "2147483647", "-2147483648", "-1", "4294967295", "0.30000000000000004", "2147483647"],
  },
  { id: "loops", call: ["sum_to", "10"], outcome: finished("55"), printed: ["1", "3", "6", "10", "15", "21", "28", "36", "45", "55"] },
  { id: "loops", call: ["sum_to", "0"], outcome: finished("0"), printed: [] },
  {
    id: "factorial",
    call: ["factorial", "10"],
    outcome: finished("3628800"),
    printed: ["1", "2", "6", "24", "120", "720", "5040", "40320", "362880", "3628800"],
  },
  { id: "nest", call: ["power", "10"], outcome: finished("1024"), printed: ["126"] },
  { id: "factorial", call: ["factorial", "20"], outcome: finished("2432902008176640000") },
  { id: "factorial", call: ["factorial", "21"], outcome: finished("-4249290049419214848") },
  { id: "sieve", call: ["sieve", "1024"], outcome: finished("172") },
  { id: "sieve", call: ["sieve", "2"], outcome: finished("0") },
  { id: "bubble-sort", call: ["sort", "19"], outcome: finished("77") },
  {
    id: "strings",
    call: ["play"],
    outcome: finished("12"),
    printed: ["a wasp in a nest", "and a bee: \u{1f41d}", "A WASP IN A NEST", "tsen a ni psaw a"],
  },
  { id: "br-table", call: ["run", "1"], outcome: finished("148"), printed: ["4", "18", "74"] },
  { id: "indirect-calls", call: ["apply_all", "20", "3"], outcome: finished("120"), printed: ["23", "17", "60", "20"] },
  { id: "indirect-calls", call: ["apply", "4", "20", "3"], outcome: trapped("undefined element") },
  { id: "deep-recursion", call: ["dive", "100000"], outcome: finished("100000"), printed: ["100000"] },
  { id: "tail-calls", call: ["is_even", "100000"], outcome: finished("1"), printed: ["even"] },
  { id: "tail-calls", call: ["is_even", "7"], outcome: finished("0"), printed: ["odd"] },
  { id: "tail-calls", call: ["is_even_plain", "100001"], outcome: finished("0") },
  { id: "exceptions", call: ["average", "0"], outcome: finished("16"), printed: ["x"] },
  { id: "exceptions", call: ["average", "16"], outcome: trapped("uncaught exception"), printed: ["a", "b"] },
  { id: "linked-list", call: ["odd_ones", "7"], outcome: finished("16"), printed: ["1", "3", "5", "7"] },
  { id: "linked-list", call: ["odd_ones", "0"], outcome: finished("0"), printed: [] },
  { id: "linked-list", call: ["value_of_nothing"], outcome: trapped("null structure reference") },
  { id: "allocator", call: ["fill", "24000"], outcome: finished("21") },
  {
    id: "host-functions",
    call: ["meet", "12"],
    outcome: finished("144"),
    printed: ["waiting for 400 ms", "Hello, Ada. You have 65536 bytes."],
  },
  {
    id: "two-modules",
    call: ["count_to", "12"],
    outcome: finished("12"),
    printed: ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"],
  },
  { id: "four-pixels", call: ["fade", "32"], outcome: finished("32768") },
  { id: "four-pixels", call: ["fade", "1"], outcome: finished("1024") },
  { id: "mandelbrot", call: ["draw", "60"], outcome: finished("3952") },
  { id: "life", call: ["generation"], outcome: finished("0") },
  { id: "keys-and-pictures", call: ["play", "10"], outcome: finished("10") },
  { id: "tic-tac-toe", call: ["play", "1"], outcome: finished("120") },
  { id: "tic-tac-toe", call: ["play", "2"], outcome: finished("0") },
  { id: "traps", call: ["out_of_bounds", "65533"], outcome: trapped("out of bounds memory access") },
  { id: "traps", call: ["out_of_bounds", "65532"], outcome: finished("0") },
  { id: "traps", call: ["divide", "1", "0"], outcome: trapped("integer divide by zero") },
  { id: "traps", call: ["divide", "-2147483648", "-1"], outcome: trapped("integer overflow") },
  { id: "traps", call: ["convert", "nan"], outcome: trapped("invalid conversion to integer") },
  { id: "traps", call: ["convert", "3e9"], outcome: trapped("integer overflow") },
  { id: "traps", call: ["unreachable"], outcome: trapped("unreachable") },
  { id: "traps", call: ["wrong_call", "0"], outcome: trapped("indirect call type mismatch") },
  { id: "traps", call: ["wrong_call", "1"], outcome: trapped("uninitialized element") },
  { id: "traps", call: ["wrong_call", "2"], outcome: trapped("undefined element") },
  { id: "traps", call: ["endless_loop"], outcome: { kind: "outOfGas" } },
  { id: "traps", call: ["endless_recursion", "0"], outcome: trapped("call stack exhausted") },
  { id: "traps", call: ["memory_bomb"], outcome: finished("1009") },
];
