// Vectors: seen by their lanes, changed, typed, shared and compared.
import assert from 'node:assert/strict';
import { eventually } from './harness/eventually.ts';
import { NARROW, webtest } from './harness/webtest.ts';
import { VectorView } from './panes/vector.ts';
import { projectOf } from './projects.ts';

const MIX = `(module
  (memory (export "memory") 1)
  (global $ones (export "ones") (mut v128) (v128.const i16x8 1 1 1 1 1 1 1 1))
  (func $mix (export "mix") (param $a v128) (param $b v128) (result v128)
    (local $bytes v128)
    (local.set $bytes (i8x16.sub (local.get $a) (global.get $ones)))
    (local.set $bytes (i8x16.replace_lane 3 (local.get $bytes) (i32.const 99)))
    (v128.store (i32.const 32) (local.get $bytes))
    (f32x4.add (local.get $b) (f32x4.splat (f32.const 0.5)))))
`;
const A = 'i8x16 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 -1';
const B = 'f32x4 1 2.5 nan -4';

webtest('vectors stand in the shape of the instructions around them, and in another by choice', async ({ app }) => {
  await app.load(projectOf(MIX, { call: ['mix', A, B] }));
  const [a, b, bytes, top] = ['local $a', 'local $b', 'local $bytes', 'top of stack'].map((name) => new VectorView(app, name)) as [VectorView, VectorView, VectorView, VectorView];
  assert.equal(await a.text(), A);
  assert.equal(await b.text(), B);
  await app.controls.stepIn();
  assert.equal(await app.controls.sentence(), `local.get pushed ${A}`);
  assert.equal(await top.text(), A);

  await a.readAs('i64x2');
  assert.equal(await a.text(), 'i64x2 578437695752307201 -67820020187854327');
  await app.page.getByRole('radio', { name: 'hexadecimal' }).click();
  assert.equal(await a.text(), 'i64x2 0x0807060504030201 0xff0f0e0d0c0b0a09');
  assert.equal(await b.text(), 'f32x4 0x3f800000 0x40200000 0x7fc00000 0xc0800000');
  await app.page.getByRole('radio', { name: 'signed', exact: true }).click();

  // The choice belongs to the place: the next call finds it there.
  await app.controls.stepIn(3);
  await app.controls.restart();
  assert.equal(await a.shape(), 'i64x2');
  assert.equal(await bytes.shape(), 'i8x16');
  await a.shapeChoice().press('Home');
  await app.idle();
  assert.equal(await a.shape(), 'i8x16');
});

webtest('lanes that a step changed are marked and tell what they were', async ({ app }) => {
  await app.load(projectOf(MIX, { call: ['mix', A, B] }));
  await app.controls.stepIn(4);
  const bytes = new VectorView(app, 'local $bytes');
  assert.equal(await bytes.text(), 'i8x16 0 2 2 4 4 6 6 8 8 10 10 12 12 14 14 -1');
  assert.equal((await bytes.changed()).length, 15);
  await app.controls.stepIn(4);
  assert.deepEqual(await bytes.changed(), ['lane 3 99, was 4']);
  await bytes.readAs('i32x4');
  assert.deepEqual(await bytes.changed(), ['lane 0 1661075968, was 67240448']);
});

webtest('a vector is changed lane by lane or as a whole, by keys alone', async ({ app, page }) => {
  await app.load(projectOf(MIX, { call: ['mix', A, B] }));
  const b = new VectorView(app, 'local $b');
  await b.editLane(1, '-0x1p4');
  assert.equal(await b.text(), 'f32x4 1 -16 nan -4');

  // One stop of the Tab key for all lanes; the arrow keys go from one to the next.
  await b.lane(1).focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  assert.equal(await b.field().inputValue(), 'nan');
  await b.field().fill('three');
  await page.getByText('not an f32: write 1.5, -0, 1e9, 0x1.8p3, inf or nan').waitFor();
  await b.field().fill('3');
  await page.keyboard.press('Enter');
  await app.idle();
  assert.equal(await b.text(), 'f32x4 1 -16 3 -4');
  assert.match(await app.focused(), /^local \$b lane 2 3, change$/);

  await b.openWhole();
  assert.equal(await b.field().inputValue(), 'f32x4 1 -16 3 -4');
  await b.field().fill('0x1234');
  await page.getByText('a v128 in hexadecimal has 32 digits, this has 4').waitFor();
  await b.field().fill('1 2 3');
  await page.getByText('f32x4 has 4 lanes, this has 3').waitFor();
  await page.keyboard.press('Escape');
  assert.equal(await b.text(), 'f32x4 1 -16 3 -4');
  await b.edit('0x40800000404000004000000000000000');
  assert.equal(await b.text(), 'f32x4 0 2 3 4');

  const ones = new VectorView(app, 'global $ones');
  await app.globals.unfold();
  await ones.readAs('i16x8');
  await ones.editLane(7, '257');
  await app.controls.run();
  await app.controls.waitFor('FINISHED');
  assert.equal(await new VectorView(app, 'result 0').text(), 'f32x4 0.5 2.5 3.5 4.5');
  await app.memory.expectBytes(32, '00 02 02 63 04 06 06 08 08 0a 0a 0c 0c 0e 0e fe');
});

