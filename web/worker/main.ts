// The worker's edge: wires the port of the page to a machine or to the text services.
import { assertUnreachable, ensureExists, messageOf } from "../base/assert.ts";
import type { FromWorker, TextReplies, TextRequest, ToWorker } from "../protocol/messages.ts";
import { initSync } from "../pkg/waspnest.js";
import { coreOf } from "./glue.ts";
import type { Core } from "./core.ts";
import { type ImportCode, misreadHost, type Namespace, type Place } from "./host-code.ts";
import { MachineWorker } from "./machine.ts";
import type { NativeWorker } from "./native.ts";
import { ScriptWorker } from "./script.ts";

const FRAME_MILLIS = 1000 / 60;

/** Turns of the event loop without the delay that nested timers get. */
function makeBreath(): () => Promise<void> {
  const channel = new MessageChannel();
  const wake = channel.port2.postMessage.bind(channel.port2, 0);
  let resume: (() => void) | undefined;
  channel.port1.onmessage = () => resume?.();
  return () =>
    new Promise((resolve) => {
      resume = resolve;
      wake();
    });
}

/** Frames by the clock: a hidden frame's own animation frames may stand still. */
function makeFrames(): () => Promise<void> {
  let last = 0;
  return () =>
    new Promise((resolve) => {
      const now = performance.now();
      last = Math.max(now, last + FRAME_MILLIS);
      setTimeout(resolve, last - now);
    });
}

const importCode: ImportCode = (source) => {
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const load = async (): Promise<Namespace> => {
    try {
      const namespace: Namespace = await import(url);
      return namespace;
    } finally {
      URL.revokeObjectURL(url);
    }
  };
  const placeOf = (error: SyntaxError): Place | undefined => {
    let place: Place | undefined;
    hearing = (event) => {
      if (event.filename === url) place = { line: event.lineno, column: event.colno };
    };
    try {
      reportError(error);
    } finally {
      hearing = undefined;
    }
    return place;
  };
  return { url, namespace: load(), placeOf };
};

/** Hears of an error that is reported only to be told its place. */
let hearing: ((event: ErrorEvent) => void) | undefined;

async function answerText(core: Core, request: TextRequest): Promise<TextReplies[TextRequest["kind"]]> {
  switch (request.kind) {
    case "misread":
      return misreadHost(request.hostCode, importCode);
    case "check":
      return request.of === "script" ? core.checkScript(request.text) : core.check(request.text);
    case "assemble":
      return core.assemble(request.text);
    case "disassemble":
      return core.disassemble(request.bytes);
    case "reference":
      return core.reference();
    case "schedules":
      return core.schedules();
    default:
      return assertUnreachable(request);
  }
}

/** The value of a getter, however host code changes the prototype that has it. */
function bound<T extends object, K extends keyof T>(prototype: T, name: K): (of: T) => T[K] {
  const getter = ensureExists(Object.getOwnPropertyDescriptor(prototype, name)?.get, `getter of ${String(name)}`);
  return Function.prototype.call.bind(getter);
}

function serve(port: MessagePort): void {
  // Host code shares these prototypes; what it does to them is no concern of the protocol.
  const post: (message: FromWorker) => void = port.postMessage.bind(port);
  const dataOf: (event: MessageEvent<ToWorker>) => ToWorker = bound(MessageEvent.prototype, "data");
  let core: Core | undefined;
  let machine: MachineWorker | undefined;
  let native: NativeWorker | undefined;
  let script: ScriptWorker | undefined;

  /** A refusal has a sentence; a trap of the core itself is a crash, after which nothing can be trusted. */
  const failed = (id: number, thrown: unknown): void => {
    if (thrown instanceof WebAssembly.RuntimeError) {
      post({ kind: "panic", message: core?.lastPanic() ?? messageOf(thrown) });
      return;
    }
    post({ kind: "refused", id, message: messageOf(thrown) });
  };

  const start = async (message: Extract<ToWorker, { kind: "start" }>): Promise<void> => {
    initSync({ module: await WebAssembly.compile(message.core) });
    core = coreOf();
    if (message.role === "machine")
      machine = new MachineWorker({ core, importCode, post, breathe: makeBreath(), nextFrame: makeFrames() });
    if (message.role === "script") script = new ScriptWorker({ core, post, breathe: makeBreath() });
    if (message.role === "native") native = ensureExists(globalThis.waspnestNative, "part for the browser's own engine")(core, () => post({ kind: "hostCode", what: "the call on the browser's own engine" }));
    post({ kind: "started" });
  };

  /** What host code throws where nobody waits for it is a line on the console; anything else is an error of ours, and of the core a crash. */
  const uncaught = (event: Event, thrown: unknown): void => {
    event.preventDefault();
    if (machine === undefined || thrown instanceof WebAssembly.RuntimeError) post({ kind: "panic", message: core?.lastPanic() ?? messageOf(thrown) });
    else machine.uncaught(thrown);
  };
  self.addEventListener("error", (event) => {
    if (hearing === undefined) return uncaught(event, event.error ?? event.message);
    event.preventDefault();
    hearing(event);
  });
  self.addEventListener("unhandledrejection", (event) => uncaught(event, event.reason));

  port.onmessage = (event: MessageEvent<ToWorker>) => {
    const message = dataOf(event);
    switch (message.kind) {
      case "start":
        start(message).catch((thrown: unknown) => post({ kind: "panic", message: `the core does not start: ${messageOf(thrown)}` }));
        return;
      case "request":
        if (machine === undefined) return post({ kind: "refused", id: message.id, message: "no machine runs in this worker" });
        machine.answer(message.request).then(
          (value) => post({ kind: "reply", id: message.id, value }),
          (thrown: unknown) => failed(message.id, thrown),
        );
        return;
      case "native":
        if (native === undefined) return post({ kind: "refused", id: message.id, message: "this worker is not for the browser's own engine" });
        native.answer(message.request).then(
          (value) => post({ kind: "reply", id: message.id, value }),
          // A trap of the module has been caught; whatever comes here has a sentence.
          (thrown: unknown) => post({ kind: "refused", id: message.id, message: messageOf(thrown) }),
        );
        return;
      case "text":
        if (core === undefined) return post({ kind: "refused", id: message.id, message: "the core has not started" });
        answerText(core, message.request).then(
          (value) => post({ kind: "reply", id: message.id, value }),
          (thrown: unknown) => failed(message.id, thrown),
        );
        return;
      case "script":
        if (script === undefined) return post({ kind: "refused", id: message.id, message: "this worker is not for scripts" });
        script.run(message.text, message.options).then(
          (value) => post({ kind: "reply", id: message.id, value }),
          (thrown: unknown) => failed(message.id, thrown),
        );
        return;
      case "notice":
        try {
          if (message.notice.kind === "pause") script?.cancel();
          else if (message.notice.kind === "ping" && script !== undefined) post({ kind: "alive" });
          machine?.notice(message.notice);
        } catch (thrown) {
          failed(-1, thrown);
        }
        return;
      default:
        assertUnreachable(message);
    }
  };
}

// Host code runs in here as well, and must not end the worker it runs in.
Reflect.deleteProperty(self, "close");

// The frame hands over the page's port with the first message.
self.addEventListener(
  "message",
  (event: MessageEvent) => {
    const port = event.ports[0];
    if (port !== undefined) serve(port);
  },
  { once: true },
);
