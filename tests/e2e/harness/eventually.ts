// Waiting for what must become true, without guessing how long it takes.

/** After this the last failure is reported (chosen: far above what any test needs on a busy machine). */
const PATIENCE_MILLIS = 10_000;

/** Repeats `assertion` until it does not throw; throws its last error when patience ends. Gives its result. */
export async function eventually<T>(assertion: () => Promise<T> | T, patienceMillis = PATIENCE_MILLIS): Promise<T> {
  const end = performance.now() + patienceMillis;
  for (;;) {
    try {
      return await assertion();
    } catch (error) {
      if (performance.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
