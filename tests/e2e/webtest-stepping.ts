// Stepping, breakpoints, pausing: where the machine stands is marked exactly.
import assert from 'node:assert/strict';
import { eventually } from './harness/eventually.ts';
import { webtest } from './harness/webtest.ts';
import { ADD, ENDLESS, FIB, projectOf } from './projects.ts';

const FOLDED = `(module
  (func $twice (param $x i32) (result i32)
    (i32.mul (local.get $x) (i32.const 2)))
  (func (export "f") (param $a i32) (result i32)
    (i32.add (call $twice (local.get $a)) (i32.const 1))))
`;

webtest('the next instruction is marked by its own span in a folded expression, the last one differently', async ({ app }) => {
  await app.load(projectOf(FOLDED, { call: ['f', '20'] }));
  await app.editor.expectNext(/^\(?local\.get \$a\)?$/);
  await app.controls.stepIn();
  assert.match(await app.editor.last(), /^\(?local\.get \$a\)?$/);
  await app.editor.expectNext(/^\(?call \$twice/);
  await app.controls.stepIn();
  await app.editor.expectNext(/^\(?local\.get \$x\)?$/);
  assert.equal((await app.calls.frames())[0], '$twice');
  assert.equal(await app.calls.depth(), 2);
});

webtest('each instruction says what it did with real values', async ({ app }) => {
  await app.load(projectOf(ADD, { call: ['add', '2', '40'] }));
  await app.controls.stepIn();
  assert.match(await app.controls.sentence(), /^local\.get .*pushed 2/);
  await app.controls.stepIn(2);
  assert.match(await app.controls.sentence(), /^i32\.add popped 2 and 40, pushed 42/);
});

webtest('step over runs a call to its end, step out runs the function to its end', async ({ app }) => {
  await app.load(projectOf(FOLDED, { call: ['f', '20'] }));
  await app.controls.stepIn();
  await app.controls.stepOver();
  assert.deepEqual(await app.stack.values(), ['40']);
  assert.equal(await app.calls.depth(), 1);

  await app.controls.restart();
  await app.controls.stepIn(2);
  assert.equal(await app.calls.depth(), 2);
  await app.controls.stepOut();
  assert.equal(await app.calls.depth(), 1);
  assert.deepEqual(await app.stack.values(), ['40']);
  await app.controls.stepOut();
  await app.controls.expectResults('41');
});

webtest('run to cursor stops at the line of the cursor', async ({ app }) => {
  await app.load(projectOf(ADD, { call: ['add', '2', '40'] }));
  await app.editor.cursorTo('i32.add');
  await app.press('Home', 'Control+F10');
  await app.editor.expectNext('i32.add');
  assert.deepEqual(await app.stack.values(), ['40', '2']);
});

webtest('a breakpoint stops the run each time, by mouse and by key', async ({ app }) => {
  await app.load(projectOf(FIB, { call: ['fib', '5'] }));
  await app.editor.clickGutter('(then (local.get $n))');
  let stops = 0;
  await app.controls.run();
  for (;;) {
    await eventually(async () => assert.match(await app.controls.state(), /PAUSED|FINISHED/));
    if ((await app.controls.state()) === 'FINISHED') break;
    await app.editor.expectNext(/local\.get \$n/);
    stops += 1;
    await app.controls.continue();
  }
  // fib(5) reaches its base case eight times.
  assert.equal(stops, 8);
  await app.controls.expectResults('5');

  await app.editor.cursorTo('(then (local.get $n))');
  await app.press('F9');
  assert.deepEqual(await app.editor.breakpointLines(), []);
  await app.controls.run();
  await app.controls.expectResults('5');
});

webtest('a breakpoint that cannot stand where it was asked for says so, and never crosses into another function', async ({ app, page }) => {
  const text = `(module
  (func $f (export "f") (param $n i32) (result i32)
    ;; nothing here
    block
      br 0
      nop
    end
    i32.const 1)
  ;; between the two
  (func $g (export "g")
    loop br 0 end
    unreachable)
  (memory 1))
`;
  await app.load(projectOf(text, { call: ['f', '0'] }));
  const dot = (): Promise<string | null> => page.locator('.cm-breakpoints .cm-breakpoint:visible').last().getAttribute('title');
  await app.editor.clickGutter(';; nothing here');
  await page.getByText('Line 3 has no instruction; the breakpoint is at line 4.').waitFor();
  assert.deepEqual(await app.editor.breakpointLines(), ['block']);
  assert.equal(await dot(), 'Breakpoint');
  await app.editor.clickGutter('block');
  for (const [line, there] of [[9, ';; between the two'], [13, '(memory 1))']] as const) {
    await app.editor.clickGutter(there);
    await page.getByText(`Line ${line} has no instruction, and none follows in its function, so there is no breakpoint to set.`).waitFor();
    assert.deepEqual(await app.editor.breakpointLines(), []);
  }
  await app.editor.clickGutter('end');
  await page.getByText('The end of a block has no step of its own: this breakpoint stops at line 8, at what comes after it.').waitFor();
  await app.controls.run();
  await app.editor.expectNext('i32.const 1');
  await app.editor.clickGutter('end');
  await app.editor.clickGutter('nop');
  await page.getByText('No way leads to this instruction: this breakpoint stops at line 8, the next that is reached.').waitFor();
  await app.editor.clickGutter('nop');
  await app.editor.clickGutter('unreachable)');
  await page.getByText('No way leads to this instruction, so this breakpoint never stops.').waitFor();
  assert.equal(await dot(), 'No way leads to this instruction, so this breakpoint never stops.');
});

webtest('a parenthesis that ends a function takes a breakpoint by itself, as one that was moved there stops at it', async ({ app, page }) => {
  const text = `(module
  (func $f (export "f")
    (block
      (nop)
      (br 0)
    ) ;; of the block
  ) ;; of the function
)
`;
  await app.load(projectOf(text, { call: ['f'] }));
  for (const there of [') ;; of the block', ') ;; of the function']) {
    await app.editor.clickGutter(there);
    if (there.endsWith('block')) await page.getByText('The end of a block has no step of its own: this breakpoint stops at line 7, at what comes after it.').waitFor();
    await app.controls.run();
    await app.controls.waitFor('PAUSED');
    assert.match(await app.controls.status(), /line 7, at a breakpoint/);
    await app.editor.clickGutter(there);
    assert.deepEqual(await app.editor.breakpointLines(), []);
  }
});

webtest('breakpoints move with edits', async ({ app, page }) => {
  await app.load(projectOf(ADD, { call: ['add', '2', '40'] }));
  await app.editor.clickGutter('i32.add');
  assert.deepEqual(await app.editor.breakpointLines(), ['i32.add))']);
  await app.editor.cursorTo('(module');
  await page.keyboard.press('Enter');
  await app.insertText(';; a new line');
  await app.idle();
  assert.deepEqual(await app.editor.breakpointLines(), ['i32.add))']);
  await app.controls.run();
  await app.controls.waitFor('PAUSED');
  await app.editor.expectNext('i32.add');
});

webtest('an endless loop pauses at once, shows where, and goes on', async ({ app }) => {
  await app.load(projectOf(ENDLESS, { call: ['spin'], limits: { gas: 1n << 62n } }));
  await app.controls.startRun();
  await app.controls.waitFor('RUNNING');
  await eventually(async () => assert.match(await app.controls.status(), /instructions per second/));
  await app.controls.pause();
  await app.controls.waitFor('PAUSED');
  assert.match(await app.controls.status(), /\$spin, line [456]/);
  const before = Number((await app.globals.row('$turns')).value);
  assert.ok(before > 1000);
  await app.controls.stepIn();
  await app.button('Continue').click();
  await app.controls.waitFor('RUNNING');
  await app.controls.pause();
  await app.controls.waitFor('PAUSED');
  assert.ok(Number((await app.globals.row('$turns')).value) > before);
});

webtest('pausing takes under 50 ms inside the page', async ({ app, page }) => {
  await app.load(projectOf(ENDLESS, { call: ['spin'], limits: { gas: 1n << 62n } }));
  await app.controls.startRun();
  await app.controls.waitFor('RUNNING');
  const times: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    const millis = await page.evaluate(async () => {
      const badge = [...document.querySelectorAll('[role=status]')].find((each) => each.textContent === 'RUNNING');
      const pause = document.querySelector<HTMLButtonElement>('[aria-label="Pause"]');
      if (badge === undefined || pause === null) throw new Error('not running');
      const changed = new Promise<void>((resolve) => {
        new MutationObserver((_, observer) => {
          if (badge.textContent !== 'PAUSED') return;
          observer.disconnect();
          resolve();
        }).observe(badge, { childList: true, characterData: true, subtree: true });
      });
      const start = performance.now();
      pause.click();
      await changed;
      return performance.now() - start;
    });
    times.push(millis);
    await app.button('Continue').click();
    await app.controls.waitFor('RUNNING');
  }
  await app.controls.pause();
  // The best of five: a busy test machine may delay any one of them.
  assert.ok(Math.min(...times) < 50, `pausing took ${times.map((time) => time.toFixed(0)).join(', ')} ms`);
});

