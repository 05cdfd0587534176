// Runs generated and damaged modules: npm run fuzz -- [--seconds N] [--seed N] [--only KIND] ...
import { parseArgs } from 'node:util';
import { buildFuzz } from './lib/fuzz.mjs';
import { main, run } from './lib/run.mjs';

/** From this time on an optimised build is worth its wait: it runs several times as many cases (measured). */
const LONG_SECONDS = 600;

main(async () => {
  const args = process.argv.slice(2);
  const { values } = parseArgs({ args, strict: false, options: { seconds: { type: 'string' } } });
  const program = await buildFuzz({ long: Number(values.seconds) >= LONG_SECONDS });
  process.exitCode = (await run(program, args)).code;
});
