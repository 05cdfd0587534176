// Running other programs, with their words shown or kept.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The folder of the repository. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

/** A failure with a sentence for people; no stack is printed for it. */
export class Failure extends Error {}

/**
 * Runs a program in the repository's folder.
 * `quiet` keeps its output and gives it back; `onLine` gets each line as it comes; otherwise it is shown as it comes.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ quiet?: boolean, onLine?: (line: string) => void, env?: Record<string, string>, cwd?: string }} [options]
 * @returns {Promise<{ code: number, output: string, missing: boolean }>} `missing`: there is no such program.
 */
export function run(program, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd ?? root,
      env: { ...process.env, ...options.env },
      stdio: options.quiet || options.onLine ? ['ignore', 'pipe', 'pipe'] : 'inherit',
      // npm is a command file there.
      shell: process.platform === 'win32',
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue;
      if (options.onLine) createInterface({ input: stream }).on('line', options.onLine);
      else stream.on('data', (chunk) => (output += chunk));
    }
    child.on('error', (error) => {
      if (error.code === 'ENOENT') resolve({ code: 127, output, missing: true });
      else reject(error);
    });
    child.on('close', (code, signal) => resolve({ code: code ?? (signal ? 130 : 1), output, missing: false }));
  });
}

/** Runs a program that must succeed; `sentence` says what did not happen when it fails. */
export async function must(sentence, program, args, options = {}) {
  const outcome = await run(program, args, options);
  if (outcome.missing) throw new Failure(`${sentence}: the program "${program}" was not found.`);
  if (outcome.code !== 0) {
    const words = outcome.output.trim();
    throw new Failure(`${sentence}: ${program} ended with code ${outcome.code}.${words ? `\n${words}` : ''}`);
  }
  return outcome.output;
}

/** Ends the process with the sentence of a Failure, or with the whole trace of an unexpected error. */
export function main(body) {
  body().catch((error) => {
    console.error(error instanceof Failure ? `\n${error.message}` : error);
    process.exitCode = 1;
  });
}
