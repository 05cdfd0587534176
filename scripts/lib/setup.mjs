// What must be there before anything can be built: Rust, its Wasm target, the npm packages.
// Nothing but Node's own modules may be imported here.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Failure, must, root, run } from './run.mjs';

const TARGET = 'wasm32-unknown-unknown';
const UNPACKED = 'target/rust-src';
/** Where Debian keeps the keys of its archive. */
const DEBIAN_KEYS = '/usr/share/keyrings/debian-archive-keyring.gpg';

/**
 * How cargo builds for the Wasm target on this machine.
 * @typedef {{ args: readonly string[], env: Record<string, string>, how: string }} WasmTarget
 */

/** Checks Node and Rust themselves. */
export async function checkTools() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    throw new Failure(`Node 20.19 or later is needed; this is ${process.versions.node}.`);
  }
  const rustc = await run('rustc', ['--version'], { quiet: true });
  const cargo = await run('cargo', ['--version'], { quiet: true });
  if (rustc.code !== 0 || cargo.code !== 0) {
    throw new Failure('Rust was not found: install it with rustup, or the packages rustc and cargo, then try again.');
  }
  return rustc.output.trim();
}

/**
 * Finds the Wasm target, or gets it: first rustup, then the standard library's source from the Debian
 * mirrors that this machine's own apt already uses.
 * @returns {Promise<WasmTarget>}
 */
export async function wasmTarget() {
  const direct = { args: ['--target', TARGET], env: {} };
  if (await targetIsThere()) return { ...direct, how: 'found' };
  const fromSource = () => ({
    args: ['-Zbuild-std=std,panic_abort', '--target', TARGET],
    env: { RUSTC_BOOTSTRAP: '1', __CARGO_TESTS_ONLY_SRC_ROOT: join(root, UNPACKED, 'library') },
  });
  const version = await rustVersion();
  if (sourceIsThere(version)) return { ...fromSource(), how: 'built from the standard library source' };

  const rustup = await run('rustup', ['target', 'add', TARGET], { quiet: true });
  if (rustup.code === 0 && (await targetIsThere())) return { ...direct, how: 'added with rustup' };

  const reason = await unpackSource(version);
  if (reason === undefined) return { ...fromSource(), how: 'built from the standard library source of apt' };
  throw new Failure(
    `Rust's target ${TARGET} is missing: rustup could not add it ` +
      `(${rustup.missing ? 'there is no rustup' : lastLine(rustup.output)}), and apt gave no rust-src ${version} ` +
      `(${reason}). Install the target and try again.`,
  );
}

async function targetIsThere() {
  const folder = await run('rustc', ['--print', 'target-libdir', '--target', TARGET], { quiet: true });
  if (folder.code !== 0) return false;
  const path = folder.output.trim();
  return existsSync(path) && readdirSync(path).some((name) => name.startsWith('libstd-'));
}

async function rustVersion() {
  const text = await must('The version of rustc could not be read', 'rustc', ['-vV'], { quiet: true });
  return /^release: (\S+)/m.exec(text)?.[1] ?? '';
}

/** The unpacked source must be of the compiler's own version: the two are built for each other. */
function sourceIsThere(version) {
  const mark = join(root, UNPACKED, 'version');
  return existsSync(mark) && readFileSync(mark, 'utf8') === version;
}

