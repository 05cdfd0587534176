import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { View } from "../protocol/dto.ts";
import type { EngineEvent } from "../protocol/engine.ts";
import type { FromWorker, ToWorker } from "../protocol/messages.ts";
import { createEngine } from "./engine.ts";
import { createLanguage } from "./language.ts";

/** The workers that were started, and how each answers. */
const workers: { readonly got: ToWorker[]; readonly say: (message: FromWorker) => void; ended: boolean }[] = [];
let answer: (message: ToWorker, say: (message: FromWorker) => void) => void = () => undefined;

vi.mock("../sandbox/frame.ts", () => ({
  startSandboxedWorker() {
    const port = { onmessage: (_: { data: FromWorker }) => undefined, postMessage: (message: ToWorker) => hear(message) };
    const worker = { got: [] as ToWorker[], say: (data: FromWorker) => void (worker.ended || port.onmessage({ data })), ended: false };
    const hear = (message: ToWorker): void => {
      worker.got.push(message);
      queueMicrotask(() => answer(message, worker.say));
    };
    workers.push(worker);
    return {
      port,
      end() {
        worker.ended = true;
      },
    };
  },
}));

const ASSETS = { core: new ArrayBuffer(0), workerScript: "" };
const PROJECT = { title: "t", modules: [], hostCode: "", schedule: { builtin: "instructions" }, limits: { stackSlots: 1, memoryPages: 1, tableElements: 1, heapMib: 1, hostMillis: 2000 }, breakpoints: [] };
const events: EngineEvent[] = [];
const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(50);

function engine() {
  const made = createEngine(ASSETS);
  made.subscribe((event) => events.push(event));
  return made;
}

/** Starts and loads as a worker does; what is asked beyond that is never answered. */
const healthy: typeof answer = (message, say) => {
  if (message.kind === "start") say({ kind: "started" });
  if (message.kind === "request" && (message.request.kind === "load" || message.request.kind === "replay")) say({ kind: "reply", id: message.id, value: { kind: "loaded", modules: "[]", warnings: [] } });
};

beforeEach(() => {
  vi.useFakeTimers();
  workers.length = 0;
  events.length = 0;
});

afterEach(() => {
  vi.useRealTimers();
});

test("a core that does not start is given up after three tries, and a load tries once more", async () => {
  answer = (message, say) => message.kind === "start" && say({ kind: "panic", message: "the core does not start: no" });
  const made = engine();
  await settle();
  expect(workers.length).toBe(3);
  expect(events.at(-1)).toEqual({ kind: "crashed", message: "the core does not start: no", stopped: true });
  await expect(made.begin("m", "f", [])).rejects.toThrow(/was not started again \(the core does not start: no\)/);
  expect(await made.load(PROJECT, { hostCodeAllowed: true })).toMatchObject({ kind: "failed", problems: [{ message: "the core does not start: no" }] });
  expect(workers.length).toBe(4);
  answer = healthy;
  expect(await made.load(PROJECT, { hostCodeAllowed: true })).toMatchObject({ kind: "loaded" });
  expect(workers.length).toBe(5);
  workers.at(-1)?.say({ kind: "panic", message: "later" });
  await settle();
  expect(workers.length).toBe(6);
});

test("the text services start no worker until a text asks for one", async () => {
  answer = (message, say) => message.kind === "start" && say({ kind: "panic", message: "no" });
  const language = createLanguage(ASSETS);
  await settle();
  expect(workers.length).toBe(1);
  await expect(language.assemble("(module)")).rejects.toThrow("no");
  expect(workers.length).toBe(2);
});

test("a worker that never starts is ended", async () => {
  answer = () => undefined;
  engine();
  await vi.advanceTimersByTimeAsync(400_000);
  expect(workers.length).toBe(3);
  expect(workers.every((worker) => worker.ended)).toBe(true);
  expect(events.at(-1)).toMatchObject({ message: "the worker did not start within 60 s", stopped: true });
});

