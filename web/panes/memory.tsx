// The memory pane: hex view, address and search fields, inspector of the selection.

import { useMemo, useState } from "preact/hooks";
import type { MemoryRow, View } from "../protocol/dto.ts";
import { HexPane } from "../widgets/hex-pane.tsx";
import type { HexData, Selection } from "../widgets/hex/hex-view.ts";
import { Pane } from "../widgets/pane.tsx";
import { lastEdit } from "../state/reduce-edits.ts";
import { chosenMemory } from "../state/selectors.ts";
import type { State } from "../state/state.ts";
import { formatAddress, formatBytes, groupThousands, parseAddress, parseNeedle } from "../state/values.ts";
import { useDispatch, useSelect, useStore } from "../state/use.ts";
import { VectorCell } from "../widgets/vector-cell-lazy.tsx";
import { bytesOfVector, vectorOfBytes } from "../state/vectors.ts";
import { changes, editable, format, useShapes, view } from "./looking.ts";
import { inspect } from "./inspector.ts";

const follows = (state: State): boolean => state.eyes.followWrites;
const saidOf = (state: State): string | undefined => state.machine.loaded?.editSaid;
const missedOf = (state: State): number => state.eyes.missed;
const gotoOf = (state: State): State["eyes"]["goto"] => state.eyes.goto;

/** Bytes that the inspector reads beyond the first. */
const INSPECTED = 64;
const VECTOR_BYTES = 16;

export function Memory() {
  const now = useSelect(view);
  const chosen = useSelect(chosenMemory);
  const memory = now?.memories.find((row) => row.address === chosen) ?? now?.memories[0];
  if (!now || !memory) return <Pane name="Memory" className="memory" empty={now ? "this module has none" : "no machine yet"} />;
  return <OneMemory now={now} memory={memory} />;
}

function OneMemory({ now, memory }: { readonly now: View; readonly memory: MemoryRow }) {
  const canEdit = useSelect(editable);
  const goto = useSelect(gotoOf);
  const grown = useSelect(changes).grown.get(memory.address);
  const said = useSelect(saidOf);
  const { dispatch, state } = useStore();
  const [selection, setSelection] = useState<Selection | undefined>(undefined);
  const [wrong, setWrong] = useState("");
  const missed = useSelect(missedOf);
  // A search that found nothing is told until the next look at the fields.
  const [missedSeen, setMissedSeen] = useState(missed);
  const problem = wrong !== "" ? wrong : missed === missedSeen ? "" : "not found anywhere in this memory";
  const say = (text: string): void => {
    setWrong(text);
    setMissedSeen(missed);
  };
  const bytes = now.memoryWindows.find((window) => window.memory === memory.address);
  const data = useMemo(
    (): HexData => ({
      memory: memory.address,
      size: memory.size,
      addressType: memory.addressType,
      ...(bytes ? { bytes } : {}),
      accesses: now.effect?.accesses ?? [],
      ticks: now.ticks,
      running: now.status.kind === "running",
      editable: canEdit,
    }),
    [now, memory, bytes, canEdit],
  );
  const undo = (event: KeyboardEvent): void => {
    const inField = event.target instanceof HTMLElement && event.target.matches("input, textarea");
    if (event.key.toLowerCase() !== "z" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey || inField) return;
    event.preventDefault();
    const edit = canEdit ? lastEdit(state.peek()) : undefined;
    if (edit === undefined) return dispatch({ kind: "noticed", tone: "info", text: "No byte was typed since the machine stands here, so there is none to take back.", about: "edits" });
    dispatch({ kind: "ask", command: { kind: "edit", edit: { kind: "bytes", memory: edit.memory, address: edit.address, bytes: edit.before }, undoes: true } });
  };
  return (
    <Pane name="Memory" className="memory" onKeyDown={undo} aside={<MemoryBar now={now} memory={memory} say={say} />}>
      <p class="memory-size">
        {problem === "" ? <span>{sizeText(memory)}</span> : <span class="field-problem" role="alert">{problem}</span>}
        {said !== undefined && <span class="quiet" title="Ctrl+Z among the bytes takes the last one back">{said}</span>}
        {grown !== undefined && <strong class="changed-word">grew from {formatBytes(grown)}</strong>}
      </p>
      <HexPane
        label={`Bytes of memory ${memory.name ?? memory.index}`}
        data={data}
        goto={goto}
        onWindow={(window) => dispatch({ kind: "memoryScrolled", window: { memory: memory.address, ...window } })}
        onSelect={setSelection}
        onEdit={(address, edited) => dispatch({ kind: "ask", command: { kind: "edit", edit: { kind: "bytes", memory: memory.address, address, bytes: edited } } })}
      />
      {selection && <Inspector memory={memory} selection={selection} window={bytes} />}
    </Pane>
  );
}

/** Size, pages, and what is not usual of a memory. */
function sizeText({ size, pageSize, pages, maximumPages, addressType, shared }: MemoryRow): string {
  const most = maximumPages === undefined ? "" : ` of at most ${groupThousands(maximumPages)}`;
  // A memory with pages of a byte is counted in bytes, to the last one.
  const sizes =
    pageSize === 1
      ? [`${groupThousands(size)} ${size === 1n ? "byte" : "bytes"}${most}`, "in pages of 1 byte"]
      : [formatBytes(size), `${groupThousands(pages)} ${pages === 1n ? "page" : "pages"}${most}`];
  return [...sizes, ...(addressType === "i64" ? ["64-bit addresses"] : []), ...(shared ? ["shared"] : [])].join(", ");
}

