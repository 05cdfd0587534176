// Scripts in the .wast format: run in the page, listed, and opened paused at a directive.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { eventually } from './harness/eventually.ts';
import { NARROW, webtest } from './harness/webtest.ts';

const MODULE = `(module $calc
  (import "spectest" "print_i32" (func $print (param i32)))
  (memory (export "memory") 1)
  (func (export "add") (param $a i32) (param $b i32) (result i32)
    (i32.add (local.get $a) (local.get $b)))
  (func $square (param $x i32) (result i32)
    (i32.mul (local.get $x) (local.get $x)))
  (func (export "cube") (param $x i32) (result i32)
    (call $print (local.get $x))
    (i32.store (i32.const 16) (local.get $x))
    (i32.mul (call $square (local.get $x)) (i32.const 3))))
`;
const PASSING = `${MODULE}(assert_return (invoke "add" (i32.const 2) (i32.const 40)) (i32.const 42))
(assert_invalid (module (func (result i32) (i64.const 1))) "type mismatch")
`;
const FAILING = `${MODULE}(assert_return (invoke "cube" (i32.const 3)) (i32.const 27))
(assert_return (invoke "cube" (i32.const 2)) (i32.const 8))
(assert_trap (invoke "add" (i32.const 1) (i32.const 2)) "unreachable")
`;
const ENDLESS = `(module (func (export "spin") (loop $l (br $l))) (func (export "one") (result i32) i32.const 1))
(assert_return (invoke "one") (i32.const 1))
(invoke "spin")
(assert_return (invoke "one") (i32.const 1))
`;

