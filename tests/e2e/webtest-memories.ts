// Several memories, 64-bit addresses and indices, pages of one byte: in the text, while stepping, from host code.
import assert from 'node:assert/strict';
import { eventually } from './harness/eventually.ts';
import { webtest } from './harness/webtest.ts';
import { oneLine } from './panes/text.ts';
import { projectOf } from './projects.ts';

const THREE = `(module
  (memory $near (export "near") 1)
  (memory $wide (export "wide") i64 2 9)
  (memory $bytes 300 900 (pagesize 1))
  (table $t i64 3 8 funcref)
  (elem (table $t) (i64.const 1) func $f)
  (data (memory $wide) (i64.const 0x10008) "wide nest\\20\\00\\00\\00\\00\\00\\00\\00")
  (func $f (export "f") (param $at i64) (result i64)
    (i32.store (i32.const 4) (i32.const 0x0a0b0c0d))
    (i64.store $wide offset=0x10000 (local.get $at) (i64.const 0x1122334455667788))
    (i32.store8 $bytes offset=1 (i32.const 298) (i32.const 0x2a))
    (i64.load32_u $wide offset=0x10000 (local.get $at))))
`;

const CALL = ['f', '0x40'] as const;

webtest('a step shows the bytes of the memory it wrote, at its 64-bit address', async ({ app, page }) => {
  await app.load(projectOf(THREE, { call: CALL }));
  await app.memory.region().getByLabel('follow').check();
  const shown = page.getByLabel('Memory shown');
  const chosen = async (): Promise<string> => oneLine(await shown.locator('option:checked').innerText());
  assert.equal(await chosen(), 'module $near');
  await app.controls.stepIn(3);
  await app.memory.expectBytes(4, '0d 0c 0b 0a');
  // The view follows a write into another memory.
  await app.controls.stepIn(3);
  assert.equal(await app.controls.sentence(), 'i64.store popped 64 and 1234605616436508552, wrote 8 bytes at 0x10040 of $wide');
  assert.equal(await chosen(), 'module $wide');
  await app.memory.expectBytes(0x10040, '88 77 66 55 44 33 22 11');
  await eventually(async () => assert.equal((await app.memory.shown()).get(0x10040)?.written, true));
  assert.match(oneLine(await app.memory.region().innerText()), /128 KiB, 2 pages of at most 9, 64-bit addresses/);
  await app.controls.stepIn(3);
  assert.equal(await chosen(), 'module $bytes');
  assert.match(oneLine(await app.memory.region().innerText()), /300 bytes of at most 900, in pages of 1 byte/);
  await app.memory.expectBytes(299, '2a');
  await app.controls.continue();
  await app.controls.expectResults(String(0x55667788));
});

webtest('go to a 64-bit address, follow a 64-bit pointer, search in the memory chosen', async ({ app }) => {
  await app.load(projectOf(THREE, { call: CALL }));
  await app.memory.choose('$wide');
  await app.memory.goTo('0x0000_0000_0001_0008');
  await app.memory.expectBytes(0x10008, '77 69 64 65');
  await app.memory.search('nest');
  await app.memory.goTo('0x10011');
  const { pointer } = await app.memory.inspector();
  assert.match(pointer ?? '', /^0x0020 ?go$/);
  await app.memory.region().getByRole('button', { name: 'go', exact: true }).click();
  await app.memory.expectBytes(0x20, '00 00 00 00');
  await app.memory.goTo('0xffff_ffff_ffff_fff0');
  assert.match(await app.memory.problem(), /^the memory ends at 0x0002 ?0000$/);
  await app.memory.choose('$bytes');
  await app.memory.goTo('300');
  assert.match(await app.memory.problem(), /^the memory ends at 0x012c$/);
  await app.memory.write('0x12b', '7f');
  await app.memory.expectBytes(0x12b, '7f');
});

webtest('a trap tells the 64-bit address and which memory', async ({ app }) => {
  await app.load(projectOf(THREE, { call: ['f', '0xffffffffffffff00'] }));
  await app.controls.run();
  await app.controls.expectTrap(/i64\.store writes 8 bytes at 0x1_0000_0000_0000_ff00, memory 1 ends at 0x2_0000 \(2 pages\)/);
});

webtest('tables with 64-bit indices and memories are listed with their kind', async ({ app, page }) => {
  await app.load(projectOf(THREE, { call: CALL }));
  assert.deepEqual(await app.tables.values(), ['null', '$f', 'null']);
  assert.match(oneLine(await app.pane('Tables').innerText()), /3 elements of at most 8, 64-bit indices/);
  await page.getByRole('tab', { name: /^Outline/ }).click();
  await eventually(async () => {
    const outline = oneLine(await app.pane('Outline').innerText());
    assert.match(outline, /memory \$wide \(export "wide"\) i64 2 9, 128 KiB/);
    assert.match(outline, /memory \$bytes 300 900 \(pagesize 1\), 300 bytes/);
    assert.match(outline, /table \$t i64 3 8 funcref/);
  });
});

webtest('host code takes the i64 of a program as an address', async ({ app }) => {
  const text = `(module (import "env" "fill" (func $fill (param i64)))
    (memory $a 1) (memory $b (export "b") i64 1)
    (func (export "f") (result i64)
      (call $fill (i64.const 0x100)) (i64.load $b (i64.const 0x100))))`;
  const host = `export const env = { fill(ctx, at) {
    ctx.memory("b").setU64(at, at + 1n);
    ctx.memory(1).setU8(at + 1n, 2);
    try { ctx.memory(1).u8(-1n); } catch (error) { ctx.print(error.message); }
  } };`;
  await app.load(projectOf(text, { host, call: ['f'] }));
  await app.button('Allow its host code').click();
  await app.idle();
  await app.controls.run();
  await app.controls.expectResults(String(0x201));
  assert.deepEqual(await app.console.lines(), ['host code reads 1 byte at 0xffffffffffffffff; memory ends at 0x10000 (1 page)']);
});

webtest('a byte typed by hand is told, and Ctrl+Z takes it back while the machine stands there', async ({ app, page }) => {
  await app.load(projectOf('(module (memory 1) (data (i32.const 16) "\\01\\02") (func (export "f") nop nop))', { call: ['f'] }));
  const said = async (): Promise<string> => oneLine(await page.getByTestId('announcement').innerText());
  await app.memory.write('0x10', '2a');
  await app.memory.expectBytes(16, '2a 02');
  assert.equal(await said(), 'byte 0x0010 is 2a, was 01');
  await app.memory.write('0x11', '2b');
  assert.equal(await said(), 'byte 0x0011 is 2b, was 02');
  await app.press('Control+z');
  await app.memory.expectBytes(16, '2a 02');
  assert.equal(await said(), 'taken back: byte 0x0011 is 02 again');
  await app.press('Control+z');
  await app.memory.expectBytes(16, '01 02');
  await app.press('Control+z');
  await page.getByText('No byte was typed since the machine stands here').waitFor();

  // What was typed before a step is part of what came after.
  await app.memory.write('0x10', '07');
  await app.controls.stepIn();
  assert.match(await said(), /^nop/);
  await app.memory.region().getByRole('grid').focus();
  await app.press('Control+z');
  await app.memory.expectBytes(16, '07 02');
});
