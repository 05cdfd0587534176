// Seeing and changing the machine: stack, locals, globals, tables, labels, memory.
import assert from 'node:assert/strict';
import { eventually } from './harness/eventually.ts';
import { webtest } from './harness/webtest.ts';
import { FIB, exampleProject, projectOf } from './projects.ts';

const STORE = `(module
  (memory (export "memory") 1)
  (global $g (export "g") (mut i64) (i64.const -1))
  (func (export "f") (param $at i32) (param $value i32) (result i32)
    (i32.store (local.get $at) (local.get $value))
    (i32.load (local.get $at))))
`;

webtest('P8 a byte written by a step shows at once, little-endian and marked, in the middle of a call', async ({ app }) => {
  await app.load(projectOf(STORE, { call: ['f', '32', '0x11223344'] }));
  await app.controls.stepIn(3);
  assert.match(await app.controls.sentence(), /^i32\.store/);
  await app.memory.expectBytes(32, '44 33 22 11');
  const shown = await app.memory.shown();
  assert.deepEqual(
    [31, 32, 33, 34, 35, 36].map((address) => shown.get(address)?.written),
    [false, true, true, true, true, false],
  );
  await app.controls.stepIn(2);
  const after = await app.memory.shown();
  assert.equal(after.get(32)?.read, true);
  assert.deepEqual(await app.stack.values(), [String(0x11223344)]);
});

webtest('Escape leaves the bytes, and letters are keys of the page again', async ({ app }) => {
  await app.load(exampleProject('first-steps'));
  await app.memory.region().getByRole('grid').click({ position: { x: 150, y: 20 } });
  await app.press('Escape', 's');
  assert.match(await app.controls.sentence(), /local\.get/);
});

webtest('P7 memory and globals are read and written while paused and between calls', async ({ app }) => {
  await app.load(projectOf(STORE, { call: ['f', '0', '7'] }));
  await app.controls.stepIn(3);
  await app.memory.write('0x0', '2a');
  await app.controls.continue();
  await app.controls.expectResults('42');
  assert.equal((await app.globals.row('$g')).value, '-1');
  await app.globals.edit('$g', '0x7fffffffffffffff');
  assert.equal((await app.globals.row('$g')).value, '9223372036854775807');
  await app.memory.write('0x10', 'ff 01');
  await app.memory.expectBytes(16, 'ff 01 00');
});

webtest('choosing a frame shows its locals, and values are changed by hand', async ({ app }) => {
  await app.load(projectOf(FIB, { call: ['fib', '6'] }));
  for (let steps = 0; steps < 60 && (await app.calls.depth()) < 4; steps += 1) await app.controls.stepIn();
  assert.equal(await app.calls.depth(), 4);
  assert.equal((await app.locals.row('$n')).value, '3');
  await app.calls.choose(3);
  assert.equal((await app.locals.row('$n')).value, '6');
  await app.calls.choose(0);
  await app.locals.edit('$n', '1');
  assert.equal((await app.locals.row('$n')).value, '1');
  await app.controls.continue();
  // fib(6) with its first fib(3) cut to fib(1) = 1: 8 - 2 + 1.
  await app.controls.expectResults('7');
});

webtest('what a step changed stands out with its old value', async ({ app }) => {
  await app.load(exampleProject('loops'));
  for (let steps = 0; steps < 20 && !/^local\.set/.test(await app.controls.sentence()); steps += 1) await app.controls.stepIn();
  const row = await app.locals.row('$i');
  assert.deepEqual([row.value, row.before], ['1', '0']);
});

webtest('block labels are listed, innermost first', async ({ app }) => {
  await app.load(exampleProject('loops'));
  for (let steps = 0; steps < 6; steps += 1) await app.controls.stepIn();
  const names = await app.pane('Labels').locator('.row-name').allInnerTexts();
  assert.deepEqual(names.slice(0, 2), ['$again', '$done']);
});

webtest('tables show their elements by function name', async ({ app }) => {
  await app.load(exampleProject('indirect-calls'));
  assert.deepEqual(await app.tables.values(), ['$add', '$subtract', '$multiply', '$larger']);
});

webtest('numbers are read as signed, unsigned and hexadecimal', async ({ app, page }) => {
  await app.load(projectOf(`(module (func (export "f") (param $x i32) (result i32) (local.get $x)))`, { call: ['f', '-2'] }));
  assert.equal((await app.locals.row('$x')).value, '-2');
  await page.getByRole('radio', { name: 'unsigned' }).click();
  assert.equal((await app.locals.row('$x')).value, '4294967294');
  await page.getByRole('radio', { name: 'hexadecimal' }).click();
  assert.equal((await app.locals.row('$x')).value, '0xfffffffe');
  // Also when no call is under way: the results follow, and the arrow keys choose.
  await app.controls.run();
  await app.controls.expectResults('0xfffffffe');
  await page.getByRole('radio', { name: 'hexadecimal' }).focus();
  await page.keyboard.press('ArrowLeft');
  assert.equal(await app.focused(), 'unsigned');
  await app.controls.expectResults('4294967294');
});

