// The same call on this machine and on the browser's own engine.
import assert from 'node:assert/strict';
import type { App } from './panes/app.ts';
import { webtest } from './harness/webtest.ts';
import { ENDLESS, FIB, projectOf } from './projects.ts';
import { eventually } from './harness/eventually.ts';

async function compare(app: App): Promise<string> {
  await app.page.getByRole('tab', { name: 'Compare' }).click();
  await app.pane('Compare').getByRole('button', { name: 'Run on both' }).click();
  await app.idle();
  return (await app.pane('Compare').textContent()) ?? '';
}

webtest('a call gives the same here and on the browser engine, with both times', async ({ app }) => {
  await app.load(projectOf(FIB, { call: ['fib', '18'] }));
  const text = await compare(app);
  assert.match(text, /= same fib\(18\)/);
  assert.match(text, /outcome2,584 i322,584 i32/);
  assert.match(text, /time[\d.,]+ ms[\d.]+ ms/);
  assert.match(await app.controls.status(), /before the first instruction/);
});

/** Deeper than any browser's call stack, and well within this machine's; draws and prints on its way. */
const DEEP = `(module (import "print" "i32" (func $print (param i32)))
    (import "canvas" "fill" (func $fill (param i32))) (import "canvas" "show" (func $show))
    (memory 1)
    (func $deep (param i32) (result i32)
      (if (result i32) (i32.eqz (local.get 0)) (then (i32.const 7)) (else (call $deep (i32.sub (local.get 0) (i32.const 1))))))
    (func (export "f") (param i32) (result i32)
      (i32.store (i32.const 16) (i32.const 5))
      (call $fill (i32.const 0xff0000ff)) (call $show)
      (call $print (local.get 0))
      (call $deep (local.get 0))))`;

webtest('the machine that is looked at stays as it is, paused and changed by hand, until ours is opened in its place', async ({ app }) => {
  await app.load(projectOf(DEEP, { call: ['f', '300000'] }));
  await app.controls.stepIn(3);
  await app.memory.write('16', '2a');
  const where = await app.controls.status();
  const said = await compare(app);
  assert.match(said, /≈ differs only where the specification leaves it open: how deep calls may go f\(300000\)/);
  assert.match(said, /outcome7 i32trap: /);
  assert.doesNotMatch(said, /times faster/);
  assert.match(said, /Open ours here shows this machine at the end of the call\. It leaves the call of f that is paused in .*line 8 and what was changed by hand\./);
  assert.equal(await app.controls.status(), where);
  await app.memory.expectBytes(16, '2a 00 00 00');
  assert.deepEqual(await app.console.lines(), []);

  await app.canvas.show();
  assert.equal(await app.canvas.region().locator('canvas').count(), 0);
  await app.page.getByRole('tab', { name: 'Compare' }).click();
  await app.pane('Compare').getByRole('button', { name: 'Open ours here' }).click();
  await app.controls.expectResults('7');
  await app.memory.expectBytes(16, '05 00 00 00');
  assert.deepEqual(await app.console.lines(), ['300000']);
  assert.equal((await app.canvas.picture()).colours, 1);
  await app.page.getByRole('tab', { name: 'Compare' }).click();
  assert.match((await app.pane('Compare').textContent()) ?? '', /The machine here is the one of the comparison/);
  // It is a machine like any other.
  await app.form.fill('3');
  await app.controls.run();
  await app.controls.expectResults('7');
  assert.deepEqual((await app.console.lines()).slice(-1), ['3']);
});

