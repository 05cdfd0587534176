// Which keys the program listens to, as its texts say: those can be offered on the screen.

import { keyCode } from "../protocol/ready-made.ts";
import { linkedModules } from "../protocol/project.ts";
import { textOf } from "./selectors.ts";
import type { State } from "./state.ts";

/** Where a module imports `keyboard.down`: as an import with a function, or as a function with an import; by name or by number. */
const IMPORTS = [
  /\(\s*import\s+"keyboard"\s+"down"\s*\(\s*func\s+(\$[^\s()";]+|\(;\d+;\))/,
  /\(\s*func\s+(\$[^\s()";]+|\(;\d+;\))\s*(?:\(\s*export\s+"[^"]*"\s*\)\s*)*\(\s*import\s+"keyboard"\s+"down"/,
];

/** What a program that computes its keys is offered: what most games want. */
const USUAL = ["ArrowLeft", "ArrowUp", "ArrowRight", "ArrowDown", "Space", "Enter"];

/** KeyboardEvent.code of the keys that a module asks for in constants; undefined when it asks for none at all. */
export function keysOfModule(text: string): readonly string[] | undefined {
  if (!text.includes('"keyboard"')) return undefined;
  const imported = IMPORTS.map((pattern) => pattern.exec(text)?.[1]).find((found) => found !== undefined);
  if (imported === undefined) return undefined;
  const callee = imported.replace(/^\(;(\d+);\)$/, "$1").replace(/[$.*+?^|\\/[\]{}]/g, "\\$&");
  const number = "i32\\.const\\s+(\\d\\w*)";
  const call = `call\\s+${callee}(?=[\\s()])`;
  const asked = new RegExp(`${call}\\s*\\(\\s*${number}|${number}\\s*\\)?\\s*\\(?\\s*${call}`, "g");
  const codes = [...text.matchAll(asked)].map(([, folded, flat]) => keyCode(Number((folded ?? flat ?? "").replaceAll("_", ""))));
  const known = codes.filter((code) => code !== undefined);
  return known.length > 0 ? known : USUAL;
}

/** The keys that host code names, when it reads the keys. */
export function keysOfHost(code: string): readonly string[] {
  if (!/\.keys\b(?!\s*\()/.test(code)) return [];
  return [...code.matchAll(/(["'`])(Arrow(?:Left|Up|Right|Down)|Space|Enter|Key[A-Z]|Digit\d)\1/g)].map(([, , key]) => key ?? "");
}

let last: { readonly project: State["project"]; readonly texts: State["binaryTexts"]; readonly keys: readonly string[] } | undefined;

/** KeyboardEvent.code of each key, in the order of the texts; none when the program does not listen. */
export function listenedKeys(state: State): readonly string[] {
  const { project, binaryTexts } = state;
  const known = last;
  if (known && known.texts === binaryTexts && known.project.modules === project.modules && known.project.hostCode === project.hostCode) return known.keys;
  const ofModules = linkedModules(project.modules).flatMap((module) => keysOfModule(textOf(state, module) ?? "") ?? []);
  const keys = [...new Set([...ofModules, ...keysOfHost(project.hostCode)])];
  last = { project, texts: binaryTexts, keys };
  return keys;
}
