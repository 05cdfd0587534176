// Bad input: each gives a clear sentence or works; nothing hangs, nothing is lost.
import assert from 'node:assert/strict';
import { eventually } from './harness/eventually.ts';
import { webtest } from './harness/webtest.ts';
import { ADD, ENDLESS, projectOf } from './projects.ts';

const PATIENCE_MILLIS = 30_000;

webtest('text that is not WAT', async ({ app, page }) => {
  for (const text of ['hello', '(', '"', '(module (func (call 7)))', '{"json": true}', '\u0000\u0001\u202e', ')))))']) {
    await app.editor.type(text);
    await app.controls.waitFor('BROKEN');
    await page.getByRole('tab', { name: /^Problems/ }).click();
    assert.match(await app.pane('Problems').innerText(), /:1:\d+/, text);
  }
  await app.editor.type(ADD);
  await app.form.call('add', '1', '2');
  await app.controls.expectResults('3');
});

webtest('an empty text is an empty module', async ({ app }) => {
  for (const text of ['', ' \n;; only words (; and comments ;)\n']) {
    await app.editor.type(text);
    await app.controls.waitFor('READY');
    const next = app.page.getByRole('group', { name: 'Nothing to call yet' });
    await next.getByRole('button', { name: 'Start from an example' }).waitFor();
  }
  await app.button('Write a first function').click();
  await app.idle();
  await app.form.call('main');
  await app.controls.expectResults('42');
});

webtest('truncated and random bytes', async ({ app, page }) => {
  const header = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
  const random = Array.from({ length: 500 }, (_, index) => (index * 7919) & 255);
  const truncated = [...header, 1, 0xff, 0xff, 0xff, 0xff, 0x0f];
  for (const [number, bytes] of [[], [0], header.slice(0, 5), truncated, random].entries()) {
    // What the one before left on the page must not stand for this one.
    await app.files.open({ name: 'fine.wat', content: ADD });
    await app.editor.expectNext('local.get $a');
    const name = `bytes-${number}.wasm`;
    await app.files.open({ name, content: Uint8Array.from(bytes) });
    await eventually(async () => {
      const broken = (await app.controls.state()) === 'BROKEN';
      const said = (await page.getByRole('alert').allInnerTexts()).some((text) => text.includes(name));
      assert.ok(broken || said, `${bytes.length} bytes: ${(await page.getByRole('alert').allInnerTexts()).join(' | ')}`);
    });
  }
  await app.files.open({ name: 'fine.wat', content: ADD });
  await app.form.call('add', '1', '2');
  await app.controls.expectResults('3');
});

webtest('1,000 nested blocks run', async ({ app }) => {
  const text = `(module (func (export "f") (result i32) ${'(block (result i32) '.repeat(1000)}(i32.const 7)${')'.repeat(1000)}))`;
  await app.editor.type(text);
  await app.form.call('f');
  await app.controls.expectResults('7');
});

webtest('200,000 nested blocks work or give a sentence, and the page lives on', async ({ app }) => {
  await app.files.open({ name: 'deep.wat', content: `(module (func ${'(block '.repeat(200_000)}${')'.repeat(200_002)}` });
  await eventually(async () => assert.match(await app.controls.state(), /READY|BROKEN/), PATIENCE_MILLIS);
  await app.files.open({ name: 'fine.wat', content: ADD });
  await app.form.call('add', '1', '2');
  await app.controls.expectResults('3');
});

webtest('a declared memory of 4 GiB is refused by the limit, or read to its end', async ({ app, page }) => {
  await app.load(projectOf('(module (memory (export "m") 65536) (func (export "f")))', { call: ['f'] }));
  await page.getByRole('tab', { name: /^Problems/ }).click();
  await eventually(async () => assert.match(await app.pane('Problems').innerText(), /memory.*(65,?536|4 GiB)/));
});

webtest('a module beyond a limit leads to the limits, and opens with a higher one', async ({ app }) => {
  await app.load(projectOf('(module (memory 20000) (func (export "f")))', { call: ['f'] }));
  assert.match(await app.controls.status(), /BROKEN a memory of 20000 pages is asked for; the limit is 16384 pages; with a higher limit it can be loaded Limits/);
  await app.button('Limits: load it with a higher one').click();
  const dialog = app.dialog('Limits');
  await dialog.getByLabel(/pages/).fill('20000');
  await dialog.getByRole('button', { name: 'Set limits' }).click();
  await app.idle();
  await app.controls.run();
  await app.controls.waitFor('FINISHED');
});

webtest('while the text is broken the machine before goes on and is marked as such, and what cannot begin says why', async ({ app }) => {
  await app.load(projectOf(ADD, { call: ['add', '1', '2'] }));
  await app.controls.stepIn();
  await app.editor.type('(module oops)');
  await app.controls.waitFor('BROKEN');
  assert.match(await app.controls.status(), /the machine below is of the text before/);
  for (const place of ['.gas-line', '.effect', '.panes', '.controls .step-in']) assert.match((await app.page.locator(place).first().getAttribute('class')) ?? '', /dimmed/, place);
  const title = async (name: string): Promise<string> => (await app.button(name).getAttribute('title')) ?? '';
  for (const name of ['Continue', 'Step in', 'Step over', 'Step out']) assert.match(await title(name), /goes on with the machine of the text before/, name);
  for (const name of ['Run', 'Restart']) {
    assert.equal(await app.button(name).getAttribute('aria-disabled'), 'true', name);
    assert.match(await title(name), /the text has errors, so there is nothing to run yet/, name);
  }
  await app.controls.stepIn();
  assert.match(await app.controls.sentence(), /local\.get/);
  await app.controls.continue();
  assert.deepEqual(await app.controls.results(), ['3']);
  // Its call is over: now there is nothing that could go on.
  for (const name of ['Continue', 'Step in']) assert.match(await title(name), /the text has errors/, name);
  await app.editor.type(ADD);
  await app.controls.run();
  await app.controls.expectResults('3');
  assert.doesNotMatch(await title('Continue'), /errors|before/);
});