webtest('a passing script runs by itself and lists every directive with line, kind and verdict', async ({ app }) => {
  await app.files.open({ name: 'passing.wast', content: PASSING });
  assert.equal(await app.script.totals(), '✓ 3 passed');
  assert.deepEqual(await app.script.directives(), ['line 1, module, pass', 'line 12, assert_return, pass', 'line 13, assert_invalid, pass']);
  assert.deepEqual(await app.files.tabNames(), ['passing.wast', 'host.js']);
  assert.equal(await app.controls.state(), 'READY');
  await app.script.choose(12);
  await eventually(async () => assert.match((await app.editor.content().locator('.cm-chosen').allInnerTexts()).join(''), /^\(assert_return \(invoke "add"/));
});

webtest('a failing directive says why and opens paused in the normal debugger', async ({ app }) => {
  await app.files.open({ name: 'failing.wast', content: FAILING });
  assert.equal(await app.script.totals(), '✓ 2 passed ✗ 2 failed');
  assert.equal(await app.script.verdict(), '✗ FAIL line 13 expected i32.const 8, got i32.const 12');
  await app.script.press('Open paused');
  assert.equal(await app.controls.state(), 'PAUSED');
  await app.editor.expectNext('local.get $x');
  assert.equal((await app.locals.row('$x')).value, '2');
  assert.match(await app.script.verdict(), /The machine stands in this action/);
  // The state is that which the directives before have left: 3 is at byte 16.
  await app.memory.expectBytes(16, '03 00');

  await app.controls.stepIn(3);
  await app.editor.expectNext('local.get $x');
  assert.deepEqual(await app.console.lines(), ['2']);
  await app.page.getByRole('tab', { name: /^Script/ }).click();
  await app.editor.clickGutter('(i32.mul (local.get $x)');
  await app.controls.continue();
  await app.editor.expectNext('i32.mul');
  assert.deepEqual(await app.calls.frames(), ['$square', '"cube"']);
  await app.editor.clickGutter('(i32.mul (local.get $x)');
  await app.controls.continue();
  await app.controls.expectResults('12');

  await app.controls.restart();
  assert.equal(await app.controls.state(), 'PAUSED');
  assert.equal((await app.locals.row('$x')).value, '2');
  await app.script.press('Close the machine');
  assert.equal(await app.controls.state(), 'READY');
});

webtest('the way into a failing action is beside the state too', async ({ app }) => {
  await app.files.open({ name: 'failing.wast', content: FAILING });
  assert.match(await app.controls.status(), /^READY there is no machine yet.* Open paused$/);
  await app.button('Open paused at line 13').click();
  await app.idle();
  assert.equal(await app.controls.state(), 'PAUSED');
  assert.equal((await app.locals.row('$x')).value, '2');
  assert.equal(await app.button(/^Open paused at/).count(), 0);
  await app.script.press('Close the machine');
  await app.script.choose(12);
  await app.button('Open paused at line 12').click();
  await app.idle();
  assert.equal((await app.locals.row('$x')).value, '3');
});

webtest('a script dropped over changed work says where that is kept', async ({ app, page }) => {
  await app.files.open({ name: 'mine.wat', content: MODULE.replace(/\(import[^\n]*/, '').replace('(call $print (local.get $x))', '') });
  await app.editor.focus();
  await app.press('Control+End');
  await app.insertText('\n;; a line of mine');
  await app.idle();
  await app.files.drop({ name: 'passing.wast', content: PASSING });
  assert.equal(await app.script.totals(), '✓ 3 passed');
  await page.getByText('mine was changed; it is kept under Open, Earlier work.').waitFor();
  // Nothing was changed since: nothing is said.
  await app.files.drop({ name: 'failing.wast', content: FAILING });
  assert.equal(await app.script.totals(), '✓ 2 passed ✗ 2 failed');
  assert.equal(await page.getByText(/was changed; it is kept/).count(), 0);
  await app.button('Open').click();
  await app.dialog('Open').getByRole('button', { name: /mine/ }).first().click();
  await app.idle();
  assert.match(await app.editor.text(), /;; a line of mine/);
});

webtest('any action opens at its end, and the modules of the script can be called on', async ({ app }) => {
  await app.files.open({ name: 'failing.wast', content: FAILING });
  await app.script.choose(12);
  await app.script.press('Open at its end');
  await app.controls.expectResults('27');
  await app.form.call('add', '20', '22');
  await app.controls.expectResults('42');
  await app.script.choose(1);
  assert.ok(await app.script.region().getByRole('button', { name: 'Open paused' }).isDisabled());
});

webtest('an edit shows that the run is old, and running again or restarting takes the new text', async ({ app }) => {
  await app.files.open({ name: 'failing.wast', content: FAILING });
  await app.script.press('Open paused');
  await app.editor.type(FAILING.replace('(i32.const 3))))', '(local.get $x))))'));
  assert.match(await app.script.region().innerText(), /The text has changed since this run/);
  await app.script.press('Run script');
  assert.equal(await app.script.totals(), '✓ 3 passed ✗ 1 failed');
  await app.controls.restart();
  await app.controls.continue();
  await app.controls.expectResults('8');
});

webtest('a malformed script keeps what can be read, and its problems are underlined', async ({ app, page }) => {
  const text = `(module (func (export "f")))\n(assert_retur (invoke "f"))\n(invoke "f")\n(module (func (i32.cons 1)))\n(invoke "f"`;
  await app.files.open({ name: 'broken.wast', content: text });
  assert.equal(await app.script.totals(), '✓ 2 passed ✗ 3 failed');
  assert.deepEqual(await app.script.directives(), ['line 1, module, pass', 'line 2, unknown, FAIL', 'line 3, invoke, pass', 'line 4, module, FAIL', 'line 5, invoke, FAIL']);
  await eventually(async () => assert.ok((await app.editor.content().locator('.cm-lintRange-error').count()) >= 3));
  await page.getByRole('tab', { name: /^Problems/ }).click();
  const problems = await app.pane('Problems').innerText();
  assert.match(problems, /assert_retur is no directive of a script/);
  assert.match(problems, /i32\.cons is no instruction/);
  assert.match(problems, /\(invoke is never closed/);
});

webtest('a directive that cannot be read and a call that cannot begin say so in a sentence', async ({ app }) => {
  const text = `(module (func (export "add") (param i32 i32) (result i32) local.get 0))
(assert_return (invoke "add" (i32.const 1) (i32.const 2)) (i32.cons 1))
(assert_return (invoke "ad" (i32.const 1) (i32.const 2)) (i32.const 1))
(assert_return (invoke "add" (i32.const 1)) (i32.const 1))
`;
  await app.files.open({ name: 'broken.wast', content: text });
  assert.match(await app.script.verdict(), /^✗ FAIL line 2 expected a directive, got text that is not a directive: /);
  const says = async (line: number, why: string): Promise<void> => {
    await app.script.choose(line);
    await app.script.press('Open paused');
    assert.equal(await app.controls.status(), `BROKEN this call cannot begin: ${why}`);
  };
  await says(3, 'expected an exported function "ad", got no such export');
  await says(4, 'expected i32.const 1, got a refusal: 2 arguments are wanted, 1 were given');
});

webtest('several scripts have totals of their own and together, and failing ones can be listed alone', async ({ app }) => {
  await app.files.open({ name: 'a.wast', content: PASSING }, { name: 'b.wast', content: FAILING });
  assert.equal(await app.script.totals(), '✓ 5 passed ✗ 2 failed');
  // Those that fail come first.
  assert.deepEqual(await app.script.scripts(), ['b.wast: 2 FAIL of 4', 'a.wast: 3 pass']);
  await app.script.chooseScript('b');
  await app.script.failingOnly();
  assert.deepEqual(await app.script.scripts(), ['b.wast: 2 FAIL of 4']);
  assert.deepEqual(await app.script.directives(), ['line 13, assert_return, FAIL', 'line 14, assert_trap, FAIL']);
});

webtest('a folder of scripts is run whole, judged by the rules that were chosen', async ({ app }) => {
  const folder = await mkdtemp(join(tmpdir(), 'suite-'));
  const old = '(assert_invalid (module (func (result i32 i32) i32.const 1 i32.const 2)) "invalid result arity")';
  const files: Record<string, string> = { 'a.wast': PASSING, 'deep/er/b.wast': old, 'deep/c.wat': '(module)', 'readme.md': 'x' };
  for (let number = 10; number < 40; number += 1) files[`many/${number}.wast`] = PASSING;
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  try {
    await app.files.openFolder(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
  assert.equal(await app.script.totals(), '✓ 93 passed ✗ 1 failed');
  assert.deepEqual((await app.script.scripts()).slice(0, 2), ['deep/er/b.wast: 1 FAIL of 1', 'a.wast: 3 pass']);
  await app.script.rules('WebAssembly 1.0');
  await app.script.press('Run all scripts');
  assert.equal(await app.script.totals(), '✓ 94 passed');
});

webtest('a dropped folder is read like a picked one', async ({ app, page }) => {
  await page.evaluate((text) => {
    // The browser makes entries of real folders only; this is one as it would make it.
    const file = { isFile: true, isDirectory: false, fullPath: '/suite/deep/a.wast', file: (give: (file: File) => void) => give(new File([text], 'a.wast')) };
    const reader = (entries: readonly unknown[]) => {
      const portions = [entries, []];
      return { readEntries: (give: (portion: readonly unknown[]) => void) => give(portions.shift() ?? []) };
    };
    const deep = { isFile: false, isDirectory: true, fullPath: '/suite/deep', createReader: () => reader([file]) };
    const suite = { isFile: false, isDirectory: true, fullPath: '/suite', createReader: () => reader([deep]) };
    const transfer = { types: ['Files'], files: [], items: [{ kind: 'file', webkitGetAsEntry: () => suite }] };
    const event = new Event('drop', { bubbles: true, cancelable: true });
    Object.defineProperty(event, 'dataTransfer', { value: transfer });
    document.body.dispatchEvent(event);
  }, PASSING);
  await app.idle();
  assert.equal(await app.script.totals(), '✓ 3 passed');
  assert.equal(await app.files.title().inputValue(), 'suite');
});

webtest('an endless script is stopped by hand, and the action that never ends can be opened and paused', async ({ app }) => {
  await app.button('Open').click();
  await app.dialog('Open').getByLabel('Choose files').setInputFiles([{ name: 'endless.wast', mimeType: 'text/plain', buffer: Buffer.from(ENDLESS) }]);
  await app.script.region().getByRole('button', { name: 'Stop' }).click();
  await app.idle();
  assert.equal(await app.script.totals(), '✓ 2 passed ○ 2 not run');
  assert.match((await app.script.directives()).join(), /line 3, invoke, not run/);

  await app.script.choose(3);
  await app.script.press('Open paused');
  await app.controls.startRun();
  await app.controls.waitFor('RUNNING');
  await app.controls.pause();
  assert.equal(await app.controls.state(), 'PAUSED');

  // The way to the last directive leads through the endless one; it can be stopped as well.
  await app.script.choose(4);
  await app.script.region().getByRole('button', { name: 'Open paused' }).click();
  await app.script.region().getByRole('button', { name: 'Stop' }).click();
  await app.idle();
  assert.match(await app.controls.status(), /it was stopped on the way to the directive/);
});

webtest('a module given as bytes is shown as text beside the script and stepped there', async ({ app }) => {
  const bytes = '\\00asm\\01\\00\\00\\00\\01\\05\\01\\60\\00\\01\\7f\\03\\02\\01\\00\\07\\05\\01\\01f\\00\\00\\0a\\06\\01\\04\\00\\41\\2a\\0b';
  await app.files.open({ name: 'bytes.wast', content: `(module binary "${bytes}")\n(assert_return (invoke "f") (i32.const 43))\n` });
  await app.script.press('Open paused');
  assert.deepEqual(await app.files.tabNames(), ['bytes.wast', 'bytes:1.wat', 'host.js']);
  await app.controls.stepIn();
  await eventually(async () => assert.match(await app.editor.text(), /i32\.const 42/));
  await app.files.openTab('bytes:1.wat');
  await app.controls.continue();
  await app.controls.expectResults('42');
});

webtest('work whose machine is that of a script comes back after a reload, from a link and from a file', async ({ app, page, newTab }) => {
  const bytes = '\\00asm\\01\\00\\00\\00\\01\\05\\01\\60\\00\\01\\7f\\03\\02\\01\\00\\07\\05\\01\\01f\\00\\00\\0a\\06\\01\\04\\00\\41\\2a\\0b';
  await app.files.open({ name: 'mine.wast', content: `(module binary "${bytes}")\n(assert_return (invoke "f") (i32.const 43))\n` });
  await app.script.press('Open paused');
  // A breakpoint in a text that only the machine has.
  await app.files.openTab('mine:1.wat');
  await app.editor.clickGutter('i32.const 42');
  await app.controls.run();
  await app.editor.expectNext('i32.const 42');
  const link = await app.files.share();
  await app.files.closeDialog();
  const file = await app.files.saveProject();
  await page.reload();
  await app.ready();
  assert.deepEqual(await app.files.tabNames(), ['mine.wast', 'host.js']);
  assert.equal(await page.getByRole('note').count(), 0);
  const other = await newTab(link.slice(link.indexOf('#') + 1));
  await other.app.ready();
  assert.deepEqual(await other.app.files.tabNames(), ['mine.wast', 'host.js']);
  await other.app.files.openExample('Loops');
  await other.app.files.open(file);
  assert.deepEqual(await other.app.files.tabNames(), ['mine.wast', 'host.js']);
});

webtest('the modules of a project have their own call again when the machine of a script is closed', async ({ app }) => {
  await app.files.open({ name: 'failing.wast', content: FAILING }, { name: 'sums.wat', content: '(module (func (export "double") (param i32) (result i32) (i32.add (local.get 0) (local.get 0))))' });
  await app.form.fill('21');
  await app.script.choose(12);
  await app.script.press('Open paused');
  assert.deepEqual(await app.form.values(), ['3']);
  await app.script.press('Back to the modules');
  assert.deepEqual(await app.form.values(), ['21']);
  await app.controls.run();
  await app.controls.expectResults('42');
});

webtest('the list works by keyboard alone', async ({ app, page }) => {
  await app.files.open({ name: 'failing.wast', content: FAILING });
  await app.script.region().getByRole('listbox', { name: 'Directives' }).focus();
  await app.press('Home', 'ArrowDown');
  assert.match(await app.script.verdict(), /pass line 12/);
  await app.press('Enter');
  assert.equal(await app.controls.state(), 'PAUSED');
  assert.equal((await app.locals.row('$x')).value, '3');
  await app.press('End');
  assert.match(await app.script.verdict(), /FAIL line 14 expected the trap "unreachable", got i32\.const 3/);
  // Single letters still drive the machine.
  await app.press('s');
  assert.match(await app.controls.sentence(), /local\.get pushed 3/);
  assert.equal(await page.getByRole('listbox', { name: 'Directives' }).evaluate((list) => list === document.activeElement), true);
});

webtest('a script comes back with the page and in a link, and then runs nothing by itself', async ({ app, page, newTab }) => {
  await app.files.open({ name: 'failing.wast', content: FAILING });
  const link = await app.files.share();
  await app.files.closeDialog();
  await page.reload();
  await app.ready();
  assert.deepEqual(await app.files.tabNames(), ['failing.wast', 'host.js']);
  await page.getByRole('tab', { name: /^Script/ }).click();
  assert.equal(await app.script.totals(), 'not run');
  const other = await newTab(link.slice(link.indexOf('#') + 1));
  await other.app.ready();
  assert.equal(await other.app.script.totals(), 'not run');
  await other.app.script.press('Run script');
  assert.equal(await other.app.script.totals(), '✓ 2 passed ✗ 2 failed');
});

webtest(
  'on a phone a failing directive is found and opened',
  async ({ app, page }) => {
    await app.files.open({ name: 'failing.wast', content: FAILING });
    await page.getByRole('tab', { name: 'Output' }).click();
    assert.equal(await app.script.totals(), '✓ 2 passed ✗ 2 failed');
    await app.script.press('Open paused');
    await app.editor.expectNext('local.get $x');
  },
  { viewport: NARROW, touch: true },
);