test("pictures that user code shows without end are no sign of life, answers to pings are", async () => {
  answer = healthy;
  const made = engine();
  await made.load(PROJECT, { hostCodeAllowed: true });
  const asked = made.begin("m", "f", []).catch((thrown: unknown) => thrown);
  await settle();
  const [worker] = workers;
  worker?.say({ kind: "hostCode", what: "env.f" });
  for (let count = 0; count < 40; count += 1) {
    worker?.say({ kind: "alive" });
    await vi.advanceTimersByTimeAsync(100);
  }
  expect(workers.length).toBe(1);
  for (let count = 0; count < 25; count += 1) {
    worker?.say({ kind: "event", event: { kind: "canvas", width: 1, height: 1, pixels: new Uint8ClampedArray(4) } });
    worker?.say({ kind: "journal", piece: { fresh: false, actions: [], answers: new BigUint64Array(0), answerCount: 0 } });
    await vi.advanceTimersByTimeAsync(100);
  }
  expect(String(await asked)).toMatch(/env\.f did not come back within 2 s/);
  expect(workers.length).toBe(2);
});

/** Begins on a machine that gave so many pieces of so many words each, then ends its worker; gives what the next one is asked first. */
async function endedAfter(pieces: number, words: number): Promise<ToWorker | undefined> {
  answer = healthy;
  const made = engine();
  await made.load(PROJECT, { hostCodeAllowed: true });
  for (let count = 0; count < pieces; count += 1) workers[0]?.say({ kind: "journal", piece: { fresh: false, actions: [], answers: new BigUint64Array(words).fill(BigInt(count)), answerCount: 1 } });
  workers[0]?.say({ kind: "panic", message: "index out of bounds" });
  await settle();
  return workers[1]?.got.find((message) => message.kind === "request");
}

test("the answers of many calls are replayed as one list", async () => {
  const asked = await endedAfter(1000, 1);
  expect(asked).toMatchObject({ request: { kind: "replay", journal: { answers: [BigUint64Array.from({ length: 1000 }, (_, index) => BigInt(index))] } } });
  expect(events.at(-1)).toEqual({ kind: "crashed", message: "index out of bounds" });
});

test("answers that come with the news of the next host call are kept", async () => {
  answer = healthy;
  const made = engine();
  await made.load(PROJECT, { hostCodeAllowed: true });
  for (const word of [5n, 7n]) workers[0]?.say({ kind: "hostCode", what: "env.f", piece: { fresh: false, actions: [], answers: BigUint64Array.of(word), answerCount: 1 } });
  workers[0]?.say({ kind: "panic", message: "index out of bounds" });
  await settle();
  expect(workers[1]?.got.find((message) => message.kind === "request")).toMatchObject({ request: { kind: "replay", journal: { answers: [BigUint64Array.of(5n, 7n)] } } });
});

test("a history that was too long to keep is told when it is missed", async () => {
  const asked = await endedAfter(9, 1 << 20);
  expect(asked).toMatchObject({ request: { kind: "load" } });
  expect(events.at(-1)).toMatchObject({ message: expect.stringMatching(/^index out of bounds; so many host calls .* it begins anew$/) });
});

/** A machine that runs into a host function, which does not come back. */
async function hanging() {
  answer = healthy;
  const made = engine();
  await made.load(PROJECT, { hostCodeAllowed: true });
  const view = { ticks: 7n, status: { kind: "paused", reason: "start" } } as unknown as View;
  const run = made.run({ kind: "end" });
  await settle();
  workers[0]?.say({ kind: "event", event: { kind: "view", view } });
  workers[0]?.say({ kind: "hostCode", what: "env.hang" });
  return { made, run };
}