webtest('data out of bounds is a sentence with the numbers', async ({ app, page }) => {
  await app.load(projectOf('(module (memory 1) (data (i32.const 65534) "nest") (func (export "f")))', { call: ['f'] }));
  await page.getByRole('tab', { name: /^Problems/ }).click();
  await eventually(async () => assert.match(await app.pane('Problems').innerText(), /65,?53[46]|0x/));
});

webtest('names in any script and with control characters', async ({ app }) => {
  const names = ['日本語', 'שלום', '\u202eabc', '', ' ', '\n', '<b>bold</b>', '🐝'.repeat(50)];
  const text = `(module\n${names.map((name, index) => `  (func (export ${JSON.stringify(name).replace('\\n', '\\0a')}) (result i32) (i32.const ${index}))`).join('\n')})`;
  await app.load(projectOf(text));
  assert.equal((await app.form.offered()).length, names.length);
  for (const [index, name] of ['日本語', 'שלום', '<b>bold</b>'].entries()) {
    await app.form.choose(name);
    await app.controls.run();
    await app.controls.expectResults(String(index === 2 ? 6 : index));
  }
});

webtest('modules with names that every object knows', async ({ app }) => {
  for (const name of ['constructor', '__proto__']) {
    await app.load({ ...projectOf([{ kind: 'text', name, text: ADD }], { call: ['add', '1', '2'] }) });
    await app.controls.run();
    await app.controls.expectResults('3');
  }
});

webtest('a link with a schedule that is not known says so, and another can be chosen', async ({ app }) => {
  await app.load(projectOf(ADD, { call: ['add', '1', '2'], schedule: { builtin: 'of the future' } }));
  assert.match(await app.controls.status(), /BROKEN.*no built-in schedule "of the future"/);
  await app.gas.chooseSchedule('instructions');
  await app.controls.run();
  await app.controls.expectResults('3');
});

webtest('edits while running are safe', async ({ app }) => {
  await app.load(projectOf(ENDLESS, { call: ['spin'], limits: { gas: 1n << 62n } }));
  await app.controls.startRun();
  await app.controls.waitFor('RUNNING');
  await app.editor.content().focus();
  await app.page.keyboard.press('Control+End');
  await app.insertText('\n;; typed while running');
  await app.controls.waitFor('RUNNING');
  await app.controls.pause();
  await app.controls.waitFor('PAUSED');
  assert.match(await app.editor.text(), /typed while running/);
});

webtest('a module of 10 MB opens and runs', async ({ app }) => {
  // One data segment of 10 MB as a custom section: the smallest text, the largest module.
  const size = 10_000_000;
  const leb = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, ...leb(value >>> 7)]);
  const content = new Uint8Array(size + 100);
  const types = [1, 5, 1, 0x60, 0, 1, 0x7f];
  const functions = [3, 2, 1, 0];
  const exports = [7, 5, 1, 1, 0x66, 0, 0];
  const code = [10, 6, 1, 4, 0, 0x41, 7, 0x0b];
  const custom = [0, ...leb(size + 2), 1, 0x78];
  const head = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, ...types, ...functions, ...exports, ...code, ...custom];
  content.set(head);
  await app.files.open({ name: 'big.wasm', content: content.subarray(0, head.length + size) });
  await eventually(async () => assert.ok((await app.form.offered()).includes('f')), PATIENCE_MILLIS);
  await app.form.choose('f');
  await app.controls.startRun();
  await eventually(async () => assert.deepEqual(await app.controls.results(), ['7']), PATIENCE_MILLIS);
}, { timeoutMillis: 180_000 });

webtest('limits stop recursion and memory, and the page lives on', async ({ app }) => {
  await app.files.openExample('A gallery of traps');
  await app.form.call('endless_recursion', '0');
  await app.controls.expectTrap(/stack/);
  assert.ok((await app.calls.depth()) > 1000);
  await app.controls.restart();
  await app.form.call('memory_bomb');
  await app.controls.expectResults('1009');
});

webtest('a text of another encoding is read by its mark or refused with its place', async ({ app, page }) => {
  await app.files.open({ name: 'wide.wat', content: Buffer.from(`\ufeff${ADD}`, 'utf16le') });
  await app.form.call('add', '1', '2');
  await app.controls.expectResults('3');
  const before = await app.editor.text();
  await app.files.open({ name: 'old.wat', content: Buffer.from(`(module\n  ;; caf\u00e9\n)`, 'latin1') });
  await page.getByText('old.wat is not UTF-8 text: byte 0xe9 in line 2 is part of no character. Save it as UTF-8 and open it again.').waitFor();
  assert.equal(await app.editor.text(), before);
});
