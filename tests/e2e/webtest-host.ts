// Host functions in JavaScript: what they may do, and what happens when they fail.
import assert from 'node:assert/strict';
import { isFirefox } from './harness/browser.ts';
import { eventually } from './harness/eventually.ts';
import { webtest } from './harness/webtest.ts';
import type { App } from './panes/app.ts';
import type { Project } from '../../web/protocol/project.ts';
import { projectOf } from './projects.ts';

/** Opens a project with host code and allows it. */
async function loadAllowed(app: App, project: Project): Promise<void> {
  await app.load(project);
  await app.button('Allow its host code').click();
  await app.idle();
}

const ASKING = `(module
  (import "env" "ask" (func $ask (param i32 i64 f32 f64) (result i64)))
  (memory (export "memory") 1)
  (data (i32.const 0) "nest")
  (func (export "f") (result i64)
    (call $ask (i32.const -1) (i64.const 9007199254740993) (f32.const 1.5) (f64.const 0.1))))`;

webtest('P5 a host function gets its arguments in order and with their types', async ({ app }) => {
  const host = `export const env = { ask(ctx, a, b, c, d) { ctx.print(typeof a, a, typeof b, b, c, d); return b + 1n; } };`;
  await loadAllowed(app, projectOf(ASKING, { host, call: ['f'] }));
  await app.controls.run();
  await app.controls.expectResults('9007199254740994');
  assert.deepEqual(await app.console.lines(), ['number -1 bigint 9007199254740993 1.5 0.1']);
});

