// The public face of this room.
export { createHostEditor, type HostEditor, type HostEditorOptions, type HostProblem } from "./host-editor.ts";
export { normalizeText } from "./normalize.ts";
export { createWatEditor, type EditorCommand, type Marks, type WatEditor, type WatEditorOptions } from "./wat-editor.ts";