webtest('an edit while paused keeps the machine, says so, and offers to restart', async ({ app }) => {
  await app.load(projectOf(ADD, { call: ['add', '2', '40'] }));
  await app.controls.stepIn(2);
  await app.editor.type(ADD.replace('i32.add', 'i32.sub'));
  assert.deepEqual(await app.stack.values(), ['40', '2']);
  await app.button('Restart with the new text').click();
  await app.idle();
  await app.controls.run();
  await app.controls.expectResults('-38');
});

webtest('after an edit in the middle of a call, Continue goes on with the text before and Run begins with the new one', async ({ app }) => {
  await app.load(projectOf(ADD, { call: ['add', '2', '40'] }));
  await app.controls.stepIn(2);
  await app.editor.type(ADD.replace('i32.add', 'i32.sub'));
  assert.match((await app.button('Continue').getAttribute('title')) ?? '', /goes on with the text from before your change/);
  await app.controls.continue();
  await app.controls.expectResults('42');

  await app.controls.restart();
  await app.controls.stepIn(2);
  await app.stack.edit('0', '3');
  await app.editor.type(ADD.replace('i32.add', 'i32.mul'));
  assert.deepEqual(await app.stack.values(), ['40', '3']);
  await app.press('Control+Enter');
  await app.controls.expectResults('80');
  await app.page.getByText('This is a new machine: what was changed by hand went with the one before.').waitFor();

  await app.controls.stepIn(3);
  await app.editor.type('(module (func');
  await app.controls.waitFor('BROKEN');
  await app.press('Control+Enter');
  await app.page.getByText('The text has errors, so there is nothing to run yet. What is wrong is listed under Problems.').waitFor();
  assert.deepEqual(await app.stack.values(), ['40', '2']);
});

