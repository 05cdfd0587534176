import { describe, expect, test } from "vitest";
import { expected } from "./expected.ts";
import { exampleById, examples } from "./index.ts";

test("there are at least fourteen, each under a name of its own", () => {
  expect(examples.length).toBeGreaterThanOrEqual(14);
  expect(new Set(examples.map(({ id }) => id)).size).toBe(examples.length);
  expect(new Set(examples.map(({ title }) => title)).size).toBe(examples.length);
});

test("the page opens on the first steps", () => {
  expect(examples[0].id).toBe("first-steps");
  expect(exampleById("sieve")?.title).toBe("Sieve of Eratosthenes");
  expect(exampleById("nothing")).toBeUndefined();
});

describe.each(examples.map((example) => [example.id, example] as const))("%s", (id, { idea, project }) => {
  test("is explained: a title line, a sentence for the gallery, comments on the way", () => {
    expect(idea).toMatch(/^[A-Z].*\.$/);
    for (const module of project.modules) {
      if (module.kind !== "text") throw new Error("examples are text");
      expect(module.text).toMatch(/^;; [A-Z]/);
      const lines = module.text.split("\n");
      expect(lines.filter((line) => line.includes(";;")).length).toBeGreaterThanOrEqual(3);
    }
  });

  test("fits the editor without scrolling sideways", () => {
    for (const module of project.modules) {
      if (module.kind !== "text") throw new Error("examples are text");
      for (const line of module.text.split("\n")) expect(line.length, line).toBeLessThanOrEqual(80);
      expect(module.text.endsWith("\n")).toBe(true);
    }
  });

  test("says what it must give, beginning with the call it opens with, unless that takes long", () => {
    const rows = expected.filter((row) => row.id === id);
    expect(rows.length).toBeGreaterThan(0);
    const opening = [project.call?.export, ...(project.call?.args ?? [])];
    if (id !== "life" && id !== "keys-and-pictures") expect(rows[0]?.call).toEqual(opening);
  });
});

interface Game {
  get_move_for_player(context: unknown, player: number): Promise<number>;
}

function gameOf(module: unknown): Game {
  if (typeof module === "object" && module !== null && "game" in module) return module.game as Game;
  throw new Error("host.js exports no game");
}

describe("the players of tic-tac-toe", () => {
  const LINES = [[0, 1, 2], [3, 4, 5], [6, 7, 8], [0, 3, 6], [1, 4, 7], [2, 5, 8], [0, 4, 8], [2, 4, 6]] as const;

  async function play(which: number): Promise<number> {
    const host = exampleById("tic-tac-toe")?.project.hostCode.replace("setTimeout(resolve, milliseconds)", "resolve(undefined)") ?? "";
    const game = gameOf(await import(`data:text/javascript,${encodeURIComponent(host)}`));
    const board = new Uint8Array(9);
    const context = { memory: () => ({ bytes: () => board.slice() }), global: () => ({ get: () => which }) };
    let player = 120;
    for (let turn = 0; turn < 9; turn += 1) {
      const place = await game.get_move_for_player(context, player);
      expect(board[place]).toBe(0);
      board[place] = player;
      if (LINES.some((line) => line.every((at) => board[at] === player))) return player;
      player = 231 - player;
    }
    return 0;
  }

  test.each([
    [1, 120],
    [2, 0],
  ])("game %i ends with %i", async (which, winner) => {
    expect(await play(which)).toBe(winner);
  });
});
