// Every example does what it promises.
import assert from 'node:assert/strict';
import { examples } from '../../web/examples/index.ts';
import { expected } from '../../web/examples/expected.ts';
import type { Expected } from '../../web/examples/expected.ts';
import { eventually } from './harness/eventually.ts';
import { webtest } from './harness/webtest.ts';
import type { App } from './panes/app.ts';

/** A game of tic-tac-toe takes its time between moves. */
const PATIENCE_MILLIS = 30_000;

async function check(app: App, { id, call, outcome, printed }: Expected): Promise<void> {
  const [name, ...args] = call;
  const what = `${id} ${call.join(' ')}`;
  await app.controls.restart();
  await app.form.choose(name);
  await app.form.fill(...args);
  await app.controls.startRun();
  await eventually(async () => assert.match(await app.controls.status(), /^(FINISHED|TRAPPED|PAUSED .*the gas limit is reached)/, what), PATIENCE_MILLIS);
  await app.idle();
  switch (outcome.kind) {
    case 'finished':
      await app.controls.waitFor('FINISHED');
      assert.deepEqual(await app.controls.results(), outcome.results, what);
      break;
    case 'trapped':
      await app.controls.waitFor('TRAPPED');
      assert.match(await app.controls.status(), new RegExp(outcome.trap), what);
      break;
    case 'outOfGas':
      assert.match(await app.controls.status(), /the gas limit is reached/, what);
      break;
  }
  if (printed !== undefined) assert.deepEqual((await app.console.lines()).slice(-printed.length), printed, what);
}

for (const { id, title } of examples) {
  webtest(`example: ${title}`, async ({ app }) => {
    await app.files.openExample(title);
    await app.controls.waitFor('PAUSED');
    const calls = expected.filter((row) => row.id === id);
    assert.ok(calls.length > 0, `nothing is expected of ${id}`);
    for (const row of calls) await check(app, row);
  });
}

webtest('the first example is visible in one click', async ({ app }) => {
  await app.controls.waitFor('PAUSED');
  await app.controls.run();
  await app.controls.expectResults('42');
  await app.memory.expectBytes(16, '2a 00 00 00');
  assert.deepEqual(await app.console.lines(), ['42']);
});

webtest('the sieve fills the memory with primes', async ({ app }) => {
  await app.files.openExample('Sieve');
  await app.controls.run();
  await app.controls.waitFor('FINISHED');
  // 2, 3, 5 and 7 are "p", the rest of the first ten are dots.
  await app.memory.expectBytes(0, '2e 2e 70 70 2e 70 2e 70 2e 2e');
});

webtest('the Mandelbrot set and the game of life show on the canvas', async ({ app }) => {
  await app.files.openExample('Mandelbrot');
  await app.controls.startRun();
  await eventually(async () => assert.equal(await app.controls.state(), 'FINISHED'), PATIENCE_MILLIS);
  const set = await app.canvas.picture();
  assert.deepEqual([set.width, set.height], [160, 120]);
  assert.ok(set.colours > 10, `${set.colours} colours`);

  await app.files.openExample('Game of life');
  await app.form.fill('20', '42');
  await app.controls.startRun();
  await eventually(async () => assert.equal(await app.controls.state(), 'FINISHED'), PATIENCE_MILLIS);
  const world = await app.canvas.picture();
  assert.deepEqual([world.width, world.height, world.colours], [64, 64, 2]);
});

webtest('P10 tic-tac-toe asks for moves and draws the board; win and draw are detected and the gas is told', async ({ app }) => {
  await app.files.openExample('Tic-tac-toe');
  for (const [which, winner, words] of [
    ['1', '120', /^x wins, after \d+ gas$/],
    ['2', '0', /^a draw, after \d+ gas$/],
  ] as const) {
    await app.form.fill(which);
    await app.controls.startRun();
    await eventually(async () => assert.equal(await app.controls.state(), 'FINISHED'), PATIENCE_MILLIS);
    assert.deepEqual(await app.controls.results(), [winner]);
    assert.match((await app.console.lines()).at(-1) ?? '', words);
    const board = (await app.memory.bytes(0, 9)).split(' ');
    assert.ok(board.every((byte) => ['78', '6f', '00'].includes(byte)));
    if (which === '2') assert.ok(!board.includes('00'));
    const picture = await app.canvas.picture();
    assert.deepEqual([picture.width, picture.height], [124, 124]);
    assert.equal(picture.colours, 4);
    await app.controls.restart();
  }
});

webtest('tic-tac-toe is played by keys on the canvas', async ({ app, page }) => {
  await app.files.openExample('Tic-tac-toe');
  await app.form.fill('3');
  await app.controls.startRun();
  await app.controls.waitFor('WAITING');
  await app.canvas.show();
  await app.canvas.region().locator('canvas').focus();
  await page.keyboard.down('5');
  await eventually(async () => assert.equal((await app.memory.bytes(4, 1)), '78'));
  await page.keyboard.up('5');
});

webtest('the wasp is steered by the arrow keys', async ({ app, page }) => {
  await app.files.openExample('Keys and pictures');
  await app.controls.startRun();
  await app.canvas.show();
  await app.canvas.region().locator('canvas').focus();
  await page.keyboard.down('ArrowRight');
  await eventually(async () => assert.ok(Number((await app.globals.row('$x')).value) > 76));
  await page.keyboard.up('ArrowRight');
  await page.keyboard.down('Enter');
  await app.controls.waitFor('FINISHED');
  await page.keyboard.up('Enter');
});