webtest('what the specification allows does not open by itself, and ours opens as often as it is asked for', async ({ app }) => {
  await app.load(projectOf(DEEP, { call: ['f', '300000'] }));
  assert.match(await compare(app), /each engine has a call stack of its own/);
  assert.match(await app.controls.status(), /before the first instruction/);
  const open = app.pane('Compare').getByRole('button', { name: 'Open ours here' });
  for (let turn = 0; turn < 3; turn += 1) {
    await app.page.getByRole('tab', { name: 'Compare' }).click();
    await open.click();
    await app.idle();
    await app.controls.expectResults('7');
    await app.memory.expectBytes(16, '05 00 00 00');
    assert.deepEqual(await app.console.lines(), ['300000']);
    if (turn === 0) await app.controls.restart();
    // The machine that was opened is one like any other, and goes on.
    else await app.controls.stepIn(2);
    await app.page.getByRole('tab', { name: 'Compare' }).click();
    await open.waitFor();
  }
  await app.editor.type('(module (func (export "g")))');
  await app.idle();
  assert.equal(await open.count(), 0);
  assert.match((await app.pane('Compare').textContent()) ?? '', /What was compared is not what is there now/);
});

webtest('a comparison says how far it has come, and is stopped by a click, while the machine can be used', async ({ app }) => {
  await app.load(projectOf(ENDLESS, { call: ['spin'], limits: { gas: 10n ** 15n } }));
  await app.page.getByRole('tab', { name: 'Compare' }).click();
  const pane = app.pane('Compare');
  await pane.getByRole('button', { name: 'Run on both' }).click();
  await pane.getByText(/instructions, [\d,]+ gas so far/).waitFor();
  await app.page.getByRole('button', { name: 'Step in' }).click();
  await eventually(async () => assert.match(await app.controls.status(), /after a step/));
  await pane.getByRole('button', { name: 'Stop' }).click();
  await app.idle();
  assert.match((await pane.textContent()) ?? '', /spin\(\) was stopped on this machine\. [\d,]+ instructions, [\d,]+ gas so far\. Run on both compares anew/);
  await pane.getByRole('button', { name: 'Run on both' }).waitFor();
  assert.match(await app.controls.status(), /after a step/);
});

webtest('two calls that fill the stack are no race', async ({ app }) => {
  await app.load(projectOf('(module (func $f (export "f") (call $f)))', { call: ['f'] }));
  const said = await compare(app);
  assert.match(said, /= same/);
  assert.doesNotMatch(said, /times faster/);
});

webtest('traps compare by their reason, memories by their bytes', async ({ app }) => {
  const text = `(module (memory 2)
    (func (export "f") (param i32)
      (i32.store (i32.const 70000) (i32.const 7))
      (drop (i32.div_s (i32.const 1) (local.get 0)))))`;
  await app.load(projectOf(text, { call: ['f', '0'] }));
  const said = await compare(app);
  assert.match(said, /= same/);
  assert.match(said, /trap: integer divide by zero: i32\.div_s of 1 by 0trap: (integer )?divide by zero/);
  assert.match(said, /memory 0128 KiB128 KiB = same bytes/);
});

/** The deterministic profile has one NaN, positive; processors give either sign. */
const NAN = '(f64.div (f64.const 0) (f64.const 0))';

webtest('a difference is shown with its place: NaN bits are left to the engine', async ({ app }) => {
  const text = `(module (memory 1)
    (func (export "f") (result i32)
      (i32.store8 (i32.const 300) (i32.const 1))
      (f64.store (i32.const 512) (f64.neg ${NAN}))
      (i32.load8_u (i32.const 519))))`;
  await app.load(projectOf(text, { call: ['f'] }));
  const said = await compare(app);
  if (/= same/.test(said)) return assert.match(said, /255 i32255 i32/);
  assert.match(said, /≈ differs, maybe only where the specification leaves it open: the bits of a NaN/);
  assert.match(said, /the first byte that differs is at 0x.*all bytes that differ are part of NaNs/);
  const pane = app.pane('Compare');
  await pane.getByRole('button', { name: 'Open ours here' }).click();
  await app.idle();
  await app.page.getByRole('tab', { name: 'Compare' }).click();
  await pane.getByRole('button', { name: 'Show' }).click();
  await app.idle();
});

webtest('a NaN is a NaN', async ({ app }) => {
  await app.load(projectOf(`(module (func (export "f") (result f64) ${NAN}))`, { call: ['f'] }));
  assert.match(await compare(app), /= same|≈ differs only where the specification leaves it open: the bits of a NaN f\(\)/);
});