webtest('P5 a wrong return value is a named trap at the call, with the machine readable', async ({ app }) => {
  const host = `export const env = {\n  ask() { return "seven"; },\n};`;
  await loadAllowed(app, projectOf(ASKING, { host, call: ['f'] }));
  await app.controls.run();
  await app.controls.expectTrap(/env\.ask: it returned the text "seven", which is not an i64; .* \(host\.js line 2\)/);
  await app.editor.expectNext(/^\(?call \$ask/);
  assert.equal((await app.calls.frames()).length, 1);
});

webtest('P5 a missing import is named before anything runs', async ({ app, page }) => {
  await app.load(projectOf(ASKING, { call: ['f'] }));
  await page.getByRole('tab', { name: /^Problems/ }).click();
  await eventually(async () => assert.match(await app.pane('Problems').innerText(), /"?env"?.*"?ask"?/));
});

webtest('P6 a host function reads and writes memory; out of range is an error with the numbers', async ({ app }) => {
  const host = `export const env = { ask(ctx) {
    const memory = ctx.memory("memory");
    memory.write(4, [1, 2, 3]);
    memory.setI64(8, -2n);
    try { memory.u32(65533); } catch (error) { ctx.print(error.name, error.message); }
    ctx.print(memory.string(0, 4));
    return memory.i64(8);
  } };`;
  await loadAllowed(app, projectOf(ASKING, { host, call: ['f'] }));
  await app.controls.run();
  await app.controls.expectResults('-2');
  const lines = await app.console.lines();
  assert.match(lines[0] ?? '', /RangeError.*4 bytes.*0xfffd.*0x10000/);
  assert.equal(lines[1], 'nest');
  await app.memory.expectBytes(0, '6e 65 73 74 01 02 03 00 fe ff ff ff ff ff ff ff');
});

webtest('who writes host.js stays there when a call finishes', async ({ app }) => {
  await loadAllowed(app, projectOf(ASKING, { host: 'export const env = { ask() { return 2n; } };', call: ['f'] }));
  await app.files.openTab('host.js');
  await app.controls.run();
  await app.controls.expectResults('2');
  assert.match(await app.editor.text(), /export const env/);
});

webtest('a throw is a trap that tells its place in host.js', async ({ app }) => {
  const host = `export const env = {\n  ask(ctx) {\n    throw new Error("no answer today");\n  },\n};`;
  await loadAllowed(app, projectOf(ASKING, { host, call: ['f'] }));
  await app.controls.run();
  await app.controls.expectTrap(/no answer today/);
  assert.match(await app.controls.sentence(), /host\.js line 3/);
  await app.controls.restart();
  await app.controls.waitFor('PAUSED');
});

webtest('an asynchronous host function is waited for, and the page stays usable', async ({ app }) => {
  const host = `export const env = { async ask(ctx) {
    await new Promise((resolve) => setTimeout(resolve, 300));
    return 5n;
  } };`;
  await loadAllowed(app, projectOf(ASKING, { host, call: ['f'] }));
  await app.controls.run();
  await app.controls.expectResults('5');
});

webtest('a host function that never returns is ended, and the machine stands at its call with nothing lost', async ({ app }) => {
  const text = `(module
    (import "env" "note" (func $note (param i32) (result i32)))
    (import "env" "hang" (func $hang))
    (global $sum (mut i32) (i32.const 0))
    (func (export "f")
      (global.set $sum (call $note (i32.const 20)))
      (call $hang)))`;
  const host = `let calls = 0;
export const env = {
  note(ctx, x) { calls += 1; ctx.print("note", calls); return x + calls; },
  hang() { for (;;); },
};`;
  await loadAllowed(app, projectOf(text, { host, call: ['f'], limits: { hostMillis: 500 } }));
  await app.controls.startRun();
  await eventually(async () => assert.match(await app.controls.status(), /PAUSED.*hang/));
  await app.editor.expectNext(/^\(?call \$hang/);
  assert.equal((await app.globals.row('$sum')).value, '21');
  assert.deepEqual(await app.console.lines(), ['note 1']);
});

webtest('a host function that hangs is told while it does, Pause ends it, and the next text waits for an answer without a word of it', async ({ app, page }) => {
  const text = '(module (import "env" "hang" (func $hang)) (func (export "f") (call $hang)))';
  await loadAllowed(app, projectOf(text, { host: 'export const env = { hang() { for (;;); } };', call: ['f'], limits: { hostMillis: 60_000 } }));
  // All that is said meanwhile, however shortly.
  await page.evaluate(() => {
    const said = new Set<string>();
    Object.assign(globalThis, { said });
    new MutationObserver(() => document.querySelectorAll('.status-line, [role=alert]').forEach((place) => said.add(place.textContent ?? ''))).observe(document.body, { subtree: true, childList: true, characterData: true });
  });
  const said = (): Promise<readonly string[]> => page.evaluate(() => [...(globalThis as unknown as { said: Set<string> }).said]);
  await app.controls.startRun();
  await eventually(async () => assert.equal(await app.controls.status(), 'RUNNING in env.hang'));
  await app.button('Pause').click();
  await eventually(async () => assert.match(await app.controls.status(), /PAUSED.*env\.hang had not come back when it was asked to pause, and was ended/));
  await app.button('Call it again').waitFor();
  assert.deepEqual((await said()).filter((text) => !/^(RUNNING|PAUSED)/.test(text)), []);
  await app.files.openTab('host.js');
  await app.editor.content().focus();
  await page.keyboard.press('Control+a');
  await app.insertText('export const env = { hang() { return new Promise(() => {}); } };');
  await app.button('Restart with the new text').click();
  await app.idle();
  await app.controls.startRun();
  await eventually(async () => assert.match(await app.controls.status(), /WAITING for env\.hang/));
  await app.button('Pause').click();
  await eventually(async () => assert.match(await app.controls.status(), /PAUSED.*env\.hang has not answered yet; continue to go on waiting/));
  assert.deepEqual((await said()).filter((text) => /unexpectedly/.test(text)), []);
  // It may answer yet: no limit of time is in its way.
  await app.button('Call it again').waitFor();
  assert.equal(await app.button('Raise the time limit').count(), 0);
});

webtest('host code that waits for ever at its top level is ended, and the next text of it is taken', async ({ app, page }) => {
  await loadAllowed(app, projectOf(ASKING, { host: 'await new Promise(() => {});\nexport const env = { ask() { return 1n; } };', call: ['f'], limits: { hostMillis: 300 } }));
  await eventually(async () => assert.match(await app.controls.status(), /BROKEN.*an await at its top level did not come back within 0\.3 s/));
  await app.files.openTab('host.js');
  await app.editor.content().focus();
  await page.keyboard.press('Control+a');
  await app.insertText('export const env = { ask() { return 2n; } };');
  await app.idle();
  await app.controls.run();
  await app.controls.expectResults('2');
});

webtest('host code that imports a file is told why that fails', async ({ app }) => {
  await loadAllowed(app, projectOf(ASKING, { host: 'import "https://example.org/a.js";\nexport const env = {};', call: ['f'] }));
  await eventually(async () => assert.match(await app.controls.status(), /BROKEN.*it imports another file, but it runs without a network/));
}, { expectedErrors: /Content Security Policy|example\.org|violates|Refused/ });

webtest('what host code throws where nobody waits for it is a line on the console, and the machine stays', async ({ app, page }) => {
  const host = `setTimeout(() => { throw new Error("later"); }, 10);
export const env = { async ask() {
  Promise.reject(new Error("unheard"));
  await new Promise((resolve) => setTimeout(resolve, 300));
  return 1n;
} };`;
  await loadAllowed(app, projectOf(ASKING, { host, call: ['f'] }));
  await app.controls.run();
  await app.controls.expectResults('1');
  assert.deepEqual((await app.console.lines()).filter((line) => line.includes('unheard')), ['nothing caught this: unheard (host.js line 3)']);
  assert.equal(await page.getByText('ended unexpectedly').count(), 0);
  // Firefox tells whoever drives it of a rejection also when the page has taken care of it.
}, isFirefox ? { expectedErrors: /^uncaught: Error: unheard/ } : {});

webtest('a host function that shows its picture without end is ended like any other', async ({ app }) => {
  const host = `export const env = { ask(ctx) { ctx.canvas.size(2048, 2048); for (;;) { ctx.canvas.show(); ctx.print(1); } } };`;
  await loadAllowed(app, projectOf(ASKING, { host, call: ['f'], limits: { hostMillis: 500 } }));
  await app.controls.startRun();
  await eventually(async () => assert.match(await app.controls.status(), /PAUSED.*env\.ask did not come back/));
});

webtest('host code that changes the worker\'s own functions does not come between page and machine', async ({ app }) => {
  const host = `MessagePort.prototype.postMessage = () => {};
Object.defineProperty(MessageEvent.prototype, "data", { get() { return { kind: "notice", notice: { kind: "pause" } }; } });
export const env = { ask() { return 1n; } };`;
  await loadAllowed(app, projectOf(ASKING, { host, call: ['f'] }));
  await app.controls.run();
  await app.controls.expectResults('1');
});

webtest('host code cannot end the worker it runs in', async ({ app }) => {
  const host = `export const env = { ask(ctx) { try { self.close(); } catch (error) { ctx.print(error.name); } return 1n; } };`;
  await loadAllowed(app, projectOf(ASKING, { host, call: ['f'] }));
  await app.controls.run();
  await app.controls.expectResults('1');
  assert.deepEqual(await app.console.lines(), ['TypeError']);
  await app.controls.run();
  await app.controls.expectResults('1');
});

webtest('host code reaches no network, no storage and no page', async ({ app }) => {
  const attempts = [
    ['fetch', 'await fetch("https://example.org/")'],
    ['WebSocket', 'await new Promise((resolve, reject) => { const socket = new WebSocket("wss://example.org/"); socket.onopen = resolve; socket.onerror = () => reject(new Error("refused")); })'],
    ['XMLHttpRequest', 'const request = new XMLHttpRequest(); request.open("GET", "https://example.org/", false); request.send()'],
    ['importScripts', 'importScripts("https://example.org/a.js")'],
    ['import', 'await import("https://example.org/a.js")'],
    ['indexedDB', 'await new Promise((resolve, reject) => { const open = indexedDB.open("x"); open.onsuccess = resolve; open.onerror = reject; })'],
    ['caches', 'await caches.open("x")'],
    ['localStorage', 'localStorage.setItem("x", "y")'],
    ['document', 'document.title = "taken"'],
    ['parent', 'parent.document.title = "taken"'],
  ] as const;
  const host = `export const env = { async ask(ctx) {
${attempts.map(([name, code]) => `  try { ${code}; ctx.print(${JSON.stringify(name)}, "reached"); } catch (error) { ctx.print(${JSON.stringify(name)}, "refused"); }`).join('\n')}
  return 0n;
} };`;
  await loadAllowed(app, projectOf(ASKING, { host, call: ['f'], limits: { hostMillis: 20_000 } }));
  await app.controls.run();
  await app.controls.expectResults('0');
  assert.deepEqual(
    await app.console.lines(),
    attempts.map(([name]) => `${name} refused`),
  );
}, { expectedErrors: /Content Security Policy|example\.org|violates|Refused/ });

webtest('stubs are made of the imports in one click', async ({ app }) => {
  await app.load(projectOf(ASKING, { call: ['f'] }));
  await app.files.openTab('host.js');
  await app.button('Generate stubs').click();
  await app.idle();
  await eventually(async () => assert.match(await app.editor.text(), /export const env = \{[\s\S]*ask/));
  await app.controls.run();
  await app.controls.waitFor('FINISHED');
});

webtest('stubs of a text with errors are refused with a sentence', async ({ app, page }) => {
  await app.load(projectOf(ASKING, { call: ['f'] }));
  await app.pane('Problems').getByRole('button', { name: 'Generate stubs in host.js' }).waitFor();
  await app.editor.type(`${ASKING} (`);
  await app.controls.waitFor('BROKEN');
  await app.idle();
  assert.equal(await app.pane('Problems').getByRole('button', { name: 'Generate stubs in host.js' }).count(), 0);
  await app.files.openTab('host.js');
  await app.button('Generate stubs').click();
  await page.getByText('has errors, so what it imports is not known').waitFor();
});

webtest('a host function charges gas and reads what is left', async ({ app }) => {
  const host = `export const env = { ask(ctx) { ctx.charge(100); return ctx.gas.used; } };`;
  await loadAllowed(app, projectOf(ASKING, { host, call: ['f'] }));
  await app.controls.run();
  await app.controls.waitFor('FINISHED');
  const [result] = await app.controls.results();
  assert.ok(Number(result) >= 104);
  assert.equal(await app.gas.used(), result);
});

webtest('a mistake in host.js is named with its line', async ({ app, page }) => {
  await app.load(projectOf(ASKING, { host: 'export const env = {\n  ask( {\n};', call: ['f'] }));
  await app.button('Allow its host code').click();
  await app.idle();
  await page.getByRole('tab', { name: /^Problems/ }).click();
  await eventually(async () => assert.match(await app.pane('Problems').innerText(), /host\.js:3:2/));
});

webtest('host code that hangs after its function has returned is ended in its time, paused, with all that was done', async ({ app, page }) => {
  const text = `(module
  (import "env" "late" (func $late))
  (global $turns (export "turns") (mut i32) (i32.const 0))
  (func (export "f")
    (call $late)
    (loop $again
      (global.set $turns (i32.add (global.get $turns) (i32.const 1)))
      (br $again))))`;
  for (const left of ['setTimeout(() => { for (;;); }, 300)', 'fetchless().then(() => { for (;;); })']) {
    const host = `const fetchless = () => new Promise((resolve) => setTimeout(resolve, 300));
export const env = { late(ctx) { ctx.print("before"); ${left}; } };`;
    await loadAllowed(app, projectOf(text, { host, call: ['f'], limits: { hostMillis: 500, gas: 1n << 62n } }));
    await app.controls.startRun();
    await eventually(async () => assert.match(await app.controls.status(), /PAUSED.*left behind did not come back within 0\.5 s/), 15_000);
    assert.ok(Number((await app.globals.row('$turns')).value.replaceAll(',', '')) > 0);
    assert.deepEqual(await app.console.lines(), ['before']);
    // The same machine goes on from there.
    await app.press('s');
    assert.match(await app.controls.status(), /PAUSED/);
    assert.match(await app.editor.text(), /again/);
  }
  await app.files.openTab('host.js');
  await app.editor.content().focus();
  await page.keyboard.press('Control+a');
  await app.insertText('setTimeout(() => { for (;;); }, 0);\nexport const env = { late() {} };');
  await eventually(async () => assert.match(await app.controls.status(), /PAUSED/), 15_000);
  await page.keyboard.press('Control+a');
  await app.insertText('export const env = { late() { throw new Error("mended"); } };');
  await app.idle();
  await app.controls.restart();
  await app.controls.run();
  await app.controls.expectTrap(/mended/);
}, { timeoutMillis: 120_000 });

webtest('while a host function works, the panes show the machine as it stands in its call', async ({ app }) => {
  const text = `(module
    (import "env" "hang" (func $hang (param i32)))
    (global $sum (export "sum") (mut i32) (i32.const 0))
    (func (export "f")
      (global.set $sum (i32.const 41))
      (call $hang (i32.const 3))))`;
  await loadAllowed(app, projectOf(text, { host: 'export const env = { hang() { for (;;); } };', call: ['f'], limits: { hostMillis: 60_000 } }));
  await app.globals.unfold();
  await app.controls.startRun();
  await eventually(async () => assert.equal(await app.controls.status(), 'RUNNING in env.hang'));
  await app.editor.expectNext(/^\(?call \$hang/);
  assert.equal((await app.globals.row('$sum')).value, '41');
  const used = await app.gas.used();
  await app.button('Pause').click();
  await eventually(async () => assert.match(await app.controls.status(), /PAUSED.*was ended/));
  assert.equal(await app.gas.used(), used);
});

webtest('stubs are not added to a host.js with a mistake, which is shown', async ({ app, page }) => {
  const host = 'export const env = {\n  other( {\n};\n';
  await app.load(projectOf(ASKING, { host, call: ['f'] }));
  await app.files.openTab('host.js');
  for (let time = 0; time < 2; time += 1) {
    await app.button('Generate stubs').click();
    await page.getByText(/No stub was added, since host\.js cannot be read: SyntaxError: .* \(line 3\)\. Mend it first\./).waitFor();
    await app.idle();
    assert.equal(await app.editor.text(), host);
  }
  await eventually(async () => assert.match(await app.editor.content().locator('.cm-activeLine').innerText(), /^\};$/));
});
