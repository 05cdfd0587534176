// The examples in the order of the gallery: each one idea, each with a call that shows it.
import allocator from "./allocator.wat";
import brTable from "./br-table.wat";
import bubbleSort from "./bubble-sort.wat";
import deepRecursion from "./deep-recursion.wat";
import exceptions from "./exceptions.wat";
import factorial from "./factorial.wat";
import { firstExample } from "./first.ts";
import fourPixels from "./four-pixels.wat";
import hostFunctionsHost from "./host-functions.host.txt";
import hostFunctions from "./host-functions.wat";
import indirectCalls from "./indirect-calls.wat";
import keysAndPictures from "./keys-and-pictures.wat";
import life from "./life.wat";
import linkedList from "./linked-list.wat";
import loops from "./loops.wat";
import mandelbrot from "./mandelbrot.wat";
import nest from "./nest.wat";
import numbers from "./numbers.wat";
import sieve from "./sieve.wat";
import strings from "./strings.wat";
import tailCalls from "./tail-calls.wat";
import ticTacToeHost from "./tic-tac-toe.host.txt";
import ticTacToe from "./tic-tac-toe.wat";
import traps from "./traps.wat";
import counter from "./two-modules.counter.wat";
import countTo from "./two-modules.main.wat";
import { type Example, example } from "./recipe.ts";

export type { Example } from "./recipe.ts";

/** The page opens on the first. */
export const examples: readonly [Example, ...Example[]] = [
  firstExample,
  example({
    id: "numbers",
    title: "Arithmetic and types",
    idea: "The same bits as signed, unsigned, hexadecimal and floating point.",
    modules: numbers,
    call: ["tour", "-1"],
  }),
  example({
    id: "loops",
    title: "Loops",
    idea: "While and break, made of block, loop and br.",
    modules: loops,
    call: ["sum_to", "10"],
  }),
  example({
    id: "factorial",
    title: "Factorial",
    idea: "A function that calls itself, with a frame for each call.",
    modules: factorial,
    call: ["factorial", "10"],
  }),
  example({
    id: "sieve",
    title: "Sieve of Eratosthenes",
    idea: "Memory fills with primes while you watch.",
    modules: sieve,
    call: ["sieve", "1024"],
  }),
  example({
    id: "bubble-sort",
    title: "Bubble sort",
    idea: "Letters swap places in memory until they are in order.",
    modules: bubbleSort,
    call: ["sort", "19"],
  }),
  example({
    id: "strings",
    title: "Strings",
    idea: "A text is an address and a length.",
    modules: strings,
    call: ["play"],
  }),
  example({
    id: "br-table",
    title: "Switch with br_table",
    idea: "Nested blocks as cases, driving a little machine inside the machine.",
    modules: brTable,
    call: ["run", "1"],
  }),
  example({
    id: "indirect-calls",
    title: "Indirect calls",
    idea: "A table of functions, called by number and checked by type.",
    modules: indirectCalls,
    call: ["apply_all", "20", "3"],
  }),
  example({
    id: "deep-recursion",
    title: "Deep recursion",
    idea: "A hundred thousand calls inside each other.",
    modules: deepRecursion,
    call: ["dive", "100000"],
    limits: { gas: 10_000_000n },
  }),
  example({
    id: "tail-calls",
    title: "Tail calls",
    idea: "Recursion that leaves the call stack as short as it is.",
    modules: tailCalls,
    call: ["is_even", "100000"],
    limits: { gas: 10_000_000n },
  }),
  example({
    id: "exceptions",
    title: "Exceptions",
    idea: "A throw flies over frames to the block that catches it, and lands with its values.",
    modules: exceptions,
    call: ["average", "0"],
  }),
  example({
    id: "allocator",
    title: "A memory that grows",
    idea: "An allocator asks for page after page until the limit says no.",
    modules: allocator,
    call: ["fill", "24000"],
  }),
  example({
    id: "linked-list",
    title: "Structures and references",
    idea: "A linked list on the heap: nodes are made, relinked, and lost.",
    modules: linkedList,
    call: ["odd_ones", "7"],
  }),
  example({
    id: "host-functions",
    title: "Host functions",
    idea: "JavaScript that reads the memory, writes an answer and takes its time.",
    modules: hostFunctions,
    host: hostFunctionsHost,
    call: ["meet", "12"],
  }),
  example({
    id: "two-modules",
    title: "Two modules",
    idea: "One module imports functions and a memory from another.",
    modules: [
      { kind: "text", name: "counter", text: counter },
      { kind: "text", name: "main", text: countTo },
    ],
    call: ["count_to", "12"],
  }),
  example({
    id: "mandelbrot",
    title: "Mandelbrot set",
    idea: "Pixels computed in memory and shown on the canvas.",
    modules: mandelbrot,
    call: ["draw", "60"],
    limits: { gas: 100_000_000n },
  }),
  example({
    id: "four-pixels",
    title: "Four pixels at once",
    idea: "Vectors: one instruction for sixteen bytes, cut into lanes as it likes.",
    modules: fourPixels,
    call: ["fade", "32"],
    limits: { gas: 10_000_000n },
  }),
  example({
    id: "life",
    title: "Game of life",
    idea: "Cells that are born and die, a picture for each generation.",
    modules: life,
    call: ["run", "100", "42"],
    limits: { gas: 1_000_000_000n },
  }),
  example({
    id: "keys-and-pictures",
    title: "Keys and pictures",
    idea: "Read the keys, move, draw, and again: the heart of every game.",
    modules: keysAndPictures,
    call: ["play", "1200"],
    limits: { gas: 10_000_000n },
  }),
  example({
    id: "tic-tac-toe",
    title: "Tic-tac-toe",
    idea: "The module keeps the rules and asks JavaScript for every move.",
    modules: ticTacToe,
    host: ticTacToeHost,
    call: ["play", "1"],
  }),
  example({
    id: "nest",
    title: "A nest in a nest",
    idea: "This machine runs itself, which runs a program.",
    modules: nest,
    call: ["power", "10"],
    limits: { gas: 1_000_000_000n },
    needs: "waspnest",
  }),
  example({
    id: "traps",
    title: "A gallery of traps",
    idea: "Every wall of the sandbox, hit on purpose.",
    modules: traps,
    call: ["out_of_bounds", "65533"],
    limits: { stackSlots: 100_000, memoryPages: 1024 },
  }),
];

export function exampleById(id: string): Example | undefined {
  return examples.find((each) => each.id === id);
}
