// The text editor with the machine's marks and the breakpoints.
import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { eventually } from '../harness/eventually.ts';
import type { App } from './app.ts';

export class Editor {
  constructor(private readonly app: App) {}

  content(): Locator {
    return this.app.page.locator('.cm-content:visible').first();
  }

  async focus(): Promise<void> {
    await this.content().click();
  }

  /** Replaces the whole text by hand: select all, type. */
  async type(text: string): Promise<void> {
    await this.content().focus();
    await this.app.page.keyboard.press('Control+a');
    await this.app.insertText(text);
    await this.app.idle();
  }

  /** The lines in sight. */
  async text(): Promise<string> {
    return (await this.content().locator('.cm-line').allInnerTexts()).map((line) => line.replace(/\n$/, '')).join('\n');
  }

  /** The exact text of the next instruction's mark, folded expressions included. */
  async next(): Promise<string> {
    const pieces = await this.content().locator('.cm-next').allInnerTexts();
    return pieces.join('').trim();
  }

  async last(): Promise<string> {
    const pieces = await this.content().locator('.cm-last').allInnerTexts();
    return pieces.join('').trim();
  }

  async expectNext(text: string | RegExp): Promise<void> {
    await eventually(async () => {
      const next = await this.next();
      if (typeof text === 'string') assert.equal(next, text);
      else assert.match(next, text);
    });
  }

  line(text: string): Locator {
    return this.content().locator('.cm-line', { hasText: text }).first();
  }

  /** Puts the cursor at the end of the first line with this text. */
  async cursorTo(text: string): Promise<void> {
    await this.line(text).click();
    await this.app.page.keyboard.press('End');
  }

  /** Clicks into the gutter beside the first line with this text. */
  async clickGutter(text: string): Promise<void> {
    const line = await this.line(text).boundingBox();
    const gutter = await this.app.page.locator('.cm-breakpoints:visible').first().boundingBox();
    if (line === null || gutter === null) throw new Error(`the line "${text}" is not in sight`);
    await this.app.page.mouse.click(gutter.x + gutter.width / 2, line.y + line.height / 2);
    await this.app.idle();
  }

  /** The texts of the lines with a breakpoint. */
  async breakpointLines(): Promise<readonly string[]> {
    return this.app.page.evaluate(() => {
      const dots = [...document.querySelectorAll('.cm-breakpoints .cm-breakpoint')].filter((dot) => dot.closest('.cm-gutterElement')?.getAttribute('style')?.includes('visibility') !== true);
      const lines = [...document.querySelectorAll('.cm-content .cm-line')];
      return dots.map((dot) => {
        const { top, height } = dot.getBoundingClientRect();
        const middle = top + height / 2;
        const line = lines.find((each) => each.getBoundingClientRect().top <= middle && each.getBoundingClientRect().bottom > middle);
        return line?.textContent?.trim() ?? '';
      });
    });
  }

  /** Underlined places. */
  errors(): Locator {
    return this.content().locator('.cm-lintRange-error');
  }
}
