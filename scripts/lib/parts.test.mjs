import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { common } from './inline.mjs';
import { classicScripts } from './parts.mjs';

/** Builds the files, then runs the entry with a document that loads script tags from the build. */
async function runPage(files, { minify }) {
  const folder = mkdtempSync(join(tmpdir(), 'waspnest-parts-'));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const result = await build({
      ...common,
      absWorkingDir: folder,
      entryPoints: { app: 'main.ts' },
      outdir: join(folder, 'out'),
      format: 'esm',
      splitting: true,
      chunkNames: 'part-[hash]',
      minify,
      write: false,
      metafile: true,
    });
    const scripts = await classicScripts(result, { entry: 'app.js', version: 'v1', minify, offline: false });
    const log = [];
    const loaded = [];
    const context = {
      log: (text) => log.push(text),
      URL,
      document: {
        currentScript: { src: 'file:///somewhere/app.js' },
        createElement: () => ({ remove: () => undefined }),
        head: {
          append: (element) => {
            const name = new URL(element.src).pathname.split('/').at(-1);
            loaded.push(name);
            queueMicrotask(() => {
              run(scripts.get(name));
              element.onload();
            });
          },
        },
      },
    };
    context.globalThis = context;
    createContext(context);
    const run = (text) => runInContext(text, context);
    run(scripts.get('app.js'));
    await runInContext('globalThis.done', context);
    return { log, loaded, names: [...scripts.keys()] };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const FILES = {
  'main.ts': "import { shared } from './shared.ts';\nshared.count += 1;\nlog('main ' + shared.count);\nglobalThis.done = import('./lazy.ts').then((lazy) => log(lazy.hello()));\n",
  'shared.ts': 'export const shared = { count: 0 };\n',
  'lazy.ts': "import { shared } from './shared.ts';\nexport function hello() { shared.count += 1; return 'lazy ' + shared.count; }\n",
};

test.each([{ minify: false }, { minify: true }])('a lazy part shares the modules of the first script: %o', async (options) => {
  const { log, loaded, names } = await runPage(FILES, options);
  expect(log).toEqual(['main 1', 'lazy 2']);
  expect(loaded).toHaveLength(1);
  expect(names).toHaveLength(2);
});
