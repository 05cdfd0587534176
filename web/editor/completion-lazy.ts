// Completion in a module's text; see completion.ts.
import { autocompletion } from "@codemirror/autocomplete";
import type { Extension } from "@codemirror/state";
import type { InstructionInfo } from "../protocol/dto.ts";
import { completeWat, instructionOptions } from "./wat/completion.ts";

export { startCompletion } from "@codemirror/autocomplete";

export interface WatCompletionOptions {
  /** All instructions; empty until they are loaded. */
  readonly reference: () => readonly InstructionInfo[];
  /** What is shown beside the list. */
  readonly describe: (info: InstructionInfo) => Node;
}

export function watCompletion({ reference, describe }: WatCompletionOptions): Extension {
  let known: readonly InstructionInfo[] | undefined;
  let choices: ReturnType<typeof instructionOptions> = [];
  return autocompletion({
    override: [
      (context) => {
        const now = reference();
        if (now !== known) choices = instructionOptions(now, describe);
        known = now;
        return completeWat(context, choices);
      },
    ],
    icons: false,
    maxRenderedOptions: 60,
  });
}
