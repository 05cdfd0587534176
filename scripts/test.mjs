// npm test: sets everything up, then runs all checks and all tests, to the end whatever fails.
import { join } from 'node:path';
import { Failure, main, root, run } from './lib/run.mjs';
import { testFuzz } from './lib/fuzz.mjs';
import { prepare, say } from './lib/prepare.mjs';

main(async () => {
  const began = performance.now();
  await prepare();
  say(5, 'Checks and tests');
  const { runChecks } = await import('./lib/checks.mjs');
  const failed = (await runChecks()).map((name) => `check ${name}`);

  const minutesSince = (start) => ((performance.now() - start) / 60_000).toFixed(1);
  const step = async (name, body) => {
    console.log(`\n== ${name}, after ${minutesSince(began)} minutes`);
    try {
      if ((await body()) !== 0) failed.push(name);
    } catch (error) {
      // One part that cannot run must not hide the others; unexpected errors keep their trace.
      console.error(error instanceof Failure ? error.message : error);
      failed.push(name);
    }
  };
  const program = async (...args) => (await run(...args)).code;

  await step('Rust', () => program('cargo', ['test', '--workspace', '--quiet']));
  await step('Fuzzing', testFuzz);
  await step('TypeScript', () => program(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), 'run']));
  await step('Build', async () => {
    const { buildLibrary, buildPage, reportSizes } = await import('./lib/bundle.mjs');
    const sizes = await buildPage({ minify: true, offline: true });
    await buildLibrary();
    reportSizes(sizes);
    return 0;
  });
  await step('Library', () => program(process.execPath, ['--test', 'tests/library/examples.test.mjs']));
  await step('Browser', async () => {
    const { runBrowserTests } = await import('./lib/browser-tests.mjs');
    return runBrowserTests([]);
  });

  const minutes = minutesSince(began);
  console.log(failed.length === 0 ? `\nAll passed in ${minutes} minutes.` : `\nFailed after ${minutes} minutes: ${failed.join(', ')}.`);
  if (failed.length > 0) process.exitCode = 1;
});
