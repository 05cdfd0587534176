// The Script pane: scripts, their directives, and the way into each.
import type { Locator } from 'playwright-core';
import type { App } from './app.ts';
import { oneLine } from './text.ts';

export class Script {
  constructor(private readonly app: App) {}

  region(): Locator {
    return this.app.pane('Script');
  }

  /** `✓ 12 passed ✗ 1 failed`. */
  async totals(): Promise<string> {
    return oneLine(await this.region().getByRole('status').first().innerText());
  }

  private options(list: 'Directives' | 'Scripts'): Locator {
    return this.region().getByRole('listbox', { name: list }).getByRole('option');
  }

  /** What is said of each directive in sight: `line 3, assert_return, pass`. */
  async directives(): Promise<readonly string[]> {
    return this.names(this.options('Directives'));
  }

  /** What is said of each script in sight: `i32.wast: 374 pass`. */
  async scripts(): Promise<readonly string[]> {
    return this.names(this.options('Scripts'));
  }

  private async names(options: Locator): Promise<readonly string[]> {
    return options.evaluateAll((rows) => rows.map((row) => row.getAttribute('aria-label') ?? ''));
  }

  async choose(line: number): Promise<void> {
    await this.region().getByRole('option', { name: new RegExp(`^line ${line},`) }).click();
    await this.app.idle();
  }

  async chooseScript(name: string): Promise<void> {
    await this.region().getByRole('option', { name: new RegExp(`^${name}\\.wast:`) }).click();
    await this.app.idle();
  }

  /** What became of the chosen directive. */
  async verdict(): Promise<string> {
    return oneLine(await this.region().getByRole('group', { name: 'Directive' }).locator('.script-verdict').innerText());
  }

  async press(button: string): Promise<void> {
    await this.region().getByRole('button', { name: button, exact: true }).click();
    await this.app.idle();
  }

  async failingOnly(): Promise<void> {
    await this.region().getByRole('radio', { name: 'failed directives only' }).click();
    await this.app.idle();
  }

  async rules(name: string): Promise<void> {
    await this.region().getByLabel('Rules of validity').selectOption({ label: name });
  }
}
