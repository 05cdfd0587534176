// The main job from end to end: type a module, run it, stop it, look, share; with the mouse, and with the keyboard alone.
import assert from 'node:assert/strict';
import { eventually } from './harness/eventually.ts';
import { webtest } from './harness/webtest.ts';
import { ADD, FIB, projectOf } from './projects.ts';

webtest('the page opens on the first example, paused before its first instruction, with Step in in focus', async ({ app }) => {
  await app.controls.waitFor('PAUSED');
  await app.editor.expectNext('local.get $a');
  assert.equal(await app.focused(), 'Step in');
  await app.press('Enter');
  await app.editor.expectNext('local.get $b');
  assert.deepEqual(await app.stack.values(), ['40']);
});

webtest('P1 a pasted module runs: value and gas show; a syntax error has line and column', async ({ app, page }) => {
  await app.editor.type(ADD);
  await app.form.choose('add');
  await app.form.fill('2', '40');
  await app.controls.run();
  await app.controls.expectResults('42');
  assert.equal(await app.gas.used(), '3');

  await app.editor.type(ADD.replace('i32.add', 'i32.ad'));
  await app.controls.waitFor('BROKEN');
  await page.getByRole('tab', { name: /^Problems/ }).click();
  assert.match(await app.pane('Problems').innerText(), /i32\.ad[\s\S]*:5:5/);
  assert.ok((await app.editor.errors().count()) > 0);
});

webtest('the whole job with the mouse', async ({ app, page }) => {
  await app.files.openExample('Factorial');
  await app.controls.waitFor('PAUSED');
  await app.form.fill('5');
  await app.controls.stepIn(3);
  assert.match(await app.controls.sentence(), /i64\.le_u popped 5 and 1, pushed 0/);
  await app.editor.clickGutter('(i64.mul');
  assert.equal((await app.editor.breakpointLines()).length, 1);
  await app.controls.continue();
  await app.controls.waitFor('PAUSED');
  await app.editor.clickGutter('(i64.mul');
  await app.controls.continue();
  await app.controls.expectResults('120');
  assert.deepEqual(await app.console.lines(), ['1', '2', '6', '24', '120']);
  const link = await app.files.share();
  assert.ok(link.length > 100);
  await page.getByRole('button', { name: 'Close' }).click();
});

webtest('the whole job with the keyboard alone', async ({ app, page }) => {
  await app.controls.waitFor('PAUSED');
  // Into the editor, type, out again: Escape, then Tab leaves it.
  await app.press('e');
  await page.keyboard.press('Control+a');
  await app.insertText(FIB);
  await app.idle();
  await app.press('Escape');
  await app.press('Tab');
  await eventually(async () => assert.match((await app.form.offered()).join(), /fib/));
  await app.form.arguments().first().focus();
  await page.keyboard.type('7');
  await app.press('Control+Enter');
  await app.controls.expectResults('13');
  await app.form.arguments().first().blur();
  await app.press('r');
  await app.controls.waitFor('PAUSED');
  await app.press('F11', 'F11');
  assert.match(await app.controls.sentence(), /i32\.const/);
  await app.press('s', 's', 'o', 'u');
  await app.controls.expectResults('13');
});

webtest('a stop is read aloud: instruction, effect and top of the stack', async ({ app, page }) => {
  await app.load(projectOf(ADD, { call: ['add', '2', '40'] }));
  await app.controls.stepIn(3);
  const said = await page.getByTestId('announcement').innerText();
  assert.match(said, /i32\.add popped 2 and 40, pushed 42/);
  assert.match(said, /top of stack 42 i32/);
});

webtest('arguments are checked as typed, over the whole range of their type', async ({ app }) => {
  const text = `(module (func (export "same") (param $a i32) (param $b i64) (param $c f32) (param $d f64) (param $e externref)
    (result i32 i64 f32 f64 externref)
    local.get $a local.get $b local.get $c local.get $d local.get $e))`;
  await app.load(projectOf(text));
  await app.form.call('same', '0xffffffff', '-9223372036854775808', '-0', 'nan:0x200001', 'null');
  await app.controls.expectResults('-1', '-9223372036854775808', '-0', 'nan:0x200001', 'null');
  const hidden = await app.form.arguments().evaluateAll((fields) => fields.filter((field) => field.scrollWidth > field.clientWidth).length);
  assert.equal(hidden, 0, 'an argument is longer than its field');
  await app.form.call('same', '4294967295', '0xffff_ffff_ffff_ffff', 'inf', '1e308', 'null');
  await app.controls.waitFor('FINISHED');
  assert.deepEqual((await app.controls.results()).slice(0, 3), ['-1', '-1', 'inf']);
  await app.form.fill('4294967296');
  assert.match(await app.form.problem().first().innerText(), /i32|4294967295|4,294,967,295/);
  await app.form.fill('1', 'x');
  assert.equal(await app.form.problem().count(), 1);
});

webtest('P15 all exports are offered with typed signatures, and exported globals and tables are listed', async ({ app, page }) => {
  const text = `(module
    (global (export "g") (mut i64) (i64.const 7))
    (table (export "t") 3 funcref)
    (memory (export "m") 1)
    (func (export "one") (param $x i32) (param $y f64) (result i64) (i64.const 1))
    (func (export "two")))`;
  await app.load(projectOf(text));
  assert.deepEqual(await app.form.offered(), ['one', 'two']);
  await app.form.choose('one');
  assert.ok(await page.getByLabel('$x i32').isVisible());
  assert.ok(await page.getByLabel('$y f64').isVisible());
  await page.getByRole('tab', { name: /^Outline/ }).click();
  const outline = await app.pane('Outline').innerText();
  for (const name of ['"g"', '"t"', '"m"', '"one"', '"two"']) assert.ok(outline.includes(name), `${name} in ${outline}`);
  assert.equal((await app.globals.rows())[0]?.value, '7');
  assert.equal((await app.tables.rows()).length, 3);
});

webtest('the outline of a broken text does not pass the hash of the machine before off as its own', async ({ app, page }) => {
  await page.getByRole('tab', { name: /^Outline/ }).click();
  const outline = app.pane('Outline');
  await outline.getByText(/^[\d,]+ bytes?, hash /).waitFor();
  await app.editor.type('(module (func (export "f")');
  await app.controls.waitFor('BROKEN');
  await outline.getByText(/the machine has the text before, hash /).waitFor();
});

webtest('several calls after each other work on the same instance; restart begins anew', async ({ app }) => {
  const text = `(module
    (global $count (mut i32) (i32.const 0))
    (func (export "next") (result i32)
      (global.set $count (i32.add (global.get $count) (i32.const 1)))
      (global.get $count)))`;
  await app.load(projectOf(text, { call: ['next'] }));
  assert.match(await app.controls.status(), /PAUSED in "next", line 4/);
  for (const expected of ['1', '2', '3']) {
    await app.controls.run();
    await app.controls.expectResults(expected);
    assert.match(await app.controls.status(), /FINISHED 6 instructions, 5 gas/);
  }
  await app.controls.restart();
  await app.controls.run();
  await app.controls.expectResults('1');
});

webtest('imports that nobody defines are named as such, not as mistakes in the text', async ({ app }) => {
  await app.load(projectOf('(module (import "env" "a" (func)) (import "env" "b" (func)) (func (export "f")))', { call: ['f'] }));
  assert.match(await app.controls.status(), /BROKEN nothing defines env\.a, which is imported as \(func\); add it to host\.js; and 1 more under Problems/);
});
