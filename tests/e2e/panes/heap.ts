// The heap pane: objects by type, one of them in full, what refers to it.
import type { Locator } from 'playwright-core';
import type { App } from './app.ts';
import { oneLine, plain } from './text.ts';
import type { ShownValue } from './values.ts';

export interface ShownObject {
  readonly text: string;
  readonly changed: boolean;
  readonly outOfReach: boolean;
}

function startingWith(text: string): RegExp {
  return new RegExp(`^${text.replaceAll('$', '\\$')} `);
}

export class Heap {
  constructor(private readonly app: App) {}

  region(): Locator {
    return this.app.pane('Heap');
  }

  /** What is shown is what was asked for. */
  async settled(): Promise<void> {
    await this.app.idle();
    await this.app.page.locator('.heap [aria-busy="false"]').waitFor();
  }

  private detail(): Locator {
    return this.app.page.getByRole('region', { name: /^Object #/ });
  }

  /** The types with the numbers of their objects and their bytes: `$node 3 84 bytes`. */
  async kinds(): Promise<readonly string[]> {
    await this.settled();
    const buttons = await this.region().getByRole('group', { name: 'Types of objects' }).getByRole('button').allInnerTexts();
    return buttons.map(oneLine);
  }

  async chooseKind(name: string): Promise<void> {
    await this.region().getByRole('group', { name: 'Types of objects' }).getByRole('button', { name }).click();
    await this.settled();
  }

  async objects(): Promise<readonly ShownObject[]> {
    await this.settled();
    const rows = await this.region().getByRole('list', { name: 'Objects' }).getByRole('button').all();
    return Promise.all(
      rows.map(async (row) => {
        const tags = await row.locator('.tag').allInnerTexts();
        return { text: plain(await row.locator('.value-text').innerText()), changed: tags.includes('changed'), outOfReach: tags.includes('out of reach') };
      }),
    );
  }

  /** `text`: how the object begins, `$point #0`. */
  async choose(text: string): Promise<void> {
    await this.region().getByRole('list', { name: 'Objects' }).getByRole('button', { name: startingWith(text) }).click();
    await this.settled();
  }

  /** Name of the object that is shown in full. */
  async shown(): Promise<string> {
    await this.settled();
    return oneLine(await this.detail().locator('.row-name').first().innerText());
  }

  /** Its fields or elements. */
  async parts(): Promise<readonly ShownValue[]> {
    await this.settled();
    const rows = await this.detail().locator('.parts > .row').all();
    return Promise.all(
      rows.map(async (row) => {
        const before = row.locator('.value-before');
        return {
          name: oneLine(await row.locator('.row-name').innerText()),
          value: plain(await row.locator('.value-text').innerText()),
          type: oneLine(await row.locator('.value-type').innerText()),
          ...((await before.count()) > 0 ? { before: plain(oneLine(await before.innerText()).replace(/^was /, '')) } : {}),
        };
      }),
    );
  }

  async edit(part: string, text: string): Promise<void> {
    const row = this.detail().locator('.parts > .row').filter({ has: this.app.page.locator('.row-name', { hasText: part }) });
    await row.locator('.value-button').click();
    await row.getByRole('textbox').fill(text);
    await row.getByRole('textbox').press('Enter');
    await this.settled();
  }

  /** Follows the reference in one of its fields or elements. */
  async follow(part: string): Promise<void> {
    await this.detail().locator('.parts > .row').filter({ hasText: part }).getByRole('button', { name: /in the heap$/ }).click();
    await this.settled();
  }

  /** To the object that was shown before, or forward again. */
  async leave(way: 'Back to the object before' | 'Forward again'): Promise<void> {
    await this.detail().getByRole('button', { name: way }).click();
    await this.settled();
  }

  async holders(): Promise<readonly string[]> {
    await this.settled();
    const rows = await this.detail().getByRole('list', { name: 'Referred to by' }).locator('.row').allInnerTexts();
    return rows.map((row) => oneLine(row).replace(/ ?↗$/, ''));
  }

  /** `1 to 64 of 1,000`. */
  async page(): Promise<string> {
    await this.settled();
    return oneLine(await this.region().locator('.pager').first().innerText()).replace(/[«‹›»]/g, '').trim();
  }

  async turn(name: string): Promise<void> {
    await this.region().getByRole('button', { name, exact: true }).click();
    await this.settled();
  }
}
