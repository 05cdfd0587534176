// The call form: which export, with which arguments.
import type { Locator } from 'playwright-core';
import type { App } from './app.ts';

export class CallForm {
  constructor(private readonly app: App) {}

  private exportChoice(): Locator {
    return this.app.page.getByLabel('Function to call');
  }

  /** The exports offered, as shown with their types. */
  async offered(): Promise<readonly string[]> {
    return (await this.exportChoice().locator('option').allInnerTexts()).map((text) => text.trim());
  }

  async chosen(): Promise<string> {
    return this.exportChoice().locator('option:checked').innerText();
  }

  /** Chooses an export; of modules that share the name, the last. */
  async choose(name: string): Promise<void> {
    const filter = this.app.page.getByLabel('Filter functions');
    if ((await filter.count()) > 0) await filter.fill(name);
    const options = await this.offered();
    // With several modules their names stand in front.
    const index = options.findLastIndex((text) => text === name || text.endsWith(` ${name}`));
    if (index < 0) throw new Error(`no export ${name} among ${options.join(' | ')}`);
    await this.exportChoice().selectOption({ index });
    await this.app.idle();
  }

  arguments(): Locator {
    return this.app.page.getByRole('form', { name: 'Call' }).getByRole('textbox');
  }

  async values(): Promise<readonly string[]> {
    const fields = await this.arguments().all();
    return Promise.all(fields.map((field) => field.inputValue()));
  }

  /** Types all arguments, in the order of the parameters. */
  async fill(...values: readonly string[]): Promise<void> {
    for (const [index, value] of values.entries()) await this.arguments().nth(index).fill(value);
    await this.app.idle();
  }

  async call(name: string, ...args: readonly string[]): Promise<void> {
    await this.choose(name);
    await this.fill(...args);
    await this.app.controls.run();
  }

  /** What is said about an argument that is not a value of its type. */
  problem(): Locator {
    return this.app.page.getByRole('form', { name: 'Call' }).getByRole('alert');
  }
}
