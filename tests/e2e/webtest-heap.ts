// The heap: objects by type, their fields, what refers to what, and references everywhere that lead there.
import assert from 'node:assert/strict';
import { webtest } from './harness/webtest.ts';
import { VectorView } from './panes/vector.ts';
import { exampleProject, projectOf } from './projects.ts';

const POINTS = `(module
  (type $point (struct (field $x (mut i32)) (field $y (mut i8))))
  (type $line (struct (field $from (ref $point)) (field $to (mut (ref null $point)))))
  (type $text (array (mut i8)))
  (global $kept (mut anyref) (ref.i31 (i32.const -3)))
  (table $t 2 anyref)
  (data $hello "hello")
  (func (export "f") (local $line (ref null $line))
    (local.set $line (struct.new $line (struct.new $point (i32.const 1) (i32.const 200)) (ref.null $point)))
    (struct.set $line $to (local.get $line) (struct.new $point (i32.const 3) (i32.const 4)))
    (table.set $t (i32.const 1) (array.new_data $text $hello (i32.const 0) (i32.const 5)))
    (struct.set $line $to (local.get $line) (ref.null $point))
    (global.set $kept (local.get $line))
    (nop)))
`;

/** Steps until an instruction has run; then what it did is shown. */
async function stepPast(app: Parameters<Parameters<typeof webtest>[1]>[0]['app'], instruction: RegExp): Promise<void> {
  for (let steps = 0; steps < 60; steps += 1) {
    await app.controls.stepIn();
    if (instruction.test(await app.controls.sentence())) return;
  }
  assert.fail(`no step said ${instruction}`);
}

webtest('references are shown by what they point to, and lead to the object', async ({ app }) => {
  await app.load(projectOf(POINTS, { call: ['f'] }));
  assert.match(await app.heap.region().innerText(), /no structures or arrays were made/);
  assert.deepEqual(await app.globals.row('$kept'), { name: '$kept', value: 'i31 -3', type: 'anyref' });
  await stepPast(app, /^local.set/);
  assert.equal((await app.locals.row('$line')).value, '$line #1 {from $point #0, to null}');
  assert.equal((await app.locals.row('$line')).type, '(ref null $line)');
  assert.deepEqual(await app.heap.kinds(), ['all 2 64 bytes', '$point 1 32 bytes', '$line 1 32 bytes']);
  await app.locals.follow('$line');
  assert.equal(await app.heap.shown(), '$line #1');
  assert.deepEqual(await app.heap.holders(), ['local $line of "f"']);
  await app.heap.follow('$from');
  assert.equal(await app.heap.shown(), '$point #0');
  assert.deepEqual(await app.heap.parts(), [
    { name: '$x', value: '1', type: 'i32' },
    { name: '$y', value: '200', type: 'i8' },
  ]);
  assert.deepEqual(await app.heap.holders(), ['field $from of $line #1']);
});

webtest('a step marks the field it set with its old value, and what is out of reach', async ({ app }) => {
  await app.load(projectOf(POINTS, { call: ['f'] }));
  await stepPast(app, /^local.set/);
  await app.heap.choose('$line #1');
  await stepPast(app, /^struct.set/);
  assert.equal(await app.controls.sentence(), 'struct.set popped $line #1 and $point #2, set field $to, which was null');
  const [, to] = await app.heap.parts();
  assert.deepEqual(to, { name: '$to', value: '$point #2 {x 3, y 4}', type: '(ref null $point)', before: 'null' });
  assert.deepEqual(
    (await app.heap.objects()).map(({ changed }) => changed),
    [false, true, false],
  );
  await stepPast(app, /^table.set/);
  assert.deepEqual(await app.tables.values(), ['null', '$text #3 "hello"']);
  await stepPast(app, /^struct.set/);
  assert.deepEqual(
    (await app.heap.objects()).map(({ text, outOfReach }) => `${text.slice(0, 9)} ${outOfReach}`),
    ['$point #0 false', '$line #1  false', '$point #2 true', '$text #3  false'],
  );
  await app.heap.choose('$point #2');
  assert.match(await app.heap.region().innerText(), /the next collection takes it/);
  await app.heap.chooseKind('$text');
  assert.deepEqual(await app.heap.objects(), [{ text: '$text #3 "hello"', changed: false, outOfReach: false }]);
});