webtest('host functions answer there what they answered here', async ({ app }) => {
  const text = `(module (import "env" "ask" (func $ask (param i32) (result i32))) (memory (export "memory") 1)
    (func (export "f") (result i32)
      (i32.add (call $ask (i32.const 1)) (i32.add (call $ask (i32.const 2)) (i32.load (i32.const 8))))))`;
  const host = 'let n = 0; export const env = { ask(ctx, x) { ctx.memory().write(8, Uint8Array.of(232, 3, 0, 0)); n += 10; return x * n; } };';
  await app.load(projectOf(text, { call: ['f'], host }));
  await app.button('Allow its host code').click();
  await app.idle();
  const said = await compare(app);
  assert.match(said, /= same/);
  assert.match(said, /1,050 i321,050 i32/);
});

webtest('exceptions compare, also those that host functions throw', async ({ app }) => {
  const text = `(module
    (import "env" "refuse" (tag $refuse (param i32 f64)))
    (import "env" "ask" (func $ask (param i32)))
    (tag $own (param i32))
    (func (export "f") (result i32 f64)
      (block $h (result i32 f64)
        (try_table (catch $refuse $h) (call $ask (i32.const 20)))
        (unreachable)))
    (func (export "g")
      (block $h (result i32)
        (try_table (catch $own $h) (call $ask (i32.const -1)))
        (unreachable))
      (drop)
      (throw $own (i32.const 1))))`;
  const host = 'export const env = { refuse: { parameters: ["i32", "f64"] }, ask(ctx, x) { if (x < 0) ctx.throw("$own", x); ctx.throw("refuse", x + 1, 0.5); } };';
  await app.load(projectOf(text, { call: ['f'], host }));
  await app.button('Allow its host code').click();
  await app.idle();
  assert.match(await compare(app), /= same f\(\).*outcome21 i32, 0\.5 f6421 i32, 0\.5 f64/);
  await app.form.choose('g');
  const said = await compare(app);
  assert.match(said, /= same g\(\)/);
  assert.match(said, /trap: uncaught exception: throw of \$own \(1\), which nothing catches/);
});

webtest('imported memories and tables with addresses of 64 bits compare', async ({ app }) => {
  const text = `(module (import "env" "m" (memory i64 1 3)) (import "env" "t" (table i64 2 5 funcref))
    (func (export "f") (result i64)
      (i64.store (i64.const 8) (i64.const 77))
      (i64.add (table.size 0) (i64.load (i64.const 8)))))`;
  await app.load(projectOf(text, { call: ['f'] }));
  const said = await compare(app);
  assert.match(said, /= same/);
  assert.match(said, /79 i64 ?79 i64/);
});

webtest('a host function that does not come back ends the comparison, not the machine that is looked at', async ({ app }) => {
  const text = '(module (import "env" "ask" (func $ask)) (func (export "f") (nop) (call $ask)))';
  await app.load(projectOf(text, { call: ['f'], host: 'export const env = { ask() { for (;;); } };', limits: { hostMillis: 300 } }));
  await app.button('Allow its host code').click();
  await app.idle();
  await app.controls.stepIn(1);
  assert.match(await compare(app), /env\.ask did not come back within 0\.3 s and was ended/);
  assert.match(await app.controls.status(), /after a step/);
  assert.equal(await app.page.getByRole('alert').count(), 0);
});

webtest('what cannot be compared says why', async ({ app }) => {
  const caught = '(func (export "g") (result exnref) (ref.null exn))';
  await app.load(projectOf(`(module ${caught})`, { call: ['g'] }));
  assert.match(await compare(app), /cannot cross between JavaScript and the browser's own engine, where an exnref never can/);
  await app.load(projectOf('(module (func (export "f") (loop (br 0))))', { call: ['f'], limits: { gas: 1000n } }));
  assert.match(await compare(app), /ran out of gas on this machine/);
  await app.load(projectOf(FIB, { call: ['fib', 'many'] }));
  assert.match(await compare(app), /There is no call to compare: \$?n of fib cannot be read: not an i32/);
});
