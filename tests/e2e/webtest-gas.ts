// Gas: schedules, exact totals, the limit as a pause.
import assert from 'node:assert/strict';
import { webtest } from './harness/webtest.ts';
import { ADD, ENDLESS, FIB, projectOf } from './projects.ts';

webtest('P9 a two-parameter add costs 9 by table A, 0.9375 by table B, 3 by one each', async ({ app }) => {
  await app.load(projectOf(ADD, { call: ['add', '2', '40'] }));
  for (const [schedule, gas] of [
    ['waspvm-0.8.1', '9'],
    ['alchemy-cycles', '0.9375'],
    ['instructions', '3'],
  ] as const) {
    await app.gas.chooseSchedule(schedule);
    await app.controls.run();
    await app.controls.expectResults('42');
    assert.equal(await app.gas.used(), gas, schedule);
  }
});

webtest('why there are more instructions than gas is told, and so is a full stack', async ({ app }) => {
  await app.load(projectOf(ADD, { call: ['add', '2', '40'] }));
  await app.controls.run();
  await app.controls.waitFor('FINISHED');
  assert.match(await app.controls.status(), /4 instructions, 3 gas/);
  const why = (await app.page.locator('.status-why').getAttribute('title')) ?? '';
  assert.match(why, /^4 instructions, 3 gas\. Free by the schedule instructions: .*\bend\b/);
  assert.equal(await app.page.locator('.gas-numbers').getAttribute('title'), why.slice(why.indexOf('Free')));
  assert.doesNotMatch(await app.gas.text(), /stack/);

  await app.load(projectOf('(module (func $f (export "f") (call $f)))', { call: ['f'], limits: { stackSlots: 100_000 } }));
  await app.controls.run();
  await app.controls.expectTrap(/100000 slots/);
  const [, frames] = /stack full: (\d+) frames/.exec(await app.gas.text()) ?? [];
  assert.ok((await app.controls.sentence()).includes(`${frames} frames`), await app.gas.text());
});

webtest('P11 memory.grow is charged by the page and honours the declared maximum', async ({ app }) => {
  const text = `(module (memory 1 3)
    (func (export "grow") (param $pages i32) (result i32)
      local.get $pages
      memory.grow))`;
  const costs = { name: 'by the page', denominator: 1, base: 1, costs: { end: 0, 'end of function': 0 }, takenBranch: 0, perGrownPage: 100, perBulkByte: 0, perHostCall: 0, perCountedZero: 0, perCountedOne: 0 };
  await app.load(projectOf(text, { call: ['grow', '2'], schedule: costs }));
  await app.controls.run();
  await app.controls.expectResults('1');
  assert.equal(await app.gas.used(), '202');
  await app.controls.restart();
  await app.form.fill('3');
  await app.controls.run();
  await app.controls.expectResults('-1');
});

webtest('P12 the total never passes the limit; a total equal to it passes', async ({ app }) => {
  await app.load(projectOf(ADD, { call: ['add', '2', '40'], limits: { gas: 3n } }));
  await app.controls.run();
  await app.controls.expectResults('42');
  await app.load(projectOf(ADD, { call: ['add', '2', '40'], limits: { gas: 2n } }));
  await app.controls.run();
  await app.controls.waitFor('PAUSED');
  assert.match(await app.controls.status(), /the gas limit is reached/);
  assert.equal(await app.gas.used(), '2');
  assert.equal(await app.gas.gauge(), '2 of 2 used, 0 remaining');
  await app.editor.expectNext('i32.add');
  assert.deepEqual(await app.stack.values(), ['40', '2']);
});

webtest('out of gas is a pause: added gas gives the same result and total as an unlimited run', async ({ app }) => {
  await app.load(projectOf(FIB, { call: ['fib', '12'] }));
  await app.controls.run();
  await app.controls.expectResults('144');
  const total = await app.gas.used();

  await app.load(projectOf(FIB, { call: ['fib', '12'], limits: { gas: 1000n } }));
  await app.controls.run();
  for (let pauses = 0; pauses < 100 && (await app.controls.state()) === 'PAUSED'; pauses += 1) await app.gas.addAndContinue('1,000');
  await app.controls.expectResults('144');
  assert.equal(await app.gas.used(), total);
});

