// What the app uses of this room.
export { DEFAULT_LIMITS } from "./document.ts";
export { PROJECT_FILE_EXTENSION, projectFileName, readProjectFile, saveProjectFile } from "./file.ts";
export { COMFORTABLE_LENGTH, decodeLink, encodeLink, looksLikeLink } from "./link.ts";
export type { FailureReason, ReadResult } from "./link.ts";
export { LIMIT_RANGES } from "./read-document.ts";
