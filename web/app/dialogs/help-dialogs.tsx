// Help, keys and the command palette.

import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { readyMade } from "../../protocol/ready-made.ts";
import { useStore } from "../../state/use.ts";
import { groupThousands } from "../../state/values.ts";
import { Dialog } from "../../widgets/dialog.tsx";
import { KEY_HELP } from "../keys.ts";
import type { PaletteCommand } from "../palette.ts";

export function KeysDialog() {
  const store = useStore();
  return (
    <Dialog title="Keys" onClose={() => store.dispatch({ kind: "dialogClosed" })}>
      <p class="quiet">Single letters work while no text has the focus; function keys work everywhere.</p>
      <dl class="keys">
        {KEY_HELP.map(({ keys, does }) => (
          <div key={keys} class="key-row">
            <dt>
              {keys.split(", ").map((key, index) => (
                <>
                  {index > 0 && " "}
                  <kbd>{key}</kbd>
                </>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}

export function HelpDialog() {
  const store = useStore();
  const groups = [...new Set(readyMade.map((row) => row.module))];
  return (
    <Dialog title="Help" wide onClose={() => store.dispatch({ kind: "dialogClosed" })}>
      <p>
        Waspnest runs a WebAssembly module one instruction at a time, in this page, without a server. Write the module on the left, choose a function and its arguments, and press <strong>Step in</strong>: the amber mark is the
        instruction that comes next, the underlined one has just run, and the line under the badge says what it did.
      </p>
      <p>
        Click a value to change it while the machine is paused. Click in the gutter for a breakpoint: a ring stops at another line than its own, a crossed one never stops, and a tip says why. The machine stops at a trap with everything still there
        to be read. Out of gas is only a pause: add some and it goes on; the next call has the limit again. What a program draws is under Canvas, with the keys that it listens to.
      </p>
      <p>
        After an edit in the middle of a call <strong>Continue</strong> and the steps go on with the text before, and <strong>Run</strong> begins with the new one. <strong>Compare</strong> makes the call on a machine of its own and on the browser's own
        engine, and tells what the specification leaves to the engine from what is a true difference.
      </p>
      <p>
        <button type="button" class="button" onClick={() => store.dispatch({ kind: "dialogOpened", dialog: { kind: "reference" } })}>
          All instructions
        </button>{" "}
        <span class="quiet">
          what each takes, gives, does and costs; also with <kbd>i</kbd>
        </span>
      </p>
      <p>
        Drop a <code>.wast</code> script, or a folder of them such as the official test suite: each directive is run and listed with pass or fail, and <strong>Open paused</strong> puts the machine just before it.
      </p>
      <p>
        Gas is counted by the schedule that is chosen beside it. What is free there still counts as an instruction: by <code>instructions</code> everything costs 1 but <code>block</code>, <code>loop</code>, <code>try_table</code>,{" "}
        <code>else</code>, <code>end</code> and <code>nop</code>, so a call may take more instructions than gas. <strong>Costs</strong> shows every price.
      </p>
      <h3>Imports that are ready-made</h3>
      <p class="quiet">
        For example <code>(import "print" "i32" (func $print (param i32)))</code>. A function of the same name in host.js wins.
      </p>
      {groups.map((group) => (
        <dl key={group} class="ready-made">
          <h4>"{group}"</h4>
          {readyMade
            .filter((row) => row.module === group)
            .map((row) => (
              <div key={row.name}>
                <dt>
                  <code>
                    "{row.name}" ({row.params.join(" ")}){row.results.length > 0 ? ` → ${row.results.join(" ")}` : ""}
                  </code>
                </dt>
                <dd>{row.summary}</dd>
              </div>
            ))}
        </dl>
      ))}
      <h3>Imports in JavaScript</h3>
      <p>
        host.js is a module; each export is one import module, and each of its functions gets a context first: <code>{"export const env = { log(ctx, x) { ctx.print(x) } }"}</code>. The context reads and writes memory (
        <code>ctx.memory()</code>), globals and tables, knows the gas (<code>ctx.gas</code>, <code>ctx.charge(n)</code>), prints and draws, and throws exceptions that the
        module catches (<code>{'ctx.throw("tag", ...values)'}</code>). What it is given of the program's heap (structures, arrays, exceptions) is good until it
        has answered; <code>ctx.keep(it)</code> keeps it until <code>ctx.release(it)</code>. An imported tag is described by what it carries: <code>{'export const env = { lost: { parameters: ["i32"] } }'}</code>. It runs in a sandbox without network, storage or this page.
      </p>
    </Dialog>
  );
}

/** Rows of the palette; more are found by typing (chosen). */
const SHOWN = 60;

export function PaletteDialog({ commands }: { readonly commands: () => readonly PaletteCommand[] }) {
  const store = useStore();
  const [filter, setFilter] = useState("");
  const [at, setAt] = useState(0);
  const list = useRef<HTMLUListElement>(null);
  const all = useMemo(commands, []);
  const words = filter.toLowerCase().split(/\s+/);
  const found = all.filter((command) => words.every((word) => command.name.toLowerCase().includes(word)));
  const shown = found.slice(0, SHOWN);
  const active = Math.min(at, Math.max(0, shown.length - 1));
  useEffect(() => list.current?.children[active]?.scrollIntoView({ block: "nearest" }), [active]);
  const chosen = useRef<PaletteCommand | undefined>(undefined);
  // When the dialog is gone and has given the focus back: a command may take it elsewhere.
  useLayoutEffect(
    () => () => {
      if (chosen.current) queueMicrotask(chosen.current.run);
    },
    [],
  );
  const close = (): void => store.dispatch({ kind: "dialogClosed" });
  const run = (command: PaletteCommand | undefined): void => {
    if (!command) return;
    chosen.current = command;
    close();
  };
  return (
    <Dialog title="Commands" onClose={close}>
      <input
        class="field palette-input"
        aria-label="Command"
        role="combobox"
        aria-expanded="true"
        aria-controls="palette-list"
        aria-activedescendant={shown[active] ? `palette-${active}` : undefined}
        placeholder="a command, example or function"
        autoFocus
        value={filter}
        spellcheck={false}
        autocomplete="off"
        onInput={(event) => {
          setFilter(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={(event) => {
          if (event.key === "ArrowDown" || event.key === "ArrowUp") {
            event.preventDefault();
            setAt((active + (event.key === "ArrowDown" ? 1 : shown.length - 1)) % Math.max(1, shown.length));
          }
          if (event.key === "Enter") {
            event.preventDefault();
            run(shown[active]);
          }
        }}
      />
      <ul class="palette" id="palette-list" role="listbox" aria-label="Commands" ref={list}>
        {shown.map((command, index) => (
          <li key={command.name} id={`palette-${index}`} role="option" aria-selected={index === active} class="palette-item" onClick={() => run(command)}>
            <span>{command.name}</span>
            {command.keys !== "" && <kbd>{command.keys}</kbd>}
          </li>
        ))}
        {found.length === 0 && <li class="quiet">no command of that name</li>}
      </ul>
      <p class="quiet" role="status">
        {found.length > SHOWN && `${groupThousands(found.length - SHOWN)} more: type to narrow the list`}
      </p>
    </Dialog>
  );
}
