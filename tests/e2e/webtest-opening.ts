// The page opens, from a server, from a file and without a network.
import assert from 'node:assert/strict';
import { webtest } from './harness/webtest.ts';

webtest('the page opens paused at the first instruction', async ({ app }) => {
  await app.controls.waitFor('PAUSED');
});

webtest(
  'the page works from a file',
  async ({ app, page }) => {
    assert.match(page.url(), /^file:/);
    await app.controls.waitFor('PAUSED');
  },
  { from: 'file' },
);

webtest('a page seen once opens without a network', async ({ app, context, page, open }) => {
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
  await context.setOffline(true);
  await open();
  await app.ready();
  await app.controls.waitFor('PAUSED');
  // With the parts that are loaded later.
  await app.editor.focus();
  await page.keyboard.press('Control+Home');
  await page.keyboard.type('(mod');
  await page.getByRole('option', { name: 'module' }).first().waitFor();
});
