import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { HeldKeys } from "./held-keys.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function held(): { readonly keys: HeldKeys; readonly told: (readonly string[])[] } {
  const told: (readonly string[])[] = [];
  return { keys: new HeldKeys((codes) => told.push(codes)), told };
}

test("a short tap is held long enough to be seen", () => {
  const { keys, told } = held();
  keys.hold("Space");
  keys.release("Space");
  expect(told).toEqual([["Space"]]);
  vi.runAllTimers();
  expect(told).toEqual([["Space"], []]);
});

test("a key that is pressed again goes on being held", () => {
  const { keys, told } = held();
  keys.hold("Space");
  keys.release("Space");
  keys.hold("Space");
  vi.runAllTimers();
  expect(told).toEqual([["Space"]]);
});

test("a long hold ends with its release, and several keys are held at once", () => {
  const { keys, told } = held();
  keys.hold("ArrowLeft");
  keys.hold("Space");
  vi.advanceTimersByTime(1000);
  keys.release("ArrowLeft");
  expect(told.at(-1)).toEqual(["Space"]);
  keys.releaseAll();
  expect(told.at(-1)).toEqual([]);
});
