// Writing a module's text: problems at their place, completion, what a hover tells, jumps, folding, search.
import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { pageAddress } from './harness/browser.ts';
import { eventually } from './harness/eventually.ts';
import { webtest, withoutOfflineCopy } from './harness/webtest.ts';
import type { App } from './panes/app.ts';
import { ADD, FIB, projectOf } from './projects.ts';

const tooltip = (app: App): Locator => app.page.locator('.cm-tooltip:not(.cm-tooltip-autocomplete)').first();
const options = (app: App): Locator => app.page.getByRole('listbox', { name: 'Completions' }).getByRole('option');

/** A word in the first line with `line`, by its exact text. */
const word = (app: App, line: string, text: string): Locator => app.editor.line(line).locator('span').getByText(text, { exact: true }).last();

/** The text of the line the cursor is in. */
const cursorLine = (app: App): Promise<string> => app.editor.content().locator('.cm-activeLine').innerText();

/** Opens the page as it is until completion has come; what it gives lets it come. */
async function openWithoutCompletion(app: App): Promise<() => void> {
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  let held = 0;
  await withoutOfflineCopy(app.page);
  await app.page.route(/part-/, async (route) => {
    const response = await route.fetch();
    if ((await response.text()).includes('cm-completionIcon')) {
      held += 1;
      await released;
    }
    await route.fulfill({ response });
  });
  // The page is loaded when its parts are.
  await app.page.goto(pageAddress(), { waitUntil: 'domcontentloaded' });
  await app.ready();
  await eventually(() => assert.ok(held > 0, 'nothing that has completion was asked for'));
  return release;
}

webtest('a mistake is underlined at its place with a plain sentence', async ({ app }) => {
  await app.load(projectOf(FIB));
  await app.editor.type(FIB.replace('i32.add', 'i32.adds'));
  await eventually(async () => assert.equal((await app.editor.errors().allInnerTexts()).join(''), 'i32.adds'));
  await app.editor.errors().first().hover();
  assert.match(await tooltip(app).innerText(), /i32\.adds/);
  await app.editor.type(FIB);
  await eventually(async () => assert.equal(await app.editor.errors().count(), 0));
});

webtest('a mistake of types is underlined at the instruction, in each function', async ({ app }) => {
  const text = '(module\n  (func $a (result i32) (i64.const 1))\n  (func $b (i32.add (i32.const 1) (f32.const 2)) drop))\n';
  await app.load(projectOf(FIB));
  await app.editor.type(text);
  await eventually(async () => assert.ok((await app.editor.errors().count()) >= 2));
  assert.ok((await app.editor.errors().allInnerTexts()).includes('i32.add'));
});

for (const from of ['server', 'file'] as const) {
  webtest(
    `completion offers instructions with their stack effect, opened from a ${from}`,
        async ({ app, page }) => {
      await app.load(projectOf('(module\n  (func (export "f") (param $count i32) (result i32)\n    \n  ))\n'));
      await app.editor.line('result i32').click();
      await app.press('ArrowDown', 'End');
      await page.keyboard.type('(i32.mu');
      await options(app).filter({ hasText: 'i32.mul' }).waitFor();
      assert.match(await options(app).first().innerText(), /i32\.mul.*\[i32 i32\] -> \[i32\]/s);
      await options(app).first().click();
      await page.keyboard.type(' (local.get $');
      await options(app).filter({ hasText: '$count' }).click();
      await app.idle();
      assert.match(await app.editor.text(), /\(i32\.mul \(local\.get \$count\)\)/);
    },
    { from },
  );
}

