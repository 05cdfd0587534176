// On a phone: code on top, one card below, the state always in sight, the controls at thumb height.
import assert from 'node:assert/strict';
import type { App } from './panes/app.ts';
import { eventually } from './harness/eventually.ts';
import { NARROW, webtest } from './harness/webtest.ts';
import { ENDLESS, FIB, projectOf } from './projects.ts';

const PHONE = { viewport: NARROW, touch: true } as const;

const card = (app: App, name: string): Promise<void> => app.page.getByRole('tablist', { name: 'Cards' }).getByRole('tab', { name }).click();

webtest('the state is in sight on every card, and nothing scrolls sideways but the code', async ({ app, page }) => {
  await app.load(projectOf(FIB, { call: ['fib', '5'] }));
  for (const name of ['Step', 'Stack', 'Memory', 'Gas', 'Output']) {
    await card(app, name);
    assert.ok(await app.controls.badge().isVisible(), name);
    const box = await app.controls.badge().boundingBox();
    assert.ok(box && box.x >= 0 && box.x + box.width <= NARROW.width && box.y + box.height <= NARROW.height, name);
  }
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), NARROW.width);
}, PHONE);

webtest('out of gas is answered on the card that says so', async ({ app }) => {
  await app.load(projectOf(ENDLESS, { call: ['spin'], limits: { gas: 1000n } }));
  await app.controls.run();
  await app.controls.waitFor('PAUSED');
  assert.match(await app.controls.status(), /the gas limit is reached/);
  await app.gas.addAndContinue('1,000');
  await app.controls.waitFor('PAUSED');
  await card(app, 'Gas');
  assert.equal(await app.gas.used(), '2000');
}, PHONE);

webtest('what is wrong with a text is not dimmed with the machine', async ({ app, page }) => {
  await app.load(projectOf(FIB, { call: ['fib', '5'] }));
  await app.editor.type(FIB.replace('i32.sub', 'i32.subb'));
  await app.controls.waitFor('BROKEN');
  await card(app, 'Output');
  const colors = await app.pane('Problems').evaluate((pane) => [pane, document.body].map((element) => getComputedStyle(element).color));
  assert.equal(colors[0], colors[1]);
  await page.getByText('did you mean i32.sub').waitFor();
}, PHONE);

/** The board of tic-tac-toe as it is drawn, place by place. */
function board(app: App): Promise<string> {
  return app.canvas
    .region()
    .locator('canvas')
    .evaluate((element) => {
      if (!(element instanceof HTMLCanvasElement)) throw new Error('not a canvas');
      const at = (place: number, x: number, y: number): number => element.getContext('2d')?.getImageData((place % 3) * 42 + x, Math.floor(place / 3) * 42 + y, 1, 1).data[0] ?? 0;
      return [0, 1, 2, 3, 4, 5, 6, 7, 8].map((place) => (at(place, 20, 20) > 200 ? 'x' : at(place, 20, 9) > 200 ? 'o' : '.')).join('');
    });
}

webtest('a game is played to its end on the keys of the screen', async ({ app }) => {
  await app.files.openExample('Tic-tac-toe');
  await app.form.fill('3');
  await app.button('Run').click();
  // The card of the picture comes by itself.
  await app.keys.region().waitFor();
  for (const [key, after] of [
    ['5', 'o...x....'],
    ['9', 'o.o.x...x'],
    ['2', 'oxo.x..ox'],
    ['4', 'oxoxxo.ox'],
  ] as const) {
    await app.keys.key(key).click();
    await eventually(async () => assert.equal(await board(app), after));
  }
  await app.keys.key('7').click();
  await app.controls.waitFor('FINISHED');
}, PHONE);

webtest('keys of the screen are held as long as the finger', async ({ app, page }) => {
  await app.files.openExample('Keys and pictures');
  await app.button('Run').click();
  const left = app.keys.key('Left');
  await left.hover();
  await page.mouse.down();
  const x = (): Promise<number> =>
    app.canvas.region().locator('canvas').evaluate((element) => {
      if (!(element instanceof HTMLCanvasElement)) throw new Error('not a canvas');
      const { data } = element.getContext('2d')?.getImageData(0, 58, element.width, 1) ?? { data: [] };
      return Array.from({ length: element.width }, (_, at) => data[at * 4] ?? 0).findIndex((red) => red > 200);
    });
  // From 76 on; the trail stays.
  await eventually(async () => assert.equal(await x(), 0));
  await page.mouse.up();
  await app.keys.key('Enter').click();
  await app.controls.waitFor('FINISHED');
}, PHONE);

webtest('cards out of sight are out of the tab order, and a swipe brings the next', async ({ app, page }) => {
  const field = page.locator('#goto-address');
  await field.evaluate((element) => element instanceof HTMLElement && element.focus());
  assert.notEqual(await page.evaluate(() => document.activeElement?.id), 'goto-address');
  await page.locator('.card-track').evaluate((track) => track.scrollBy({ left: track.clientWidth }));
  await page.getByRole('tab', { name: 'Stack', exact: true, selected: true }).waitFor();
  await app.pane('Call stack').waitFor();
  await card(app, 'Memory');
  await field.focus();
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'goto-address');
}, PHONE);

webtest('what can be pressed has room for a thumb', async ({ app, page }) => {
  const small = (within: string): Promise<readonly string[]> =>
    page.evaluate((selector) => {
      const found: string[] = [];
      for (const element of document.querySelectorAll(`${selector} :is(button, select, input:not([type=checkbox], [type=file]))`)) {
        if (!element.checkVisibility({ contentVisibilityAuto: true, visibilityProperty: true })) continue;
        const { width, height } = element.getBoundingClientRect();
        if (width > 0 && height < 31.5) found.push(`${element.getAttribute('aria-label') ?? element.textContent}: ${height}`);
      }
      return found;
    }, within);
  await app.controls.stepIn();
  for (const name of ['Step', 'Stack', 'Memory', 'Gas', 'Output']) {
    await card(app, name);
    await app.idle();
    assert.deepEqual(await small('.app'), [], name);
  }
  for (const name of ['Examples', 'Share']) {
    await app.button(name).click();
    await app.dialog(name).waitFor();
    await app.idle();
    assert.deepEqual(await small('dialog'), [], name);
    await page.keyboard.press('Escape');
  }
}, PHONE);

webtest('the title is whole, and what it made room for is in a menu', async ({ app, page }) => {
  const title = page.getByLabel('Title of the project');
  assert.equal(await title.evaluate((input) => input.scrollWidth - input.clientWidth), 0);
  await app.button('More').click();
  await app.button('Save').click();
  await app.dialog('Save').waitFor();
  await page.keyboard.press('Escape');
  assert.equal(await app.focused(), 'More');
}, PHONE);

webtest('long lines wrap', async ({ app, page }) => {
  await app.files.openExample('Tic-tac-toe');
  assert.equal(await page.locator('.editor .cm-scroller').first().evaluate((box) => box.scrollWidth - box.clientWidth), 0);
}, PHONE);

webtest('what ends a long dialog is in sight at once', async ({ app, page }) => {
  await card(app, 'Gas');
  await app.button('Costs').click();
  const button = app.dialog('Costs').getByRole('button', { name: 'Use these costs' });
  const onTop = await button.evaluate((element) => {
    const { left, top, width, height } = element.getBoundingClientRect();
    return document.elementFromPoint(left + width / 2, top + height / 2) === element;
  });
  assert.ok(onTop);
  assert.ok(await page.getByRole('heading', { name: 'Costs' }).isVisible());
}, PHONE);
