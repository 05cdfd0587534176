// Exceptions: what is thrown, where it is caught, what holds it.
import assert from 'node:assert/strict';
import { eventually } from './harness/eventually.ts';
import { webtest } from './harness/webtest.ts';
import type { App } from './panes/app.ts';
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
  assert.equal(held?.way, 'Thrown here, it would end the call.');
});

webtest('an uncaught exception is a stop at its throw with the numbers, and everything is readable', async ({ app }) => {
  await app.load(stopping('(throw_ref)', '16'));
  await app.controls.run();
  const [next] = await app.exceptions.rows();
  assert.deepEqual([next?.tag, next?.values, next?.state], ['$no_numbers', [], 'thrown next']);
  assert.equal(next?.way, 'Nothing catches it: it will end the call. A reference to it is in operand 0.');
  await app.controls.continue();
  await app.controls.expectTrap(/^uncaught exception: throw_ref of \$no_numbers, which nothing catches$/);
  await app.editor.expectNext(/^\(?throw_ref/);
  assert.deepEqual(await app.stack.values(), ['$no_numbers']);
  assert.equal((await app.globals.row('$busy')).value, '0');
  assert.equal((await app.exceptions.rows())[0]?.state, 'uncaught');
});

const SAFE = `(module
  (import "env" "refuse" (tag $refuse (param i32 i64)))
  (import "env" "ask" (func $ask (param i32) (result i32)))
  (func (export "safe") (param $x i32) (result i32)
    (block $h (result i32 i64)
      (try_table (catch $refuse $h) (return (call $ask (local.get $x))))
      (unreachable))
    (drop)))`;

async function loadAllowed(app: App, project: Project): Promise<void> {
  await app.load(project);
  await app.button('Allow its host code').click();
  await app.idle();
}

webtest('what host code throws is caught by the module, and the step tells it', async ({ app }) => {
  const host = 'export const env = {\n  refuse: { parameters: ["i32", "i64"] },\n  async ask(ctx, x) { ctx.throw("refuse", x + 1, 5n); },\n};';
  await loadAllowed(app, projectOf(SAFE, { host, call: ['safe', '7'], breakpoints: [SAFE.indexOf('(call $ask')] }));
  await app.controls.run();
  await app.editor.expectNext(/^\(?call \$ask/);
  await app.controls.stepIn();
  assert.match(await app.controls.sentence(), /^call popped 7, called env\.ask, which threw env\.refuse \(8, 5\), caught in .*"safe" at line 8$/);
  const [caught] = await app.exceptions.rows();
  assert.deepEqual([caught?.tag, caught?.values, caught?.state], ['env.refuse', ['8 i32', '5 i64'], 'just caught']);
  await app.controls.continue();
  await app.controls.expectResults('8');
});

webtest('a wrong tag or value of host code is named with its place', async ({ app }) => {
  for (const [call, words] of [
    ['ctx.throw("refused")', /RangeError: no tag named "refused" is known to module module; .* \(host\.js line 2\)/],
    ['ctx.throw("refuse", "x", 5n)', /TypeError: value 0 of the exception refuse is the text "x", which is not an i32 \(host\.js line 2\)/],
  ] as const) {
    await loadAllowed(app, projectOf(SAFE, { host: `export const env = { ask(ctx) {\n  ${call};\n} };`, call: ['safe', '7'] }));
    await app.controls.run();
    await app.controls.expectTrap(words);
    await app.editor.expectNext(/^\(?call \$ask/);
  }
});

webtest('an exception of host code that nothing catches shows its line in host.js', async ({ app }) => {
  const text = SAFE.replace('(catch $refuse $h)', '');
  await loadAllowed(app, projectOf(text, { host: 'export const env = { ask(ctx, x) {\n  ctx.throw("refuse", x, 5n);\n} };', call: ['safe', '7'] }));
  await app.controls.run();
  await app.controls.expectTrap(/^uncaught exception: the host function env\.ask threw env\.refuse \(7, 5\), which nothing catches/);
  assert.equal((await app.exceptions.rows())[0]?.state, 'uncaught');
  await app.button('Show in host.js').click();
  await eventually(async () => assert.match(await app.page.locator('.cm-content:visible .cm-activeLine').innerText(), /ctx\.throw\("refuse"/));
});

webtest('after a host function that never returns, what was thrown before is thrown again', async ({ app }) => {
  const text = `(module
    (import "env" "refuse" (tag $refuse (param i32 i64)))
    (import "env" "ask" (func $ask))
    (import "env" "hang" (func $hang))
    (global $got (mut i64) (i64.const 0))
    (func (export "f")
      (block $h (result i32 i64)
        (try_table (catch $refuse $h) (call $ask))
        (unreachable))
      (global.set $got)
      (drop)
      (call $hang)))`;
  const host = 'let calls = 0n;\nexport const env = { ask(ctx) { calls += 1n; ctx.throw("refuse", 1, calls); }, hang() { for (;;); } };';
  await loadAllowed(app, projectOf(text, { host, call: ['f'], limits: { hostMillis: 500 } }));
  await app.controls.startRun();
  await eventually(async () => assert.match(await app.controls.status(), /PAUSED.*hang/));
  assert.equal((await app.globals.row('$got')).value, '1');
});

webtest('stubs of imported tags are made in one click', async ({ app }) => {
  await app.load(projectOf(SAFE, { call: ['safe', '7'] }));
  await app.files.openTab('host.js');
  await app.button('Generate stubs').click();
  await app.idle();
  await eventually(async () => assert.match(await app.editor.text(), /refuse: \{ parameters: \["i32", "i64"\] \}/));
  await app.controls.run();
  await app.controls.expectResults('0');
});

webtest('a module without tags has no pane of exceptions', async ({ app }) => {
  await app.load(exampleProject('loops'));
  assert.equal(await app.exceptions.region().count(), 0);
  await app.load(exampleProject('exceptions'));
  assert.match(await app.exceptions.region().innerText(), /none is thrown here or held/);
});

webtest('exceptions that only tables and objects hold are listed a page at a time, and the heap tells who holds one', async ({ app }) => {
  const text = `(module
    (tag $lost (param i32))
    (type $box (struct (field $held exnref)))
    (global $boxed (mut anyref) (ref.null any))
    (table $shelf 200 exnref)
    (func $made (param $n i32) (result exnref)
      (block $h (result exnref)
        (try_table (catch_all_ref $h) (throw $lost (local.get $n)))
        (unreachable)))
    (func (export "f") (local $n i32)
      (loop $more
        (table.set $shelf (local.get $n) (call $made (local.get $n)))
        (br_if $more (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 199))))
      (global.set $boxed (struct.new $box (call $made (i32.const 1000))))
      (nop)))`;
  await app.load(projectOf(text, { call: ['f'], breakpoints: [text.indexOf('(nop)')] }));
  await app.controls.run();
  assert.deepEqual(await app.exceptions.rows(), []);
  const list = app.exceptions.region().getByRole('list', { name: 'Exceptions in the heap' });
  const title = app.exceptions.region().getByRole('heading');
  await eventually(async () => assert.equal(oneLine(await title.innerText()), '200 exceptions in the heap, the newest first'));
  const lines = async (): Promise<readonly string[]> => (await list.getByRole('button').allInnerTexts()).map(oneLine);
  const first = await lines();
  assert.deepEqual([first.length, first[0], first[127]], [128, '$lost #199 (1000) ↗', '$lost #72 (72) ↗']);
  await app.exceptions.region().getByRole('button', { name: 'Exceptions after these' }).click();
  await app.idle();
  await eventually(async () => assert.equal((await lines()).at(-1), '$lost #0 (0) ↗'));

  const held = async (exception: RegExp, by: RegExp): Promise<void> => {
    await list.getByRole('button', { name: exception }).click();
    await app.idle();
    const holders = app.pane('Heap').getByRole('list', { name: 'Referred to by' }).getByRole('listitem');
    await eventually(async () => assert.match((await holders.allInnerTexts()).map(oneLine).join('; '), by));
  };
  await held(/^\$lost #3 /, /^element 3 of table \$shelf$/);
  await app.exceptions.region().getByRole('button', { name: 'Exceptions before these' }).click();
  await app.idle();
  await held(/^\$lost #199 /, /^field \$held of \$box #\d+/);
});

webtest('a host function reads the exception that it is given, and throws it again', async ({ app }) => {
  const text = `(module
    (tag $lost (param i32 f64))
    (import "env" "see" (func $see (param exnref)))
    (func (export "f") (result i32 f64)
      (block $h (result i32 f64)
        (try_table (catch $lost $h)
          (block $e (result exnref)
            (try_table (catch_all_ref $e) (throw $lost (i32.const 7) (f64.const 0.5)))
            (unreachable))
          (call $see))
        (unreachable))))`;
  const host = 'export const env = {\n  see(ctx, e) { ctx.print(e.tag, ...e.values); throw e; },\n};';
  await loadAllowed(app, projectOf(text, { host, call: ['f'], breakpoints: [text.indexOf('(call $see)')] }));
  await app.controls.run();
  await app.controls.stepIn();
  assert.match(await app.controls.sentence(), /called env\.see, which threw \$lost \(7, 0\.5\), caught in .*"f" at line 11$/);
  await app.controls.continue();
  await app.controls.expectResults('7', '0.5');
  assert.deepEqual(await app.console.lines(), ['$lost 7 0.5']);
});
