// Nothing typed is lost: reload, closed tabs, two tabs at once, files.
import assert from 'node:assert/strict';
import { eventually } from './harness/eventually.ts';
import { webtest } from './harness/webtest.ts';
import { ADD, ENDLESS, exampleProject, projectOf } from './projects.ts';

webtest('what was typed is there again after a reload', async ({ app, page }) => {
  await app.editor.type(ADD);
  await app.form.choose('add');
  await app.form.fill('3', '4');
  await app.idle();
  await page.reload();
  await app.ready();
  assert.equal((await app.editor.text()).trim(), ADD.trim());
  assert.deepEqual(await app.form.values(), ['3', '4']);
});

webtest('text typed in the last moment before a reload is not lost', async ({ app, page }) => {
  await app.editor.content().focus();
  await page.keyboard.press('Control+a');
  await app.insertText(`${ADD};; the last word`);
  await page.reload();
  await app.ready();
  assert.match(await app.editor.text(), /the last word/);
});

webtest('a reload in the middle of a run loses no text and runs nothing', async ({ app, page }) => {
  await app.load(projectOf(ENDLESS, { call: ['spin'], limits: { gas: 1n << 62n } }));
  await app.controls.startRun();
  await app.controls.waitFor('RUNNING');
  await page.reload();
  await app.ready();
  await app.controls.waitFor('PAUSED');
  assert.match(await app.editor.text(), /\$again/);
  assert.equal(await app.gas.used(), '0');
});

webtest(
  'a browser that keeps nothing is said to, once, and the page works',
  async ({ app, context, open, page }) => {
    await context.addInitScript(() => {
      const refuse = (): never => {
        throw new DOMException('no room', 'QuotaExceededError');
      };
      IDBFactory.prototype.open = refuse;
      Storage.prototype.setItem = refuse;
    });
    await open();
    await app.ready();
    await app.editor.type(ADD);
    const notices = page.getByText('The browser does not keep this work: its storage is full or closed. Save it to a file before you leave.');
    await notices.first().waitFor();
    await app.editor.type(`${ADD};; more`);
    assert.equal(await notices.count(), 1);
    await app.form.call('add', '2', '40');
    await app.controls.expectResults('42');
  },
  { open: false },
);

webtest('two tabs at once keep their own texts', async ({ app, page, newTab }) => {
  await app.editor.type(`${ADD};; the first tab`);
  const other = await newTab();
  await other.app.ready();
  await other.app.editor.type(`${ADD};; the second tab`);
  await app.editor.type(`${ADD};; the first tab again`);
  await other.page.reload();
  await other.app.ready();
  assert.match(await other.app.editor.text(), /the second tab/);
  await page.reload();
  await app.ready();
  assert.match(await app.editor.text(), /the first tab again/);
});

webtest('a project saved to a file opens again with all its parts', async ({ app, newTab }) => {
  await app.files.openExample('Tic-tac-toe');
  await app.form.fill('2');
  const file = await app.files.saveProject();
  assert.equal(file.name, 'Tic-tac-toe.waspnest.json');

  const other = await newTab();
  await other.app.ready();
  await other.app.files.open(file);
  assert.deepEqual(await other.app.form.values(), ['2']);
  assert.match(await other.app.editor.text(), /Tic-tac-toe/);
  await other.app.files.openTab('host.js');
  await eventually(async () => assert.match(await other.app.editor.text(), /players and the board/));
});

webtest('a project file that is none says so and changes nothing', async ({ app }) => {
  const before = await app.editor.text();
  await app.files.open({ name: 'x.waspnest.json', content: '{"waspnest": 1}' });
  await app.page.getByText(/does not hold a whole project/).first().waitFor();
  assert.equal(await app.editor.text(), before);
});

webtest('the module downloads as .wat and as .wasm', async ({ app }) => {
  await app.load(exampleProject('loops'));
  const wat = await app.files.saveModule('loops.wat');
  assert.match(new TextDecoder().decode(Buffer.from(wat.content)), /^;; Loops/);
  const wasm = await app.files.saveModule('loops.wasm');
  assert.ok(WebAssembly.validate(Buffer.from(wasm.content)));
});

webtest('work that an example replaced is kept among the earlier work', async ({ app }) => {
  await app.load(projectOf(`${ADD};; mine`, { call: ['add', '1', '2'], title: 'my own sums' }));
  await app.editor.type(`${ADD};; mine and typed`);
  await app.files.openExample('Loops');
  await app.button('Open').click();
  await app.dialog('Open').getByRole('button', { name: /my own sums/ }).first().click();
  await app.idle();
  assert.match(await app.editor.text(), /mine and typed/);
});

webtest('a link that was opened and changed keeps the change over a reload', async ({ app, page }) => {
  await app.load(projectOf(ADD, { call: ['add', '1', '2'] }));
  await app.editor.type(`${ADD};; changed after opening`);
  await page.reload();
  await app.ready();
  assert.match(await app.editor.text(), /changed after opening/);
});

