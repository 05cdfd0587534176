// The call stack: innermost frame first.
import type { Locator } from 'playwright-core';
import type { App } from './app.ts';
import { oneLine } from './text.ts';

export class CallStack {
  constructor(private readonly app: App) {}

  region(): Locator {
    return this.app.pane('Call stack');
  }

  async frames(): Promise<readonly string[]> {
    return (await this.region().locator('.frame-row .row-name').allInnerTexts()).map(oneLine);
  }

  /** 0 is the innermost. */
  async choose(index: number): Promise<void> {
    await this.region().locator('.frame-row').nth(index).click();
    await this.app.idle();
  }

  /** How deep calls nest. */
  async depth(): Promise<number> {
    const count = this.region().locator('.count');
    return (await count.count()) === 0 ? 0 : Number((await count.innerText()).replaceAll(',', ''));
  }
}
