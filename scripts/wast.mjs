// Runs .wast scripts: npm run wast -- [OPTION]... FILE...
import { join } from 'node:path';
import { main, must, root, run } from './lib/run.mjs';

main(async () => {
  await must('The script runner could not be built', 'cargo', ['build', '--quiet', '-p', 'waspnest-wast-runner']);
  // Paths are meant from where npm was called.
  const program = join(root, 'target/debug/waspnest-wast-runner');
  const { code } = await run(program, process.argv.slice(2), { cwd: process.env.INIT_CWD ?? process.cwd() });
  process.exitCode = code;
});