webtest('vectors are typed in the call form, and a link brings them along', async ({ app, newTab }) => {
  await app.load(projectOf(MIX, { call: ['mix'] }));
  assert.deepEqual(await app.form.values(), ['i32x4 0 0 0 0', 'i32x4 0 0 0 0']);
  await app.form.fill('i32x4 1 2 3');
  assert.equal(await app.form.problem().innerText(), '$a: i32x4 has 4 lanes, this has 3');
  await app.form.fill('i8x16 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 300');
  assert.equal(await app.form.problem().innerText(), '$a: lane 15: outside of i8: -128 to 255');
  await app.form.fill('7');
  assert.equal(await app.form.problem().innerText(), '$a: not a v128: write lanes such as i32x4 1 2 3 4, or 0x and 32 digits');
  await app.form.fill('0xff0f0e0d0c0b0a090807060504030201', '(v128.const f32x4 1 2 3 4)');
  await app.controls.run();
  await app.controls.waitFor('FINISHED');
  assert.equal(await new VectorView(app, 'result 0').text(), 'f32x4 1.5 2.5 3.5 4.5');

  const link = await app.files.share();
  const tab = await newTab(link.slice(link.indexOf('#') + 1));
  await tab.app.ready();
  assert.deepEqual(await tab.app.form.values(), ['0xff0f0e0d0c0b0a090807060504030201', '(v128.const f32x4 1 2 3 4)']);
  assert.equal(await new VectorView(tab.app, 'local $a').text(), A);
});

webtest('sixteen bytes of the memory are read and written as a vector', async ({ app }) => {
  await app.load(projectOf(MIX, { call: ['mix', A, B] }));
  await app.memory.goTo('0x20');
  const bytes = new VectorView(app, 'bytes at 0x0020');
  assert.equal(await eventually(() => bytes.text()), 'i32x4 0 0 0 0');
  await bytes.readAs('i16x8');
  await bytes.editLane(1, '-2');
  await app.memory.expectBytes(32, '00 00 fe ff 00 00');
  await bytes.edit('f64x2 1 2');
  await app.memory.expectBytes(32, '00 00 00 00 00 00 f0 3f 00 00 00 00 00 00 00 40');
});

webtest('the trace tells vectors by their lanes', async ({ app }) => {
  await app.load(projectOf(MIX, { call: ['mix', A, B] }));
  await app.trace.turnOn();
  await app.controls.run();
  assert.match(await app.trace.download(), /f32x4\.add \[f32x4 1 2\.5 nan -4 f32x4 0\.5 0\.5 0\.5 0\.5 -> f32x4 1\.5 3 nan -3\.5\]/);
});

webtest('host functions have vectors as BigInt, and both engines agree about them', async ({ app }) => {
  const text = `(module
    (import "env" "turn" (func $turn (param i32 v128) (result v128 i64)))
    (import "env" "start" (global $start v128))
    (global $kept (export "kept") (mut v128) (v128.const i64x2 0 0))
    (func (export "f") (param v128 i32) (result i32 v128)
      (call $turn (local.get 1) (local.get 0))
      (drop)
      (global.set $kept (i32x4.add (global.get $start) (global.get $kept)))
      (local.set 0)
      (local.get 1)
      (i16x8.add (local.get 0) (global.get $kept))))`;
  const host = `export const env = {
    start: (1n << 127n) | 3n,
    turn(context, by, vector) {
      context.global("kept").set((5n << 96n) | 1n);
      return [(vector >> BigInt(by)) | (vector << BigInt(128 - by)) & ((1n << 128n) - 1n), 7n];
    },
  };`;
  await app.load(projectOf(text, { host, call: ['f', 'i32x4 1 2 3 4', '32'] }));
  await app.button('Allow its host code').click();
  await app.idle();
  await app.page.getByRole('tab', { name: 'Compare' }).click();
  await app.pane('Compare').getByRole('button', { name: 'Run on both' }).click();
  await app.idle();
  const said = (await app.pane('Compare').textContent()) ?? '';
  assert.match(said, /= same f\(i32x4 1 2 3 4, 32\)/);
  assert.match(said, /outcome32 i32, i16x8 6 0 3 0 4 0 6 -3276832 i32, i16x8 6 0 3 0 4 0 6 -32768time/);
  await app.controls.run();
  await app.controls.waitFor('FINISHED');
  assert.equal(await new VectorView(app, 'result 1').text(), 'i16x8 6 0 3 0 4 0 6 -32768');
});

webtest('on a phone vectors stay within the width of the card', async ({ app, page }) => {
  await app.load(projectOf(MIX, { call: ['mix', A, 'f64x2 -1.2345678901234567e-101 2'] }));
  for (const card of ['Step', 'Stack']) {
    await page.getByRole('tab', { name: card, exact: true }).click();
    await app.idle();
    const locals = app.pane('Locals');
    for (const shape of ['i8x16', 'i16x8', 'i32x4', 'i64x2', 'f32x4', 'f64x2']) {
      const [a, b] = [new VectorView(app, 'local $a', locals), new VectorView(app, 'local $b', locals)];
      await a.readAs(shape);
      await b.readAs(shape);
      for (const vector of [a, b]) {
        const box = await vector.lanesGroup().boundingBox();
        assert.ok(box !== null && box.x >= 0 && box.x + box.width <= NARROW.width, `${card}, ${shape}: ${JSON.stringify(box)}`);
        const overflow = await vector.lanesGroup().evaluate((lanes) => lanes.scrollWidth - lanes.clientWidth);
        assert.ok(overflow <= 0, `${card}, ${shape} is ${overflow} wider than its place`);
      }
    }
  }
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), NARROW.width);
}, { viewport: NARROW, touch: true });
