// References into the machine's heap, as host code has them, and for how long they are good.
//
//   crosses ──> alive in its scope ──(the scope ends)──> gone
//                    │    ▲
//               keep │    │ release
//                    ▼    │
//                    kept
//
// Only a run of the machine collects, and none runs while a host function is asked: what crosses to
// one is alive without being kept, until it has answered. So the machine hears of nothing but
// `keep` and `release`, and neither side holds more than what is kept.
import type { HeapView, MachineView, Viewport } from "../protocol/dto.ts";
import { crossingOfException, exceptionOfProgram, WaspException } from "./wasp-exception.ts";

/** Host code cannot reach it. */
let crossingOfObject: (ref: ObjectRef) => Crossing;

/** A structure or array of the machine's heap, as host code sees it. */
export class ObjectRef {
  readonly object: number;
  readonly #crossing: Crossing;

  static {
    crossingOfObject = (ref) => ref.#crossing;
  }

  constructor(object: number, crossing: Crossing) {
    this.object = object;
    this.#crossing = crossing;
    Object.freeze(this);
  }

  toString(): string {
    return textOfReference(this) ?? "";
  }
}

export type Reference = ObjectRef | WaspException;

/** An exception of the machine's heap that crosses to JavaScript: address of its tag, and its values as slots. */
export interface CrossingException {
  readonly tag: number;
  readonly name: string;
  readonly types: readonly string[];
  readonly slots: readonly bigint[];
}

/** What a reference is in the machine. */
export interface Held {
  readonly object: number;
  readonly exception?: CrossingException;
}

/** A reference that crossed to JavaScript: whose it is, and the scope in which it is good. */
export interface Crossing extends Held {
  readonly owner: References;
  scope: Scope;
}

/** Who has the objects. */
export interface Heap {
  exception(object: number): CrossingException;
  keep(object: number): void;
  release(object: number): void;
  view(viewport: Viewport): Pick<MachineView, "heapWindow">;
}

type Read = (types: readonly string[], slots: readonly bigint[]) => readonly unknown[];

/** Most references that host code keeps at a time (chosen: with what they carry they take some 50 MB then). */
const MOST_KEPT = 100_000;

/** Said of what the library gives. */
const OUTSIDE = "was read before the machine ran on; machine.keep(it) keeps it";

/** A time during which the machine does not run. */
class Scope {
  /** Made with the first one: to most host functions none crosses. */
  #known: Map<number, Reference> | undefined;
  isOpen = true;

  /** `ended`: what is said of a reference of it afterwards. */
  constructor(readonly ended: string) {}

  get(object: number): Reference | undefined {
    return this.#known?.get(object);
  }

  set(object: number, reference: Reference): void {
    this.#known ??= new Map();
    this.#known.set(object, reference);
  }

  get size(): number {
    return this.#known?.size ?? 0;
  }

  close(): void {
    this.isOpen = false;
    this.#known = undefined;
  }
}

export class References {
  readonly #heap: Heap;
  /** Outside of host functions. */
  #outside = new Scope(OUTSIDE);
  /** Of the host function that is asked. */
  #call: Scope | undefined;
  /** By object; nothing where only the machine knows, after a replay. */
  readonly #kept = new Map<number, Reference | undefined>();
  /** What an exception carries is being read. */
  #isReading = false;

  constructor(heap: Heap) {
    this.#heap = heap;
  }

  /** How many JavaScript objects are held. */
  get size(): number {
    return this.#kept.size + this.#outside.size + (this.#call?.size ?? 0);
  }

  /** A host function is asked, by this name. */
  enter(name: string): void {
    this.leave();
    this.#call = new Scope(`belongs to a call of ${name} that has ended; ctx.keep(it) keeps it`);
  }

  /** It has answered, or nobody waits for it any more. */
  leave(): void {
    this.#call?.close();
    this.#call = undefined;
  }

