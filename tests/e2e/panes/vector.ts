// A vector on the page: its shape, its lanes, and what can be done with both.
import type { Locator, Page } from 'playwright-core';
import type { App } from './app.ts';
import { plain } from './text.ts';

export class VectorView {
  /** `name`: what it is called for screen readers, such as `local $v`, `top of stack`, `result 0`. */
  constructor(
    private readonly app: App,
    private readonly name: string,
    /** Where to look for it: a phone shows the locals on two cards. */
    private readonly within: Locator | Page = app.page,
  ) {}

  shapeChoice(): Locator {
    return this.within.getByRole('combobox', { name: `shape of ${this.name}`, exact: true });
  }

  lanesGroup(): Locator {
    return this.within.getByRole('group', { name: `lanes of ${this.name}`, exact: true });
  }

  async shape(): Promise<string> {
    return this.shapeChoice().inputValue();
  }

  async readAs(shape: string): Promise<void> {
    await this.shapeChoice().selectOption(shape);
    await this.app.idle();
  }

  /** Shape and lanes as one text, lane 0 first, without thousands marks. */
  async text(): Promise<string> {
    const lanes = await this.lanesGroup().locator('.lane-text').allInnerTexts();
    return [await this.shape(), ...lanes.map(plain)].join(' ');
  }

  /** What a screen reader says of the lanes that the last step changed. */
  async changed(): Promise<readonly string[]> {
    const names = await this.lanesGroup().locator('.lane-changed').evaluateAll((lanes) => lanes.map((lane) => lane.getAttribute('aria-label') ?? ''));
    return names.map((name) => plain(name.replace(`${this.name} `, '').replace(', change', '')));
  }

  lane(number: number): Locator {
    return this.lanesGroup().getByRole('button', { name: new RegExp(` lane ${number} .*, change$`) });
  }

  /** The field in which a lane or the whole is typed. */
  field(): Locator {
    return this.within.getByRole('textbox', { name: new RegExp(`^${this.name.replace(/[$[\]]/g, '\\$&')}( lane|, v128)`) });
  }

  async editLane(number: number, text: string): Promise<void> {
    await this.lane(number).click();
    await this.field().fill(text);
    await this.field().press('Enter');
    await this.app.idle();
  }

  async openWhole(): Promise<void> {
    await this.within.getByRole('button', { name: new RegExp(`^${this.name.replace(/[$[\]]/g, '\\$&')} .*, change the whole vector$`) }).click();
  }

  async edit(text: string): Promise<void> {
    await this.openWhole();
    await this.field().fill(text);
    await this.field().press('Enter');
    await this.app.idle();
  }
}
