// Counts work under way, so that tests and people waiting can know when the page has come to rest.

export class Tasks {
  #open = 0;
  #waiting: (() => void)[] = [];

  /** Begins a piece of work; the answer ends it, and ending twice is harmless. */
  begin(): () => void {
    this.#open += 1;
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      this.#open -= 1;
      if (this.#open > 0) return;
      const waiting = this.#waiting;
      this.#waiting = [];
      for (const resolve of waiting) resolve();
    };
  }

  async track<T>(work: Promise<T>): Promise<T> {
    const end = this.begin();
    try {
      return await work;
    } finally {
      end();
    }
  }

  /** Work that ends may begin other work in the same turn, so rest is only believed after a turn without any. */
  async idle(): Promise<void> {
    for (;;) {
      if (this.#open > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
      await new Promise((resolve) => setTimeout(resolve, 0));
      if (this.#open === 0) return;
    }
  }
}
