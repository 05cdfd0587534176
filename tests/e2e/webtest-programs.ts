// Real programs that nobody here wrote give on our machine what they give on the browser's own engine.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Page } from 'playwright-core';
import { webtest } from './harness/webtest.ts';

const root = process.env['WASPNEST_ROOT'] ?? '';

/** Where each program's WebAssembly lies, and something that its output must hold. */
const PROGRAMS: readonly (readonly [name: string, title: string, file: string, holds: RegExp])[] = [
  ['sqlite', 'SQLite', 'node_modules/sql.js/dist/sql-wasm-browser.wasm', /paper.*USING INDEX by_kind/],
  ['javascript', 'a JavaScript interpreter', 'node_modules/@jitl/quickjs-wasmfile-release-sync/dist/emscripten-module.wasm', /1267650600228229401496703205376/],
  ['brotli', 'a compressor', 'node_modules/brotli-wasm/pkg.web/brotli_wasm_bg.wasm', / true$/],
  ['png', 'an image codec', 'node_modules/@jsquash/png/codec/pkg/squoosh_png_bg.wasm', /^89504e47.*49454e44ae426082$/],
  ['nest', 'this machine itself, with a module in it', 'web/pkg/nest.wasm', /^0 0 34 /],
];

let scripts: Promise<{ readonly replace: string; readonly programs: string }> | undefined;

async function bundle(name: string): Promise<string> {
  const result = await build({
    absWorkingDir: root,
    entryPoints: [`tests/programs/${name}.ts`],
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    external: ['fs', 'path', 'crypto', 'node:*', 'module'],
    // One of them looks for its own file beside itself, although it is given the bytes.
    define: { 'import.meta.url': '"http://localhost/"' },
    logLevel: 'error',
  });
  const [output] = result.outputFiles;
  if (output === undefined) throw new Error(`esbuild wrote nothing for ${name}`);
  return output.text;
}

/** A file as text that crosses into the page. */
const base64 = (path: string): string => readFileSync(join(root, path)).toString('base64');

/** A page without anything, in which scripts may run. */
async function blank(page: Page, script: string): Promise<void> {
  await page.goto('about:blank');
  await page.addScriptTag({ content: `globalThis.bytesOf = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));` });
  await page.addScriptTag({ content: script });
}

const runProgram = (page: Page, name: string, file: string): Promise<string> => page.evaluate(`runProgram(${JSON.stringify(name)}, bytesOf("${base64(file)}"))`);

for (const [name, title, file, holds] of PROGRAMS)
  webtest(
    `program: ${title} gives the same here and on the browser's own engine`,
    async ({ page, context }) => {
      scripts ??= Promise.all([bundle('replace'), bundle('programs')]).then(([replace, programs]) => ({ replace, programs }));
      const { replace, programs } = await scripts;
      await blank(page, programs);
      const theirs = await runProgram(page, name, file);

      const other = await context.newPage();
      await blank(other, replace);
      await other.evaluate(`replaceWebAssembly(bytesOf("${base64('web/pkg/core.wasm')}"))`);
      await other.addScriptTag({ content: programs });
      const ours = await runProgram(other, name, file);

      assert.match(theirs, holds);
      assert.equal(ours, theirs);
    },
    { open: false, timeoutMillis: 180_000 },
  );
