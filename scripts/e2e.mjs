// npm run test:e2e [-- WORD]: the built page in Chromium; with --firefox a few tests in Firefox.
import { main } from './lib/run.mjs';
import { prepare, say } from './lib/prepare.mjs';

main(async () => {
  if (process.env.WASPNEST_NO_BUILD === undefined) {
    await prepare();
    say(5, 'Page and library: bundling');
    const { buildLibrary, buildPage } = await import('./lib/bundle.mjs');
    await buildPage({ minify: true, offline: true });
    await buildLibrary();
  }
  const { runBrowserTests, runFirefoxTests } = await import('./lib/browser-tests.mjs');
  const words = process.argv.slice(2);
  process.exitCode = words.includes('--firefox') ? await runFirefoxTests() : await runBrowserTests(words);
});
