// What a fresh worker needs to stand where another one stood.
import type { LoadedModule, LoadOptions, LoadResult } from "../protocol/engine.ts";
import type { JournalPiece, LoadReply, LoggedAction } from "../protocol/messages.ts";
import type { Project } from "../protocol/project.ts";
import { Words } from "./words.ts";

/** Words of the history that are kept, 64 MiB; a longer one cannot be replayed. */
const MOST_WORDS = 8 * 1024 * 1024;
/** What an action weighs in words: an object with a few small ones in it (chosen). */
const ACTION_WORDS = 32;

export class History {
  actions: LoggedAction[] = [];
  answers = new Words();
  /** False once the history became too long to keep. */
  whole = true;

  constructor(
    readonly project: Project,
    readonly options: LoadOptions,
    readonly modules: readonly LoadedModule[],
  ) {}

  keep(piece: JournalPiece): void {
    if (piece.fresh) this.#clear();
    this.whole ||= piece.fresh;
    if (!this.whole) return;
    this.actions.push(...piece.actions);
    this.answers.add(piece.answers);
    if (this.answers.length + this.actions.length * ACTION_WORDS <= MOST_WORDS) return;
    this.whole = false;
    this.#clear();
  }

  #clear(): void {
    this.actions = [];
    this.answers = new Words();
  }
}

export function loadResultOf(reply: LoadReply): LoadResult {
  if (reply.kind === "failed") return reply;
  const modules: readonly LoadedModule[] = JSON.parse(reply.modules);
  return { ...reply, modules };
}

export function hasUserCode(project: Project, options: LoadOptions): boolean {
  return options.hostCodeAllowed && project.hostCode.trim() !== "";
}
