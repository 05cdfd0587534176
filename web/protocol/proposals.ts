// The proposals that brought the instructions: by the words people know them by, and where they are described.

import type { InstructionInfo } from "./dto.ts";

/** What is not here is shown as the core calls it. */
const NAMES: Readonly<Record<string, string>> = {
  mvp: "WebAssembly 1.0",
  sign_extension: "sign extension",
  saturating_float_to_int: "saturating conversion",
  tail_call: "tail calls",
  function_references: "typed function references",
  simd: "SIMD",
  relaxed_simd: "relaxed SIMD",
  gc: "garbage collection",
};

export function proposalName(proposal: string): string {
  return NAMES[proposal] ?? proposal.replaceAll("_", " ");
}

/** Proposals that are no part of the specification yet, by the names of their repositories. */
const BEYOND: Readonly<Record<string, string>> = { threads: "threads", wide_arithmetic: "wide-arithmetic" };

/** Where an instruction is described, and what that is. */
export function description(info: InstructionInfo): { readonly url: string; readonly what: "specification" | "proposal" } {
  const page = BEYOND[info.proposal];
  return page === undefined ? { url: info.specUrl, what: "specification" } : { url: `https://github.com/WebAssembly/${page}/blob/main/proposals/${page}/Overview.md`, what: "proposal" };
}