webtest('P13 the start function and host calls are metered under the same limit', async ({ app }) => {
  const endless = `(module (func $begin (loop $again (br $again))) (start $begin) (func (export "f")))`;
  await app.load(projectOf(endless, { call: ['f'], limits: { gas: 5000n } }));
  await app.controls.continue();
  await app.controls.waitFor('PAUSED');
  assert.match(await app.controls.status(), /the gas limit is reached/);

  const asking = `(module (import "random" "i32" (func $random (result i32))) (func (export "f") (result i32) (call $random)))`;
  const costs = { name: 'host', denominator: 1, base: 1, costs: { end: 0, 'end of function': 0 }, takenBranch: 0, perGrownPage: 0, perBulkByte: 0, perHostCall: 50, perCountedZero: 0, perCountedOne: 0 };
  await app.load(projectOf(asking, { call: ['f'], schedule: costs }));
  await app.controls.run();
  await app.controls.waitFor('FINISHED');
  assert.equal(await app.gas.used(), '51');
});

webtest('the cost of the next instruction is shown before it runs', async ({ app }) => {
  await app.load(projectOf(ADD, { call: ['add', '2', '40'], schedule: { builtin: 'waspvm-0.8.1' } }));
  await app.controls.stepIn(2);
  assert.equal(await app.gas.used(), '6');
  assert.equal(await app.gas.next(), '3');
});

webtest('an endless loop stops at the limit and the machine stays usable', async ({ app }) => {
  await app.load(projectOf(ENDLESS, { call: ['spin'], limits: { gas: 100_000n } }));
  await app.controls.run();
  await app.controls.waitFor('PAUSED');
  assert.equal(await app.gas.gauge(), '100000 of 100000 used, 0 remaining');
  await app.controls.restart();
  assert.equal(await app.gas.used(), '0');
});

webtest('P14 the trace has each instruction with operands, gas and depth, and downloads', async ({ app }) => {
  await app.load(projectOf(FIB, { call: ['fib', '3'] }));
  await app.trace.turnOn();
  await app.controls.run();
  await app.controls.expectResults('2');
  const lines = (await app.trace.download()).trim().split('\n');
  assert.ok(lines.length > 20);
  const add = lines.find((line) => line.includes('i32.add'));
  assert.match(add ?? '', /1/);
  await app.trace.turnOff();
  await app.controls.restart();
  await app.controls.run();
  await app.controls.expectResults('2');
});

webtest('limits that are set in the middle of a call hold at once, and say their range', async ({ app }) => {
  const grow = '(memory.grow (i32.const 1))';
  await app.load(projectOf(`(module (memory 1) (func (export "f") (result i32 i32) ${grow} ${grow}))`, { call: ['f'], limits: { memoryPages: 1 } }));
  await app.controls.stepIn(2);
  await app.gas.region().getByRole('button', { name: 'Limits' }).click();
  const dialog = app.dialog('Limits');
  assert.match((await dialog.textContent()) ?? '', /New limits hold at once, also for a call under way/);
  const set = dialog.getByRole('button', { name: 'Set limits' });
  await dialog.getByRole('textbox', { name: 'Gas limit' }).fill('18,446,744,073,709,551,616');
  await dialog.getByText('a whole number from 0 to 18,446,744,073,709,551,615, or empty for no limit').waitFor();
  assert.equal(await set.isDisabled(), true);
  await dialog.getByRole('textbox', { name: 'Gas limit' }).fill('1,000');
  const pages = dialog.getByRole('textbox', { name: 'One memory, in pages of 64 KiB' });
  await pages.fill('many');
  await dialog.getByText('a whole number from 0 to 32,767').waitFor();
  await pages.fill('2');
  await set.click();
  await app.controls.continue();
  await app.controls.expectResults('-1', '1');
  assert.match(await app.gas.text(), /of 1,?000/);
});
