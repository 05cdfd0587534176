// npm start: from a fresh clone to the page in a browser. Builds again when something in web/ changes.
import { watch } from 'node:fs';
import { join } from 'node:path';
import { main, Failure, root } from './lib/run.mjs';
import { prepare, say } from './lib/prepare.mjs';

/** Editors write a file in several steps; wait until they are done (chosen). */
const QUIET_MILLIS = 100;

main(async () => {
  const port = Number(process.env.PORT ?? 8080);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Failure(`PORT must be a number from 0 to 65535; it is "${process.env.PORT}".`);
  }
  await prepare();
  say(5, 'Page: bundling');
  const { buildPage, DIST } = await import('./lib/bundle.mjs');
  const { serve } = await import('./lib/serve.mjs');
  const options = { minify: false, offline: false };
  await buildPage(options);
  const server = await serve(DIST, port);
  console.log(`\nWaspnest is at ${server.url} (Ctrl+C ends it).`);

  let timer;
  const again = () => {
    buildPage(options).then(
      () => console.log(`Built again at ${new Date().toLocaleTimeString()}; reload the page.`),
      (error) => console.error(`Not built: ${error.message}`),
    );
  };
  watch(join(root, 'web'), { recursive: true }, () => {
    clearTimeout(timer);
    timer = setTimeout(again, QUIET_MILLIS);
  });
});