webtest(
  'brackets close at the first key typed, and what was typed is completed when completion has come',
  async ({ app, page }) => {
    const release = await openWithoutCompletion(app);
    // A click would wait for the whole page.
    await app.editor.content().focus();
    await page.keyboard.press('Control+Home');
    await page.keyboard.type('(i32.mu');
    assert.match(await app.editor.text(), /^\(i32\.mu\)/);
    await page.keyboard.press('Control+z');
    await page.keyboard.press('Control+Home');
    await page.keyboard.type('(mod');
    assert.equal(await options(app).count(), 0);
    release();
    await options(app).filter({ hasText: 'module' }).first().click();
    await eventually(async () => assert.match(await app.editor.text(), /^\(module\n/));
  },
  { open: false },
);

webtest(
  'completion asked for before it has come opens when it has',
  async ({ app, page }) => {
    const release = await openWithoutCompletion(app);
    // A click would wait for the whole page.
    await app.editor.content().focus();
    await page.keyboard.press('Control+Home');
    await page.keyboard.type('(');
    await page.keyboard.press('Control+Space');
    release();
    await options(app).filter({ hasText: 'module' }).first().waitFor();
    await page.keyboard.press('Escape');
    await eventually(async () => assert.equal(await options(app).count(), 0));
    // The text of another file has it too.
    await app.files.open({ name: 'other.wat', content: ADD });
    await app.editor.focus();
    await page.keyboard.press('Control+Home');
    await page.keyboard.press('Control+Space');
    await page.keyboard.type('(m');
    await options(app).filter({ hasText: 'module' }).first().waitFor();
  },
  { open: false },
);

webtest('hover on an instruction tells its effect, its gas and the way into the specification', async ({ app }) => {
  await app.load(projectOf(FIB));
  await word(app, 'i32.add', 'i32.add').hover();
  const text = await tooltip(app).innerText();
  assert.match(text, /\[i32 i32\] -> \[i32\]/);
  assert.match(text, /1 gas/);
  const address = await tooltip(app).getByRole('link').getAttribute('href');
  assert.match(address ?? '', /^https:\/\/webassembly\.github\.io\/spec\//);
});

webtest('hover on what throws and catches tells where it goes', async ({ app }) => {
  const text = '(module (tag $t (param i32))\n  (func (result i32)\n    (block $h (result i32)\n      (try_table\n        (catch $t $h)\n        (throw $t (i32.const 1)))\n      (unreachable))))\n';
  await app.load(projectOf(text));
  // From above to below: what is told stands above the word.
  const told = async (line: string, name: string, words: RegExp): Promise<void> => {
    await word(app, line, name).hover();
    await eventually(async () => assert.match(await tooltip(app).innerText(), words));
  };
  await told('try_table', 'try_table', /\(catch \$tag \$label\)/);
  await told('(catch $t $h)', 'catch', /catch \$tag \$label\s+Catches exceptions of the tag\. The label gets the values they carry\./);
  await told('(throw $t', 'throw', /throw \$tag\s+\[values\] -> \[\]\s+Throws an exception of the tag with these values, to the nearest clause that catches it/);
});

webtest('a name shows its definition and leads there', async ({ app, page }) => {
  await app.load(projectOf(FIB));
  await app.idle();
  const use = word(app, '(i32.const 1)', '$fib');
  await use.hover();
  assert.match(await tooltip(app).innerText(), /\(func \$fib/);
  await use.click();
  await page.keyboard.press('F12');
  assert.match(await cursorLine(app), /\(func \$fib/);
  await page.keyboard.press('Shift+F12');
  assert.match(await cursorLine(app), /\(call \$fib .*1/);
  await use.click({ modifiers: ['Control'] });
  assert.match(await cursorLine(app), /\(func \$fib/);
});

webtest('expressions and functions fold, and a step into a folded one unfolds it', async ({ app, page }) => {
  await app.load(projectOf(FIB, { call: ['fib', '3'] }));
  await app.editor.focus();
  await page.keyboard.press('Control+Alt+[');
  await eventually(async () => assert.ok(!(await app.editor.text()).includes('i32.lt_u')));
  await app.controls.stepIn(2);
  await eventually(async () => assert.match(await app.editor.text(), /i32\.lt_u/));
});

webtest('lines are commented, undone and searched by keys', async ({ app, page }) => {
  await app.load(projectOf(FIB));
  await app.editor.cursorTo('(then');
  await page.keyboard.press('Control+/');
  assert.match(await cursorLine(app), /^\s*;; \(then/);
  await page.keyboard.press('Control+z');
  assert.doesNotMatch(await cursorLine(app), /;;/);
  await page.keyboard.press('Control+f');
  await page.getByRole('textbox', { name: 'Find' }).waitFor();
  await page.keyboard.type('call');
  await eventually(async () => assert.equal(await app.editor.content().locator('.cm-searchMatch').count(), 2));
  await page.keyboard.press('Escape');
});

webtest('a search goes on and around, by Enter, keys and buttons', async ({ app, page }) => {
  await app.load(projectOf(FIB));
  const selected = (): Promise<string> => page.evaluate(() => document.querySelector('.cm-content .cm-activeLine')?.textContent?.trim() ?? '');
  await app.editor.focus();
  await page.keyboard.press('Control+Home');
  await page.keyboard.press('Control+f');
  await page.getByRole('textbox', { name: 'Find' }).waitFor();
  await page.keyboard.type('call $FIB');
  const expectLine = (line: RegExp): Promise<void> => eventually(async () => assert.match(await selected(), line));
  await page.keyboard.press('Enter');
  await expectLine(/i32\.const 1/);
  await page.keyboard.press('Enter');
  await expectLine(/i32\.const 2/);
  await page.keyboard.press('F3');
  await expectLine(/i32\.const 1/);
  await page.keyboard.press('Shift+Enter');
  await expectLine(/i32\.const 2/);
  await page.getByRole('button', { name: 'previous' }).click();
  await expectLine(/i32\.const 1/);
  await page.getByRole('button', { name: 'next' }).click();
  await expectLine(/i32\.const 2/);
  await page.keyboard.press('Escape');
});

webtest('a breakpoint inside a folded expression stops exactly there', async ({ app, page }) => {
  await app.load(projectOf(FIB, { call: ['fib', '3'] }));
  await word(app, '(i32.const 2)))))', 'i32.sub').click();
  await page.keyboard.press('Shift+F9');
  await app.idle();
  await app.controls.continue();
  await app.editor.expectNext('i32.sub');
});

webtest('Escape and Tab lead out of the editor', async ({ app, page }) => {
  await app.load(projectOf(FIB));
  await app.editor.focus();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Tab');
  assert.equal(await app.editor.content().evaluate((content) => content.contains(document.activeElement)), false);
  assert.ok((await app.editor.text()).startsWith('(module'));
});

for (const from of ['server', 'file'] as const) {
  webtest(
    `host.js is edited as JavaScript, opened from a ${from}`,
    async ({ app, page }) => {
      await app.load(projectOf('(module (import "env" "log" (func $log (param i32))))', { host: '// empty\n' }));
      await page.getByRole('tab', { name: 'host.js' }).click();
      await app.editor.content().waitFor();
      await app.editor.focus();
      await page.keyboard.press('Control+End');
      await page.keyboard.type('export const env = { lo');
      await options(app).filter({ hasText: 'log' }).first().click();
      await eventually(async () => assert.match(await app.editor.text(), /log\(ctx, i32_0\)/));
    },
    { from },
  );
}

webtest('a renamed module says nothing and runs on', async ({ app, page }) => {
  await app.files.open({ name: 'lib.wat', content: ADD }, { name: 'user.wat', content: '(module (import "lib" "add" (func $add (param i32 i32) (result i32))) (func (export "three") (result i32) (call $add (i32.const 1) (i32.const 2))))' });
  await app.files.rename('caller');
  assert.deepEqual(await app.files.tabNames(), ['lib.wat', 'caller.wat', 'host.js']);
  assert.equal(await page.getByText(/has no module/).count(), 0);
  await app.form.call('three');
  await app.controls.expectResults('3');
});
