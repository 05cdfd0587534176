// All dialogs, loaded when the page is at rest or the first of them is asked for.

import { assertUnreachable } from "../../base/assert.ts";
import type { Dialog } from "../../state/state.ts";
import { useStore } from "../../state/use.ts";
import type { CodeHandle } from "../code-area.tsx";
import { paletteCommands } from "../palette.ts";
import { PasteDialog } from "./paste-dialog.tsx";
import { HelpDialog, KeysDialog, PaletteDialog } from "./help-dialogs.tsx";
import { ExamplesDialog, OpenDialog, SaveDialog, ShareDialog } from "./project-dialogs.tsx";
import { ReferenceDialog } from "./reference-dialog.tsx";
import { LimitsDialog, ScheduleDialog } from "./settings-dialogs.tsx";

export function OpenedDialog({ dialog, code }: { readonly dialog: Dialog; readonly code: () => CodeHandle | undefined }) {
  const store = useStore();
  switch (dialog.kind) {
    case "open":
      return <OpenDialog />;
    case "examples":
      return <ExamplesDialog />;
    case "paste":
      return <PasteDialog text={dialog.text} />;
    case "share":
      return <ShareDialog />;
    case "save":
      return <SaveDialog />;
    case "help":
      return <HelpDialog />;
    case "keys":
      return <KeysDialog />;
    case "reference":
      return <ReferenceDialog at={dialog.at} />;
    case "palette":
      return <PaletteDialog commands={() => paletteCommands(store, code())} />;
    case "schedule":
      return <ScheduleDialog />;
    case "limits":
      return <LimitsDialog />;
    default:
      return assertUnreachable(dialog);
  }
}
