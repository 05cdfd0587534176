// What the page is made with; handed to dialogs that need more than the store.

import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { ensureExists } from "../base/assert.ts";
import type { Language } from "../protocol/engine.ts";
import type { BrowserStorage } from "./storage.ts";

export interface PageServices {
  readonly language: Language;
  readonly storage: BrowserStorage;
}

export const ServicesContext = createContext<PageServices | undefined>(undefined);

export function useServices(): PageServices {
  return ensureExists(useContext(ServicesContext), "services");
}
