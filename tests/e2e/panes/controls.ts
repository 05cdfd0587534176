// The state badge and the step controls.
import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';
import { eventually } from '../harness/eventually.ts';

export const STATES = ['READY', 'RUNNING', 'PAUSED', 'FINISHED', 'TRAPPED', 'BROKEN'] as const;
export type StateWord = (typeof STATES)[number];

export class Controls {
  constructor(private readonly page: Page) {}

  badge(): Locator {
    return this.page.getByText(new RegExp(`^(${STATES.join('|')})$`)).first();
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
}