webtest('work that was restored after a reload is kept when an example takes its place', async ({ app, page }) => {
  await app.editor.type(`${ADD};; typed, then reloaded`);
  await app.idle();
  await page.reload();
  await app.ready();
  await app.files.openExample('Loops');
  await app.files.openExample('First steps');
  await app.button('Open').click();
  await app.idle();
  const earlier = app.dialog('Open').getByRole('list').getByRole('button');
  assert.equal(await earlier.count(), 1);
  await earlier.click();
  await app.idle();
  assert.match(await app.editor.text(), /typed, then reloaded/);
});

webtest('work that cannot be read stays as it is, and its text can be had', async ({ app, page }) => {
  await app.files.open({ name: 'precious.wat', content: ADD });
  await app.idle();
  const kept = await page.evaluate(
    () =>
      new Promise<string>((resolve, reject) => {
        const opening = indexedDB.open('waspnest');
        opening.onerror = () => reject(opening.error ?? new Error('no database'));
        opening.onsuccess = () => {
          const store = opening.result.transaction('work', 'readwrite').objectStore('work');
          const all = store.getAll();
          all.onsuccess = () => {
            const record = all.result.find(({ title }) => title === 'precious');
            const text = String(record.text).replace('"waspnest": 1', '"waspnest": 77');
            store.put({ ...record, text }).onsuccess = () => resolve(text);
          };
        };
      }),
  );
  await page.reload();
  await app.ready();
  await page.getByText(/^The last work here, precious, cannot be read: it was kept by a newer version of this page, in version 77 of its format\. It is kept as it is, under Open, Earlier work\.$/).waitFor();
  await app.editor.type(`${ADD};; something new`);
  await app.idle();
  await page.reload();
  await app.ready();
  assert.match(await app.editor.text(), /something new/);
  await app.button('Open').click();
  await app.dialog('Open').getByRole('button', { name: /^precious/ }).press('Enter');
  await app.dialog('Open').getByText(/^This page cannot read it: it was kept by a newer version/).waitFor();
  const file = await app.files.download(app.dialog('Open').getByRole('button', { name: 'Save its text to a file' }));
  assert.equal(Buffer.from(file.content).toString(), kept);
  assert.equal(file.name, 'precious.waspnest.json');
});

webtest('a link to a call of a module that is not there opens without the call, and says so', async ({ app, page }) => {
  await app.load({ ...projectOf(ADD), call: { module: 't2:1', export: 'add', args: ['1', '2'] } });
  await page.getByText('The project has no such module, so this was left out: the call of t2:1.').waitFor();
  assert.equal((await app.editor.text()).trim(), ADD.trim());
});

webtest('files of one name are modules of two', async ({ app }) => {
  await app.files.open({ name: 'one.wat', content: ADD }, { name: 'one.txt', content: '(module)' });
  await app.idle();
  assert.deepEqual(await app.files.tabNames(), ['one.wat', 'one-2.wat', 'host.js']);
  await app.page.reload();
  await app.ready();
  assert.deepEqual(await app.files.tabNames(), ['one.wat', 'one-2.wat', 'host.js']);
});

webtest('a removed module can be put back for as long as the notice is there, and it stays', async ({ app, page }) => {
  await app.files.open({ name: 'first.wat', content: ADD });
  await app.button('Add a module').click();
  await app.idle();
  await app.files.openTab('first');
  await app.button('Remove this module').click();
  await app.idle();
  await page.getByText(/^first was removed/).waitFor();
  await app.press('s', 's');
  await page.getByText(/^first was removed/).waitFor();
  await app.button('Undo').click();
  await app.idle();
  assert.deepEqual(await app.files.tabNames(), ['first.wat', 'module.wat', 'host.js']);
  assert.equal((await app.editor.text()).trim(), ADD.trim());
  assert.equal(await page.getByText(/^first was removed/).count(), 0);
});

webtest('a text pasted outside of any field asks before it takes the place of the project', async ({ app, page }) => {
  await app.editor.type(`${ADD};; mine`);
  await app.files.paste('(module (func (export "pasted") (result i32) i32.const 5))');
  await app.dialog('Paste').getByRole('button', { name: 'Keep the project' }).click();
  assert.match(await app.editor.text(), /mine/);

  await app.files.paste('(module (func (export "pasted") (result i32) i32.const 5))');
  await app.dialog('Paste').getByRole('button', { name: 'Add it as a module' }).click();
  await app.idle();
  await app.form.call('pasted');
  await app.controls.expectResults('5');
  assert.equal((await app.files.tabNames()).length, 3);

  await app.files.paste('(module (func (export "pasted") (result i32) i32.const 6))');
  await app.dialog('Paste').getByRole('button', { name: /^Open it instead of/ }).click();
  await app.idle();
  await app.form.call('pasted');
  await app.controls.expectResults('6');
  await app.button('Open').click();
  await app.dialog('Open').getByRole('list').getByRole('button').first().click();
  await app.idle();
  assert.equal((await app.files.tabNames()).length, 3);
  assert.equal(await page.getByText(/pasted/).count() > 0, true);
});
