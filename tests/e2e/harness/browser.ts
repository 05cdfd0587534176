// One browser for all tests; each test has a context of its own, as fresh as a new profile.
import { chromium, type Browser, type BrowserContext, type BrowserContextOptions } from 'playwright-core';

let browser: Browser | undefined;

function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set; run the tests with npm run test:e2e.`);
  return value;
}

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
    browser = await chromium.launch({
      executablePath: setting('CHROMIUM'),
      args: setting('CHROMIUM_FLAGS').split(' '),
    });
  }
  return browser.newContext(options);
}

export async function closeBrowser(): Promise<void> {
  await browser?.close();
  browser = undefined;
}
