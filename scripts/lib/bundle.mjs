// dist/: the page, its core and the library, as static files.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { copyCore } from './core.mjs';
import { common, inlinePlugin } from './inline.mjs';
import { classicScripts } from './parts.mjs';
import { Failure, must, root } from './run.mjs';

export const DIST = join(root, 'dist');

/**
 * What a visitor may have to wait for, gzipped; chosen.
 */
const LIMITS = { core: 600_000, script: 250_000 };

/**
 * Builds the page into dist/.
 * @param {{ minify: boolean, offline: boolean }} options `offline`: with a service worker.
 * @returns {Promise<{ core: number, script: number, later: number }>} gzipped sizes in bytes.
 */
export async function buildPage({ minify, offline }) {
  const result = await build({
    ...common,
    absWorkingDir: root,
    entryPoints: { app: 'web/app/main.tsx' },
    outdir: DIST,
    format: 'esm',
    splitting: true,
    chunkNames: 'part-[hash]',
    minify,
    write: false,
    metafile: true,
    define: { 'process.env.NODE_ENV': minify ? '"production"' : '"development"' },
    plugins: [inlinePlugin({ minify }), bracketsPlugin],
  });
  const core = readFileSync(join(root, 'web/pkg/core.wasm'));
  const nest = readFileSync(join(root, 'web/pkg/nest.wasm'));
  const shell = readFileSync(join(root, 'index.html'), 'utf8');
  const version = contentHash([...result.outputFiles.map((file) => file.contents), core, nest, shell]);

  const files = await classicScripts(result, { entry: 'app.js', version, minify, offline });
  const styles = result.outputFiles.filter((file) => file.path.endsWith('.css')).map((file) => file.text);
  files.set('app.css', styles.join('\n'));
  files.set('core.wasm.js', `globalThis.waspnestCore="${core.toString('base64')}";\n`);
  files.set('nest.wasm', nest);
  files.set('nest.wasm.js', `globalThis.waspnestNest="${nest.toString('base64')}";\n`);
  files.set('index.html', versioned(shell, version));
  if (offline) files.set('sw.js', serviceWorker(version, [...files.keys()]));

  mkdirSync(DIST, { recursive: true });
  removeOldFiles(files);
  for (const [name, text] of files) writeFileSync(join(DIST, name), text);
  copyCore(join(DIST, 'core.wasm'));

  const size = (name) => gzipSync(files.get(name), { level: 9 }).length;
  const later = [...files.keys()].filter((name) => name.startsWith('part-'));
  return {
    core: gzipSync(core, { level: 9 }).length,
    script: size('app.js'),
    later: later.reduce((sum, name) => sum + size(name), 0),
  };
}

/**
 * Gives `web/editor/brackets.ts` a copy of its package of its own. A module that is shared with a later part comes as a
 * whole with the first script: with completion, which is nine tenths of the package.
 * @type {import('esbuild').Plugin}
 */
const bracketsPlugin = {
  name: 'brackets',
  setup(build) {
    const whole = '@codemirror/autocomplete';
    build.onResolve({ filter: new RegExp(`^${whole}$`) }, async ({ importer, kind, pluginData, resolveDir }) => {
      if (pluginData === whole || importer !== join(root, 'web/editor/brackets.ts')) return undefined;
      const found = await build.resolve(whole, { importer, kind, resolveDir, pluginData: whole });
      return { ...found, suffix: '?brackets' };
    });
  },
};

function contentHash(pieces) {
  const hash = createHash('sha256');
  for (const piece of pieces) hash.update(piece);
  return hash.digest('hex').slice(0, 12);
}

/** Adds the version to the shell's own files, so that no cache pairs files of two versions. */
function versioned(shell, version) {
  return shell.replace(/(src|href)="(app\.(?:js|css))"/g, `$1="$2?v=${version}"`);
}

function serviceWorker(version, names) {
  const text = readFileSync(join(root, 'scripts/lib/service-worker.js'), 'utf8');
  // The base64 copy serves pages from files, which have no service worker.
  const kept = ['./', 'core.wasm', ...names.filter((name) => !name.endsWith('.wasm.js'))];
  return `const VERSION = ${JSON.stringify(version)};\nconst FILES = ${JSON.stringify(kept)};\n${text}`;
}

function removeOldFiles(files) {
  for (const entry of readdirSync(DIST, { withFileTypes: true })) {
    if (entry.isFile() && !files.has(entry.name)) rmSync(join(DIST, entry.name));
  }
}

/** Builds the library into dist/lib/: an ES module, its types, and the core beside it. */
export async function buildLibrary() {
  const folder = join(DIST, 'lib');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await build({
    ...common,
    absWorkingDir: root,
    entryPoints: { waspnest: 'web/lib/index.ts' },
    outdir: folder,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    external: ['node:*'],
    plugins: [inlinePlugin()],
  });
  copyCore(join(folder, 'core.wasm'));
  await must('The types of the library could not be written', process.execPath, [
    join(root, 'node_modules/typescript/bin/tsc'),
    ...['-p', 'scripts/lib/tsconfig.library.json'],
  ], { quiet: true });
  const glue = join(folder, 'types/pkg');
  mkdirSync(glue, { recursive: true });
  writeFileSync(join(glue, 'waspnest.d.ts'), readFileSync(join(root, 'web/pkg/waspnest.d.ts')));
  for (const file of declarationsBelow(join(folder, 'types'))) {
    writeFileSync(file, readFileSync(file, 'utf8').replace(/(from |import\()(["'])(\.[^"']+)\.tsx?\2/g, '$1$2$3.js$2'));
  }
  writeFileSync(join(folder, 'waspnest.d.ts'), "export * from './types/lib/index.js';\n");
}

function declarationsBelow(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.d.ts'))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

/** Prints the sizes; fails when one is over its limit. */
export function reportSizes(sizes) {
  const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;
  console.log(`Core ${kilobytes(sizes.core)} of ${kilobytes(LIMITS.core)}, first script ${kilobytes(sizes.script)} of ${kilobytes(LIMITS.script)}, later scripts ${kilobytes(sizes.later)} (all gzipped).`);
  for (const [name, limit] of Object.entries(LIMITS)) {
    if (sizes[name] > limit) throw new Failure(`The ${name} is larger than its limit: ${kilobytes(sizes[name])} of ${kilobytes(limit)} gzipped.`);
  }
}