interface MemoryBarProps {
  readonly now: View;
  readonly memory: MemoryRow;
  /** What is wrong with an address or a search; empty when nothing is. */
  say(problem: string): void;
}

function MemoryBar({ now, memory, say }: MemoryBarProps) {
  const following = useSelect(follows);
  const goto = useSelect(gotoOf);
  const dispatch = useDispatch();
  return (
    <>
      {now.memories.length > 1 && (
        <select class="select" aria-label="Memory shown" value={String(memory.address)} onChange={(event) => dispatch({ kind: "memoryChosen", memory: Number(event.currentTarget.value) })}>
          {now.memories.map((row) => (
            <option key={row.address} value={String(row.address)}>
              {row.module} {row.name ?? `[${row.index}]`}
            </option>
          ))}
        </select>
      )}
      <form
        class="field-row"
        onSubmit={(event) => {
          event.preventDefault();
          const typed = new FormData(event.currentTarget).get("address");
          const parsed = parseAddress(typeof typed === "string" ? typed : "");
          if (parsed.kind === "failed") return say(parsed.message);
          if (parsed.value >= memory.size) return say(`the memory ends at ${formatAddress(memory.size)}`);
          say("");
          dispatch({ kind: "gotoAsked", address: parsed.value, length: 1 });
        }}
      >
        <input id="goto-address" name="address" class="field field-address" aria-label="Go to address" placeholder="go to 0x…" autocomplete="off" spellcheck={false} title="Go to an address (g)" onInput={() => say("")} />
      </form>
      <form
        class="field-row"
        onSubmit={(event) => {
          event.preventDefault();
          const typed = new FormData(event.currentTarget).get("needle");
          const parsed = parseNeedle(typeof typed === "string" ? typed : "");
          if (parsed.kind === "failed") return say(parsed.message);
          say("");
          // The next search goes on behind the last find.
          const from = goto === undefined || goto.address + 1n >= memory.size ? 0n : goto.address + 1n;
          dispatch({ kind: "ask", command: { kind: "search", memory: memory.address, from, needle: parsed.value } });
        }}
      >
        <input name="needle" class="field field-needle" aria-label="Search bytes or text" placeholder="find text, de ad" autocomplete="off" spellcheck={false} title='Bytes in hexadecimal (de ad), or a text; quotes force text. Enter finds the next one.' onInput={() => say("")} />
      </form>
      <label class="check" title="Scroll to the bytes that a step writes">
        <input type="checkbox" checked={following} onChange={() => dispatch({ kind: "followToggled" })} />
        follow
      </label>
    </>
  );
}

interface InspectorProps {
  readonly memory: MemoryRow;
  readonly selection: Selection;
  readonly window: { readonly from: bigint; readonly bytes: Uint8Array } | undefined;
}

function Inspector({ memory, selection, window }: InspectorProps) {
  const dispatch = useDispatch();
  const canEdit = useSelect(editable);
  const reading = useSelect(format);
  const shape = useShapes();
  const offset = window ? selection.from - window.from : -1n;
  const inside = window !== undefined && offset >= 0n && offset < BigInt(window.bytes.length);
  const start = Number(offset);
  const bytes = inside ? window.bytes.subarray(start, start + Math.max(selection.length, INSPECTED)) : undefined;
  const write = (edited: Uint8Array): void => dispatch({ kind: "ask", command: { kind: "edit", edit: { kind: "bytes", memory: memory.address, address: selection.from, bytes: edited } } });
  const end = selection.from + BigInt(selection.length) - 1n;
  const place = selection.length === 1 ? formatAddress(selection.from) : `${formatAddress(selection.from)} to ${formatAddress(end)}, ${groupThousands(selection.length)} bytes`;
  return (
    <div class="inspector" role="group" aria-label="Inspector">
      <p class="inspector-place">{place}</p>
      {bytes ? (
        <dl class="readings">
          {inspect(bytes, selection.length, memory).map((reading) => (
            <div key={reading.name} class={`reading reading-${reading.name.toLowerCase()}`}>
              <dt>{reading.name}</dt>
              <dd>
                {reading.text}
                {reading.name === "pointer" && (
                  <button
                    type="button"
                    class="small-button"
                    disabled={reading.pointer === undefined}
                    title={reading.pointer === undefined ? "points outside of this memory" : "Go where it points"}
                    onClick={() => {
                      if (reading.pointer !== undefined) dispatch({ kind: "gotoAsked", address: reading.pointer, length: 1 });
                    }}
                  >
                    go
                  </button>
                )}
              </dd>
            </div>
          ))}
          {bytes.length >= VECTOR_BYTES && (
            <div class="reading reading-v128">
              <dt>v128</dt>
              <dd>
                <VectorCell
                  value={vectorOfBytes(bytes)}
                  format={reading}
                  label={`bytes at ${formatAddress(selection.from)}`}
                  {...shape(`memory ${memory.address}`)}
                  onEdit={canEdit ? (value) => write(bytesOfVector(value)) : undefined}
                />
              </dd>
            </div>
          )}
        </dl>
      ) : (
        <p class="quiet">scroll back to it to read it</p>
      )}
    </div>
  );
}