webtest('the names of values stand below each other, and so do the values, however long the names are', async ({ app }) => {
  const text = '(module (func (export "f") (param $i i32) (param $a_long_name i32) (local $end i64)))';
  await app.load(projectOf(text, { call: ['f'] }));
  const lefts = await app.locals.region().locator('.value-text').evaluateAll((values) => values.map((value) => Math.round(value.getBoundingClientRect().left)));
  assert.equal(lefts.length, 3);
  assert.equal(new Set(lefts).size, 1, `values begin at ${lefts.join(', ')}`);
});

webtest('memory: go to an address, search bytes and text, inspect', async ({ app }) => {
  const text = `(module (memory (export "memory") 16)
    (data (i32.const 0x8fff0) "wasp nest") (data (i32.const 0xa0000) "\\2a\\00\\00\\00\\de\\ad\\be\\ef")
    (func (export "f")))`;
  await app.load(projectOf(text, { call: ['f'] }));
  await app.memory.goTo('0xa0000');
  await app.memory.expectBytes(0xa0000, '2a 00 00 00 de ad be ef');
  const readings = await app.memory.inspector();
  assert.equal(readings['u32'] ?? readings['i32'], '42');
  await app.memory.search('nest');
  await eventually(async () => assert.equal(await app.memory.bytes(0x8fff5, 4), '6e 65 73 74'));
  await app.memory.search('be ef');
  await eventually(async () => assert.equal(await app.memory.bytes(0xa0006, 2), 'be ef'));
  await app.memory.goTo('0xffffffff');
  assert.match(await app.memory.problem(), /the memory ends at/);
  await app.memory.search('hornet');
  assert.match(await app.memory.problem(), /not found anywhere in this memory/);
  await app.memory.search('nest');
  assert.equal(await app.memory.region().getByRole('alert').count(), 0);
});

webtest('a memory that grew is shown to its new end', async ({ app }) => {
  const text = `(module (memory (export "memory") 1 65536) (func (export "f") (result i32) (memory.grow (i32.const 1))))`;
  await app.load(projectOf(text, { call: ['f'] }));
  await app.controls.run();
  await app.controls.waitFor('FINISHED');
  await app.memory.goTo('0x1fff0');
  await app.memory.expectBytes(0x1fff0, '00 00 00 00');
});

webtest('a hundred thousand frames are a number and a list, not a heavy page', async ({ app }) => {
  await app.load(exampleProject('deep-recursion'));
  await app.editor.clickGutter('(call $print (global.get $deepest))');
  await app.controls.run();
  await app.controls.waitFor('PAUSED');
  assert.ok((await app.calls.depth()) > 100_000);
  assert.ok((await app.calls.frames()).length < 1000);
  assert.equal((await app.globals.row('$deepest')).value, '100000');
  await app.controls.continue();
  await app.controls.expectResults('100000');
});

webtest('the memory is walked by keys alone', async ({ app, page }) => {
  await app.load(projectOf('(module (memory (export "m") 4) (func (export "f")))', { call: ['f'] }));
  const place = (): Promise<string> => app.memory.region().locator('.inspector-place').innerText();
  await app.memory.region().getByRole('grid').focus();
  await page.keyboard.press('Control+End');
  await eventually(async () => assert.match(await place(), /^0x0003.ffff$/));
  await page.keyboard.press('Control+Home');
  await eventually(async () => assert.equal(await place(), '0x0000'));
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Shift+ArrowRight');
  await eventually(async () => assert.match(await place(), /^0x0001 to 0x0002, 2 bytes$/));
});

webtest('references to functions and host objects are given by name, index or number', async ({ app }) => {
  const text = `(module
  (table 1 funcref)
  (global $g (mut funcref) (ref.null func))
  (global $x (mut externref) (ref.null extern))
  (func $seven (result i32) (i32.const 7))
  (func $eight (result i32) (i32.const 8))
  (elem declare func $seven $eight)
  (func (export "call") (param $f funcref) (result i32)
    (table.set (i32.const 0) (local.get $f))
    (call_indirect (result i32) (i32.const 0)))
  (func (export "stored") (result i32)
    (table.set (i32.const 0) (global.get $g))
    (call_indirect (result i32) (i32.const 0)))
  (func (export "set") (result i32) (ref.is_null (global.get $x))))`;
  await app.load(projectOf(text, { call: ['call', '$seven'] }));
  await app.controls.run();
  await app.controls.expectResults('7');
  await app.form.call('call', '1');
  await app.controls.expectResults('8');
  await app.form.fill('$nine');
  await app.page.getByText(/write null, or a function by its \$name or index/).waitFor();
  await app.form.call('call', '$seven');
  await app.press('r', 's');
  await app.locals.edit('$f', '$eight');
  await app.press('c');
  await app.controls.expectResults('8');
  await app.form.choose('stored');
  await app.globals.edit('$g', '0');
  assert.equal((await app.globals.row('$g')).value, '$seven');
  await app.globals.edit('$x', '5');
  assert.equal((await app.globals.row('$x')).value, 'extern 5');
  assert.match(await app.focused(), /^global \$x extern 5/);
  await app.controls.run();
  await app.controls.expectResults('7');
  await app.form.call('set');
  await app.controls.expectResults('0');
});
