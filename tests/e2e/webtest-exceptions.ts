// Exceptions: what is thrown, where it is caught, what holds it.
import assert from 'node:assert/strict';
import { eventually } from './harness/eventually.ts';
import { webtest } from './harness/webtest.ts';
import { oneLine } from './panes/text.ts';
import { exampleProject, projectOf } from './projects.ts';
import type { Project } from '../../web/protocol/project.ts';

/** The example, which stops before the first instruction in the text that begins like this. */
function stopping(before: string, arg: string): Project {
  const project = exampleProject('exceptions');
  const [module] = project.modules;
  assert.ok(module?.kind === 'text' && project.call);
  const position = module.text.indexOf(before);
  assert.ok(position > 0, `the example has no ${before}`);
  return { ...project, call: { ...project.call, args: [arg] }, breakpoints: [{ module: module.name, position }] };
}

webtest('before a throw the page tells what flies and where it will land, and after it that it did', async ({ app }) => {
  await app.load(stopping('(throw $not_a_digit', '0'));
  await app.controls.run();
  await app.editor.expectNext(/^\(?throw \$not_a_digit/);
  const [next] = await app.exceptions.rows();
  assert.deepEqual([next?.tag, next?.values, next?.state], ['$not_a_digit', ['120 i32', '5 i32'], 'thrown next']);
  assert.match(next?.way ?? '', /^It will be caught in \$sum by catch on line \d+, and goes on at line \d+, leaving 2 frames\.$/);
  assert.deepEqual((await app.calls.region().locator('.frame-row', { hasText: 'catches' }).locator('.row-name').allInnerTexts()).map(oneLine), ['$sum']);

  // The clause and the place where it goes on are a click away in the text.
  await app.exceptions.show(/^catch on line/);
  await eventually(async () => assert.match(await app.editor.content().locator('.cm-activeLine').innerText(), /\(try_table .*\(catch \$not_a_digit \$bad\)/));

  await app.controls.stepIn();
  assert.match(await app.controls.sentence(), /^throw threw \$not_a_digit \(120, 5\), caught in \$sum at line \d+$/);
  assert.deepEqual(await app.calls.frames(), ['$sum', '"average"']);
  assert.deepEqual(await app.stack.values(), ['5', '120']);
  const [caught] = await app.exceptions.rows();
  assert.deepEqual([caught?.tag, caught?.state], ['$not_a_digit', 'just caught']);
  assert.match(caught?.way ?? '', /^It was caught in \$sum by catch on line \d+, and went on at line \d+, leaving 2 frames\.$/);
  await app.controls.continue();
  await app.controls.expectResults('16');
  assert.deepEqual(await app.console.lines(), ['x']);
});

webtest('labels list what their blocks catch', async ({ app }) => {
  await app.load(stopping('(call $number (local.get $at))', '0'));
  await app.controls.run();
  const caught = app.pane('Labels').getByRole('list', { name: /^Caught by/ });
  assert.equal(await caught.count(), 1);
  assert.match(oneLine(await caught.innerText()), /^catch \$not_a_digit to \$bad, line \d+$/);
});

webtest('a reference to an exception is shown by tag and values wherever it is', async ({ app }) => {
  const text = `(module
    (tag $lost (param f64 i64)) (tag $empty)
    (global $kept (export "kept") (mut exnref) (ref.null exn))
    (table $shelf 2 exnref)
    (func (export "f") (local $mine exnref)
      (block $h (result exnref)
        (try_table (catch_all_ref $h) (throw $lost (f64.const 0.5) (i64.const -1)))
        (return))
      (local.tee $mine)
      (global.set $kept)
      (table.set $shelf (i32.const 1) (local.get $mine))
      (nop)))`;
  await app.load(projectOf(text, { call: ['f'], breakpoints: [text.indexOf('(nop)')] }));
  await app.controls.stepIn(5);
  assert.deepEqual(await app.stack.values(), ['$lost (0.5, -1)']);
  await app.controls.continue();
  const shown = '$lost (0.5, -1)';
  assert.equal((await app.locals.row('$mine')).value, shown);
  assert.equal((await app.globals.row('$kept')).value, shown);
  assert.deepEqual(await app.tables.values(), ['null', shown]);
  const [held] = await app.exceptions.rows();
  assert.deepEqual([held?.tag, held?.values, held?.state], ['$lost', ['0.5 f64', '-1 i64'], 'in local $mine, $kept']);
  assert.equal(held?.way, 'Thrown here, it would leave the call.');
});

webtest('an uncaught exception is a stop at its throw with the numbers, and everything is readable', async ({ app }) => {
  await app.load(stopping('(throw_ref)', '16'));
  await app.controls.run();
  const [next] = await app.exceptions.rows();
  assert.deepEqual([next?.tag, next?.values, next?.state], ['$no_numbers', [], 'thrown next']);
  assert.equal(next?.way, 'Nothing catches it: it will leave the call. It is in operand 0.');
  await app.controls.continue();
  await app.controls.expectTrap(/^uncaught exception: throw_ref of \$no_numbers, which nothing catches$/);
  await app.editor.expectNext(/^\(?throw_ref/);
  assert.deepEqual(await app.stack.values(), ['$no_numbers']);
  assert.equal((await app.globals.row('$busy')).value, '0');
  assert.equal((await app.exceptions.rows())[0]?.state, 'uncaught');
});

webtest('a module without tags has no pane of exceptions', async ({ app }) => {
  await app.load(exampleProject('loops'));
  assert.equal(await app.exceptions.region().count(), 0);
  await app.load(exampleProject('exceptions'));
  assert.match(await app.exceptions.region().innerText(), /none is thrown here or held/);
});
