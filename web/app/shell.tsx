// The page as a whole: wide with regions and splitters, narrow with the code on top, cards below and a bar at thumb height.

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { messageOf } from "../base/assert.ts";
import { CallForm } from "../panes/call-form.tsx";
import { CallStack } from "../panes/call-stack.tsx";
import { Controls, mainButton } from "../panes/controls.tsx";
import { Dock, printedLines } from "../panes/dock.tsx";
import { Exceptions } from "../panes/exceptions.tsx";
import { Files } from "../panes/files.tsx";
import { Gas } from "../panes/gas.tsx";
import { Globals } from "../panes/globals.tsx";
import { Heap } from "../panes/heap.tsx";
import { Labels } from "../panes/labels.tsx";
import { Memory } from "../panes/memory.tsx";
import { Locals, OperandStack } from "../panes/operands.tsx";
import { LiveRegion, StatusHead, StatusNotes } from "../panes/status.tsx";
import { Tables } from "../panes/tables.tsx";
import { useDimmed } from "../panes/looking.ts";
import { viewOf } from "../state/selectors.ts";
import { scriptsOf } from "../state/scripts.ts";
import type { Action } from "../state/actions.ts";
import type { Card, Layout, State } from "../state/state.ts";
import { useDispatch, useSelect, useStore } from "../state/use.ts";
import { groupThousands } from "../state/values.ts";
import { useFocusBack } from "../widgets/focus-back.ts";
import { Splitter } from "../widgets/splitter.tsx";
import { CodeArea, type CodeHandle } from "./code-area.tsx";
import { listenToKeys } from "./keys.ts";
import { LazyDialogs } from "./lazy-dialogs.tsx";
import { droppedFolders } from "./entries.ts";
import { openFiles, openFolder, openPaste } from "./opening.ts";
import { downloadTrace } from "./saving.ts";
import { TopBar } from "./top-bar.tsx";

const NARROW = "(max-width: 759px)";

const layoutOf = (state: State): Layout => state.layout;
/** Which of its sizes the dock has. */
const dockSize = (state: State): "dockHeight" | "scriptsHeight" => (scriptsOf(state).length > 0 ? "scriptsHeight" : "dockHeight");
const noticesOf = (state: State): State["notices"] => state.notices;
const ticksOf = (state: State): string => {
  const view = viewOf(state);
  return view ? `${groupThousands(view.ticks)} ${view.ticks === 1n ? "instruction" : "instructions"} executed` : "";
};

export function Shell() {
  const store = useStore();
  const layout = useSelect(layoutOf);
  const narrow = useMedia(NARROW);
  const dock = useSelect(dockSize);
  const code = useRef<CodeHandle | undefined>(undefined);
  const cursor = (): number => code.current?.cursor() ?? 0;
  const say = (thrown: unknown): void => store.dispatch({ kind: "noticed", tone: "error", text: messageOf(thrown) });
  const onTrace = (): void => void downloadTrace(store).catch(say);

  useEffect(
    () =>
      listenToKeys(store, {
        focusEditor: () => code.current?.focus(),
        runToCursor: () => {
          const { active } = store.state.peek();
          if (active.kind === "module") store.dispatch({ kind: "ask", command: { kind: "runToCursor", module: active.name, position: cursor() } });
        },
      }),
    [],
  );
  const dropping = useDropping();

  return (
    <div
      class={`app preset-${layout.preset}${narrow ? " narrow" : " wide"}`}
      style={{ "--code-part": `${layout.codeWidth}%`, "--state-part": `${layout.stateWidth}%`, "--dock-part": `${layout[dock]}%` }}
    >
      <TopBar narrow={narrow} />
      <main class="main">
        <section class="code" aria-label="Code">
          <Files />
          <CodeArea
            onReady={(handle) => {
              code.current = handle;
            }}
          />
          {!narrow && (
            <>
              <Splitter label="Height of the output" direction="horizontal" at={layout[dock]} min={10} max={70} fromEnd onMove={(height) => store.dispatch({ kind: "layoutChanged", layout: { [dock]: height } })} />
              <Dock onDownloadTrace={onTrace} />
            </>
          )}
        </section>
        {narrow ? (
          <Cards onDownloadTrace={onTrace} />
        ) : (
          <>
            <Splitter label="Width of the code" direction="vertical" at={layout.codeWidth} min={20} max={75} onMove={(codeWidth) => store.dispatch({ kind: "layoutChanged", layout: { codeWidth } })} />
            <Machine cursor={cursor} layout={layout} />
          </>
        )}
      </main>
      {narrow ? <ThumbBar cursor={cursor} /> : <Timeline />}
      <LiveRegion />
      <Notices />
      <LazyDialogs code={() => code.current} />
      {dropping && <div class="drop-over">Drop .wat, .wasm, .wast or project files, or a folder of scripts, to open them</div>}
    </div>
  );
}

