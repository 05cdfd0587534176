// Modules with very long lists of locals, globals, operands and labels, which fit into a short link.
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { eventually } from './harness/eventually.ts';
import { webtest } from './harness/webtest.ts';
import { oneLine } from './panes/text.ts';
import { moduleOf, projectOf } from './projects.ts';

const CALL = { call: ['f'] } as const;
/** Elements that the whole page may have here: some times those of a page with short lists, and far fewer than the rows of a list (chosen). */
const MOST_ELEMENTS = 6_000;

/** What is drawn after a step depends on what fits on the screen, not on how much there is. */
async function drawsLittle(page: Page, step: () => Promise<void>): Promise<void> {
  await step();
  const elements = await page.evaluate(() => document.querySelectorAll('*').length);
  assert.ok(elements < MOST_ELEMENTS, `the page has ${elements} elements after a step`);
}

webtest('50,000 locals are shown by pages, with the one that a step wrote', async ({ app, page }) => {
  await app.load(projectOf(moduleOf(`(local${' i32'.repeat(50_000)})`, 'i32.const 7 local.set 40000 i32.const 1 local.set 40001 i32.const 2 drop'), CALL));
  await app.controls.stepIn(1);
  const locals = app.locals;
  await drawsLittle(page, () => app.controls.stepIn(1));
  assert.deepEqual(await locals.row('[40000]'), { name: '[40000]', value: '7', type: 'i32', before: '0' });
  assert.equal((await locals.rows()).length, 129);
  assert.match(oneLine(await locals.region().innerText()), /0 to 127 of 50,000/);
  await locals.region().getByRole('button', { name: 'Last locals' }).click();
  await eventually(async () => assert.equal((await locals.rows()).at(-1)?.name, '[49999]'));
  await locals.region().getByRole('button', { name: 'Locals before these' }).click();
  await eventually(async () => assert.match(oneLine(await locals.region().innerText()), /49,744 to 49,871 of 50,000/));
  await drawsLittle(page, () => app.controls.stepIn(2));
  assert.equal((await locals.row('[40001]')).value, '1');
  await page.reload();
  await app.ready();
  await drawsLittle(page, () => app.controls.stepIn(1));
});

webtest('100,000 globals are shown by pages, with the one that a step wrote', async ({ app, page }) => {
  const globals = '(global (mut i32) (i32.const 0))'.repeat(100_000);
  await app.load(projectOf(moduleOf('', 'i32.const 7 global.set 90000 i32.const 1 global.set 5', globals), CALL));
  await app.controls.stepIn(1);
  await drawsLittle(page, () => app.controls.stepIn(1));
  assert.deepEqual(await app.globals.row('[90000]'), { name: '[90000]', value: '7', type: 'i32', before: '0' });
  await app.globals.region().getByRole('button', { name: 'Globals after these' }).click();
  await eventually(async () => assert.equal((await app.globals.rows())[0]?.name, '[128]'));
  await drawsLittle(page, () => app.controls.stepIn(2));
  assert.equal((await app.globals.row('[5]')).value, '1');
});

webtest('thousands of nested blocks and operands are shown by pages', async ({ app, page }) => {
  const many = 4_000;
  const body = `${'i32.const 5 '.repeat(many)}${'block '.repeat(many)}i32.const 7 drop${' end'.repeat(many)}${' drop'.repeat(many)}`;
  const text = moduleOf('', body);
  await app.load(projectOf(text, { ...CALL, breakpoints: [text.indexOf('i32.const 7')] }));
  await app.controls.run();
  await drawsLittle(page, () => app.controls.stepIn(1));
  assert.equal((await app.stack.rows())[0]?.name, '4000');
  assert.match(oneLine(await app.stack.region().innerText()), /0 to 127 of 4,001/);
  const labels = app.pane('Labels');
  await labels.getByRole('button', { name: 'Last labels' }).click();
  await eventually(async () => assert.match(oneLine(await labels.innerText()), /func br 4000 returns/));
  await drawsLittle(page, () => app.controls.stepIn(1));
});
