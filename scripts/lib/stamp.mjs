// Skipping work whose inputs are unchanged: a stamp is a hash over the inputs, kept beside the output.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { root } from './run.mjs';

/**
 * All files below the given files and folders (relative to the repository), sorted.
 * @param {readonly string[]} paths
 * @param {(path: string) => boolean} [wanted]
 */
export function filesBelow(paths, wanted = () => true) {
  const found = [];
  const visit = (path) => {
    const full = join(root, path);
    if (!existsSync(full)) return;
    if (statSync(full).isDirectory()) {
      for (const name of readdirSync(full)) visit(`${path}/${name}`);
    } else if (wanted(path)) {
      found.push(path);
    }
  };
  paths.forEach(visit);
  return found.sort();
}

/** A hash over names and contents of the files, and over any other words the output depends on. */
export function hashOf(files, words = []) {
  const hash = createHash('sha256');
  for (const word of words) hash.update(`${word}\0`);
  for (const file of files) {
    hash.update(`${relative(root, join(root, file))}\0`);
    hash.update(readFileSync(join(root, file)));
    hash.update('\0');
  }
  return hash.digest('hex');
}

/** True when all outputs are there and were made from inputs with this hash. */
export function isFresh(stampFile, hash, outputs) {
  const stamp = join(root, stampFile);
  return (
    existsSync(stamp) &&
    readFileSync(stamp, 'utf8').trim() === hash &&
    outputs.every((output) => existsSync(join(root, output)))
  );
}

export function writeStamp(stampFile, hash) {
  const stamp = join(root, stampFile);
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, `${hash}\n`);
}
