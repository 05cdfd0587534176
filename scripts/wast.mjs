// npm run wast -- FILE...: runs .wast scripts on the machine.
import { run, main } from './lib/run.mjs';

main(async () => {
  const { code } = await run('cargo', [
    ...['run', '--quiet', '--release', '-p', 'waspnest-wast-runner', '--'],
    ...process.argv.slice(2),
  ]);
  process.exitCode = code;
});
