import { describe, expect, test } from "vitest";
import { examples } from "../examples/index.ts";
import type { Project } from "../protocol/project.ts";
import { toBase64Url } from "./base64.ts";
import { crc32 } from "./checksum.ts";
import { dictionaryOf } from "./dictionary.ts";
import { VERSION, writeDocument } from "./document.ts";
import { decodeLink, encodeLink, looksLikeLink } from "./link.ts";
import type { FailureReason, ReadResult } from "./link.ts";
import { pack } from "./packing.ts";
import { full, plain, randomNumbers, withText } from "./sample.ts";

async function roundTrip(project: Project): Promise<ReadResult> {
  return decodeLink(await encodeLink(project));
}

/** A link of any bytes, made as `encodeLink` makes them. */
function linkOf(document: string | Uint8Array, version = VERSION): string {
  const bytes = typeof document === "string" ? new TextEncoder().encode(document) : document;
  const packed = pack(bytes, dictionaryOf(VERSION));
  return `${version}.${toBase64Url(packed)}.${crc32(packed).toString(36).padStart(7, "0")}`;
}

async function expectFailure(fragment: string, reason: FailureReason, words: RegExp): Promise<void> {
  const result = await decodeLink(fragment);
  if (result.kind !== "failed") throw new Error(`${fragment.slice(0, 40)} was read`);
  expect(result.reason).toBe(reason);
  expect(result.message).toMatch(words);
  expect(result.message).toMatch(/^[A-Z].*\.$/);
}

describe("a link opens to the same project", () => {
  test.each(examples.map((example) => [example.id, example.project] as const))("%s", async (_id, project) => {
    expect(await roundTrip(project)).toEqual({ kind: "ok", project });
  });

  test("with everything a project can have", async () => {
    expect(await roundTrip(full)).toEqual({ kind: "ok", project: full });
  });

  test("without a gas limit", async () => {
    const { gas: _gas, ...limits } = plain.limits;
    expect(await roundTrip({ ...plain, limits })).toEqual({ kind: "ok", project: { ...plain, limits } });
  });

  test("with text that no encoding of Unicode can carry", async () => {
    const project = withText('(module) ;; half a pair: \ud83d and a null: \u0000');
    expect(await roundTrip(project)).toEqual({ kind: "ok", project });
  });

  test("with a binary module of 2 MB", async () => {
    const next = randomNumbers(7);
    const bytes = Uint8Array.from({ length: 2_000_000 }, () => next() * 256);
    const project: Project = { ...plain, modules: [{ kind: "binary", name: "big", bytes }] };
    const result = await roundTrip(project);
    expect(result.kind === "ok" && result.project.modules[0]?.kind === "binary" && crc32(result.project.modules[0].bytes)).toBe(crc32(bytes));
  });

  test("with or without its #, and with white space around it", async () => {
    const link = await encodeLink(plain);
    expect(await decodeLink(`#${link}`)).toEqual({ kind: "ok", project: plain });
    expect(await decodeLink(` ${link}\n`)).toEqual({ kind: "ok", project: plain });
  });

  // Made once and kept: links of version 1 stay readable for ever.
  test("that was made in 2026", async () => {
    const link = "1.w-FyUAmfmFdcnlpEnNvhaqGuJ93V6GUpxERwaYpRBCISvgmwSgCmQqCPAQ.1e1fyff";
    const project: Project = {
      ...withText('(module\n  (func (export "answer") (result i32)\n    i32.const 42))\n'),
      title: "The answer",
      call: { module: "module", export: "answer", args: [] },
    };
    expect(await decodeLink(link)).toEqual({ kind: "ok", project });
  });
});

test("the dictionary of version 1 is frozen", () => {
  expect([dictionaryOf(1).length, crc32(dictionaryOf(1))]).toEqual([5126, 1_080_805_372]);
});

test("a typical example of 1.4 kB makes a link under 700 characters", async () => {
  const sieve = examples.find(({ id }) => id === "sieve")?.project ?? plain;
  const length = sieve.modules.reduce((sum, module) => sum + (module.kind === "text" ? module.text.length : 0), 0);
  expect(length).toBeGreaterThan(1400);
  expect((await encodeLink(sieve)).length).toBeLessThan(700);
});

