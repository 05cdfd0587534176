// A worker inside a frame of opaque origin whose policy forbids the network.
import { ensureExists } from "../base/assert.ts";

/** Only inline and blob scripts, no address at all may be fetched. */
const POLICY = "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval' 'wasm-unsafe-eval' blob:; worker-src blob:";

/** Runs in the frame: makes the worker and passes the port on; errors before the worker listens go up. */
const SCRIPT = `
addEventListener("message", (event) => {
  if (event.source !== parent) return;
  const url = URL.createObjectURL(new Blob([event.data], { type: "text/javascript" }));
  const worker = new Worker(url);
  worker.onerror = (error) => parent.postMessage(String(error.message || "the worker could not be started"), "*");
  worker.postMessage(0, event.ports);
}, { once: true });
parent.postMessage("", "*");
`;

const DOCUMENT = `<!doctype html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${POLICY}"><script>${SCRIPT}</script>`;

export interface SandboxedWorker {
  /** The other end is the worker's. */
  readonly port: MessagePort;
  /** Ends the worker at once, whatever it is doing. */
  end(): void;
}

/** Starts a worker from its script's text. `onError` hears of errors that no message tells. */
export function startSandboxedWorker(script: string, onError: (message: string) => void): SandboxedWorker {
  const frame = document.createElement("iframe");
  frame.setAttribute("sandbox", "allow-scripts");
  frame.setAttribute("aria-hidden", "true");
  frame.title = "Sandbox of the machine";
  frame.tabIndex = -1;
  frame.style.display = "none";
  frame.srcdoc = DOCUMENT;
  const channel = new MessageChannel();
  let handedOver = false;
  const listen = (event: MessageEvent<unknown>): void => {
    if (event.source === null || event.source !== frame.contentWindow) return;
    if (handedOver) {
      onError(String(event.data));
      return;
    }
    handedOver = true;
    // An opaque origin has no name to post to; the window itself is the address.
    ensureExists(frame.contentWindow, "window of the sandbox").postMessage(script, "*", [channel.port2]);
  };
  window.addEventListener("message", listen);
  document.body.append(frame);
  return {
    port: channel.port1,
    end() {
      window.removeEventListener("message", listen);
      channel.port1.close();
      frame.remove();
    },
  };
}
