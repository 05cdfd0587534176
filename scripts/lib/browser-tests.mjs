// Bundles tests of the page, serves dist/ and runs them in one Node process with one browser.
import { existsSync, readdirSync, writeFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { CHROMIUM_FLAGS, findChromium, findFirefox } from './browsers.mjs';
import { Failure, root, run } from './run.mjs';
import { serve } from './serve.mjs';

const TESTS = 'tests/e2e';
const OUT = 'node_modules/.cache/waspnest';

/** Runs the tests whose file names hold any of the words; all without words. */
export async function runBrowserTests(words) {
  const files = readdirSync(join(root, TESTS))
    .filter((name) => name.startsWith('webtest-') && name.endsWith('.ts'))
    .filter((name) => words.length === 0 || words.some((word) => name.includes(word)))
    .map((name) => `${TESTS}/${name}`);
  if (files.length === 0) throw new Failure(`There is no ${TESTS}/webtest-*.ts with ${words.join(' or ') || 'any name'}.`);
  return runInBrowser(files, 'webtests');
}

/** Runs the few tests that are made for Firefox. */
export async function runFirefoxTests() {
  if (findFirefox() === undefined) throw new Failure('These tests need Firefox: install it, or set FIREFOX to its path.');
  return runInBrowser([`${TESTS}/firefox.ts`], 'firefox');
}

/**
 * @param {readonly string[]} files relative to the repository
 * @param {'webtests' | 'shots' | 'firefox'} name of the bundle
 * @returns {Promise<number>} exit code
 */
export async function runInBrowser(files, name) {
  const dist = join(root, 'dist');
  if (!existsSync(join(dist, 'index.html'))) throw new Failure('dist/ is not built yet; npm run build makes it.');
  const browsers = name === 'firefox' ? { FIREFOX: findFirefox() } : { CHROMIUM: await findChromium() };
  const bundle = join(root, OUT, `${name}.mjs`);
  mkdirSync(join(root, OUT), { recursive: true });
  const entry = join(root, OUT, `${name}-entry.ts`);
  writeFileSync(entry, files.map((file) => `import ${JSON.stringify(join(root, file))};\n`).join(''));
  await build({
    entryPoints: [entry],
    outfile: bundle,
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    packages: 'external',
    sourcemap: true,
    loader: { '.wat': 'text', '.txt': 'text' },
    logLevel: 'warning',
  });
  const server = await serve(dist, 0);
  try {
    const { code } = await run(
      process.execPath,
      [
        '--enable-source-maps',
        '--test-reporter',
        pathToFileURL(join(root, 'scripts/lib/reporter.mjs')).href,
        '--test-reporter-destination',
        'stdout',
        bundle,
      ],
      {
        env: {
          WASPNEST_URL: server.url,
          WASPNEST_FILE_URL: pathToFileURL(join(dist, 'index.html')).href,
          WASPNEST_ROOT: root,
          ...browsers,
          CHROMIUM_FLAGS: CHROMIUM_FLAGS.join(' '),
        },
      },
    );
    return code;
  } finally {
    await server.close();
  }
}