test("a link has only characters that no program changes", async () => {
  expect(await encodeLink(full)).toMatch(/^1\.[A-Za-z0-9_-]+\.[a-z0-9]{7}$/);
});

test("only fragments with a version number are taken for links", () => {
  expect(looksLikeLink("#1.abc.0000000")).toBe(true);
  expect(looksLikeLink("#77.")).toBe(true);
  expect(looksLikeLink("#top")).toBe(false);
  expect(looksLikeLink("")).toBe(false);
});

describe("a link that cannot be opened says why", { timeout: 30_000 }, () => {
  test("not a link", async () => {
    for (const fragment of ["", "#", "hello", "1", "-1.x.y", "999999999999.x.y"]) await expectFailure(fragment, "foreign", /not a link/);
  });

  test("cut anywhere", async () => {
    const link = await encodeLink(full);
    for (let length = 2; length < link.length; length += 1) await expectFailure(link.slice(0, length), "truncated", /cut off/);
  });

  test("from a newer version", async () => {
    await expectFailure("2.anything", "newer", /version 2.*up to version 1/);
    await expectFailure(linkOf('{"waspnest":9}'), "newer", /version 9/);
  });

  test("one character changed", async () => {
    const link = await encodeLink(plain);
    for (let at = 2; at < link.length; at += 1) {
      if (link[at] === ".") continue;
      const changed = link.slice(0, at) + (link[at] === "a" ? "b" : "a") + link.slice(at + 1);
      await expectFailure(changed, "broken", /lost or changed/);
    }
  });

  test("inflates to too much", async () => {
    const bomb = linkOf(new Uint8Array(64 * 1024 * 1024));
    expect(bomb.length).toBeLessThan(100_000);
    await expectFailure(bomb, "tooLarge", /16 MiB/);
  });

  test("holds a module that inflates to too much", async () => {
    const module = { kind: "binary", name: "bomb", bytes: new Uint8Array(40 * 1024 * 1024) } as const;
    const link = linkOf(JSON.stringify(writeDocument({ ...plain, modules: [module] }, "packed")));
    await expectFailure(link, "broken", /modules\[0\]\.packed should be at most/);
  });

  test("brackets nested without end", async () => {
    await expectFailure(linkOf("[".repeat(10_000_000)), "broken", /nest too deep/);
  });

  test("not text, not JSON, not a project", async () => {
    await expectFailure(linkOf(Uint8Array.from([0xff, 0xfe])), "broken", /does not hold text/);
    await expectFailure(linkOf("(module)"), "broken", /not JSON/);
    await expectFailure(linkOf("[]"), "broken", /the document should be an object/);
    await expectFailure(linkOf("{}"), "broken", /waspnest should be a whole number/);
    await expectFailure(linkOf('{"waspnest":1,"modules":[]}'), "broken", /at least one module/);
  });

  const base = { waspnest: 1, title: "t", modules: [{ name: "m", text: "" }] };
  test.each([
    [{ ...base, title: 1 }, /title should be a text/],
    [{ ...base, modules: [{ name: "", text: "" }] }, /modules\[0\]\.name/],
    [{ ...base, modules: [{ name: "m", wasm: "*" }] }, /modules\[0\]\.wasm should be base64/],
    [{ ...base, modules: [{ name: "m", packed: "AAAA" }] }, /modules\[0\]\.packed should be deflated/],
    [{ ...base, limits: { gas: "-1" } }, /limits\.gas/],
    [{ ...base, limits: { gas: "18446744073709551616" } }, /limits\.gas should be a whole number below/],
    [{ ...base, limits: { gas: 5 } }, /limits\.gas should be a text/],
    [{ ...base, limits: { memoryPages: 32_768 } }, /limits\.memoryPages should be a whole number from 0 to 32767/],
    [{ ...base, limits: { stackSlots: 1e99 } }, /limits\.stackSlots/],
    [{ ...base, call: { module: 1, export: "f", args: [] } }, /call\.module should be a text/],
    [{ ...base, call: { module: "other", export: "f", args: [1] } }, /call\.args\[0\] should be a text/],
    [{ ...base, call: { module: "m", export: "f", args: [1] } }, /call\.args\[0\] should be a text/],
    [{ ...base, breakpoints: [["m"]] }, /breakpoints\[0\]/],
    [{ ...base, breakpoints: [["m", -1]] }, /breakpoints\[0\]\[1\]/],
    [{ ...base, breakpoints: [["other", -1]] }, /breakpoints\[0\]\[1\]/],
    [{ ...base, schedule: { name: "s", denominator: 0 } }, /schedule\.denominator/],
    [{ ...base, layout: {} }, /layout should be a text/],
  ])("%j", async (document, words) => {
    await expectFailure(linkOf(JSON.stringify(document)), "broken", words);
  });
});

