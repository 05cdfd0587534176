// The instruction reference: every instruction, found by name, meaning and proposal.
import assert from 'node:assert/strict';
import { webtest } from './harness/webtest.ts';
import { ADD, projectOf } from './projects.ts';

webtest('the reference opens by key at the next instruction, with its price', async ({ app, page }) => {
  await app.load(projectOf(ADD, { call: ['add', '2', '40'], schedule: { builtin: 'waspvm-0.8.1' } }));
  await app.button('Step in').focus();
  await app.press('s', 's', 'i');
  const dialog = app.dialog('Instructions');
  const here = dialog.getByRole('listitem').filter({ hasText: 'next in the machine' });
  assert.match((await here.textContent()) ?? '', /^i32\.add/);
  assert.match((await here.textContent()) ?? '', /\[i32 i32\] -> \[i32\]/);
  assert.match((await here.textContent()) ?? '', /3 gas/);
  await here.scrollIntoViewIfNeeded();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
});

webtest('an instruction is found by its meaning, and a proposal alone', async ({ app, page }) => {
  await app.press('i');
  const dialog = app.dialog('Instructions');
  const rows = dialog.getByRole('listitem');
  const search = dialog.getByRole('searchbox', { name: 'Find an instruction' });
  await search.fill('counts trailing zero i64');
  assert.equal(await rows.count(), 1);
  assert.match((await rows.first().textContent()) ?? '', /^i64\.ctz/);
  const link = rows.first().getByRole('link', { name: 'i64.ctz in the specification' });
  assert.match((await link.getAttribute('href')) ?? '', /webassembly\.github\.io\/spec/);
  await search.fill('i32.atomic.rmw.add');
  assert.match((await rows.first().getByRole('link', { name: 'in the proposal' }).getAttribute('href')) ?? '', /WebAssembly\/threads/);
  await search.fill('');
  await dialog.getByRole('combobox', { name: 'Proposal' }).selectOption({ label: 'tail calls' });
  const names = await rows.evaluateAll((items) => items.map((item) => item.querySelector('strong')?.textContent ?? ''));
  assert.ok(names.length >= 2 && names.every((name) => name.startsWith('return_call')), names.join(' '));
  await search.fill('no such thing');
  await page.getByText('No instruction has all of these words').waitFor();
});

webtest('the palette says that it has more than it shows', async ({ app, page }) => {
  await app.press('/');
  const dialog = app.dialog('Commands');
  await dialog.getByText(/^\d+ more: type to narrow the list$/).waitFor();
  await page.keyboard.type('theme');
  await dialog.getByText('more: type').waitFor({ state: 'detached' });
});
