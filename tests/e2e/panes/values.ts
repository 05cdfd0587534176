// A pane of named values: operand stack, locals, globals, tables.
import type { Locator } from 'playwright-core';
import type { App } from './app.ts';
import { oneLine, plain } from './text.ts';

export interface ShownValue {
  readonly name: string;
  /** As shown, without thousands marks. */
  readonly value: string;
  readonly type: string;
  /** The value one stop earlier, where it differs. */
  readonly before?: string;
}

/** A vector is told by its shape and lanes. */
async function shownValue(row: Locator): Promise<{ readonly value: string; readonly type: string }> {
  const shape = row.getByRole('combobox', { name: /^shape of / });
  if ((await shape.count()) > 0) {
    const lanes = await row.locator('.lane-text').allInnerTexts();
    return { value: [await shape.inputValue(), ...lanes.map(plain)].join(' '), type: 'v128' };
  }
  return { value: plain(await row.locator('.value-text').innerText()), type: oneLine(await row.locator('.value-type').innerText()) };
}

export class ValuesPane {
  constructor(
    private readonly app: App,
    private readonly name: string,
  ) {}

  region(): Locator {
    return this.app.pane(this.name);
  }

  /** Panes that a layout keeps folded are opened first. */
  async unfold(): Promise<void> {
    const fold = this.region().getByRole('button', { name: this.name, exact: true });
    if ((await fold.count()) > 0 && (await fold.getAttribute('aria-expanded')) === 'false') {
      await fold.click();
      await this.app.idle();
    }
  }

  async rows(): Promise<readonly ShownValue[]> {
    await this.unfold();
    const rows = await this.region().locator('.row').all();
    return Promise.all(
      rows.map(async (row) => {
        const before = row.locator('.value-before');
        const old = (await before.count()) > 0 ? plain(oneLine(await before.innerText()).replace(/^was /, '')) : undefined;
        return {
          name: oneLine(await row.locator('.row-name').innerText()),
          ...(await shownValue(row)),
          ...(old === undefined ? {} : { before: old }),
        };
      }),
    );
  }

  async values(): Promise<readonly string[]> {
    return (await this.rows()).map(({ value }) => value);
  }

  async row(name: string): Promise<ShownValue> {
    const rows = await this.rows();
    const found = rows.find((row) => row.name === name || row.name.endsWith(` ${name}`));
    if (found === undefined) throw new Error(`${this.name} has no ${name}, only ${rows.map((row) => row.name).join(', ')}`);
    return found;
  }

  private rowOf(name: string): Locator {
    return this.region().locator('.row').filter({ has: this.app.page.locator('.row-name', { hasText: name }) }).first();
  }

  /** Goes to the object that a reference points to. */
  async follow(name: string): Promise<void> {
    await this.unfold();
    await this.rowOf(name).getByRole('button', { name: /, in the heap$/ }).click();
    await this.app.idle();
  }

  /** Changes a value by hand. */
  async edit(name: string, text: string): Promise<void> {
    await this.unfold();
    const row = this.rowOf(name);
    await row.getByRole('button', { name: /, change$/ }).click();
    await row.getByRole('textbox').fill(text);
    await row.getByRole('textbox').press('Enter');
    await this.app.idle();
  }
}
