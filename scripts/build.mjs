// npm run build: everything into dist/, static files for any folder of any host.
import { main } from './lib/run.mjs';
import { prepare, say } from './lib/prepare.mjs';

main(async () => {
  await prepare();
  say(5, 'Page and library: bundling into dist/');
  const { buildLibrary, buildPage, reportSizes } = await import('./lib/bundle.mjs');
  const sizes = await buildPage({ minify: true, offline: true });
  await buildLibrary();
  reportSizes(sizes);
});
