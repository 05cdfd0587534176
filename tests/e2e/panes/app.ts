// The page as a whole, and the way to its panes.
import type { Locator, Page } from 'playwright-core';
import { Controls } from './controls.ts';

export class App {
  readonly controls: Controls;

  constructor(readonly page: Page) {
    this.controls = new Controls(page);
  }

  /** Until the first module is assembled or said to be broken. */
  async ready(): Promise<void> {
    await this.controls.badge().waitFor();
  }

  /** A pane by its visible name. */
  pane(name: string): Locator {
    return this.page.getByRole('region', { name });
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole('button', { name });
  }

  /** Keys as a visitor types them, such as `F10` or `Shift+F11`. */
  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key);
  }
}
