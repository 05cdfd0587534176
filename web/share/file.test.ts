import { describe, expect, test } from "vitest";
import { examples } from "../examples/index.ts";
import { projectFileName, projectFileText, readProjectFile, saveProjectFile } from "./file.ts";
import { full, plain, randomNumbers } from "./sample.ts";

test.each(examples.map((example) => [example.id, example.project] as const))("a saved project opens again: %s", (_id, project) => {
  expect(readProjectFile(projectFileText(project))).toEqual({ kind: "ok", project });
});

test("a saved project opens again with everything a project can have", () => {
  expect(readProjectFile(projectFileText(full))).toEqual({ kind: "ok", project: full });
});

test("a file that an editor gave a byte order mark and other line ends still opens", () => {
  const text = projectFileText(full).replaceAll("\n", "\r\n");
  expect(readProjectFile(`\uFEFF${text}`)).toEqual({ kind: "ok", project: full });
});

test("the blob holds the text", async () => {
  const blob = saveProjectFile(full);
  expect(blob.type).toBe("application/json");
  expect(await blob.text()).toBe(projectFileText(full));
});

test.each([
  ["", /not JSON/],
  ["(module)", /not JSON/],
  ["null", /the document should be an object/],
  ['{"waspnest": 2}', /newer version of this page.*version 2/],
  ['{"name": "package"}', /waspnest should be a whole number/],
  [projectFileText(plain).slice(0, -20), /not JSON/],
])("a file that is no project says why: %j", (text, words) => {
  const result = readProjectFile(text);
  expect(result.kind === "failed" && result.message).toMatch(words);
});

test("no cut of a file makes it throw", () => {
  const text = projectFileText(full);
  for (let length = 0; length < text.length - 2; length += 1) expect(readProjectFile(text.slice(0, length)).kind).toBe("failed");
});

test("no text makes it throw", () => {
  const next = randomNumbers(4);
  for (let round = 0; round < 2000; round += 1) {
    const text = Array.from({ length: Math.floor(next() * 60) }, () => '{}[]",:1 \\waspnest'[Math.floor(next() * 18)] ?? "").join("");
    expect(readProjectFile(text).kind).toBe("failed");
  }
});

describe("file names", () => {
  test.each([
    ["Game of life", "Game-of-life.waspnest.json"],
    ["", "project.waspnest.json"],
    ["../../etc/passwd", "etc-passwd.waspnest.json"],
    ['a:b*c?"<>|\u0000', "a-b-c.waspnest.json"],
    ["蜂の巣 🐝", "蜂の巣-🐝.waspnest.json"],
  ])("%j", (title, name) => {
    expect(projectFileName(title)).toBe(name);
  });
});
