// A test with a page. It fails when the page throws, whatever else it asserts.
import { after, test } from 'node:test';
import type { BrowserContext, ConsoleMessage, Page } from 'playwright-core';
import { App } from '../panes/app.ts';
import { closeBrowser, fileAddress, isFirefox, newContext, pageAddress } from './browser.ts';

export interface WebtestOptions {
  /** Where the page comes from; a server unless said otherwise. */
  readonly from?: 'server' | 'file';
  /** The fragment to open, without `#`. */
  readonly fragment?: string;
  readonly viewport?: { readonly width: number; readonly height: number };
  readonly colorScheme?: 'light' | 'dark';
  readonly reducedMotion?: 'reduce' | 'no-preference';
  readonly touch?: boolean;
  /** Errors the test provokes: those whose text matches do not fail it. */
  readonly expectedErrors?: RegExp;
  /** False: the test opens the page itself, with `open`. */
  readonly open?: boolean;
  /** For tests of what is huge on purpose. */
  readonly timeoutMillis?: number;
}

export interface WebtestContext {
  readonly page: Page;
  readonly app: App;
  readonly context: BrowserContext;
  /** Goes to the page anew, with another fragment if given. */
  readonly open: (fragment?: string) => Promise<void>;
  /** One more tab of the same visitor, watched like the first. */
  readonly newTab: (fragment?: string) => Promise<{ readonly page: Page; readonly app: App }>;
}

/** A test that hangs is ended (chosen: the longest takes a tenth of it). */
const TIMEOUT_MILLIS = 60_000;

export const WIDE = { width: 1440, height: 900 } as const;
export const NARROW = { width: 390, height: 844 } as const;

after(closeBrowser);

export function webtest(name: string, body: (context: WebtestContext) => Promise<void>, options: WebtestOptions = {}): void {
  test(name, { timeout: options.timeoutMillis ?? TIMEOUT_MILLIS }, async () => {
    await withPage(body, options);
  });
}

/** For tests that answer in place of the server: the offline copy fetches by itself, past what they answer. */
export async function withoutOfflineCopy(page: Page): Promise<void> {
  await page.addInitScript(() => {
    // Firefox has none on the empty page that comes first.
    if (window.top === window && 'serviceWorker' in navigator) navigator.serviceWorker.register = () => new Promise(() => undefined);
  });
}

/** What `webtest` does around a test, for other uses of a watched page. */
export async function withPage(body: (context: WebtestContext) => Promise<void>, options: WebtestOptions = {}): Promise<void> {
  const context = await newContext({
    viewport: options.viewport ?? WIDE,
    colorScheme: options.colorScheme ?? 'light',
    reducedMotion: options.reducedMotion ?? 'reduce',
    hasTouch: options.touch ?? false,
    acceptDownloads: true,
  });
  // Firefox asks no one before a page writes to the clipboard, and knows no such permission.
  if (!isFirefox) await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const problems: string[] = [];
  const note = (text: string): void => {
    if (options.expectedErrors?.test(text) !== true) problems.push(text);
  };
  const watchOver = (page: Page): void => {
    page.on('pageerror', (error) => note(`uncaught: ${error.stack ?? error.message}`));
    page.on('crash', () => note('the page crashed'));
    page.on('console', (message: ConsoleMessage) => {
      if (message.type() === 'error') note(`console.error: ${message.text()} (${message.location().url})`);
    });
  };
  context.on('page', watchOver);
  const address = options.from === 'file' ? fileAddress() : pageAddress();
  const go = async (page: Page, fragment: string | undefined): Promise<void> => {
    // A new fragment alone would not load the page anew.
    if (page.url() !== 'about:blank') await page.goto('about:blank');
    await page.goto(fragment === undefined || fragment === '' ? address : `${address}#${fragment}`);
  };
  try {
    const page = await context.newPage();
    const app = new App(page);
    const open = (fragment?: string): Promise<void> => go(page, fragment);
    const newTab = async (fragment?: string): Promise<{ page: Page; app: App }> => {
      const tab = await context.newPage();
      await go(tab, fragment);
      return { page: tab, app: new App(tab) };
    };
    if (options.open !== false) {
      await open(options.fragment);
      await app.ready();
    }
    let failure: unknown;
    try {
      await body({ page, app, context, open, newTab });
    } catch (error) {
      failure = error;
    }
    if (problems.length > 0) {
      throw new Error(`The page had errors:\n${problems.join('\n')}`, failure === undefined ? {} : { cause: failure });
    }
    if (failure !== undefined) throw failure;
  } finally {
    await context.close();
  }
}
