// The pane of exceptions: each with its tag, what it carries, why it is in sight and where it is caught.
import type { Locator } from 'playwright-core';
import type { App } from './app.ts';
import { oneLine, plain } from './text.ts';

export interface ShownException {
  readonly tag: string;
  /** With their types. */
  readonly values: readonly string[];
  /** `thrown next`, `just caught`, `uncaught`, or what holds it. */
  readonly state: string;
  /** The sentence about where it is caught. */
  readonly way: string;
}

export class Exceptions {
  constructor(private readonly app: App) {}

  region(): Locator {
    return this.app.pane('Exceptions');
  }

  async rows(): Promise<readonly ShownException[]> {
    const rows = await this.region().getByRole('list', { name: 'Exceptions in sight' }).getByRole('listitem').all();
    return Promise.all(
      rows.map(async (row) => ({
        tag: oneLine(await row.locator('.exception-tag').innerText()),
        values: (await row.locator('.value').allInnerTexts()).map(plain),
        state: oneLine(await row.locator('.tag').innerText()),
        way: oneLine(await row.locator('.exception-way').innerText()),
      })),
    );
  }

  /** Goes to a place in the text that a sentence names. */
  async show(place: string | RegExp): Promise<void> {
    await this.region().getByRole('button', { name: place }).first().click();
    await this.app.idle();
  }
}
