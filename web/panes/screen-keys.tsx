// The keys that the program listens to, to be pressed on the screen.

import type { State } from "../state/state.ts";
import { useSelect, useStore } from "../state/use.ts";
import { listenedKeys } from "../state/listening.ts";

interface Face {
  /** What stands on the key. */
  readonly sign: string;
  readonly name: string;
}

const FACES: Readonly<Record<string, Face>> = {
  ArrowLeft: { sign: "←", name: "Left" },
  ArrowUp: { sign: "↑", name: "Up" },
  ArrowRight: { sign: "→", name: "Right" },
  ArrowDown: { sign: "↓", name: "Down" },
};

/** The place of keys that lie in a cross, as row and column. */
const CROSSES: readonly Readonly<Record<string, string>>[] = [
  { ArrowUp: "1 / 2", ArrowLeft: "2 / 1", ArrowDown: "2 / 2", ArrowRight: "2 / 3" },
  { KeyW: "1 / 2", KeyA: "2 / 1", KeyS: "2 / 2", KeyD: "2 / 3" },
];

function faceOf(code: string): Face {
  const letter = code.replace(/^Key|^Digit/, "");
  return FACES[code] ?? { sign: letter, name: letter };
}

interface Block {
  readonly kind: "cross" | "square" | "line";
  readonly codes: readonly string[];
  /** Where a code lies; the others follow each other. */
  readonly place: Readonly<Record<string, string>>;
}

/** Arrows lie in a cross, the nine digits in a square, the others in a row. */
function blocksOf(codes: readonly string[]): readonly Block[] {
  const crosses = CROSSES.map((place): Block => ({ kind: "cross", codes: Object.keys(place).filter((code) => codes.includes(code)), place })).filter((block) => block.codes.length > 1);
  const digits = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((digit) => `Digit${digit}`);
  const square: readonly Block[] = digits.every((code) => codes.includes(code)) ? [{ kind: "square", codes: digits, place: {} }] : [];
  const taken = new Set([...crosses, ...square].flatMap((block) => block.codes));
  const rest = codes.filter((code) => !taken.has(code));
  return [...crosses, ...square, ...(rest.length === 0 ? [] : [{ kind: "line", codes: rest, place: {} } as const])];
}

const keys = (state: State): readonly string[] => listenedKeys(state);

export function ScreenKeys() {
  const codes = useSelect(keys);
  return (
    <div class="screen-keys" role="group" aria-label="Keys of the program" onContextMenu={(event) => event.preventDefault()}>
      {blocksOf(codes).map((block) => (
        <div key={block.codes[0]} class={`key-block key-${block.kind}`}>
          {block.codes.map((code) => (
            <ScreenKey key={code} code={code} place={block.place[code]} />
          ))}
        </div>
      ))}
    </div>
  );
}

function ScreenKey({ code, place }: { readonly code: string; readonly place: string | undefined }) {
  const { heldKeys } = useStore();
  const { sign, name } = faceOf(code);
  const release = (): void => heldKeys.release(code);
  return (
    <button
      type="button"
      class="screen-key"
      aria-label={`Key ${name}`}
      title={`${name}, also on the keyboard`}
      style={{ gridArea: place }}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        heldKeys.hold(code);
      }}
      onPointerUp={release}
      onLostPointerCapture={release}
      onClick={(event) => {
        // Without a pointer: from the keyboard or a screen reader.
        if (event.detail !== 0) return;
        heldKeys.hold(code);
        release();
      }}
    >
      {sign}
    </button>
  );
}
