import { expect, test } from "vitest";
import type { InstructionInfo } from "../../protocol/dto.ts";
import { description, proposalName } from "../../protocol/proposals.ts";
import { searchInstructions } from "./reference-dialog.tsx";

const info = (mnemonic: string, summary: string, proposal = "mvp"): InstructionInfo => ({ mnemonic, summary, proposal, stack: "[] -> []", specUrl: "", immediates: "" });
const all = [info("i32.add", "Adds, wrapping."), info("i64.add", "Adds, wrapping."), info("memory.fill", "Sets bytes; no add.", "bulk_memory")];
const names = (typed: string, proposal = ""): readonly string[] => searchInstructions(all, typed, proposal).map((found) => found.mnemonic);

test("all words must be found, and names come first", () => {
  expect(names("")).toEqual(["i32.add", "i64.add", "memory.fill"]);
  expect(names("ADD")).toEqual(["i32.add", "i64.add", "memory.fill"]);
  expect(names("i64 wrapping")).toEqual(["i64.add"]);
  expect(names("sets add")).toEqual(["memory.fill"]);
  expect(names("bulk")).toEqual(["memory.fill"]);
  expect(names("add", "bulk_memory")).toEqual(["memory.fill"]);
  expect(names("absent")).toEqual([]);
});

test("a proposal without words of its own is shown as it is called", () => {
  expect(proposalName("tail_call")).toBe("tail calls");
  expect(proposalName("stack_switching")).toBe("stack switching");
});

test("what is not in the specification yet leads to its proposal", () => {
  expect(description(info("i32.add", "")).what).toBe("specification");
  for (const [proposal, page] of [
    ["threads", "threads"],
    ["wide_arithmetic", "wide-arithmetic"],
  ] as const) {
    expect(description(info("x", "", proposal))).toEqual({ url: `https://github.com/WebAssembly/${page}/blob/main/proposals/${page}/Overview.md`, what: "proposal" });
  }
});
