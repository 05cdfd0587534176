// What the page says and offers when something cannot go on: a mistake of its own, an address that is no link, arguments, host code.
import assert from 'node:assert/strict';
import { isFirefox } from './harness/browser.ts';
import { eventually } from './harness/eventually.ts';
import { webtest, withoutOfflineCopy } from './harness/webtest.ts';
import type { App } from './panes/app.ts';
import type { Project } from '../../web/protocol/project.ts';
import { ADD, FIB, projectOf } from './projects.ts';

/** From here on each later part of the page throws when it is drawn. */
async function breakParts(app: App): Promise<void> {
  await withoutOfflineCopy(app.page);
  await app.page.route(/part-[^/]*\.js/, async (route) => {
    const [name = ''] = new URL(route.request().url()).pathname.split('/').slice(-1);
    const fails = `() => { throw new Error("a part broke") }`;
    const body = `waspnestParts.define(${JSON.stringify(name)}, (require, exports, module) => {
      module.exports = new Proxy({}, { get: (_, key) => (key === "then" ? undefined : ${fails}) });
    });`;
    await route.fulfill({ contentType: 'text/javascript', body });
  });
}

const stopped = (app: App) => app.page.getByRole('main', { name: 'The page has stopped' });

async function fail(app: App, open: () => Promise<void>): Promise<void> {
  await breakParts(app);
  await open();
  await app.ready();
  await app.load(projectOf(FIB, { call: ['fib', '5'] }));
  await app.editor.cursorTo('(then');
  await app.page.keyboard.type(' ;; kept');
  await app.page.getByRole('button', { name: 'Examples' }).click();
  await stopped(app).waitFor();
  await app.page.unroute(/part-[^/]*\.js/);
}

async function loadAllowed(app: App, project: Project): Promise<void> {
  await app.load(project);
  await app.button('Allow its host code').click();
  await app.idle();
}