function Machine({ cursor, layout }: { readonly cursor: () => number; readonly layout: Layout }) {
  const dim = useDimmed();
  const dispatch = useDispatch();
  return (
    <section class="machine" aria-label="Machine">
      <div class="command">
        <CallForm />
        <Controls cursor={cursor} />
      </div>
      <div class="status">
        <StatusHead />
        <StatusNotes />
      </div>
      <Gas />
      <div class={`panes${dim}`}>
        <div class="state-panes">
          <StatePanes />
        </div>
        <Splitter label="Width of the stack panes" direction="vertical" at={layout.stateWidth} min={20} max={80} onMove={(stateWidth) => dispatch({ kind: "layoutChanged", layout: { stateWidth } })} />
        <div class="memory-panes">
          <Memory />
          <Heap />
        </div>
      </div>
    </section>
  );
}

function StatePanes() {
  return (
    <>
      <CallStack />
      <Exceptions />
      <OperandStack />
      <Locals />
      <Labels />
      <Globals />
      <Tables />
    </>
  );
}

/** The strip at the bottom; the place of time. */
function Timeline() {
  const ticks = useSelect(ticksOf);
  return (
    <footer class="timeline" aria-label="Time">
      <span class="timeline-label">time</span>
      <span class="timeline-ticks">{ticks}</span>
      <span class="timeline-hint quiet">
        <kbd>s</kbd> step <kbd>o</kbd> over <kbd>u</kbd> out <kbd>c</kbd> continue <kbd>r</kbd> restart <kbd>/</kbd> all commands
      </span>
    </footer>
  );
}

const CARDS: readonly { readonly card: Card; readonly name: string }[] = [
  { card: "step", name: "Step" },
  { card: "stack", name: "Stack" },
  { card: "memory", name: "Memory" },
  { card: "gas", name: "Gas" },
  { card: "output", name: "Output" },
];

/** Where browsers do not tell when a scroll has ended, it has after this time without one, in milliseconds (chosen). */
const SCROLL_REST = 150;

function Cards({ onDownloadTrace }: { onDownloadTrace(): void }) {
  const card = useSelect((state) => state.layout.card);
  const lines = useSelect(printedLines);
  // What is wrong and what was printed is read also while the machine is another's.
  const dim = useDimmed();
  const dispatch = useDispatch();
  const track = useRef<HTMLDivElement>(null);
  const at = CARDS.findIndex((candidate) => candidate.card === card);
  const rest = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  // Cards out of sight are out of the reading and tab order too; the browser's search finds what is on them. While a hand moves them all are drawn.
  const settle = (): void => {
    [...(track.current?.children ?? [])].forEach((child, index) => {
      if (child instanceof HTMLElement) child.hidden = index !== at && "until-found";
    });
  };
  const move = (): void => {
    for (const child of track.current?.children ?? []) if (child instanceof HTMLElement) child.hidden = false;
    if ("onscrollend" in window) return;
    clearTimeout(rest.current);
    rest.current = setTimeout(stand, SCROLL_REST);
  };
  const stand = (): void => {
    const box = track.current;
    const seen = box && CARDS[Math.round(box.scrollLeft / box.clientWidth)];
    if (seen && seen.card !== card) dispatch({ kind: "cardChosen", card: seen.card });
    else settle();
  };
  useLayoutEffect(() => {
    const box = track.current;
    if (box && Math.round(box.scrollLeft / box.clientWidth) !== at) {
      move();
      box.scrollTo({ left: at * box.clientWidth });
    }
    settle();
  }, [at]);
  return (
    <section class="cards" aria-label="Machine">
      <StatusHead />
      <div class="tabs card-tabs" role="tablist" aria-label="Cards">
        {CARDS.map(({ card: candidate, name }) => (
          <button key={candidate} type="button" role="tab" class="tab" aria-selected={candidate === card} onClick={() => dispatch({ kind: "cardChosen", card: candidate })}>
            {name}
            {candidate === "output" && lines > 0 && <span class="tab-count">{groupThousands(lines)}</span>}
          </button>
        ))}
      </div>
      <div
        class="card-track"
        ref={track}
        onScroll={move}
        onScrollEnd={stand}
      >
        <div class="card">
          <div class="status">
            <StatusNotes />
          </div>
          <CallForm />
          <Exceptions brief />
          <OperandStack />
          <Locals />
        </div>
        <div class={`card${dim}`}>
          <StatePanes />
        </div>
        <div class={`card card-memory${dim}`}>
          <Memory />
          <Heap />
        </div>
        <div class={`card${dim}`}>
          <Gas />
        </div>
        <div class="card card-output">
          <Dock onDownloadTrace={onDownloadTrace} />
        </div>
      </div>
    </section>
  );
}

