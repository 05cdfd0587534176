// Answers the machine's host calls: from host.js, from the ready-made imports, or from a journal.
import { assertUnreachable, messageOf } from "../base/assert.ts";
import type { Canvas } from "./canvas.ts";
import { HostContext, applyChange } from "./context.ts";
import { fromSlots, resultBits } from "./convert.ts";
import type { Session } from "./core.ts";
import { raise } from "./exceptions.ts";
import type { Handles } from "./handles.ts";
import type { Binding, HostCode, HostFailure } from "./host-code.ts";
import type { Answer, Change, JournalWriter } from "./journal.ts";
import type { Output } from "./output.ts";
import { type Implementation, implementReadyMade } from "./ready-made.ts";
import { isException } from "./wasp-exception.ts";

export interface HostCallParts {
  readonly session: Session;
  readonly bindings: ReadonlyMap<number, Binding>;
  readonly hostCode: HostCode;
  readonly moduleNames: readonly string[];
  readonly handles: Handles;
  readonly output: Output;
  readonly canvas: Canvas;
  readonly keys: ReadonlySet<string>;
  readonly journal: JournalWriter;
  showCanvas(): Promise<void>;
  now(): number;
  /** Called before user code runs: it may never come back. */
  beforeUserCode(what: string): void;
}

/** A host call that answers later. `done` never rejects; it settles the call in the machine. */
export interface LaterAnswer {
  readonly name: string;
  readonly done: Promise<void>;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}

export class HostCalls {
  readonly #parts: HostCallParts;
  readonly #readyMade: (entry: Extract<Binding, { kind: "ready-made" }>["entry"]) => Implementation;
  /** What the last failing host call threw, for the trap's view. */
  failure: HostFailure | undefined;
  /** False once the machine has gone on without waiting: late answers are dropped. */
  #current = true;
  /** Contexts of calls that have not answered. */
  readonly #open = new Set<HostContext>();

  constructor(parts: HostCallParts, readyMade = implementReadyMade(parts)) {
    this.#parts = parts;
    this.#readyMade = readyMade;
  }