  /** The machine runs. */
  runOn(): void {
    this.leave();
    if (this.#outside.size === 0) return;
    this.#outside.close();
    this.#outside = new Scope(OUTSIDE);
  }

  /** The machine is there no longer. */
  end(): void {
    this.runOn();
    this.#kept.clear();
  }

  objectOf(object: number): Reference {
    return this.#known(object) ?? this.#cross(new ObjectRef(object, this.#crossing(object)), object);
  }

  /** `read` gives the values of slots. */
  exceptionOf(object: number, read: Read): Reference {
    return this.#known(object) ?? this.#crossException(object, read);
  }

  #crossException(object: number, read: Read): Reference {
    const exception = this.#heap.exception(object);
    const { name, types, slots } = exception;
    const values = (): readonly unknown[] => {
      const isReading = this.#isReading;
      this.#isReading = true;
      try {
        return read(types, slots);
      } finally {
        this.#isReading = isReading;
      }
    };
    const carries = (word: string): boolean => types.some((type) => type.includes(word));
    // One that carries another may carry a million one in the other: those inside wait until they are looked at.
    const isLate = this.#isReading && carries("exn");
    const reference = exceptionOfProgram(name, isLate ? [] : values(), this.#crossing(object, exception));
    this.#cross(reference, object);
    if (!carries("ref")) return reference;
    let known = isLate ? undefined : reference.values;
    let scope = this.#present();
    const get = (): readonly unknown[] => {
      // References are those of the present call, for as long as the exception is there.
      if (known !== undefined && (scope === this.#present() || this.whyGone(reference) !== undefined)) return known;
      const gone = this.whyGone(reference);
      if (gone !== undefined) throw new TypeError(`what the exception ${name} carries was not read in time: it ${gone}`);
      scope = this.#present();
      return (known = values());
    };
    Object.defineProperty(reference, "values", { enumerable: true, get });
    return reference;
  }

  #present(): Scope {
    return this.#call ?? this.#outside;
  }

  #known(object: number): Reference | undefined {
    return this.#kept.get(object) ?? this.#call?.get(object) ?? this.#outside.get(object);
  }

  #crossing(object: number, exception?: CrossingException): Crossing {
    return { object, owner: this, scope: this.#present(), ...(exception === undefined ? {} : { exception }) };
  }

  #cross(reference: Reference, object: number): Reference {
    this.#present().set(object, reference);
    // The program passes what is kept since before a replay.
    if (this.#kept.has(object)) this.#kept.set(object, reference);
    return reference;
  }

  #crossingOf(value: unknown): Crossing | undefined {
    const crossing = crossingOf(value);
    return crossing?.owner === this ? crossing : undefined;
  }

  /** What something is in the machine; undefined if it did not come from there. */
  heldAs(value: unknown): Held | undefined {
    return this.#crossingOf(value);
  }

  /** Why a reference may not be used any more, as the rest of a sentence about it. */
  whyGone(value: unknown): string | undefined {
    const crossing = this.#crossingOf(value);
    if (crossing === undefined || crossing.scope.isOpen || this.#kept.get(crossing.object) === value) return undefined;
    return crossing.scope.ended;
  }

  /** As the page shows it: `$point #12 {x 1, y 2}`. */
  textOf({ object }: Held): string {
    const look = (from: number, count: number): HeapView | undefined =>
      this.#heap.view({ frame: 0, framesFrom: 0, framesCount: 0, memories: [], tables: [], heap: { object, from, count, partsFrom: 0, partsCount: 0, survey: false } }).heapWindow;
    const place = look(0, 0)?.detail?.place;
    return (place === undefined ? undefined : look(place, 1)?.rows[0]?.text) ?? `#${object}`;
  }

  /** Keeps a reference until it is released; undefined if it is kept already, or is something that need not be. */
  keep(value: unknown): Held | undefined {
    const held = this.#crossingOf(value);
    if (held === undefined || !isReference(value)) return undefined;
    const gone = this.whyGone(value);
    if (gone !== undefined) throw new TypeError(`${nameOf(held)} ${gone}`);
    if (this.#kept.has(held.object)) return undefined;
    if (this.#kept.size >= MOST_KEPT) throw new RangeError(`host code keeps ${MOST_KEPT.toLocaleString("en")} references of the program already; release those that are not needed`);
    this.#heap.keep(held.object);
    this.#kept.set(held.object, value);
    return held;
  }

  /** Takes a `keep` back: the reference is good for as long as one that crosses now. */
  release(value: unknown): Held | undefined {
    const held = this.#crossingOf(value);
    if (held === undefined || !isReference(value) || this.#kept.get(held.object) !== value) return undefined;
    this.#heap.release(held.object);
    this.#kept.delete(held.object);
    held.scope = this.#present();
    held.scope.set(held.object, value);
    return held;
  }

  /** What a host function kept or released is done again from the log, which knows no JavaScript. */
  replay(object: number, isKept: boolean): void {
    if (isKept) {
      this.#heap.keep(object);
      this.#kept.set(object, undefined);
    } else {
      this.#heap.release(object);
      this.#kept.delete(object);
    }
  }
}

/** A reference in a sentence. */
export const nameOf = ({ exception }: Held): string => (exception === undefined ? "the reference" : `the exception ${exception.name}`);

/** A reference as text; undefined if it is none of the program. */
export function textOfReference(value: unknown): string | undefined {
  const crossing = crossingOf(value);
  if (crossing === undefined) return undefined;
  const gone = crossing.owner.whyGone(value);
  return gone === undefined ? crossing.owner.textOf(crossing) : `a reference that ${gone}`;
}

/** Host code can give anything, even what cannot be asked for its class. */
function isReference(value: unknown): value is Reference {
  try {
    return value instanceof ObjectRef || value instanceof WaspException;
  } catch {
    return false;
  }
}

function crossingOf(value: unknown): Crossing | undefined {
  if (!isReference(value)) return undefined;
  try {
    return value instanceof ObjectRef ? crossingOfObject(value) : crossingOfException(value);
  } catch {
    // It only looks like one.
    return undefined;
  }
}
