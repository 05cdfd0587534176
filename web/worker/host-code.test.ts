import { expect, test } from "vitest";
import { hostFailure } from "./host-code.ts";

test("whatever host code throws becomes a sentence", () => {
  const unreadable = new Error("lost");
  Object.defineProperty(unreadable, "name", { get: () => unreadable.message.repeat(-1) });
  const silent = new Error("");
  const proxy = new Proxy(
    {},
    {
      getPrototypeOf: () => {
        throw new TypeError("no");
      },
    },
  );
  const cases: readonly (readonly [unknown, string])[] = [
    [new Error("no more coins"), "no more coins"],
    [new RangeError("too far"), "RangeError: too far"],
    ["a text", "a text"],
    [undefined, "undefined"],
    [Symbol("s"), "Symbol(s)"],
    [silent, "Error"],
    [unreadable, "lost"],
    [Object.create(null), "something that cannot be shown was thrown"],
    [proxy, "something that cannot be shown was thrown"],
  ];
  for (const [thrown, message] of cases) expect(hostFailure(thrown).message).toBe(message);
});
