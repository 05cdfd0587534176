// Bundles tests of the page, serves a copy of dist/ and runs them in Node, each process with one browser.
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { CHROMIUM_FLAGS, findChromium, findFirefox } from './browsers.mjs';
import { writeSample } from './fuzz.mjs';
import { Failure, root, run } from './run.mjs';
import { serve } from './serve.mjs';

const TESTS = 'tests/e2e';
const OUT = 'node_modules/.cache/waspnest';
/** The test that needs generated modules. */
const ENGINES = `${TESTS}/webtest-engines.ts`;
/** A browser takes about a core of its own; more than this gain nothing (chosen). */
const MOST_BROWSERS = 4;

/** Runs the tests whose file names hold any of the words; all without words. */
export async function runBrowserTests(words, { inFirefox = false } = {}) {
  const files = readdirSync(join(root, TESTS))
    .filter((name) => name.startsWith('webtest-') && name.endsWith('.ts'))
    .filter((name) => words.length === 0 || words.some((word) => name.includes(word)))
    .map((name) => `${TESTS}/${name}`);
  if (files.length === 0) throw new Failure(`There is no ${TESTS}/webtest-*.ts with ${words.join(' or ') || 'any name'}.`);
  const browser = inFirefox ? { FIREFOX: await firefoxOrSay(), WASPNEST_BROWSER: 'firefox' } : { CHROMIUM: await findChromium() };
  const sample = files.includes(ENGINES) ? { WASPNEST_SAMPLE: await writeSample() } : {};
  return runInBrowsers(shared(files, Math.min(MOST_BROWSERS, availableParallelism())), { ...browser, ...sample });
}

async function firefoxOrSay() {
  const firefox = await findFirefox();
  if (firefox === undefined) throw new Failure('These tests need Firefox: install it, or set FIREFOX to its path.');
  return firefox;
}

/** Takes the pictures of the page. */
export async function takeShots() {
  return runInBrowsers([[`${TESTS}/shots.ts`]], { CHROMIUM: await findChromium() });
}

/** Shares files out so that the groups hold about the same amount of tests, by the size of the files. */
function shared(files, most) {
  const groups = Array.from({ length: Math.min(most, files.length) }, () => ({ size: 0, files: [] }));
  const sized = files.map((file) => ({ file, size: statSync(join(root, file)).size }));
  for (const { file, size } of sized.sort((a, b) => b.size - a.size)) {
    const smallest = groups.reduce((least, group) => (group.size < least.size ? group : least));
    smallest.files.push(file);
    smallest.size += size;
  }
  return groups.map((group) => group.files);
}

/**
 * Runs each group of files in a process of its own and prints one closing line for all.
 * @param {readonly (readonly string[])[]} groups files relative to the repository
 * @param {Record<string, string>} browsers where they are, and what tests need besides
 * @returns {Promise<number>} exit code
 */
async function runInBrowsers(groups, browsers) {
  const dist = join(root, 'dist');
  if (!existsSync(join(dist, 'index.html'))) throw new Failure('dist/ is not built yet; npm run build makes it.');
  const folder = join(root, OUT, `tests-${process.pid}`);
  const site = join(folder, 'site');
  mkdirSync(folder, { recursive: true });
  // A copy, so that a build in the meantime does not change the page under the tests.
  cpSync(dist, site, { recursive: true });
  const server = await serve(site, 0);
  try {
    const env = {
      WASPNEST_URL: server.url,
      WASPNEST_FILE_URL: pathToFileURL(join(site, 'index.html')).href,
      WASPNEST_ROOT: root,
      CHROMIUM_FLAGS: CHROMIUM_FLAGS.join(' '),
      ...browsers,
    };
    const results = await Promise.all(groups.map((files, index) => runGroup(files, join(folder, `group-${index}`), env)));
    const sum = (key) => results.reduce((total, result) => total + result[key], 0);
    console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
    return results.every((result) => result.code === 0) ? 0 : 1;
  } finally {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Gives what the group's closing line says; a process that ended without one counts as a failure. */
async function runGroup(files, name, env) {
  const entry = `${name}-entry.ts`;
  const bundle = `${name}.mjs`;
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
  const counts = { passed: 0, failed: 0, closed: false };
  const onLine = (line) => {
    const closing = /^(\d+) passed, (\d+) failed$/.exec(line);
    if (closing === null) console.log(line);
    else Object.assign(counts, { passed: Number(closing[1]), failed: Number(closing[2]), closed: true });
  };
  const reporter = pathToFileURL(join(root, 'scripts/lib/reporter.mjs')).href;
  const { code } = await run(
    process.execPath,
    ['--enable-source-maps', '--test-reporter', reporter, '--test-reporter-destination', 'stdout', bundle],
    { env, onLine },
  );
  if (!counts.closed) {
    console.log(`FAIL ${files.join(', ')}: the process ended before its last test, with code ${code}`);
    return { code: code || 1, passed: counts.passed, failed: counts.failed + 1 };
  }
  return { code, passed: counts.passed, failed: counts.failed };
}
