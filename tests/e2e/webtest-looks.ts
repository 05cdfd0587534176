// What the eye and the keyboard meet: nothing is cut, faint or lost.
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { NARROW, webtest } from './harness/webtest.ts';
import { FIB, projectOf } from './projects.ts';

const PHONE = { viewport: NARROW, touch: true } as const;
const DIALOGS = ['Open a file', 'Examples', 'Share a link', 'Save or download', 'Keys', 'Help', 'Instruction reference', 'Costs of the gas', 'Limits'];

async function command(page: Page, name: string): Promise<void> {
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Command' }).fill(name);
  await page.keyboard.press('Enter');
}

/** Visible texts in it with less contrast than small text needs, as `text: contrast`. */
function faint(page: Page, selector: string): Promise<readonly string[]> {
  return page.evaluate((chosen) => {
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    const rgba = (color: string): readonly number[] => {
      if (!canvas) return [];
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = color;
      canvas.fillRect(0, 0, 1, 1);
      return [...canvas.getImageData(0, 0, 1, 1).data];
    };
    const over = (top: readonly number[], below: readonly number[]): readonly number[] =>
      [0, 1, 2].map((at) => ((top[at] ?? 0) * (top[3] ?? 0)) / 255 + (below[at] ?? 0) * (1 - (top[3] ?? 0) / 255));
    const light = (color: readonly number[]): number => {
      const [red = 0, green = 0, blue = 0] = color.map((part) => (part / 255 <= 0.03928 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const found: string[] = [];
    for (const element of document.querySelectorAll(`${chosen} *`)) {
      const own = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && (node.textContent ?? '').trim() !== '');
      if (!own || !(element instanceof HTMLElement) || element.offsetWidth < 2 || element.closest('[aria-disabled=true], :disabled, option')) continue;
      const chain: HTMLElement[] = [];
      for (let up: HTMLElement | null = element; up; up = up.parentElement) chain.unshift(up);
      let back: readonly number[] = [255, 255, 255];
      let opacity = 1;
      for (const up of chain) {
        const style = getComputedStyle(up);
        back = over(rgba(style.backgroundColor), back);
        opacity *= Number(style.opacity);
      }
      const [red = 0, green = 0, blue = 0, alpha = 0] = rgba(getComputedStyle(element).color);
      const front = over([red, green, blue, alpha * opacity], back);
      const [high = 0, low = 0] = [light(front), light(back)].sort((left, right) => right - left);
      const contrast = (high + 0.05) / (low + 0.05);
      if (contrast < 4.5) found.push(`${element.textContent?.trim().slice(0, 30)}: ${contrast.toFixed(2)}`);
    }
    return found;
  }, selector);
}

for (const colorScheme of ['light', 'dark'] as const) {
  webtest(`all text has the contrast of text, also of a machine whose text is broken (${colorScheme})`, async ({ app, page }) => {
    await app.press('F11', 'F11', 'F11');
    assert.deepEqual(await faint(page, '.app'), []);
    await app.editor.type(FIB.replace('i32.sub', 'i32.subb'));
    await app.controls.waitFor('BROKEN');
    assert.deepEqual(await faint(page, '.app'), []);
  }, { colorScheme });
}

webtest('every dialog is opened and left by the keyboard, begins with what it is for, and gives the focus back', async ({ app, page }) => {
  await app.form.arguments().first().focus();
  const before = await app.focused();
  for (const name of DIALOGS) {
    await command(page, name);
    await app.dialog().waitFor();
    await page.waitForFunction(() => document.activeElement?.closest('dialog') !== null);
    if (name !== 'Keys') assert.notEqual(await app.focused(), 'Close', name);
    await page.keyboard.press('Escape');
    await app.dialog().waitFor({ state: 'detached' });
    assert.equal(await app.focused(), before, name);
  }
});

webtest('a dialog gives the focus back before the next picture, also to the next dialog', async ({ app, page }) => {
  const field = app.form.arguments().first();
  await field.focus();
  const before = await app.focused();
  await command(page, 'Help');
  await app.dialog('Help').getByRole('button', { name: 'All instructions' }).click();
  await app.dialog('Instruction').waitFor();
  // No picture is drawn between the two.
  const after = await app.dialog().getByRole('button', { name: 'Close' }).evaluate(async (close) => {
    if (close instanceof HTMLElement) close.click();
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
    return document.activeElement?.getAttribute('aria-label');
  });
  assert.equal(after, before);
});

webtest('a command of the palette keeps the focus that it takes', async ({ app, page }) => {
  await app.button('Step in').focus();
  await command(page, 'Go to an address');
  await page.waitForFunction(() => document.activeElement?.id === 'goto-address');
  assert.equal(await app.dialog().count(), 0);
});

webtest('a dismissed notice gives the focus back', async ({ app, page }) => {
  await app.loadLink('1.nothing');
  await app.button('Step over').focus();
  await page.keyboard.press('Shift+Tab');
  const before = await app.focused();
  await app.button('Dismiss').focus();
  await page.keyboard.press('Enter');
  await app.button('Dismiss').waitFor({ state: 'detached' });
  await page.waitForFunction((name) => document.activeElement?.getAttribute('aria-label') === name, before);
});

webtest('no dialog and no pane is wider than a phone', async ({ app, page }) => {
  await app.load(projectOf(FIB, { call: ['fib', '5'] }));
  // Rows that are laid out only when they are asked for are all laid out for each question.
  await page.evaluate(() => {
    const whole = new CSSStyleSheet();
    whole.replaceSync('dialog * { content-visibility: visible !important; }');
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, whole];
  });
  for (const name of DIALOGS) {
    await command(page, name);
    await app.dialog().waitFor();
    await app.idle();
    const wide = await page.evaluate(() =>
      [...document.querySelectorAll('dialog .dialog-body, dialog .dialog-body *')]
        .filter((element) => element.getBoundingClientRect().right > innerWidth && element.closest('pre') === null)
        .map((element) => element.outerHTML.slice(0, 80)),
    );
    assert.deepEqual(wide, [], name);
    await page.keyboard.press('Escape');
    await app.dialog().waitFor({ state: 'detached' });
  }
}, PHONE);

webtest('a step moves no part of a phone', async ({ app, page }) => {
  await app.load(projectOf(FIB, { call: ['fib', '5'] }));
  const places = (): Promise<readonly number[]> =>
    page.evaluate(() => ['.cards .tabs', '.card .call-form', '.thumb-bar'].map((selector) => document.querySelector(selector)?.getBoundingClientRect().top ?? -1));
  const first = await places();
  for (let step = 0; step < 12; step += 1) {
    await app.controls.stepIn();
    assert.deepEqual(await places(), first, `after step ${step + 1}`);
  }
}, PHONE);

webtest('the choice of how numbers are read is never cut', async ({ app, page }) => {
  await app.controls.run();
  await app.controls.waitFor('FINISHED');
  const cut = await page.getByRole('radiogroup', { name: 'Numbers' }).evaluate((group) => group.scrollWidth - group.clientWidth);
  assert.equal(cut, 0);
}, { viewport: { width: 1200, height: 800 } });
