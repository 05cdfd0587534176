// Modules from files: text and binary, several in one project, big ones.
import assert from 'node:assert/strict';
import { eventually } from './harness/eventually.ts';
import { webtest } from './harness/webtest.ts';
import { ADD, exampleProject, projectOf } from './projects.ts';

webtest('P2 a .wasm by picker or by drop is disassembled and stepped in that text', async ({ app }) => {
  await app.load(projectOf(ADD, { call: ['add', '2', '40'] }));
  const bytes = (await app.files.saveModule('module.wasm')).content;
  for (const way of ['picker', 'drop'] as const) {
    if (way === 'picker') await app.files.open({ name: 'sum.wasm', content: bytes });
    else await app.files.drop({ name: 'sum.wasm', content: bytes });
    await eventually(async () => assert.match(await app.editor.text(), /i32\.add/));
    assert.ok((await app.files.tabNames()).some((name) => name.startsWith('sum')));
    await app.form.choose('add');
    await app.form.fill('2', '40');
    await app.controls.stepIn(2);
    await app.editor.expectNext('i32.add');
    await app.controls.run();
    await app.controls.expectResults('42');
  }
});

webtest('a .wat opens by picker and by drop', async ({ app }) => {
  await app.files.open({ name: 'sum.wat', content: ADD });
  assert.ok((await app.files.tabNames()).some((name) => name.startsWith('sum')));
  await app.form.call('add', '20', '22');
  await app.controls.expectResults('42');
  await app.files.drop({ name: 'less.wat', content: ADD.replaceAll('add', 'sub') });
  await app.form.call('sub', '20', '22');
  await app.controls.expectResults('-2');
});

webtest('P16 any custom section loads and is listed with its size', async ({ app, page }) => {
  const section = [0, 10, 4, 0x62, 0x65, 0x65, 0x73, 1, 2, 3, 4, 5];
  await app.files.open({ name: 'custom.wasm', content: Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, ...section]) });
  await page.getByRole('tab', { name: /^Outline/ }).click();
  await eventually(async () => assert.match(await app.pane('Outline').innerText(), /custom[\s\S]*bees[\s\S]*5/));
});

webtest('P17 an invalid module is refused with a validation message before it runs', async ({ app, page }) => {
  await app.editor.type('(module (func (export "f") (result i32) (i64.const 1)))');
  await app.controls.waitFor('BROKEN');
  await page.getByRole('tab', { name: /^Problems/ }).click();
  assert.match(await app.pane('Problems').innerText(), /i32[\s\S]*i64|i64[\s\S]*i32/);

  await app.files.open({ name: 'broken.wasm', content: Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 2, 3]) });
  await eventually(async () => assert.equal(await app.controls.state(), 'BROKEN'));
});

webtest('a module that is renamed keeps what can be undone', async ({ app }) => {
  await app.load(projectOf(ADD, { call: ['add', '2', '40'] }));
  await app.editor.focus();
  await app.press('Control+End');
  await app.insertText('\n;; a line of mine');
  await app.idle();
  await app.files.rename('sum');
  assert.ok((await app.files.tabNames()).some((name) => name.startsWith('sum')));
  await app.editor.focus();
  await app.press('Control+z');
  assert.equal((await app.editor.text()).trim(), ADD.trim());
  // It is the renamed module that was changed.
  await app.form.call('add', '2', '40');
  await app.controls.expectResults('42');
});

webtest('P18 two modules stay callable, one imports what the other exports, and a step leads from one text into the other', async ({ app }) => {
  await app.load(exampleProject('two-modules'));
  assert.ok((await app.form.offered()).some((name) => name.endsWith('next')));
  assert.ok((await app.form.offered()).some((name) => name.endsWith('count_to')));
  await app.controls.run();
  await app.controls.expectResults('12');
  await app.form.choose('next');
  await app.controls.run();
  await app.controls.expectResults('13');

  await app.controls.restart();
  await app.form.call('count_to', '1');
  await app.controls.expectResults('1');
  await app.controls.restart();
  await app.form.choose('count_to');
  await app.form.fill('2');
  for (let steps = 0; steps < 30 && !(await app.calls.frames()).join().includes('next'); steps += 1) await app.controls.stepIn();
  await eventually(async () => assert.match(await app.editor.text(), /A module that others use/));
  assert.equal(await app.calls.depth(), 2);
});

webtest('a module that uses what is not there is refused by name and line', async ({ app, page }) => {
  await app.editor.type('(module (memory 1)\n  (func (export "f")\n    (memory.discard (i32.const 0) (i32.const 0))))');
  await app.controls.waitFor('BROKEN');
  await page.getByRole('tab', { name: /^Problems/ }).click();
  assert.match(await app.pane('Problems').innerText(), /memory\.discard: this needs the memory control proposal, which is not there[\s\S]*:3:6/);
});

function manyFunctions(count: number): string {
  const functions = Array.from({ length: count }, (_, index) => `  (func $f${index} (export "f${index}") (param $x i32) (result i32) (i32.add (local.get $x) (i32.const ${index})))`);
  return `(module\n${functions.join('\n')})\n`;
}

webtest('a module of 50,000 functions opens, runs and stays fluent', async ({ app, page }) => {
  await app.files.open({ name: 'many.wat', content: manyFunctions(50_000) });
  await app.idle();
  await app.form.call('f49999', '1');
  await app.controls.expectResults('50000');
  // However long the text is, only the lines on the screen are laid out, and stay so as the cursor goes through it.
  await app.editor.content().focus();
  for (const key of ['Control+End', 'Control+Home', ...Array.from({ length: 10 }, () => 'ArrowDown')]) await page.keyboard.press(key);
  await app.idle();
  const lines = await page.locator('.cm-line').count();
  assert.ok(lines < 400, `${lines} lines are laid out`);
}, { timeoutMillis: 180_000 });