webtest('what is closed with the focus in it gives the focus back', async ({ app, page }) => {
  await app.load(projectOf(ADD, { call: ['add', '2', '40'] }));
  await app.controls.stepIn(2);
  await app.editor.type(ADD.replace('i32.add', 'i32.sub'));
  const over = page.getByRole('button', { name: 'Step over' });
  await over.focus();
  await app.button('Restart with the new text').focus();
  await app.press('Enter');
  assert.equal(await app.focused(), 'Step over');

  await app.form.fill('two', '40');
  await app.press('Control+Enter');
  await over.focus();
  await page.getByRole('button', { name: 'Dismiss' }).focus();
  await app.press('Enter');
  assert.equal(await app.focused(), 'Step over');

  // Where nothing had it before, the button that is pressed first has it.
  await app.press('Control+Enter');
  await page.evaluate(() => document.activeElement instanceof HTMLElement && document.activeElement.blur());
  await page.getByRole('button', { name: 'Dismiss' }).focus();
  await app.press('Enter');
  assert.equal(await app.focused(), 'Step in');
});

webtest('text that does not assemble leaves the last machine in sight', async ({ app }) => {
  await app.load(projectOf(ADD, { call: ['add', '2', '40'] }));
  await app.controls.stepIn(2);
  await app.editor.type('(module (func');
  await app.controls.waitFor('BROKEN');
  assert.deepEqual(await app.stack.values(), ['40', '2']);
});