/** Firefox tells whoever drives it of an error on the console by its kind alone. */
const expectedErrors = isFirefox ? /a part broke|^console\.error: Error \(/ : /a part broke/;

webtest(
  'a mistake of the page ends in a sentence with the ways out, and a reload has the text',
  async ({ app, page, open }) => {
    await fail(app, open);
    assert.match(await page.getByRole('alert').innerText(), /mistake of its own: a part broke\. What you wrote is kept in this browser, and nothing runs any more\./);
    assert.equal(await app.focused(), 'Reload');
    assert.equal(await page.locator('iframe').count(), 0);
    assert.match((await app.files.download(app.button('Save the project to a file'))).name, /\.json$/);
    await app.button('Reload').click();
    await app.ready();
    await app.controls.waitFor('PAUSED');
    assert.match(await app.editor.text(), /;; kept/);
  },
  { expectedErrors, open: false },
);

webtest(
  'after a mistake the work opens without a machine, which is made when it is asked for',
  async ({ app, page, open }) => {
    await fail(app, open);
    await app.button('Open without running anything').click();
    await page.getByText('opened without a machine, so that').waitFor();
    assert.equal(await app.controls.state(), 'READY');
    assert.match(await app.editor.text(), /;; kept/);
    await app.button('Make the machine').click();
    await app.controls.waitFor('PAUSED');
    await app.form.call('fib', '5');
    await app.controls.expectResults('5');
  },
  { expectedErrors, open: false },
);

webtest(
  'a way out of a mistake that the storage blocks is told, and the others are still there',
  async ({ app, page, open }) => {
    await fail(app, open);
    await page.evaluate(() => {
      Storage.prototype.setItem = () => {
        throw new Error('full');
      };
    });
    await app.button('Open without running anything').click();
    await page.getByText('The page cannot be opened this way: the storage of this tab is full or closed. Reload opens it as it was.').waitFor();
    await app.button('Reload').click();
    await app.ready();
    assert.match(await app.editor.text(), /;; kept/);
  },
  { expectedErrors, open: false },
);

webtest(
  'after a mistake the page begins anew, and the work is among the earlier ones',
  async ({ app, page, open }) => {
    await fail(app, open);
    await app.button('Start anew with the first example').click();
    await app.ready();
    await app.controls.waitFor('PAUSED');
    assert.doesNotMatch(await app.editor.text(), /;; kept/);
    await app.button('Open').click();
    await page.getByRole('dialog').getByText('Earlier work').first().waitFor();
  },
  { expectedErrors, open: false },
);

webtest(
  'an address that ends in no link is told in a sentence, and the page works',
  async ({ app, page }) => {
    await page.getByText('The address ended in #foo, which is no link to a project').waitFor();
    await app.controls.waitFor('PAUSED');
    assert.equal(new URL(page.url()).hash, '');
    await app.load(projectOf(FIB, { call: ['fib', '5'] }));
    await page.evaluate(() => {
      window.location.hash = 'bar';
    });
    await page.getByText('The address ended in #bar').waitFor();
    assert.match(await app.editor.text(), /\$fib/);
  },
  { fragment: 'foo' },
);

webtest('an argument that cannot be read says so beside the buttons, and why nothing runs', async ({ app, page }) => {
  await app.load(projectOf(ADD, { call: ['add', '1', '2'] }));
  const field = page.getByRole('form', { name: 'Call' }).getByRole('textbox').nth(1);
  await field.fill('two');
  await app.idle();
  const said = await app.form.problem().boundingBox();
  const button = await app.button('Step in').boundingBox();
  assert.ok(said && button && (button.y >= said.y + said.height || said.y >= button.y + button.height || button.x >= said.x + said.width || said.x >= button.x + button.width));
  const told = page.getByText(/Nothing was run: .* of add cannot be read/);
  for (const way of [() => app.press('Control+Enter'), () => app.button('Run').click({ force: true }), () => app.button('Step in').click({ force: true })]) {
    await page.getByRole('button', { name: 'Restart' }).focus();
    await way();
    await told.waitFor();
    await eventually(async () => assert.equal(await field.evaluate((input) => input === document.activeElement), true));
    await page.getByRole('button', { name: 'Dismiss' }).click();
    await told.waitFor({ state: 'detached' });
  }
  assert.equal(await app.controls.state(), 'PAUSED');
  await field.fill('2');
  await app.press('Control+Enter');
  await app.controls.expectResults('3');
});

webtest('a host function that hung offers to be shown, given more time and called again', async ({ app, page }) => {
  const text = '(module (import "env" "hang" (func $hang)) (func (export "f") (call $hang)))';
  const host = '// hang is below\nexport const env = {\n  hang() { for (;;); },\n};\n';
  await loadAllowed(app, projectOf(text, { host, call: ['f'], limits: { hostMillis: 3_000 } }));
  await app.controls.startRun();
  await app.button('Raise the time limit').click();
  await app.dialog().waitFor();
  await page.keyboard.press('Escape');
  await app.button('Show it in host.js').click();
  await eventually(async () => assert.match(await app.editor.content().locator('.cm-activeLine').innerText(), /hang\(\) \{ for/));
  await app.button('Call it again').click();
  await app.button('Call it again').waitFor({ state: 'detached' });
  await app.button('Call it again').waitFor();
  assert.match(await app.controls.status(), /PAUSED.*hang/);
});

webtest('a host function that hung or never answers is called again by the text as it is then', async ({ app, page }) => {
  const text = '(module (import "env" "ask" (func $ask (result i32))) (func (export "f") (result i32) (call $ask)))';
  const hanging = [
    ['export const env = { ask() { for (;;); } };', 'RUNNING'],
    ['export const env = { ask: () => new Promise(() => {}) };', 'WAITING'],
  ] as const;
  for (const [host, then] of hanging) {
    await loadAllowed(app, projectOf(text, { host, call: ['f'], limits: { hostMillis: 20_000 } }));
    await app.controls.startRun();
    await app.controls.waitFor(then);
    const type = async (code: string): Promise<void> => {
      await page.getByRole('tablist', { name: 'Files' }).getByRole('tab', { name: 'host.js' }).click();
      await app.editor.content().focus();
      await page.keyboard.press('Control+a');
      await app.insertText(code);
    };
    await type('export const env = { ask() { return 5; };');
    await page.getByText('Restart takes the new one').waitFor();
    await app.button('Pause').click();
    await page.getByText('Call it again takes the new one').waitFor();
    await app.button('Call it again').click();
    await page.getByText(/The host function was not called again: host\.js does not load: SyntaxError/).waitFor();
    await type('export const env = { answer() { return 5; } };');
    await app.button('Call it again').click();
    await page.getByText(/was not called again: nothing defines env\.ask/).waitFor();
    await type('export const env = { ask() { return 6; } };');
    await app.button('Call it again').click();
    await app.controls.expectResults('6');
    assert.equal(await page.getByText('from before your change').count(), 0);
    await app.controls.restart();
    await app.controls.run();
    await app.controls.expectResults('6');
  }
});

webtest('a step from a host function that hung takes the text as it is then', async ({ app, page }) => {
  const text = '(module (import "env" "ask" (func $ask (result i32))) (func (export "f") (result i32) (call $ask)))';
  await loadAllowed(app, projectOf(text, { host: 'export const env = { ask() { for (;;); } };', call: ['f'], limits: { hostMillis: 1_000 } }));
  await app.controls.startRun();
  await app.button('Call it again').waitFor();
  await app.files.openTab('host.js');
  await app.editor.content().focus();
  await page.keyboard.press('Control+a');
  await app.insertText('export const env = { ask() { return 7; } };');
  await eventually(async () => assert.match((await app.button('Step over').getAttribute('title')) ?? '', /takes the new host\.js/));
  await app.button('Step over').click();
  await app.controls.waitFor('PAUSED');
  await eventually(async () => assert.match(await page.getByTestId('announcement').innerText(), /pushed 7/));
});

webtest('what is said of imports and breakpoints goes when it is no longer so, and a newer word takes its place', async ({ app, page }) => {
  await app.load(projectOf('(module\n  (import "env" "log" (func $log (param i32)))\n  (func (export "f")\n\n    (call $log (i32.const 1))\n  )\n)', { call: ['f'] }));
  await app.files.openTab('host.js');
  await app.button('Generate stubs').click();
  await app.button('Generate stubs').click();
  const defined = page.getByText('Every import is already defined');
  await defined.waitFor();
  await app.editor.type('// nothing is defined here');
  await defined.waitFor({ state: 'detached' });

  await app.files.openTab('module.wat');
  const said = page.getByRole('note');
  const lines = page.locator('.cm-lineNumbers:visible .cm-gutterElement');
  for (const line of ['7', '2', '1']) {
    await lines.getByText(line, { exact: true }).click();
    await said.getByText(`Line ${line} has no instruction`).waitFor();
    assert.equal(await said.count(), 1);
  }
  await lines.getByText('5', { exact: true }).click();
  await said.waitFor({ state: 'detached' });
});

webtest('a machine that ended because of host.js is told of until host.js is mended', async ({ app, page }) => {
  await app.load(projectOf('(module (import "env" "log" (func $log)) (func (export "f") (call $log) nop))', { host: 'export const env = { log() {} };', call: ['f'], limits: { hostMillis: 500 } }));
  await app.button('Allow its host code').click();
  await app.idle();
  await app.press('F11');
  await app.files.openTab('host.js');
  await app.editor.type('for (;;);');
  await app.controls.restart();
  const banner = page.getByText(/^The machine ended unexpectedly and was started again/);
  await banner.waitFor();
  await app.editor.type('export const env = { log() {} };');
  await banner.waitFor({ state: 'detached' });
});
