// Records whose keys are names that people chose.

/** What the record itself has under a key. A plain look-up would find `constructor` and `__proto__` in every record. */
export function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
