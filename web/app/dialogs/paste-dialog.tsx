// What to do with a text that was pasted outside of any field: nothing takes the place of the project unasked.

import { messageOf } from "../../base/assert.ts";
import { useStore } from "../../state/use.ts";
import { groupThousands } from "../../state/values.ts";
import { Dialog } from "../../widgets/dialog.tsx";
import { isProjectText, linkIn, openText } from "../opening.ts";

/** Lines of the text that are shown; enough to know it again. */
const SHOWN_LINES = 8;
const SHOWN_LENGTH = 2_000;

export function PasteDialog({ text }: { readonly text: string }) {
  const store = useStore();
  const close = (): void => store.dispatch({ kind: "dialogClosed" });
  const open = (add: boolean) => (): void => {
    close();
    store.track(openText(store, text, add)).catch((thrown: unknown) => store.dispatch({ kind: "noticed", tone: "error", text: messageOf(thrown) }));
  };
  const isLink = linkIn(text) !== undefined;
  const isProject = isLink || isProjectText(text);
  const lines = text.split("\n");
  const { title } = store.state.peek().project;
  const what = isLink ? "a link to a project" : isProject ? "a project" : lines.length === 1 ? "a text of one line" : `a text of ${groupThousands(lines.length)} lines`;
  return (
    <Dialog title="Paste" onClose={close}>
      <p>
        The clipboard holds {what}, and no field or editor has the focus. Where should it go?
      </p>
      <pre class="paste-shown">
        {lines.slice(0, SHOWN_LINES).join("\n").slice(0, SHOWN_LENGTH)}
        {lines.length > SHOWN_LINES && "\n…"}
      </pre>
      <div class="stack-row">
        {!isProject && (
          <button type="button" class="button button-primary" onClick={open(true)}>
            Add it as a module
          </button>
        )}
        <button type="button" class={isProject ? "button button-primary" : "button"} onClick={open(false)}>
          Open it instead of {title === "" ? "this project" : title}
        </button>
        <button type="button" class="button" onClick={close}>
          Keep the project
        </button>
      </div>
      <p class="quiet">What was changed in a project that goes stays under Open, Earlier work.</p>
    </Dialog>
  );
}