  /** Late answers have nobody to go to any more. */
  retire(): void {
    this.#current = false;
    for (const context of this.#open) context.close();
    this.#open.clear();
    this.#parts.handles.references?.leave();
  }

  /** Something is about to be done from outside: the log has what the call under way has done before it. */
  logOpen(): void {
    for (const context of this.#open) {
      const changes = context.takeChanges();
      if (changes.length > 0) this.#parts.journal.answer({ pending: true, changes });
    }
  }

  /** The same answers for the next call of the machine, or those of other host code. The state of the ready-made imports goes on. */
  renewed(other: Partial<Pick<HostCallParts, "bindings" | "hostCode">> = {}): HostCalls {
    return new HostCalls({ ...this.#parts, ...other }, this.#readyMade);
  }

  /** Name of the import that the pending call is to. */
  pendingName(): string {
    return this.#binding().name;
  }

  /** Answers the pending host call now, or says who will answer later. */
  call(): LaterAnswer | undefined {
    const binding = this.#binding();
    this.failure = undefined;
    switch (binding.kind) {
      case "denied":
        this.#settle({ failure: `${binding.name} is JavaScript that came with this project and was not allowed to run`, changes: [] });
        return undefined;
      case "ready-made":
        return this.#callReadyMade(binding);
      case "user":
        return this.#callUser(binding);
      default:
        return assertUnreachable(binding);
    }
  }

  /** Gives the pending call the answer it had before, or does what it had done on the way to it. */
  replay(answer: Answer): void {
    const binding = this.#binding();
    // The ready-made ones keep state of their own (random sequence, picture), so they run again;
    // what they answer is taken from the log all the same.
    if (binding.kind === "ready-made" && binding.entry.name !== "sleep" && binding.entry.name !== "show" && answer.failure === undefined)
      this.#readyMade(binding.entry)(this.#parts.session.hostCallArgs());
    for (const change of answer.changes) applyChange(this.#parts.session, this.#parts.handles, change);
    if (answer.pending === true) this.#parts.journal.answer(answer);
    else this.#settle(answer);
  }

  #binding(): Binding {
    const func = this.#parts.session.hostCallFunc();
    const binding = this.#parts.bindings.get(func);
    if (binding === undefined) throw new Error(`host function ${func} has no binding`);
    return binding;
  }

  #callReadyMade(binding: Extract<Binding, { kind: "ready-made" }>): LaterAnswer | undefined {
    const { session } = this.#parts;
    const give = (bits: bigint | undefined): void =>
      this.#settle({ results: bits === undefined ? new BigUint64Array(0) : BigUint64Array.of(bits), changes: [] });
    try {
      const outcome = this.#readyMade(binding.entry)(session.hostCallArgs());
      if (outcome.later === undefined) {
        give(outcome.bits);
        return undefined;
      }
      const done = outcome.later.then(() => {
        if (this.#current) give(undefined);
      });
      return { name: binding.name, done };
    } catch (thrown) {
      this.#fail(binding, this.#parts.hostCode.failure(thrown), []);
      return undefined;
    }
  }

  #callUser(binding: Extract<Binding, { kind: "user" }>): LaterAnswer | undefined {
    const { session, hostCode, handles, output, canvas, keys, moduleNames } = this.#parts;
    const type = binding.func.import.import.func ?? { params: [], results: [] };
    handles.references?.enter(binding.name);
    const args = fromSlots(type.params, session.hostCallArgs(), handles);
    const around = {
      handles,
      canvas,
      keys,
      print: (text: string) => output.line(text, binding.name, session.ticks()),
      showCanvas: () => this.#parts.showCanvas(),
    };
    const context = new HostContext(session, around, binding.name, moduleNames);
    this.#parts.beforeUserCode(binding.name);
    const close = (): void => {
      context.close();
      handles.references?.leave();
      this.#open.delete(context);
    };
    const fail = (failure: HostFailure): void => {
      close();
      this.#fail(binding, failure, context.takeChanges());
    };
    const finish = (returned: unknown): void => {
      try {
        const results = resultBits(type.results, returned, handles);
        close();
        this.#settle({ results, changes: context.takeChanges() });
      } catch (thrown) {
        // Nothing was thrown over there: the place is the function that answered wrongly.
        fail({ message: messageOf(thrown), ...hostCode.placeOf(binding.call) });
      }
    };
    const unwind = (thrown: unknown): void => {
      const failure = hostCode.failure(thrown);
      if (!isException(thrown)) return fail(failure);
      try {
        const raised = context.raised(thrown);
        close();
        this.#settle({ raised, changes: context.takeChanges() });
        // Nothing in the program catches it.
        if (session.trap() !== undefined) this.failure = failure;
      } catch (wrong) {
        fail({ ...failure, message: messageOf(wrong) });
      }
    };
    try {
      const returned = binding.call(context.face, ...args);
      if (!isThenable(returned)) {
        finish(returned);
        return undefined;
      }
      this.#open.add(context);
      const done = Promise.resolve(returned).then(
        (value) => {
          if (this.#current) finish(value);
        },
        (thrown: unknown) => {
          if (this.#current) unwind(thrown);
        },
      );
      return { name: binding.name, done };
    } catch (thrown) {
      unwind(thrown);
      return undefined;
    }
  }

  #fail(binding: Binding, failure: HostFailure, changes: readonly Change[]): void {
    const place = failure.line === undefined ? "" : ` (host.js line ${failure.line})`;
    this.#settle({ failure: `${binding.name}: ${failure.message}${place}`, changes });
    this.failure = failure;
  }

  #settle(answer: Answer): void {
    const { session, journal } = this.#parts;
    if (answer.failure !== undefined) session.failHostCall(answer.failure);
    else if (answer.raised !== undefined) raise(session, answer.raised);
    else session.answer(answer.results ?? new BigUint64Array(0));
    journal.answer(answer);
  }
}
