import { expect, test } from "vitest";
import { Pace, Ration, SLICE_MILLIS } from "./pace.ts";

/** Lets a machine of a constant speed run for some slices; gives how long the last one took. */
function lastSlice(pace: Pace, ticksPerMilli: number, slices: number): number {
  let millis = 0;
  for (let slice = 0; slice < slices; slice += 1) {
    millis = pace.budget / ticksPerMilli;
    pace.learn(pace.budget, millis);
  }
  return millis;
}

test("slices come to last a few milliseconds at any speed", () => {
  for (const ticksPerMilli of [500, 20_000, 400_000]) expect(lastSlice(new Pace(), ticksPerMilli, 20)).toBeCloseTo(SLICE_MILLIS, 1);
});

test("after a restart the first slice is short, also on a machine that became a hundred times slower", () => {
  const pace = new Pace();
  lastSlice(pace, 200_000, 20);
  expect(lastSlice(pace, 2_000, 1)).toBeGreaterThan(500);
  lastSlice(pace, 200_000, 20);
  pace.restart();
  expect(lastSlice(pace, 2_000, 1)).toBeLessThan(50);
});

test("what is rationed takes little at once and a hundredth of the time that passes", () => {
  const ration = new Ration();
  ration.start(0);
  let done = 0;
  for (let now = 0; now < 10_000; now += 0.5) {
    if (!ration.allows(now)) continue;
    done += 1;
    ration.spend(0);
  }
  // Each counts for a tenth of a millisecond, however coarse the clock.
  expect(done).toBeGreaterThan(1_000);
  expect(done).toBeLessThan(1_100);
});
