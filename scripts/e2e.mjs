// npm run test:e2e [-- WORD]: the built page in Chromium.
import { main } from './lib/run.mjs';
import { prepare, say } from './lib/prepare.mjs';

main(async () => {
  if (process.env.WASPNEST_NO_BUILD === undefined) {
    await prepare();
    say(5, 'Page: bundling');
    const { buildPage } = await import('./lib/bundle.mjs');
    await buildPage({ minify: true, offline: true });
  }
  const { runBrowserTests } = await import('./lib/browser-tests.mjs');
  const { code } = await runBrowserTests(process.argv.slice(2));
  process.exitCode = code;
});
