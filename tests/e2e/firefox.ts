// The main job once in Firefox, over WebDriver BiDi: open, step, run, from a server and from a file.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import puppeteer, { type Page } from 'puppeteer-core';
import { eventually } from './harness/eventually.ts';

function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set; run the tests with npm run test:firefox.`);
  return value;
}

/** A cold start on a busy machine takes its time (chosen). */
const TIMEOUT_MILLIS = 120_000;

async function inFirefox(address: string, body: (page: Page) => Promise<void>): Promise<void> {
  const browser = await puppeteer.launch({ browser: 'firefox', executablePath: setting('FIREFOX'), headless: true });
  try {
    const page = await browser.newPage();
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(error instanceof Error ? (error.stack ?? error.message) : String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
    await page.setViewport({ width: 1440, height: 900 });
    await page.goto(address);
    await body(page);
    assert.deepEqual(problems, []);
  } finally {
    await browser.close();
  }
}

async function badge(page: Page): Promise<string> {
  return page.$$eval('[role="status"]', (elements) => elements.map((element) => element.textContent?.trim() ?? '').join(' '));
}

async function click(page: Page, name: string): Promise<void> {
  await page.locator(`::-p-aria([name="${name}"][role="button"])`).click();
}

async function mainJob(page: Page): Promise<void> {
  await eventually(async () => assert.match(await badge(page), /PAUSED/), 30_000);
  const before = await page.$eval('[data-testid="announcement"]', (element) => element.textContent);
  await click(page, 'Step in');
  await eventually(async () => {
    const after = await page.$eval('[data-testid="announcement"]', (element) => element.textContent);
    assert.notEqual(after, before);
  });
  await click(page, 'Continue');
  await eventually(async () => assert.match(await badge(page), /FINISHED/));
}

test('Firefox: open, step and run, from a server', { timeout: TIMEOUT_MILLIS }, async () => {
  await inFirefox(setting('WASPNEST_URL'), mainJob);
});

test('Firefox: open, step and run, from a file', { timeout: TIMEOUT_MILLIS }, async () => {
  await inFirefox(setting('WASPNEST_FILE_URL'), mainJob);
});
