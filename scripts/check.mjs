// npm run check: everything that can be said without running the product. Says all it finds.
import { main } from './lib/run.mjs';
import { prepare, say } from './lib/prepare.mjs';

main(async () => {
  await prepare();
  say(5, 'Checks');
  const { runChecks } = await import('./lib/checks.mjs');
  const failed = await runChecks();
  console.log(failed.length === 0 ? 'All checks passed.' : `Failed: ${failed.join(', ')}.`);
  if (failed.length > 0) process.exitCode = 1;
});
