// Every ```js example of the READMEs, run against the built library. A line `// prints TEXT` says what the
// statement before it prints.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../../', import.meta.url));
// Inside the package, so that `import ... from 'waspnest'` means this very package.
const folder = join(root, 'target/library-examples');
mkdirSync(folder, { recursive: true });

for (const file of ['README.md', 'web/lib/README.md']) {
  const text = readFileSync(join(root, file), 'utf8');
  const examples = [...text.matchAll(/^```js\n([\s\S]*?)^```/gm)].map((match) => match[1] ?? '');
  for (const [index, example] of examples.entries()) {
    test(`${file}, example ${index + 1}`, async () => {
      const script = join(folder, `${file.replaceAll('/', '-')}-${index + 1}.mjs`);
      writeFileSync(script, example);
      const { stdout } = await promisify(execFile)(process.execPath, [script], { cwd: root, timeout: 60_000 });
      const expected = [...example.matchAll(/\/\/ prints (.*)$/gm)].map((match) => match[1]);
      assert.deepEqual(stdout.split('\n').slice(0, -1), expected);
    });
  }
}

test('the READMEs have examples', () => {
  assert.match(readFileSync(join(root, 'README.md'), 'utf8'), /^```js$/m);
});
