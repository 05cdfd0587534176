// One way to end a line, so that positions mean the same in the editor, the checker and the machine.

/** Line ends as the editor counts them: one `\n` each. Texts from outside go through this before they are checked. */
export function normalizeText(text: string): string {
  return text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text;
}
