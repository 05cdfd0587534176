// Open, Examples, Share and Save.

import { useEffect, useState } from "preact/hooks";
import { messageOf } from "../../base/assert.ts";
import { examples } from "../../examples/index.ts";
import { COMFORTABLE_LENGTH, encodeLink, projectFileName } from "../../share/index.ts";
import { emptyProject } from "../../state/state.ts";
import { projectToShare } from "../../state/screen.ts";
import { useStore } from "../../state/use.ts";
import { formatBytes, groupThousands } from "../../state/values.ts";
import { Dialog } from "../../widgets/dialog.tsx";
import { pickedFolder } from "../entries.ts";
import { openExample, openFiles, openFolder, openLink, openProject, openWork } from "../opening.ts";
import { download, downloadBinary, downloadProject, downloadText } from "../saving.ts";
import { useServices } from "../services.ts";
import type { EarlierWork, UnreadWork } from "../storage.ts";

export function OpenDialog() {
  const store = useStore();
  const { storage } = useServices();
  const [earlier, setEarlier] = useState<readonly EarlierWork[]>([]);
  const [unread, setUnread] = useState<(UnreadWork & { readonly id: string }) | undefined>(undefined);
  const [link, setLink] = useState("");
  const close = (): void => store.dispatch({ kind: "dialogClosed" });
  const say = (thrown: unknown): void => store.dispatch({ kind: "noticed", tone: "error", text: messageOf(thrown) });
  const openEarlier = async (id: string): Promise<void> => {
    const read = await storage.read(id);
    if (read?.kind === "unread") return setUnread({ ...read.unread, id });
    close();
    if (read) openWork(store, read);
    else say("This work is no longer there.");
  };
  useEffect(() => {
    store.track(storage.earlier()).then(setEarlier).catch(say);
  }, []);
  const pick = (add: boolean) => (event: Event): void => {
    if (!(event.currentTarget instanceof HTMLInputElement)) return;
    const files = [...(event.currentTarget.files ?? [])];
    if (files.length === 0) return;
    close();
    store.track(openFiles(store, files, add)).catch(say);
  };
  const pickFolder = (event: Event): void => {
    if (!(event.currentTarget instanceof HTMLInputElement)) return;
    const brought = pickedFolder(event.currentTarget.files ?? []);
    if (brought.length === 0) return;
    close();
    store.track(openFolder(store, brought)).catch(say);
  };
  return (
    <Dialog title="Open" onClose={close}>
      <div class="stack-row">
        <label class="button file-button">
          Choose files
          <input class="visually-hidden" type="file" multiple accept=".wat,.wasm,.wast,.json,.js,.txt" onChange={pick(false)} />
        </label>
        <label class="button file-button">
          Choose a folder
          <input class="visually-hidden" type="file" ref={(input) => input?.setAttribute("webkitdirectory", "")} onChange={pickFolder} />
        </label>
        <label class="button file-button">
          Add to this project
          <input class="visually-hidden" type="file" multiple accept=".wat,.wasm,.wast,.js" onChange={pick(true)} />
        </label>
        <button
          type="button"
          class="button"
          onClick={() => {
            close();
            openProject(store, emptyProject(), { kind: "new" }, "own");
          }}
        >
          New project
        </button>
      </div>
      <p class="quiet">.wat, .wasm and project files, and .wast scripts, also a whole folder of them. They can also be dropped on the page or pasted.</p>
      <form
        class="stack-row"
        onSubmit={(event) => {
          event.preventDefault();
          const fragment = link.slice(link.indexOf("#") + 1);
          close();
          store.track(openLink(store, fragment)).catch(say);
        }}
      >
        <input class="field grow" aria-label="Link" placeholder="or paste a link" value={link} onInput={(event) => setLink(event.currentTarget.value)} />
        <button type="submit" class="button" disabled={link.trim() === ""}>
          Open link
        </button>
      </form>
      <h3>Earlier work in this browser</h3>
      {earlier.length === 0 ? (
        <p class="quiet">None yet. What you change is kept here by itself.</p>
      ) : (
        <ul class="list">
          {earlier.map((work) => (
            <li key={work.id}>
              <button type="button" class="list-item" onClick={() => void store.track(openEarlier(work.id)).catch(say)}>
                <span>{work.title}</span>
                <span class="quiet">{new Date(work.time).toLocaleString()}</span>
              </button>
              {unread?.id === work.id && (
                <p class="warn" role="alert">
                  This page cannot read it: {unread.why}. It stays here as it is.{" "}
                  <button type="button" class="small-button" onClick={() => download(projectFileName(unread.title), new Blob([unread.text], { type: "application/json" }))}>
                    Save its text to a file
                  </button>
                </p>
              )}
            </li>
          ))}
        </ul>
      )}
    </Dialog>
  );
}

