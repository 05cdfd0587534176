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
  const core = location.protocol === "file:" ? await coreFromScript(places.coreScript) : await coreFromNetwork(places.core);
  return { core, workerScript };
}

async function coreFromNetwork(address: string): Promise<ArrayBuffer> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`the core could not be loaded: ${address} answers ${response.status}`);
  return response.arrayBuffer();
}

async function coreFromScript(address: string): Promise<ArrayBuffer> {
  await new Promise<void>((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = () => resolve();
    script.onerror = () => reject(new Error(`the core could not be loaded from ${address}`));
    document.head.append(script);
  });
  const text = atob(ensureExists(waspnestCore, "core in its script"));
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index += 1) bytes[index] = text.charCodeAt(index);
  return bytes.buffer;
}