webtest('fields are changed by hand, references by the number of the object', async ({ app }) => {
  await app.load(projectOf(POINTS, { call: ['f'] }));
  await stepPast(app, /^struct.set/);
  await app.heap.choose('$point #0');
  await app.heap.edit('$x', '77');
  await app.heap.choose('$line #1');
  await app.heap.edit('$to', '#0');
  assert.equal((await app.heap.parts())[1]?.value, '$point #0 {x 77, y 200}');
  await app.globals.edit('$kept', '#1');
  assert.equal((await app.globals.row('$kept')).value, '$line #1 {from $point #0, to $point #0}');
  await app.globals.edit('$kept', '12');
  assert.equal((await app.globals.row('$kept')).value, 'i31 12');
});

const TREE = `(module
  (type $leaf (array i32))
  (type $tree (struct (field $left (ref $leaf)) (field $right (ref $leaf))))
  (tag $cut (param (ref $tree)))
  (func $grow (export "grow") (result (ref $tree))
    (struct.new $tree (array.new_fixed $leaf 2 (i32.const 1) (i32.const 2)) (array.new_fixed $leaf 0)))
  (func (export "cut") (local $caught exnref)
    (block $catch (result (ref $tree) exnref)
      (try_table (catch_ref $cut $catch)
        (throw $cut (call $grow)))
      (unreachable))
    (local.set $caught)
    (drop)
    (nop)))
`;

webtest('a vector in a field or element is shown by its lanes and changed', async ({ app }) => {
  const text = `(module
    (type $pixel (struct (field $at i32) (field $colour (mut v128)) (field $more i64)))
    (type $row (array (mut v128)))
    (global $kept (mut anyref) (ref.null any))
    (func (export "f") (local $pixel (ref null $pixel))
      (local.set $pixel (struct.new $pixel (i32.const 7) (v128.const i32x4 1 2 3 -1) (i64.const 8)))
      (global.set $kept (array.new $row (v128.const i64x2 5 6) (i32.const 2)))
      (drop (f32x4.add (struct.get $pixel $colour (local.get $pixel)) (v128.const i32x4 0 0 0 0)))
      (nop)))`;
  await app.load(projectOf(text, { call: ['f'], breakpoints: [text.indexOf('(drop')] }));
  await app.controls.run();
  await app.heap.choose('$pixel #0');
  const colour = new VectorView(app, '$colour of #0');
  await colour.readAs('i32x4');
  assert.equal(await colour.text(), 'i32x4 1 2 3 -1');
  await colour.lane(2).click();
  await colour.field().fill('77');
  await colour.field().press('Enter');
  await app.heap.settled();
  assert.equal(await colour.text(), 'i32x4 1 2 77 -1');
  await app.heap.choose('$row #1');
  const second = new VectorView(app, '1 of #1');
  await second.readAs('i64x2');
  assert.equal(await second.text(), 'i64x2 5 6');
});

webtest('what was followed can be gone back through, with the mouse and by keys', async ({ app, page }) => {
  await app.load(projectOf(TREE, { call: ['grow'] }));
  await app.controls.run();
  await app.controls.expectResults('$tree #2 {left $leaf #0, right $leaf #1}');
  await app.page.getByRole('group', { name: 'Results' }).getByRole('button', { name: 'show #2, result 0, in the heap' }).click();
  await app.idle();
  assert.equal(await app.heap.shown(), '$tree #2');
  assert.deepEqual(await app.heap.holders(), ['result 1 of the call']);
  await app.heap.follow('$right');
  assert.equal(await app.heap.shown(), '$leaf #1');
  await app.heap.leave('Back to the object before');
  assert.equal(await app.heap.shown(), '$tree #2');
  await app.heap.leave('Forward again');
  assert.equal(await app.heap.shown(), '$leaf #1');

  // The object that is shown has the focus, so that keys alone do as well.
  await page.keyboard.press('Alt+ArrowLeft');
  await app.idle();
  assert.equal(await app.heap.shown(), '$tree #2');
  await page.getByRole('button', { name: 'show #0, $left of #2, in the heap' }).focus();
  await page.keyboard.press('Enter');
  await app.idle();
  assert.equal(await app.heap.shown(), '$leaf #0');
  assert.deepEqual(
    (await app.heap.parts()).map(({ value }) => value),
    ['1', '2'],
  );
  await page.keyboard.press('Alt+ArrowLeft');
  await app.idle();
  await page.keyboard.press('Alt+ArrowRight');
  await app.idle();
  assert.equal(await app.heap.shown(), '$leaf #0');
});

