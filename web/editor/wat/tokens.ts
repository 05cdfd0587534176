// The parts of the grammar that tables cannot say: nested comments, and what kind of word a word is.
import { ExternalTokenizer } from "@lezer/lr";
import { instructionNames, keywordNames, typeNames } from "./instructions.ts";
import {
  Atomic,
  BlockComment,
  Control,
  Keyword,
  Memory,
  MemoryArgument,
  Number,
  Numeric,
  Reference,
  Type,
  Variable,
  Vector,
} from "./wat-parser.terms.ts";

const OPEN = "(".charCodeAt(0);
const CLOSE = ")".charCodeAt(0);
const SEMICOLON = ";".charCodeAt(0);

/** `(; … ;)`, nested; one that is never closed reaches to the end of the text. */
export const blockComment = new ExternalTokenizer((input) => {
  if (input.next !== OPEN || input.peek(1) !== SEMICOLON) return;
  input.advance(2);
  let depth = 1;
  while (depth > 0 && input.next >= 0) {
    if (input.next === OPEN && input.peek(1) === SEMICOLON) {
      depth++;
      input.advance(2);
    } else if (input.next === SEMICOLON && input.peek(1) === CLOSE) {
      depth--;
      input.advance(2);
    } else {
      input.advance();
    }
  }
  input.acceptToken(BlockComment);
});

const wordTerms: ReadonlyMap<string, number> = new Map([
  ...keywordNames.map((word) => [word, Keyword] as const),
  ...typeNames.map((word) => [word, Type] as const),
  ...instructionNames.control.map((word) => [word, Control] as const),
  ...instructionNames.variable.map((word) => [word, Variable] as const),
  ...instructionNames.memory.map((word) => [word, Memory] as const),
  ...instructionNames.numeric.map((word) => [word, Numeric] as const),
  ...instructionNames.vector.map((word) => [word, Vector] as const),
  ...instructionNames.reference.map((word) => [word, Reference] as const),
  ...instructionNames.atomic.map((word) => [word, Atomic] as const),
]);

const DIGITS = "[0-9](?:_?[0-9])*";
const HEX_DIGITS = "[0-9a-fA-F](?:_?[0-9a-fA-F])*";
const numberPattern = new RegExp(
  `^[+-]?(?:0x${HEX_DIGITS}(?:\\.(?:${HEX_DIGITS})?)?(?:[pP][+-]?${DIGITS})?` +
    `|${DIGITS}(?:\\.(?:${DIGITS})?)?(?:[eE][+-]?${DIGITS})?` +
    `|inf|nan(?::(?:0x${HEX_DIGITS}|canonical|arithmetic))?)$`,
);
const memoryArgumentPattern = new RegExp(`^(?:offset|align)=(?:0x${HEX_DIGITS}|${DIGITS})$`);

/** The term of a word, or -1 for one the format does not know. */
export function classifyWord(word: string, _stack?: unknown): number {
  const term = wordTerms.get(word);
  if (term !== undefined) return term;
  if (numberPattern.test(word)) return Number;
  if (memoryArgumentPattern.test(word)) return MemoryArgument;
  return -1;
}
