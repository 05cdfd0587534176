// One browser for all tests; each test has a context of its own, as fresh as a new profile.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, firefox, type Browser, type BrowserContext, type BrowserContextOptions } from 'playwright-core';

let browser: Browser | undefined;

/** Where Firefox puts what it downloads: its protocol does not tell of links with `download`. */
export const DOWNLOADS = mkdtempSync(join(tmpdir(), 'downloads-'));

function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set; run the tests with npm run test:e2e.`);
  return value;
}

/** Whether the tests run in Firefox, over WebDriver BiDi; else in Chromium. */
export const isFirefox = process.env['WASPNEST_BROWSER'] === 'firefox';

/** The address of the page as it is served. */
export function pageAddress(): string {
  return setting('WASPNEST_URL');
}

/** The address of the same page opened from its folder. */
export function fileAddress(): string {
  return setting('WASPNEST_FILE_URL');
}

/** A fresh context; the browser is started when there is none, or when the last one crashed. */
export async function newContext(options: BrowserContextOptions = {}): Promise<BrowserContext> {
  if (browser === undefined || !browser.isConnected()) {
    browser = isFirefox
      ? await firefox.launch({
          executablePath: setting('FIREFOX'),
          channel: 'moz-firefox',
          downloadsPath: DOWNLOADS,
        })
      : await chromium.launch({ executablePath: setting('CHROMIUM'), args: setting('CHROMIUM_FLAGS').split(' ') });
  }
  return browser.newContext(options);
}

export async function closeBrowser(): Promise<void> {
  await browser?.close();
  browser = undefined;
  rmSync(DOWNLOADS, { recursive: true, force: true });
}
