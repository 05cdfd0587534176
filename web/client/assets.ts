// The two things a worker is made of: its script and the core.
import { ensureExists } from "../base/assert.ts";
import workerScript from "inline:../worker/main.ts";

export interface Assets {
  readonly core: ArrayBuffer;
  readonly workerScript: string;
}

/** Loads the core: by fetch, or where a page opened from a file may not fetch, by a script that carries it. Rejects with a sentence. */
export async function loadAssets(): Promise<Assets> {
  const places = ensureExists(waspnestAssets, "address of the core");
  const core = await load("the core", places.core, places.coreScript, () => waspnestCore);
  return { core, workerScript };
}

/** The machine as a module without imports, for the example in which it runs itself. Rejects with a sentence. */
export async function loadNest(): Promise<Uint8Array> {
  const places = ensureExists(waspnestAssets, "address of the machine as a module");
  return new Uint8Array(await load("the machine as a module", places.nest, places.nestScript, () => waspnestNest));
}

function load(what: string, address: string, script: string, text: () => string | undefined): Promise<ArrayBuffer> {
  return location.protocol === "file:" ? fromScript(what, script, text) : fromNetwork(what, address);
}

async function fromNetwork(what: string, address: string): Promise<ArrayBuffer> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${what} could not be loaded: ${address} answers ${response.status}`);
  return response.arrayBuffer();
}

async function fromScript(what: string, address: string, given: () => string | undefined): Promise<ArrayBuffer> {
  await new Promise<void>((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = () => resolve();
    script.onerror = () => reject(new Error(`${what} could not be loaded from ${address}`));
    document.head.append(script);
  });
  const text = atob(ensureExists(given(), `${what} in its script`));
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index += 1) bytes[index] = text.charCodeAt(index);
  return bytes.buffer;
}