/** Unpacks Debian's rust-src of this version. Gives the reason when that did not work. */
async function unpackSource(version) {
  const folder = mkdtempSync(join(tmpdir(), 'rust-src-'));
  try {
    const direct = await findSource(version, []);
    const candidate = direct ?? (await findInReleases(version, folder));
    if (candidate === undefined) return 'no package of that version in the releases that its mirrors carry';
    const download = await run('apt-get', [...candidate.options, 'download', `rust-src=${candidate.version}`], {
      quiet: true,
      cwd: folder,
    });
    if (download.code !== 0) return lastLine(download.output);
    const file = readdirSync(folder).find((name) => name.endsWith('.deb'));
    if (file === undefined) return 'apt downloaded no package';
    const unpacked = join(folder, 'unpacked');
    const dpkg = await run('dpkg', ['-x', join(folder, file), unpacked], { quiet: true });
    if (dpkg.code !== 0) return lastLine(dpkg.output);
    const library = findLibrary(unpacked);
    if (library === undefined) return 'the package holds no library folder';
    const place = join(root, UNPACKED);
    rmSync(place, { recursive: true, force: true });
    mkdirSync(place, { recursive: true });
    const copy = await run('cp', ['-r', library, join(place, 'library')], { quiet: true });
    if (copy.code !== 0) return lastLine(copy.output);
    writeFileSync(join(place, 'version'), version);
    return undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function findLibrary(unpacked) {
  const base = join(unpacked, 'usr/src');
  if (!existsSync(base)) return undefined;
  return readdirSync(base)
    .map((name) => join(base, name, 'library'))
    .find((path) => existsSync(path));
}

async function findSource(version, options) {
  const policy = await run('apt-cache', [...options, 'madison', 'rust-src'], { quiet: true });
  if (policy.code !== 0) return undefined;
  for (const line of policy.output.split('\n')) {
    const found = line.split('|')[1]?.trim();
    if (found?.startsWith(version)) return { version: found, options };
  }
  return undefined;
}

/**
 * Looks through the releases that the Debian mirrors of this machine's apt carry, with lists of our own:
 * the machine's stay as they are. The source is the same for all machines, so any release will do.
 */
async function findInReleases(version, folder) {
  const mirrors = await debianMirrors();
  if (mirrors.length === 0) return undefined;
  const list = join(folder, 'releases.list');
  mkdirSync(join(folder, 'lists/partial'), { recursive: true });
  mkdirSync(join(folder, 'archives/partial'), { recursive: true });
  const options = [
    ['Dir::Etc::SourceList', list],
    ['Dir::Etc::SourceParts', '-'],
    ['Dir::State::Lists', join(folder, 'lists')],
    ['Dir::Cache', folder],
    ['Acquire::Languages', 'none'],
    ['APT::Sandbox::User', ''],
  ].flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  for (const release of ['stable-backports', 'stable', 'testing', 'unstable']) {
    writeFileSync(list, mirrors.map(({ address, key }) => `deb [signed-by=${key}] ${address} ${release} main\n`).join(''));
    // A mirror without this release is an error of that line only; the others are read all the same.
    await run('apt-get', [...options, 'update'], { quiet: true });
    const found = await findSource(version, options);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The mirrors of Debian itself in this machine's apt configuration, each with the key file it is signed with. */
async function debianMirrors() {
  const targets = await run('apt-get', ['indextargets', 'Identifier: Packages'], { quiet: true });
  if (targets.code !== 0) return [];
  const mirrors = new Map();
  for (const record of targets.output.split('\n\n')) {
    const field = (name) => new RegExp(`^${name}: (.+)$`, 'm').exec(record)?.[1]?.trim();
    const address = field('Repo-URI');
    // The origin is known only once apt has read the mirror's lists.
    const origin = field('Origin') ?? 'Debian';
    if (address === undefined || origin !== 'Debian' || /security/.test(address)) continue;
    mirrors.set(address, field('Signed-By') ?? DEBIAN_KEYS);
  }
  return [...mirrors].map(([address, key]) => ({ address, key }));
}

function lastLine(output) {
  return output.trim().split('\n').at(-1) ?? '';
}

/** Installs the npm packages when what is installed differs from the lock file. Says whether it did. */
export async function npmPackages() {
  if (packagesMatch()) return false;
  await must('The npm packages could not be installed', 'npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  return true;
}

/** npm keeps a list of what it installed; packages for other platforms are missing from it. */
function packagesMatch() {
  const installedList = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(installedList)) return false;
  const installed = JSON.parse(readFileSync(installedList, 'utf8')).packages;
  const locked = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  return Object.entries(locked).every(([path, { version, optional }]) => {
    if (path === '') return true;
    const there = installed[path];
    return there === undefined ? optional === true : there.version === version;
  });
}
