// Finding the browsers that are installed; none is downloaded.
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { Failure, run } from './run.mjs';

const CHROMIUMS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const CHROMIUM_PLACES = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  ...['ProgramFiles', 'ProgramFiles(x86)', 'LocalAppData']
    .map((name) => process.env[name])
    .filter((folder) => folder !== undefined)
    .map((folder) => join(folder, 'Google/Chrome/Application/chrome.exe')),
];

/** No sandbox of the browser's own: test machines often run as root. No traffic of the browser's own either. */
export const CHROMIUM_FLAGS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync', '--disable-dev-shm-usage'],
];

/** The path of Chrome or Chromium; on Debian, as root, it is installed when missing. */
export async function findChromium() {
  const asked = process.env.CHROMIUM;
  if (asked !== undefined) {
    if (existsSync(asked)) return asked;
    throw new Failure(`CHROMIUM names ${asked}, which does not exist.`);
  }
  const found = installedChromium();
  if (found !== undefined) return found;
  if (process.platform === 'linux' && process.getuid?.() === 0) {
    console.log('Chromium: not found, asking apt for it');
    const env = { DEBIAN_FRONTEND: 'noninteractive' };
    await run('apt-get', ['update', '-qq'], { quiet: true });
    await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], { quiet: true, env });
    const installed = installedChromium();
    if (installed !== undefined) return installed;
  }
  throw new Failure('The end-to-end tests need Chrome or Chromium: install one, or set CHROMIUM to its path.');
}

function installedChromium() {
  return onPath(CHROMIUMS) ?? CHROMIUM_PLACES.find((path) => existsSync(path));
}

/** The path of Firefox, if there is one. */
export function findFirefox() {
  return process.env.FIREFOX ?? onPath(['firefox', 'firefox-esr']);
}

function onPath(names) {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path));
}
