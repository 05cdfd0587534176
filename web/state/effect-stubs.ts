// Writes stubs into host.js, and says why not where it cannot. A part of its own: few need it, and not at first.

import type { Language } from "../protocol/engine.ts";
import type { Dispatch } from "./actions.ts";
import { freshReport, hasErrors } from "./selectors.ts";
import type { State } from "./state.ts";
import { offsetOf } from "./text.ts";

export async function addStubs(language: Language, get: () => State, dispatch: Dispatch): Promise<void> {
  const { project } = get();
  const imports = project.modules.flatMap((module) => freshReport(get(), module)?.imports ?? []);
  const names = project.modules.map((module) => module.name);
  const stubs = await language.stubs(imports, names, project.hostCode);
  if (stubs.kind === "misread") {
    const { message, line = 1, column = 1 } = stubs.problem;
    const from = offsetOf(project.hostCode, line, column);
    dispatch({ kind: "revealAsked", file: { kind: "host" }, from, to: from });
    dispatch({ kind: "noticed", tone: "error", text: `No stub was added, since host.js cannot be read: ${message}${stubs.problem.line === undefined ? "" : ` (line ${line})`}. Mend it first.`, about: "imports" });
    return;
  }
  const { text, left } = stubs;
  const broken = project.modules.find((module) => hasErrors(freshReport(get(), module)));
  if (text !== project.hostCode) dispatch({ kind: "hostTyped", text });
  const say = (tone: "info" | "error", said: string): void => dispatch({ kind: "noticed", tone, text: said, about: "imports" });
  if (left.length > 0) say("error", `Stubs can only be added to an object such as export const env = { }, and host.js gives this module in another form. Missing there, unless it is defined: ${left.join(", ")}.`);
  else if (text === project.hostCode && broken !== undefined) say("error", `The text of ${broken.name} has errors, so what it imports is not known. Mend them first; they are under Problems.`);
  else if (text === project.hostCode) say("info", "Every import is already defined: by host.js, by another module, or ready-made.");
  dispatch({ kind: "fileChosen", file: { kind: "host" } });
}