function ThumbBar({ cursor }: { readonly cursor: () => number }) {
  return (
    <div class="thumb-bar">
      <Controls cursor={cursor} />
    </div>
  );
}

function Notices() {
  const notices = useSelect(noticesOf);
  const dispatch = useDispatch();
  const focus = useFocusBack(mainButton);
  return (
    <div class="notices" aria-live="polite" {...focus}>
      {notices.map((notice) => (
        <p key={notice.id} class={`notice notice-${notice.tone}`} role={notice.tone === "error" ? "alert" : "note"}>
          <span>{notice.text}</span>
          {notice.undo && <Undo id={notice.id} action={notice.undo} />}
          <button type="button" class="icon-button" aria-label="Dismiss" onClick={() => dispatch({ kind: "noticeDismissed", id: notice.id })}>
            ×
          </button>
        </p>
      ))}
    </div>
  );
}

function Undo({ id, action }: { readonly id: number; readonly action: Action }) {
  const dispatch = useDispatch();
  const undo = (): void => {
    dispatch({ kind: "noticeDismissed", id });
    dispatch(action);
  };
  return (
    <button type="button" class="small-button" onClick={undo}>
      Undo
    </button>
  );
}

function useMedia(query: string): boolean {
  const [matches, setMatches] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const list = matchMedia(query);
    const listen = (): void => setMatches(list.matches);
    list.addEventListener("change", listen);
    return () => list.removeEventListener("change", listen);
  }, [query]);
  return matches;
}

/** Files dropped anywhere are opened; the answer is true while some hover over the page. */
function useDropping(): boolean {
  const store = useStore();
  const [dropping, setDropping] = useState(false);
  useEffect(() => {
    const say = (thrown: unknown): void => store.dispatch({ kind: "noticed", tone: "error", text: messageOf(thrown) });
    const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") ?? false;
    const over = (event: DragEvent): void => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setDropping(true);
    };
    const leave = (event: DragEvent): void => {
      if (event.relatedTarget === null) setDropping(false);
    };
    const drop = (event: DragEvent): void => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setDropping(false);
      const folders = event.dataTransfer && droppedFolders(event.dataTransfer);
      if (folders) {
        store.track(folders.then((brought) => openFolder(store, brought))).catch(say);
        return;
      }
      const files = [...(event.dataTransfer?.files ?? [])];
      store.track(openFiles(store, files, false)).catch(say);
    };
    const paste = (event: ClipboardEvent): void => {
      const { target } = event;
      const intoText = target instanceof HTMLElement && (target.isContentEditable || target.matches("input, textarea"));
      if (!event.clipboardData || store.state.peek().dialog || (intoText && event.clipboardData.files.length === 0)) return;
      event.preventDefault();
      store.track(openPaste(store, event.clipboardData)).catch(say);
    };
    window.addEventListener("dragover", over);
    window.addEventListener("dragleave", leave);
    window.addEventListener("drop", drop);
    window.addEventListener("paste", paste);
    return () => {
      window.removeEventListener("dragover", over);
      window.removeEventListener("dragleave", leave);
      window.removeEventListener("drop", drop);
      window.removeEventListener("paste", paste);
    };
  }, []);
  return dropping;
}