test("a host function that does not come back is told while it works, and ended at its limit", async () => {
  const { run } = await hanging();
  await vi.advanceTimersByTimeAsync(100);
  expect(events.at(-1)).toMatchObject({ view: { status: { kind: "paused" } } });
  await vi.advanceTimersByTimeAsync(200);
  expect(events.at(-1)).toMatchObject({ view: { ticks: 7n, status: { kind: "running", importName: "env.hang" } } });
  await vi.advanceTimersByTimeAsync(1500);
  expect(workers.length).toBe(1);
  await vi.advanceTimersByTimeAsync(400);
  await run;
  expect(events.at(-1)).toEqual({ kind: "crashed", message: "env.hang did not come back within 2 s and was ended", atCall: true });
  expect(workers[1]?.got.find((message) => message.kind === "request")).toMatchObject({ request: { kind: "replay", target: { note: "env.hang did not come back within 2 s and was ended" } } });
});

test("a host function that is asked to pause has half a second to come back", async () => {
  const { made, run } = await hanging();
  made.pause();
  await vi.advanceTimersByTimeAsync(300);
  expect(workers.length).toBe(1);
  await vi.advanceTimersByTimeAsync(300);
  await run;
  expect(events.at(-1)).toEqual({ kind: "crashed", message: "env.hang had not come back when it was asked to pause, and was ended", atCall: true });
  expect(workers.length).toBe(2);
});

test("a pause that was answered says nothing about the next host function", async () => {
  const { made, run } = await hanging();
  made.pause();
  await settle();
  const id = workers[0]?.got.findLast((message) => message.kind === "request");
  workers[0]?.say({ kind: "reply", id: id?.kind === "request" ? id.id : 0, value: undefined });
  await run;
  made.run({ kind: "end" }).catch(() => undefined);
  await settle();
  workers[0]?.say({ kind: "hostCode", what: "env.hang" });
  await vi.advanceTimersByTimeAsync(1500);
  expect(workers.length).toBe(1);
  await vi.advanceTimersByTimeAsync(1000);
  expect(workers.length).toBe(2);
});

test("host code that hangs as a standing machine takes it leaves the machine at its call", async () => {
  answer = healthy;
  const made = engine();
  await made.load(PROJECT, { hostCodeAllowed: true });
  const view = { ticks: 7n, status: { kind: "paused", reason: "host" } } as unknown as View;
  workers[0]?.say({ kind: "event", event: { kind: "view", view } });
  const taken = made.takeHostCode("for (;;);");
  await settle();
  workers[0]?.say({ kind: "hostCode", what: "host.js" });
  await vi.advanceTimersByTimeAsync(2500);
  const message = "host.js did not come back within 2 s and was ended";
  expect(await taken).toEqual([{ file: "host.js", message }]);
  expect(events.at(-1)).toEqual({ kind: "crashed", message, atCall: true });
  expect(workers[1]?.got.find((got) => got.kind === "request")).toMatchObject({ request: { kind: "replay", project: PROJECT, target: { note: message } } });
});

test("the machine is shown as it stands in the call that works, or it is said how far it is behind", async () => {
  const { run } = await hanging();
  const view = { ticks: 9n, status: { kind: "running" } } as unknown as View;
  workers[0]?.say({ kind: "hostCode", what: "env.hang", ticks: 9n, view });
  // A view of a call that comes back at once is drawn by nobody.
  expect(events.at(-1)).toMatchObject({ view: { ticks: 7n } });
  await vi.advanceTimersByTimeAsync(300);
  expect(events.at(-1)).toEqual({ kind: "view", view: { ticks: 9n, status: { kind: "running", instructionsPerSecond: 0, importName: "env.hang" } } });
  workers[0]?.say({ kind: "alive" });
  workers[0]?.say({ kind: "hostCode", what: "env.other", ticks: 30n });
  await vi.advanceTimersByTimeAsync(300);
  expect(events.at(-1)).toMatchObject({ view: { ticks: 9n, status: { importName: "env.other", behind: 21n } } });
  workers[0]?.say({ kind: "panic", message: "over" });
  await run;
});
