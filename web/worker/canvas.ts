// A picture of pixels that host code draws and the page shows.

const LARGEST = 2048;

export class Canvas {
  #width = 256;
  #height = 256;
  #pixels = new Uint8ClampedArray(256 * 256 * 4);
  #view = new DataView(this.#pixels.buffer);

  get width(): number {
    return this.#width;
  }

  get height(): number {
    return this.#height;
  }

  /** A copy of the pixels, R, G, B, A each. */
  picture(): Uint8ClampedArray {
    return this.#pixels.slice();
  }

  /** Clears the canvas to transparent black. Throws a RangeError outside 1 to 2048. */
  size(width: number, height: number): void {
    if (!(Number.isInteger(width) && Number.isInteger(height) && width >= 1 && height >= 1 && width <= LARGEST && height <= LARGEST))
      throw new RangeError(`a canvas of ${width} by ${height} pixels is not possible; both must be from 1 to ${LARGEST}`);
    this.#width = width;
    this.#height = height;
    this.#pixels = new Uint8ClampedArray(width * height * 4);
    this.#view = new DataView(this.#pixels.buffer);
  }

  /** Pixels outside the canvas are left out, as on any screen. */
  pixel(x: number, y: number, rgba: number): void {
    if (x < 0 || y < 0 || x >= this.#width || y >= this.#height) return;
    this.#view.setUint32((Math.trunc(y) * this.#width + Math.trunc(x)) * 4, rgba >>> 0);
  }

  fill(rgba: number): void {
    this.rect(0, 0, this.#width, this.#height, rgba);
  }

  rect(x: number, y: number, width: number, height: number, rgba: number): void {
    const left = Math.max(0, Math.trunc(x));
    const top = Math.max(0, Math.trunc(y));
    const right = Math.min(this.#width, Math.trunc(x + width));
    const bottom = Math.min(this.#height, Math.trunc(y + height));
    for (let row = top; row < bottom; row += 1) {
      for (let column = left; column < right; column += 1) this.#view.setUint32((row * this.#width + column) * 4, rgba >>> 0);
    }
  }

  /** Replaces all pixels. */
  blit(bytes: Uint8Array): void {
    this.#pixels.set(bytes.subarray(0, this.#pixels.length));
  }

  clear(): void {
    this.size(256, 256);
  }
}
