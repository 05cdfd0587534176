// The page begins here.

import { messageOf } from "../base/assert.ts";
import { loadAssets } from "../client/assets.ts";
import { createEngine } from "../client/engine.ts";
import { createLanguage } from "../client/language.ts";
import { createScripts } from "../client/scripts.ts";
import { boot } from "./boot.tsx";
import "./styles.ts";

const assets = loadAssets();

boot(createEngine(assets), createLanguage(assets), createScripts(assets)).catch((thrown: unknown) => {
  const text = document.createElement("p");
  text.setAttribute("role", "alert");
  text.textContent = `The page could not start: ${messageOf(thrown)}. Reload it; work kept in this browser is still there.`;
  document.body.append(text);
});
