// Pictures of the page as it opens, for people to look at. Not a test: nothing is compared.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { NARROW, WIDE, withPage } from './harness/webtest.ts';

const root = process.env['WASPNEST_ROOT'] ?? '.';
const folder = join(root, 'shots');
mkdirSync(folder, { recursive: true });

for (const [width, viewport] of [['wide', WIDE], ['narrow', NARROW]] as const) {
  for (const colorScheme of ['light', 'dark'] as const) {
    test(`${width} ${colorScheme}`, async () => {
      await withPage(
        async ({ page, app }) => {
          await app.press('F11', 'F11', 'F11', 'F11', 'F11', 'F11');
          await page.screenshot({ path: join(folder, `${width}-${colorScheme}.png`) });
        },
        { viewport, colorScheme, touch: width === 'narrow' },
      );
    });
  }
}
