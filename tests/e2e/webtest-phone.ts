// On a phone: code on top, one card below, the state always in sight, the controls at thumb height.
import assert from 'node:assert/strict';
import type { App } from './panes/app.ts';
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
