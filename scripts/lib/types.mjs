// The generated TypeScript: written on request, compared by the checks.
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { must, root } from './run.mjs';

export const GENERATED = 'web/protocol/generated.ts';

/** @param {string} file relative to the repository */
export async function writeTypes(file, options = {}) {
  await must(
    'The types could not be generated',
    'cargo',
    ['run', '--quiet', '-p', 'xtask', '--features', 'types', '--', 'types', file],
    options,
  );
}

/** A sentence when the generated file is not what the Rust types say. */
export async function staleTypes() {
  const fresh = 'target/generated-types.ts';
  rmSync(join(root, fresh), { force: true });
  await writeTypes(fresh, { quiet: true });
  const same = readFileSync(join(root, fresh), 'utf8') === readFileSync(join(root, GENERATED), 'utf8');
  return same ? undefined : `${GENERATED} is older than the Rust types; npm run types writes it anew.`;
}