describe("what points to nothing is left out, and the rest opens", () => {
  const base = { waspnest: 1, title: "t", modules: [{ name: "m", text: "" }] };
  const said = "The project has no such module, so this was left out: ";
  test.each([
    [{ call: { module: "t2:1", export: "f", args: ["1"] } }, `${said}the call of t2:1.`],
    [{ breakpoints: [["t2:4", 1], ["m", 2]] }, `${said}a breakpoint in t2:4.`],
    [{ call: { module: "x".repeat(5000), export: "f", args: [] }, breakpoints: [["a", 1], ["b", 1], ["a", 2], ["m", 2]] }, `${said}the call of ${"x".repeat(60)}, and 3 breakpoints in a, b.`],
  ])("%j", async (more, leftOut) => {
    const result = await decodeLink(linkOf(JSON.stringify({ ...base, ...more })));
    const breakpoints = "breakpoints" in more ? [{ module: "m", position: 2 }] : [];
    expect(result).toEqual({ kind: "ok", project: { ...plain, title: "t", modules: [{ kind: "text", name: "m", text: "" }], breakpoints }, leftOut });
    expect(await roundTrip(result.kind === "ok" ? result.project : plain)).toEqual({ ...result, leftOut: undefined });
  });

  test("a name that is there twice is another the second time", async () => {
    const result = await decodeLink(linkOf(JSON.stringify({ ...base, modules: [{ name: "m", text: "1" }, { name: "m", text: "2" }, { name: "m-2", text: "3" }], call: { module: "m", export: "f", args: [] } })));
    expect(result.kind === "ok" && result.project.modules.map(({ name }) => name)).toEqual(["m", "m-2", "m-2-2"]);
  });
});

// The time is for a busy machine; alone it takes two seconds.
describe("no input makes it throw", { timeout: 60_000 }, () => {
  test("mutations of the bytes under a right checksum", async () => {
    const next = randomNumbers(1);
    const document = new TextEncoder().encode(JSON.stringify(writeDocument(full, "packed")));
    const original = pack(document, dictionaryOf(VERSION));
    let read = 0;
    for (let round = 0; round < 3000; round += 1) {
      const packed = original.slice(0, next() < 0.2 ? 1 + Math.floor(next() * original.length) : original.length);
      for (let change = 0; change <= next() * 4; change += 1) packed[Math.floor(next() * packed.length)] = next() * 256;
      const link = `1.${toBase64Url(packed)}.${crc32(packed).toString(36).padStart(7, "0")}`;
      const result = await decodeLink(link);
      if (result.kind === "ok") read += 1;
      else expect(result.message).toMatch(/\.$/);
    }
    // A changed letter in a text may well read; most changes must not.
    expect(read).toBeLessThan(1500);
  });

  test("mutations of the document", async () => {
    const next = randomNumbers(2);
    const original = JSON.stringify(writeDocument(full, "packed"));
    for (let round = 0; round < 800; round += 1) {
      const at = Math.floor(next() * original.length);
      const insert = ['"', "{", "}", "[", "]", ",", ":", "null", "1e400", "-0", "\\ud800", "\u0000", ""][Math.floor(next() * 13)] ?? "";
      const changed = original.slice(0, at) + insert + original.slice(at + Math.floor(next() * 6));
      const result = await decodeLink(linkOf(changed));
      if (result.kind === "ok") expect(await roundTrip(result.project)).toEqual({ kind: "ok", project: result.project });
    }
  });

  test("random text", async () => {
    const next = randomNumbers(3);
    for (let round = 0; round < 3000; round += 1) {
      const text = String.fromCharCode(...Array.from({ length: Math.floor(next() * 200) }, () => next() * (round % 2 === 0 ? 128 : 65_536)));
      for (const fragment of [text, `1.${text}`, `1.${text}.0000000`]) expect((await decodeLink(fragment)).kind).toBe("failed");
    }
  });
});
