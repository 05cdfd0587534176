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

  /** Read in the page at once: a hundred rows are some hundred questions else, which take Firefox half a minute. */
  async rows(): Promise<readonly ShownValue[]> {
    await this.unfold();
    const rows = await this.region()
      .locator('.row')
      .evaluateAll((found) =>
        found.map((row) => {
          const textOf = (selector: string): string | undefined => row.querySelector<HTMLElement>(selector)?.innerText;
          const shape = row.querySelector<HTMLSelectElement>('select[aria-label^="shape of "]')?.value;
          const lanes = [...row.querySelectorAll<HTMLElement>('.lane-text')].map((lane) => lane.innerText);
          return { name: textOf('.row-name') ?? '', value: textOf('.value-text') ?? '', type: textOf('.value-type') ?? '', before: textOf('.value-before'), shape, lanes };
        }),
      );
    return rows.map(({ name, value, type, before, shape, lanes }) => ({
      name: oneLine(name),
      // A vector is told by its shape and lanes.
      ...(shape === undefined ? { value: plain(value), type: oneLine(type) } : { value: [shape, ...lanes.map(plain)].join(' '), type: 'v128' }),
      ...(before === undefined ? {} : { before: plain(oneLine(before).replace(/^was /, '')) }),
    }));
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