webtest('exceptions and the trace say what references point to', async ({ app, page }) => {
  await app.load(projectOf(TREE, { call: ['cut'] }));
  await page.getByRole('tab', { name: 'Trace' }).click();
  await page.getByRole('checkbox', { name: 'record' }).check();
  await app.idle();
  await stepPast(app, /^local.set/);
  assert.equal((await app.locals.row('$caught')).value, '$cut ($tree #2)');
  await app.locals.follow('$caught');
  assert.equal(await app.heap.shown(), '$cut #3');
  assert.deepEqual(await app.heap.parts(), [{ name: '0', value: '$tree #2 {left $leaf #0, right $leaf #1}', type: '(ref $tree)' }]);
  assert.deepEqual(await app.heap.holders(), ['local $caught of "cut"']);
  await app.heap.follow('$tree');
  assert.equal(await app.heap.shown(), '$tree #2');
  await page.getByRole('button', { name: 'Show the last 200' }).click();
  await app.idle();
  assert.match(await page.getByLabel('Trace', { exact: true }).last().innerText(), /struct\.new \[\$leaf #0 \$leaf #1 -> \$tree #2\]/);
});

webtest('a heap of a million objects is shown a page at a time', async ({ app }) => {
  const text = `(module (type $node (struct (field $next (ref null $node)) (field $n i32)))
    (global $list (mut (ref null $node)) (ref.null $node))
    (func (export "f") (param $n i32)
      (loop $more
        (global.set $list (struct.new $node (global.get $list) (local.get $n)))
        (br_if $more (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))`;
  await app.load(projectOf(text, { call: ['f', '1000000'] }));
  await app.controls.run();
  assert.equal(await app.controls.state(), 'FINISHED');
  assert.deepEqual(await app.heap.kinds(), ['all 1,000,000 30.5 MiB', '$node 1,000,000 30.5 MiB']);
  assert.equal(await app.heap.page(), '1 to 64 of 1,000,000');
  await app.heap.turn('Last objects');
  assert.equal(await app.heap.page(), '999,937 to 1,000,000 of 1,000,000');
  assert.equal((await app.heap.objects()).at(-1)?.text, '$node #999999 {next $node #999998, n 1}');
  await app.heap.turn('First objects');
  await app.globals.follow('$list');
  assert.equal(await app.heap.shown(), '$node #999999');
  assert.equal(await app.heap.page(), '999,937 to 1,000,000 of 1,000,000');
  await app.heap.turn('Look for what refers to it among 1,000,000 objects');
  assert.deepEqual(await app.heap.holders(), ['global $list']);
});

webtest('an object that was collected is said to be gone', async ({ app }) => {
  const text = `(module (type $text (array i8)) (type $box (struct (field $of (ref $text))))
    (func (export "f") (local $box (ref null $box))
      (local.set $box (struct.new $box (array.new_default $text (i32.const 3))))
      (local.set $box (ref.null $box))
      (drop (array.new_default $text (i32.const 100000000)))
      (drop (array.new_default $text (i32.const 100000000)))
      (nop)))`;
  await app.load(projectOf(text, { call: ['f'] }));
  await stepPast(app, /^local.set/);
  await app.heap.choose('$box #1');
  await stepPast(app, /^nop/);
  assert.match(await app.heap.region().innerText(), /#1 is gone: nothing referred to it any more/);
});

webtest('the example of structures and references shows the nodes that were taken out', async ({ app }) => {
  await app.load(exampleProject('linked-list'));
  await app.controls.run();
  await app.controls.expectResults('16');
  const objects = await app.heap.objects();
  assert.equal(objects.length, 7);
  assert.deepEqual(
    objects.filter(({ outOfReach }) => outOfReach).map(({ text }) => text),
    ['$node #1 {value 2, next $node #2}', '$node #3 {value 4, next $node #4}', '$node #5 {value 6, next $node #6}'],
  );
});
