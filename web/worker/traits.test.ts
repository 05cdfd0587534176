import { expect, test } from "vitest";
import { traitsOf } from "./traits.ts";

const NONE = { relaxed: false, storesFloats: false, readsBits: false, growsTables: false };

test("what may come out differently is seen in the code alone", () => {
  expect(traitsOf(["(module (func (export \"f\") (result i32) i32.const 1))"])).toEqual(NONE);
  expect(traitsOf(['(module ;; f64.store\n (; i32x4.relaxed_madd ;) (func (export "a \\" f32x4.relaxed_madd")))'])).toEqual(NONE);
  expect(traitsOf(["(module)", "(func f64.store offset=8)"])).toEqual({ ...NONE, storesFloats: true });
  expect(traitsOf(["(func (f32x4.relaxed_madd))"])).toEqual({ ...NONE, relaxed: true });
  expect(traitsOf(["(func (i64.reinterpret_f64 (f64.const 0)))"])).toEqual({ ...NONE, readsBits: true });
  expect(traitsOf(["(func (table.grow 0 (ref.null func) (i32.const 1)))"])).toEqual({ ...NONE, growsTables: true });
});
