// A project as a file: the document as readable JSON.
import type { Project } from "../protocol/project.ts";
import { VERSION, writeDocument } from "./document.ts";
import { type DocumentResult, readDocument } from "./read-document.ts";
import type { ReadResult } from "./link.ts";

export const PROJECT_FILE_EXTENSION = ".waspnest.json";

/** A file is opened on purpose and was not unpacked from something small: 256 MiB, of which the text itself is the first limit. */
const FILE_LIMIT = 256 * 1024 * 1024;

/** The text of a project file; ends with a newline. */
export function projectFileText(project: Project): string {
  return `${JSON.stringify(writeDocument(project, "wasm"), undefined, 2)}\n`;
}

export function saveProjectFile(project: Project): Blob {
  return new Blob([projectFileText(project)], { type: "application/json" });
}

/** Never throws: whatever is wrong with the file becomes a sentence. */
export function readProjectFile(text: string): ReadResult {
  const json = text.replace(/^\uFEFF/, "");
  if (json.length > FILE_LIMIT) {
    return { kind: "failed", reason: "tooLarge", message: `This project file is larger than ${FILE_LIMIT / 1024 / 1024} MiB and was not opened.` };
  }
  const result = readDocument(json, FILE_LIMIT);
  switch (result.kind) {
    case "ok":
      return result;
    case "newer":
      return {
        kind: "failed",
        reason: "newer",
        message: `This project file was made by a newer version of this page: it is of version ${result.version}, and this page reads up to version ${VERSION}. Reload the page, or open the file where it was made.`,
      };
    case "malformed":
      return {
        kind: "failed",
        reason: "broken",
        message: `This file does not hold a whole project: ${result.detail}. Open a file that was saved with Save, or a .wat or .wasm module.`,
      };
  }
}

/** What this page itself kept: the text of a file, and why it cannot be read for the end of a sentence. */
export function readKept(text: string): DocumentResult {
  return readDocument(text, FILE_LIMIT);
}

/** A file name for a project: its title with what file systems dislike left out. */
export function projectFileName(title: string): string {
  const plain = title
    .replace(/[\p{C}\s\\/:*?"<>|]+/gu, "-")
    .replace(/^[-.]+|[-.]+$/g, "")
    .slice(0, 80);
  return `${plain === "" ? "project" : plain}${PROJECT_FILE_EXTENSION}`;
}
