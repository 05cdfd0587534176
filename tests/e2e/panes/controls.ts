// The state badge, the step controls and the sentence about the last step.
import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { eventually } from '../harness/eventually.ts';
import type { App } from './app.ts';
import { oneLine, plain } from './text.ts';

export const STATES = ['READY', 'RUNNING', 'WAITING', 'PAUSED', 'FINISHED', 'TRAPPED', 'BROKEN'] as const;
export type StateWord = (typeof STATES)[number];

export class Controls {
  constructor(private readonly app: App) {}

  badge(): Locator {
    return this.app.page.getByRole('status').filter({ hasText: new RegExp(`^(${STATES.join('|')})$`) }).first();
  }

  async state(): Promise<StateWord> {
    const text = (await this.badge().innerText()).trim();
    const word = STATES.find((state) => state === text);
    assert.ok(word, `the badge says "${text}"`);
    return word;
  }

  async waitFor(state: StateWord): Promise<void> {
    await eventually(async () => assert.equal(await this.state(), state));
  }

  /** The badge with where and why beside it. */
  async status(): Promise<string> {
    return oneLine(await this.app.page.locator('.status-line').first().innerText());
  }

  async stepIn(times = 1): Promise<void> {
    await this.click('Step in', times);
  }

  async stepOver(times = 1): Promise<void> {
    await this.click('Step over', times);
  }

  async stepOut(): Promise<void> {
    await this.click('Step out', 1);
  }

  async run(): Promise<void> {
    await this.click('Run', 1);
  }

  /** Presses Run and does not wait for the end. */
  async startRun(): Promise<void> {
    await this.app.button('Run').click();
  }

  async continue(): Promise<void> {
    await this.click('Continue', 1);
  }

  async pause(): Promise<void> {
    await this.click('Pause', 1);
  }

  async restart(): Promise<void> {
    await this.click('Restart', 1);
  }

  private async click(name: string, times: number): Promise<void> {
    for (let time = 0; time < times; time += 1) {
      await this.app.button(name).click();
      await this.app.idle();
    }
  }

  /** The line below the badge: what the last step did, the results of a call, or the sentence of a trap. */
  async sentence(): Promise<string> {
    return oneLine(await this.app.page.locator('.effect').first().innerText());
  }

  /** The results of a finished call, as shown, without thousands marks. */
  async results(): Promise<readonly string[]> {
    const results = this.app.page.getByRole('group', { name: 'Results' });
    return (await results.locator('strong').allInnerTexts()).map(plain);
  }

  async expectResults(...expected: readonly string[]): Promise<void> {
    await this.waitFor('FINISHED');
    assert.deepEqual(await this.results(), expected);
  }

  /** Waits for a trap whose sentence has these words. */
  async expectTrap(words: RegExp): Promise<void> {
    await this.waitFor('TRAPPED');
    assert.match(await this.sentence(), words);
  }
}
