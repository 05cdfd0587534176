// Brings documents of older versions to the newest, one version at a time.
import { VERSION } from "./document.ts";

export type Upgrade = (document: unknown) => unknown;

/** `UPGRADES[n - 1]` makes version n + 1 of version n. Each works on unchecked data and changes only what its version changed. */
export const UPGRADES: readonly Upgrade[] = [];

if (UPGRADES.length !== VERSION - 1) throw new Error(`version ${VERSION} needs ${VERSION - 1} upgrades, there are ${UPGRADES.length}`);

/** `version`: between 1 and VERSION. */
export function upgrade(document: unknown, version: number): unknown {
  return UPGRADES.slice(version - 1).reduce((older, step) => step(older), document);
}
