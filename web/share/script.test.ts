import { expect, test } from "vitest";
import type { Project } from "../protocol/project.ts";
import { projectFileText, readProjectFile } from "./file.ts";
import { decodeLink, encodeLink } from "./index.ts";
import { plain } from "./sample.ts";

const project: Project = {
  ...plain,
  title: "suite",
  modules: [
    { kind: "script", name: "gc/array", text: "(module)\n(assert_return (invoke \"f\"))\n" },
    { kind: "text", name: "m", text: "(module)" },
  ],
  breakpoints: [{ module: "gc/array", position: 1 }],
};

test("scripts go into links and files and come back as they were", async () => {
  expect(await decodeLink(await encodeLink(project))).toEqual({ kind: "ok", project });
  expect(readProjectFile(projectFileText(project))).toEqual({ kind: "ok", project });
});

test("a script that is no text is refused with its place", () => {
  const text = projectFileText(project).replace('"script": "(module)', '"script": 5, "x": "(module)');
  expect(readProjectFile(text)).toMatchObject({ kind: "failed", message: expect.stringContaining("modules[0].script") });
});
