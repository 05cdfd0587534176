import { describe, expect, test } from "vitest";
import { Handles, type Holder } from "./handles.ts";
import { isException, WaspException } from "./wasp-exception.ts";

/** A machine with exceptions of one tag, which carry the number of their object, and handles that it holds. */
function machine(held: Set<number> = new Set()): Holder {
  return {
    exception: (object) => ({ tag: 0, name: "$t", types: ["i32"], slots: [BigInt(object)] }),
    keep: () => undefined,
    release: () => undefined,
    view: () => ({}),
    heldHandles: (count) => {
      const flags = new Uint8Array(count);
      for (const handle of held) if (handle < count) flags[handle] = 1;
      return flags;
    },
  };
}

const read = (_: readonly string[], slots: readonly bigint[]): readonly unknown[] => slots.map(Number);

describe("references", () => {
  test("a hundred thousand that cross leave nothing behind, and no stack is captured for them", () => {
    const { references } = new Handles(machine());
    let sum = 0;
    for (let object = 0; object < 100_000; object += 1) {
      references?.enter("env.see");
      const exception = references?.exceptionOf(object % 1000, read);
      if (isException(exception)) sum += Number(exception.values[0]);
      references?.leave();
      references?.runOn();
    }
    expect(sum).toBe(49_950_000);
    expect(references?.size).toBe(0);
    const crossed = references?.exceptionOf(7, read);
    expect(isException(crossed) && crossed.stack).not.toContain("handles.test.ts");
    expect(new WaspException("$t").stack).toContain("handles.test.ts");
  });

  test("one object is one reference for a call and what is read around it", () => {
    const { references } = new Handles(machine());
    const before = references?.objectOf(3);
    references?.enter("env.see");
    expect(references?.objectOf(3)).toBe(before);
    const inside = references?.objectOf(4);
    references?.leave();
    expect(references?.whyGone(before)).toBeUndefined();
    expect(references?.whyGone(inside)).toBe("belongs to a call of env.see that has ended; ctx.keep(it) keeps it");
    references?.runOn();
    expect(references?.whyGone(before)).toBe("was read before the machine ran on; machine.keep(it) keeps it");
    expect(references?.objectOf(3)).not.toBe(before);
  });

  test("what was kept before a replay is kept when it crosses again", () => {
    const { references } = new Handles(machine());
    references?.replay(5, true);
    references?.enter("env.see");
    const crossed = references?.objectOf(5);
    references?.leave();
    expect(references?.whyGone(crossed)).toBeUndefined();
    expect(references?.release(crossed)).toMatchObject({ object: 5 });
    references?.runOn();
    expect(references?.whyGone(crossed)).toBeDefined();
  });
});

test("no more references are kept than a page can bear", () => {
  const { references } = new Handles(machine());
  const keepAll = (): void => {
    for (let object = 0; object <= 100_000; object += 1) references?.keep(references.objectOf(object));
  };
  expect(keepAll).toThrow("host code keeps 100,000 references of the program already; release those that are not needed");
  references?.release(references.objectOf(3));
  references?.keep(references.objectOf(100_000));
  expect(references?.whyGone(references.objectOf(100_000))).toBeUndefined();
});

describe("handles", () => {
  test("values that the program does not hold go, and their numbers are given again, the lowest first", () => {
    const held = new Set<number>();
    const handles = new Handles(machine(held));
    const pinned = handles.handleOf("given to a global");
    handles.pin();
    for (let value = 1; value < 4096; value += 1) handles.handleOf(value);
    held.add(17);
    handles.runOn();
    expect(handles.size).toBe(2);
    expect([handles.valueOf(pinned), handles.valueOf(17), handles.valueOf(18)]).toEqual(["given to a global", 17, undefined]);
    expect(["a", "b", 17].map((value) => handles.handleOf(value))).toEqual([1, 2, 17]);
  });

  test("a million values that it does hold are the most", () => {
    const handles = new Handles(machine(new Set(Array.from({ length: 1_000_001 }, (_, handle) => handle))));
    expect(() => {
      for (let value = 0; value <= 1_000_000; value += 1) {
        handles.handleOf(value);
        handles.runOn();
      }
    }).toThrow("the program holds 1,000,000 values of JavaScript, and no more are given to it");
    expect(handles.size).toBe(1_000_000);
  });

  test("numbers that a replay left in the program stand for values that are gone, and go to no other value", () => {
    const handles = new Handles(machine(new Set([2])));
    handles.takeOver();
    expect(handles.handleOf(handles.valueOf(2))).toBe(2);
    expect(handles.valueOf(2)).toMatchObject({ lost: expect.any(String) });
    expect(["a", "b", "c"].map((value) => handles.handleOf(value))).toEqual([0, 1, 3]);
  });
});
