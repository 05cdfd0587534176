// npm run test:e2e [-- WORD]: the built page in Chromium; with --firefox in Firefox.
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
  const { runBrowserTests } = await import('./lib/browser-tests.mjs');
  const words = process.argv.slice(2);
  const inFirefox = words.includes('--firefox');
  process.exitCode = await runBrowserTests(
    words.filter((word) => word !== '--firefox'),
    { inFirefox },
  );
});
