import { expect, test } from "vitest";
import { exampleById } from "../examples/index.ts";
import { keysOfHost, keysOfModule } from "./listening.ts";

const textOf = (id: string): string => {
  const module = exampleById(id)?.project.modules.at(-1);
  return module?.kind === "text" ? module.text : "";
};

test("a module that imports no keyboard listens to no keys", () => {
  expect(keysOfModule(textOf("sieve"))).toBeUndefined();
});

test.each([
  ["folded", '(import "keyboard" "down" (func $down (param i32) (result i32))) (func (drop (call $down (i32.const 1))))', ["ArrowUp"]],
  ["flat", '(import "keyboard" "down" (func $down (param i32) (result i32)))\ni32.const 0x41\ncall $down\n', ["KeyA"]],
  ["inline", '(func $k (export "k") (import "keyboard" "down") (param i32) (result i32)) (func (drop (call $k (i32.const 4))))', ["Space"]],
  ["without a name", '(import "keyboard" "down" (func (;1;) (type 0)))\ni32.const 3\ncall 1\ni32.const 2\ncall 10\n', ["ArrowDown"]],
  ["computed", '(import "keyboard" "down" (func $down (param i32) (result i32))) (func (param i32) (drop (call $down (local.get 0))))', ["ArrowLeft", "ArrowUp", "ArrowRight", "ArrowDown", "Space", "Enter"]],
])("the keys of a module are those it asks for: %s", (_, text, keys) => {
  expect(keysOfModule(text)).toEqual(keys);
});

test("the example of keys and pictures is steered on the screen", () => {
  expect(new Set(keysOfModule(textOf("keys-and-pictures")))).toEqual(new Set(["Enter", "ArrowRight", "ArrowLeft", "ArrowDown", "ArrowUp", "Space"]));
});

test("tic-tac-toe is played on the screen", () => {
  expect(keysOfHost(exampleById("tic-tac-toe")?.project.hostCode ?? "")).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9].map((digit) => `Digit${digit}`));
});

test("host code that only walks over the keys of its data listens to none", () => {
  expect(keysOfHost('const places = [...board.keys()]; print("Enter", Object.keys(places));')).toEqual([]);
});
