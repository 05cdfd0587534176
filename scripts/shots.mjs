// npm run shots: pictures of the page into shots/, wide and narrow, light and dark.
import { main } from './lib/run.mjs';
import { prepare } from './lib/prepare.mjs';

main(async () => {
  if (process.env.WASPNEST_NO_BUILD === undefined) {
    await prepare();
    const { buildPage } = await import('./lib/bundle.mjs');
    await buildPage({ minify: true, offline: true });
  }
  const { takeShots } = await import('./lib/browser-tests.mjs');
  process.exitCode = await takeShots();
});