webtest('the start function runs under the same meter and can be stepped', async ({ app }) => {
  const text = `(module
  (global $g (mut i32) (i32.const 0))
  (func $begin (global.set $g (i32.const 7)))
  (start $begin)
  (func (export "get") (result i32) (global.get $g)))`;
  await app.load(projectOf(text, { call: ['get'] }));
  await app.controls.waitFor('PAUSED');
  await app.editor.expectNext(/i32\.const 7/);
  await app.controls.stepIn(2);
  assert.equal((await app.globals.row('$g')).value, '7');
});

webtest('the instruction that trapped is marked as such', async ({ app }) => {
  await app.load(projectOf('(module (func (export "f") (result i32)\n  (i32.div_u (i32.const 1) (i32.const 0))))', { call: ['f'] }));
  await app.controls.run();
  await app.controls.expectTrap(/divide by zero/);
  assert.equal(await app.editor.content().locator('.cm-next.cm-trapped').innerText(), 'i32.div_u');
  await app.controls.restart();
  assert.equal(await app.editor.content().locator('.cm-trapped').count(), 0);
});

webtest('the palette runs to the cursor', async ({ app, page }) => {
  await app.load(projectOf(ADD, { call: ['add', '2', '40'] }));
  await app.editor.cursorTo('local.get $b');
  await page.keyboard.press('Home');
  await page.keyboard.press('Control+k');
  await app.dialog().locator(':focus').waitFor();
  await page.keyboard.type('cursor');
  await page.keyboard.press('Enter');
  await app.editor.expectNext('local.get $b');
});

webtest('after a pause the last instruction and what it did are told, and the next step goes on from there', async ({ app }) => {
  await app.load(projectOf(ENDLESS, { call: ['spin'] }));
  await app.controls.startRun();
  await app.controls.waitFor('RUNNING');
  await app.controls.pause();
  await app.controls.waitFor('PAUSED');
  const sentence = await app.controls.sentence();
  const mnemonic = sentence.split(' ')[0] ?? '';
  assert.match(mnemonic, /^(loop|global\.get|i32\.const|i32\.add|global\.set|br)$/, sentence);
  assert.ok((await app.editor.last()).includes(mnemonic), `${sentence} but the mark is on ${await app.editor.last()}`);
  await app.controls.stepIn();
  assert.notEqual(await app.controls.sentence(), sentence);
});

webtest('after a breakpoint it is said what the instruction before it did, or that nobody watched', async ({ app }) => {
  const text = `(module (func $g) (func (export "f") (param i32)
    (drop (i32.add (local.get 0) (i32.const 2)))
    (call $g)
    (if (local.get 0) (then (nop)))
    (drop (i32.const 3))))`;
  await app.load(projectOf(text, { call: ['f', '1'], breakpoints: ['drop', 'local.get 0) (then', 'i32.const 3'].map((word) => text.indexOf(word)) }));
  await app.controls.continue();
  await app.editor.expectNext('drop');
  assert.equal(await app.controls.sentence(), 'i32.add popped 1 and 2, pushed 3');
  await app.controls.continue();
  await app.editor.expectNext('local.get 0');
  assert.equal(await app.controls.sentence(), 'call came back');
  await app.controls.continue();
  await app.editor.expectNext('i32.const 3');
  assert.match(await app.controls.sentence(), /not watched/);
});

webtest('a step over a call says what the call came back with', async ({ app }) => {
  const text = `(module (func $twice (param i32) (result i32) (i32.mul (local.get 0) (i32.const 2)))
    (func (export "f") (result i32) (call $twice (i32.const 21))))`;
  await app.load(projectOf(text, { call: ['f'] }));
  await app.controls.stepIn();
  await app.controls.stepOver();
  assert.equal(await app.controls.sentence(), 'call popped 21, came back, pushed 42');
});
