// The gas pane: used, limit, the cost of the next instruction, the schedule.
import type { Locator } from 'playwright-core';
import type { App } from './app.ts';
import { plain } from './text.ts';

export class Gas {
  constructor(private readonly app: App) {}

  region(): Locator {
    return this.app.pane('Gas');
  }

  async text(): Promise<string> {
    return plain(await this.region().innerText());
  }

  /** Used so far, as shown. */
  async used(): Promise<string> {
    return plain(await this.region().locator('.gas-numbers strong').innerText());
  }

  /** What the next instruction costs. */
  async next(): Promise<string> {
    return plain(await this.region().locator('.gas-next strong').innerText());
  }

  /** What is left, as the gauge tells it to a screen reader: `5 of 100 used, 95 remaining`. */
  async gauge(): Promise<string> {
    return plain((await this.region().getByRole('meter', { name: 'Gas used' }).getAttribute('aria-valuetext')) ?? '');
  }

  async chooseSchedule(name: string): Promise<void> {
    await this.app.page.getByLabel('Gas schedule').selectOption({ label: name });
    await this.app.idle();
  }

  async setLimit(text: string): Promise<void> {
    await this.app.button('Limits').click();
    const dialog = this.app.dialog('Limits');
    await dialog.getByLabel('Gas limit').fill(text);
    await dialog.getByRole('button', { name: 'Set limits' }).click();
    await this.app.idle();
  }

  /** Adds to the limit and goes on; offered when the gas is gone. */
  async addAndContinue(amount: '1,000' | '1,000,000' | '1,000,000,000'): Promise<void> {
    await this.app.button(`Add ${amount} gas and continue`).click();
    await this.app.idle();
  }
}
