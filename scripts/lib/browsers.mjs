// Finding the browsers that are installed, or that the system's own packages have.
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
  const found = asked('CHROMIUM') ?? installedChromium() ?? (await fromApt('Chromium', 'chromium', installedChromium));
  if (found !== undefined) return found;
  throw new Failure('The end-to-end tests need Chrome or Chromium: install one, or set CHROMIUM to its path.');
}

function installedChromium() {
  return onPath(CHROMIUMS) ?? CHROMIUM_PLACES.find((path) => existsSync(path));
}

/** The path of Firefox; on Debian, as root, it is installed when missing. Nothing if there is none. */
export async function findFirefox() {
  return asked('FIREFOX') ?? installedFirefox() ?? (await fromApt('Firefox', 'firefox-esr', installedFirefox));
}

function installedFirefox() {
  return onPath(['firefox', 'firefox-esr']);
}

/** The path that a variable of the environment names, if it does. */
function asked(variable) {
  const path = process.env[variable];
  if (path !== undefined && !existsSync(path)) throw new Failure(`${variable} names ${path}, which does not exist.`);
  return path;
}

/** Installs a browser where that can be done without asking anybody, and looks for it again. */
async function fromApt(name, packageName, find) {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return undefined;
  console.log(`${name}: not found, asking apt for it`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update', '-qq'], { quiet: true });
  await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', packageName], { quiet: true, env });
  return find();
}

function onPath(names) {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path));
}
