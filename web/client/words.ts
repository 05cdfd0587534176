/** A list of 64-bit words that grows in place, so that many short pieces cost no more than their words. */
export class Words {
  #words = new BigUint64Array(256);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  add(piece: BigUint64Array): void {
    const length = this.#length + piece.length;
    if (length > this.#words.length) {
      const grown = new BigUint64Array(Math.max(this.#words.length * 2, length));
      grown.set(this.#words.subarray(0, this.#length));
      this.#words = grown;
    }
    this.#words.set(piece, this.#length);
    this.#length = length;
  }

  /** A copy of all of them. */
  all(): BigUint64Array {
    return this.#words.slice(0, this.#length);
  }
}