export function ExamplesDialog() {
  const store = useStore();
  const close = (): void => store.dispatch({ kind: "dialogClosed" });
  return (
    <Dialog title="Examples" wide onClose={close}>
      <ul class="examples">
        {examples.map((example) => (
          <li key={example.id}>
            <button
              type="button"
              class="example"
              onClick={() => {
                close();
                openExample(store, example);
              }}
            >
              <strong>{example.title}</strong>
              <span>{example.idea}</span>
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}

export function ShareDialog() {
  const store = useStore();
  const [link, setLink] = useState("");
  const [copied, setCopied] = useState(false);
  const close = (): void => store.dispatch({ kind: "dialogClosed" });
  useEffect(() => {
    const make = async (): Promise<void> => {
      const fragment = await encodeLink(projectToShare(store.state.peek()));
      setLink(`${location.href.split("#")[0]}#${fragment}`);
    };
    store.track(make()).catch((thrown: unknown) => store.dispatch({ kind: "noticed", tone: "error", text: messageOf(thrown) }));
  }, []);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(link);
    setCopied(true);
    store.dispatch({ kind: "projectSaved" });
  };
  const long = link.length > COMFORTABLE_LENGTH;
  return (
    <Dialog title="Share" onClose={close}>
      <p>A link that carries the whole project: texts, host code, schedule, limits, the call and its arguments, breakpoints, and what you look at now: the file and the cursor, folded panes, the tab below, the place in memory. The moment of the machine is not in it: it opens before the first instruction. Nothing is sent anywhere, and opening it runs nothing.</p>
      <div class="stack-row">
        <input class="field grow" aria-label="Link to this project" readOnly value={link} onFocus={(event) => event.currentTarget.select()} />
        <button
          type="button"
          class="button button-primary"
          disabled={link === ""}
          onClick={() => {
            copy().catch(() => store.dispatch({ kind: "noticed", tone: "info", text: "The browser did not allow copying; select the link and copy it by hand.", about: "parts" }));
          }}
        >
          {copied ? "Copied" : "Copy"}
        </button>
      </div>
      <p class={long ? "warn" : "quiet"} aria-live="polite">
        {link === "" ? "Making the link…" : `${groupThousands(link.length)} characters.`}
        {long && " Some programs cut links this long; a project file is safer."}
      </p>
      {long && (
        <button type="button" class="button" onClick={() => downloadProject(store)}>
          Save the project file
        </button>
      )}
    </Dialog>
  );
}

export function SaveDialog() {
  const store = useStore();
  const { language } = useServices();
  const close = (): void => store.dispatch({ kind: "dialogClosed" });
  const { project } = store.state.peek();
  const say = (thrown: unknown): void => store.dispatch({ kind: "noticed", tone: "error", text: messageOf(thrown) });
  return (
    <Dialog title="Save" onClose={close}>
      <p class="quiet">Every change is kept in this browser by itself. Files are for keeping it elsewhere.</p>
      <p>
        <button type="button" class="button button-primary" onClick={() => downloadProject(store)}>
          Save project file
        </button>
      </p>
      <h3>Modules</h3>
      <ul class="list">
        {project.modules.map((module) => (
          <li key={module.name} class="list-row">
            <span>
              <bdi>{module.name}</bdi> {module.kind === "binary" && <span class="quiet">{formatBytes(module.bytes.length)}</span>}
            </span>
            <span>
              <button type="button" class="small-button" aria-label={`Download ${module.name}.${module.kind === "script" ? "wast" : "wat"}`} onClick={() => downloadText(store, module)}>
                {module.kind === "script" ? ".wast" : ".wat"}
              </button>
              {module.kind !== "script" && (
                <button type="button" class="small-button" aria-label={`Download ${module.name}.wasm`} onClick={() => void downloadBinary(store, language, module).catch(say)}>
                  .wasm
                </button>
              )}
            </span>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
