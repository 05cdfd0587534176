// Where a driver (bench/driver.js) can run: Node, Chromium, Firefox.
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { CHROMIUM_FLAGS, findChromium, findFirefox } from '../browsers.mjs';
import { serve } from '../serve.mjs';

/**
 * @typedef {{ ok: unknown } | { error: string } | { late: true }} Answer `late`: it did not come in time, and none will.
 * @typedef {{
 *   name: string,
 *   version: string,
 *   ask: (request: object, limitMs: number) => Promise<Answer>,
 *   close: () => Promise<void>,
 * }} Place
 */

/**
 * @param {string} site the folder with the modules
 * @returns {Promise<Place>}
 */
export async function inNode(site) {
  const worker = new Worker(fileURLToPath(new URL('node-worker.mjs', import.meta.url)), { workerData: site });
  await once(worker, 'message');
  const ask = (request, limitMs) =>
    new Promise((resolve) => {
      const settle = (answer) => {
        clearTimeout(timer);
        worker.off('message', settle);
        worker.off('error', fail);
        resolve(answer);
      };
      const fail = (error) => settle({ error: error.message });
      const timer = setTimeout(() => {
        void worker.terminate();
        settle({ late: true });
      }, limitMs);
      worker.on('message', settle);
      worker.on('error', fail);
      worker.postMessage(request);
    });
  return {
    name: 'Node',
    version: `${process.versions.node} (V8 ${process.versions.v8})`,
    ask,
    close: async () => void (await worker.terminate()),
  };
}

/** @returns {Promise<Place>} */
export async function inChromium(site) {
  const { chromium } = await import('playwright-core');
  const browser = await chromium.launch({ executablePath: await findChromium(), args: CHROMIUM_FLAGS });
  return inPage('Chromium', browser.version(), site, browser, await browser.newPage());
}

/** @returns {Promise<Place | undefined>} nothing if there is no Firefox and none can be installed. */
export async function inFirefox(site) {
  const executablePath = await findFirefox();
  if (executablePath === undefined) return undefined;
  const { default: puppeteer } = await import('puppeteer-core');
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath,
    headless: true,
    // What takes too long is ended by the page; a run as a whole takes longer than a command may by default.
    protocolTimeout: 0,
    // Its clock has steps of 1 ms otherwise, a twentieth of a turn.
    extraPrefsFirefox: { 'privacy.reduceTimerPrecision': false },
  });
  const version = (await browser.version()).replace(/^firefox\//i, '');
  return inPage('Firefox', version, site, browser, await browser.newPage());
}

/** In a page; both libraries' browsers and pages know what is called here. */
async function inPage(name, version, site, browser, page) {
  const server = await serve(site, 0);
  await page.goto(server.url);
  return {
    name,
    version,
    ask: (request, limitMs) => page.evaluate(([given, limit]) => globalThis.ask(given, limit), [request, limitMs]),
    close: async () => {
      await browser.close();
      await server.close();
    },
  };
}
