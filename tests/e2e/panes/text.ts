// Text as the page shows it, made comparable.

/** White space as single blanks. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** Without the marks between groups of digits. */
export function plain(text: string): string {
  return oneLine(text.replaceAll('\u2009', '')).replace(/(?<=\d),(?=\d{3})/g, '');
}
