// Share links: they open to the same screen and run nothing.
import assert from 'node:assert/strict';
import { encodeLink } from '../../web/share/link.ts';
import { eventually } from './harness/eventually.ts';
import { webtest } from './harness/webtest.ts';
import { ADD, exampleProject, projectOf } from './projects.ts';

function fragmentOf(link: string): string {
  return link.slice(link.indexOf('#') + 1);
}

webtest('a link opens to the same screen: text, call, arguments, breakpoints, schedule, limits', async ({ app, newTab }) => {
  await app.load(projectOf(ADD, { call: ['add', '2', '40'], title: 'sums', schedule: { builtin: 'waspvm-0.8.1' }, limits: { gas: 777n } }));
  await app.editor.clickGutter('i32.add');
  await app.form.fill('0x10', '-1');
  const link = await app.files.share();

  const other = await newTab(fragmentOf(link));
  await other.app.ready();
  await other.app.controls.waitFor('PAUSED');
  assert.equal(await other.app.editor.text(), await app.editor.text());
  assert.deepEqual(await other.app.form.values(), ['0x10', '-1']);
  assert.deepEqual(await other.app.editor.breakpointLines(), ['i32.add))']);
  assert.match(await other.app.gas.gauge(), /0 of 777 used/);
  await other.app.controls.run();
  await other.app.controls.waitFor('PAUSED');
  assert.equal(await other.app.gas.used(), '6');
  await other.app.controls.continue();
  await other.app.controls.expectResults('15');
  assert.equal(await other.app.gas.used(), '9');
});

webtest('a link carries what is looked at: file, cursor, tab, folded panes, memory and reading of numbers', async ({ app, newTab, page }) => {
  const modules = [
    { kind: 'text', name: 'first', text: '(module (memory (export "m") 4)\n  (func (export "one") (result i32)\n    i32.const 255))' },
    { kind: 'text', name: 'second', text: '(module (memory 4)\n  (func (export "two") (result i32)\n    i32.const 7))' },
  ] as const;
  await app.load(projectOf(modules, { call: ['two'] }));
  await page.getByRole('tab', { name: 'first.wat' }).click();
  await app.editor.cursorTo('i32.const 255');
  await page.getByRole('tab', { name: 'Outline' }).click();
  await page.getByRole('radio', { name: 'hexadecimal' }).click();
  await app.pane('Labels').getByRole('button', { name: 'Labels', exact: true }).click();
  const memories = page.getByRole('combobox', { name: 'Memory shown' });
  await memories.selectOption({ index: 1 });
  await app.memory.goTo('0x2345');
  const link = await app.files.share();

  const other = await newTab(fragmentOf(link));
  await other.app.ready();
  await other.app.controls.waitFor('PAUSED');
  assert.match(await other.app.editor.text(), /i32\.const 255/);
  assert.equal(await other.page.getByRole('tab', { name: 'first.wat' }).getAttribute('aria-selected'), 'true');
  assert.equal(await other.page.getByRole('tab', { name: 'Outline' }).getAttribute('aria-selected'), 'true');
  assert.equal(await other.page.getByRole('radio', { name: 'hexadecimal' }).isChecked(), true);
  assert.equal(await other.app.pane('Labels').getByRole('button', { name: 'Labels', exact: true }).getAttribute('aria-expanded'), 'false');
  assert.equal(await other.page.getByRole('combobox', { name: 'Memory shown' }).locator('option:checked').innerText(), await memories.locator('option:checked').innerText());
  await eventually(async () => assert.ok((await other.app.memory.shown()).has(0x2345)));
  assert.equal(await other.app.focused(), 'Step in');
  await other.app.editor.focus();
  await other.app.insertText(';; here');
  assert.match(await other.app.editor.text(), /i32\.const 255\)\);; here/);
});

webtest('a link runs nothing: the machine stands at its first instruction and host code waits for a click', async ({ app, open }) => {
  const host = `console.log("host code ran");\nexport const env = { ask(ctx) { ctx.print("asked"); return 5n; } };`;
  const text = `(module (import "env" "ask" (func $ask (result i64))) (func (export "f") (result i64) (call $ask)))`;
  await open(await encodeLink(projectOf(text, { host, call: ['f'] })));
  await app.ready();
  await app.controls.waitFor('PAUSED');
  assert.equal(await app.gas.used(), '0');
  assert.deepEqual(await app.console.lines(), []);
  // Running without permission stops at the import with a sentence.
  await app.controls.run();
  await eventually(async () => assert.match(await app.controls.state(), /TRAPPED|PAUSED/));
  assert.deepEqual(await app.console.lines(), []);
  await app.button('Allow its host code').click();
  await app.idle();
  await app.controls.restart();
  await app.controls.run();
  await app.controls.expectResults('5');
});

webtest('a link that cannot be opened says why and leaves a working page', async ({ app, open }) => {
  const good = await encodeLink(exampleProject('sieve'));
  for (const [fragment, words] of [
    [good.slice(0, 300), /This link is cut off.*Open instead: /],
    [`${good.slice(0, 100)}${good[100] === 'x' ? 'y' : 'x'}${good.slice(101)}`, /lost or changed/],
    [`9${good.slice(1)}`, /newer version/],
    ['1.***.0000000', /broken/],
  ] as const) {
    await open(fragment);
    await app.ready();
    await app.page.getByText(words).first().waitFor();
    await app.editor.type(ADD);
    await app.form.call('add', '2', '40');
    await app.controls.expectResults('42');
  }
});

webtest('a link that is cut off leaves what was there', async ({ app, open, page }) => {
  await app.editor.type(`${ADD};; mine`);
  await app.idle();
  const cut = (await encodeLink(exampleProject('sieve'))).slice(0, 300);
  await app.loadLink(cut);
  await page.getByText('This link is cut off').waitFor();
  assert.match(await app.editor.text(), /;; mine/);
  await open(cut);
  await app.ready();
  await page.getByText('Open instead: your last work.').waitFor();
  assert.match(await app.editor.text(), /;; mine/);
});

webtest('a new link in the address of an open page is opened', async ({ app, page }) => {
  await app.controls.waitFor('PAUSED');
  const fragment = await encodeLink(projectOf(ADD, { call: ['add', '1', '2'] }));
  await page.evaluate((next) => {
    window.location.hash = next;
  }, fragment);
  await eventually(async () => assert.match(await app.editor.text(), /\(export "add"\) \(param \$a i32\) \(param \$b i32\)/));
});

webtest('the size is shown; past 8,000 characters the project file is offered besides', async ({ app }) => {
  await app.load(exampleProject('sieve'));
  await app.files.share();
  assert.match(await app.dialog().innerText(), /\d+ characters/);
  assert.equal(await app.dialog().getByRole('button', { name: /project file/i }).count(), 0);
  await app.files.closeDialog();

  let seed = 1;
  const noise = Array.from({ length: 20_000 }, () => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return String.fromCharCode(97 + ((seed >>> 16) % 26));
  }).join('');
  await app.load(projectOf(`${ADD};; ${noise}`, { call: ['add', '1', '2'] }));
  await app.files.share();
  assert.match(await app.dialog().innerText(), /[\d,]+ characters.*a project file is safer/);
  const file = await app.files.download(app.dialog().getByRole('button', { name: /project file/i }));
  assert.match(file.name, /\.waspnest\.json$/);
  await app.files.closeDialog();
});

webtest('a typical example makes a link under 700 characters in the page', async ({ app }) => {
  await app.files.openExample('Sieve');
  const link = await app.files.share();
  assert.ok(fragmentOf(link).length < 700, `${fragmentOf(link).length} characters`);
});
