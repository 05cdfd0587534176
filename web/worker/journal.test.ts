import { expect, test } from "vitest";
import { AnswerReader, type Answer, JournalWriter } from "./journal.ts";

const ANSWERS: readonly Answer[] = [
  { results: BigUint64Array.of(), changes: [] },
  { results: BigUint64Array.of(1n, 2n ** 64n - 1n), changes: [{ kind: "charge", units: 7n }] },
  { failure: "env.f: nein, ünd 🐝", changes: [{ kind: "bytes", memory: 1, address: 65_535, bytes: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9) }] },
  { raised: { tag: 3, bits: BigUint64Array.of(2n ** 63n, 1n) }, changes: [{ kind: "charge", units: 1n }] },
  { raised: { tag: 0, bits: BigUint64Array.of() }, changes: [] },
  { pending: true, changes: [{ kind: "charge", units: 2n }, { kind: "released", object: 5 }] },
  { raised: { tag: 1, bits: BigUint64Array.of(7n), object: 0 }, changes: [{ kind: "kept", object: 5 }] },
  { results: BigUint64Array.of(), changes: [{ kind: "element", table: 2, index: 2 ** 32 - 1, bits: (2n << 32n) | 9n }, { kind: "kept", object: 0 }] },
  { results: BigUint64Array.of(), changes: [{ kind: "global", address: 1, bits: (2n ** 63n << 64n) | 7n }, { kind: "charge", units: 3n }] },
  { results: BigUint64Array.of(5n), changes: [{ kind: "global", address: 2, bits: 9n }, { kind: "bytes", memory: 0, address: 0, bytes: Uint8Array.of() }] },
];

test("answers read back as they were written, over any number of pieces", () => {
  for (const piecesAfter of [1, 2, 100]) {
    const writer = new JournalWriter();
    const answers: BigUint64Array[] = [];
    const take = (): void => {
      const piece = writer.take();
      if (piece !== undefined) answers.push(piece.answers);
    };
    Array.from({ length: 100 }, (_, index) => ANSWERS[index % ANSWERS.length]).forEach((answer, index) => {
      if (answer !== undefined) writer.answer(answer);
      if (index % piecesAfter === 0) take();
    });
    take();
    const reader = new AnswerReader({ actions: [], answers });
    for (let index = 0; index < 100; index += 1) expect(reader.next()).toEqual(ANSWERS[index % ANSWERS.length]);
    expect(reader.next()).toBeUndefined();
  }
});

test("an answer with a change for each pixel of a picture reads back", () => {
  // 65,536 changes: as many as there are pixels in a picture of 256 by 256.
  const change = { kind: "bytes", memory: 0, address: 9, bytes: Uint8Array.of(1) } as const;
  const answer: Answer = { results: BigUint64Array.of(3n), changes: Array.from({ length: 65_536 }, () => change) };
  const writer = new JournalWriter();
  writer.answer(answer);
  writer.answer({ results: BigUint64Array.of(4n), changes: [] });
  const reader = new AnswerReader({ actions: [], answers: [writer.take()?.answers ?? BigUint64Array.of()] });
  const first = reader.next();
  expect(first?.failure).toBeUndefined();
  expect(first?.changes.length).toBe(65_536);
  expect(reader.next()?.results).toEqual(BigUint64Array.of(4n));
});

test("actions know how many host calls had been answered", () => {
  const writer = new JournalWriter();
  expect(writer.take()).toMatchObject({ fresh: true, actions: [] });
  writer.answer({ results: BigUint64Array.of(), changes: [] });
  writer.action(5n, { kind: "begin", module: "m", exportName: "f", args: [] });
  expect(writer.take()).toMatchObject({ fresh: false, answerCount: 1, actions: [{ ticks: 5n, answered: 1 }] });
  expect(writer.take()).toBeUndefined();
});
