// Who may import whom: the tables of ARCHITECTURE.md against the imports in the code.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, posix } from 'node:path';
import { Failure, root } from './run.mjs';
import { filesBelow } from './stamp.mjs';

/**
 * Reads the fenced block ```arrows NAME of a text: one `room -> room room` a line.
 * @returns {Map<string, ReadonlySet<string>>}
 */
export function readTable(text, name) {
  const block = new RegExp(`\`\`\`arrows ${name}\\n([\\s\\S]*?)\`\`\``).exec(text)?.[1];
  if (block === undefined) throw new Failure(`ARCHITECTURE.md has no table "arrows ${name}".`);
  const table = new Map();
  for (const line of block.split('\n').filter((line) => line.trim() !== '')) {
    const [from = '', to, more] = line.split('->');
    if (to === undefined || more !== undefined) throw new Failure(`ARCHITECTURE.md, arrows ${name}: "${line}" is not "room -> rooms".`);
    table.set(from.trim(), new Set(to.trim().split(/\s+/).filter((word) => word !== '')));
  }
  return table;
}

/** All places a TypeScript text imports from, types included. */
export function importsOf(text) {
  const found = [];
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
  const pattern = /(?:\bfrom\s*|\bimport\s*\(\s*|\bimport\s+)(["'])([^"'\n]+)\1/g;
  for (const match of code.matchAll(pattern)) found.push(match[2]);
  return found;
}

/**
 * The room of web/ that an import leads to, or the package it names.
 * @returns {{ room: string } | { package: string } | undefined} undefined: outside web/.
 */
export function targetOf(file, specifier) {
  const path = specifier.replace(/^inline:/, '');
  if (!path.startsWith('.')) {
    const parts = path.split('/');
    return { package: path.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? path) };
  }
  const full = posix.normalize(posix.join(posix.dirname(file), path));
  return full.startsWith('web/') ? { room: full.split('/')[1] ?? '' } : undefined;
}

/** @returns {string[]} one sentence for each arrow that is not in the tables. */
export function checkArrows() {
  const text = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8');
  return [
    ...checkWeb(readTable(text, 'web'), readTable(text, 'packages')),
    ...checkCrates(readTable(text, 'crates'), readTable(text, 'libraries')),
  ];
}

function checkWeb(rooms, packages) {
  const problems = [];
  const files = filesBelow(['web'], (path) => /\.tsx?$/.test(path) && !path.startsWith('web/pkg/') && path !== 'web/assets.d.ts');
  for (const file of files) {
    const room = file.split('/')[1] ?? '';
    const allowed = rooms.get(room);
    if (allowed === undefined) {
      problems.push(`${file}: the room ${room} is not in the table of ARCHITECTURE.md.`);
      continue;
    }
    for (const specifier of importsOf(readFileSync(join(root, file), 'utf8'))) {
      const target = targetOf(file, specifier);
      if (target === undefined) {
        problems.push(`${file} imports ${specifier}, which lies outside web/.`);
      } else if ('room' in target) {
        const forTests = /\.test\.tsx?$/.test(file) ? (rooms.get('*.test') ?? new Set()) : new Set();
        if (target.room !== room && !allowed.has(target.room) && !forTests.has(target.room)) {
          problems.push(`${file} imports ${specifier}: the arrow ${room} -> ${target.room} is not in the table.`);
        }
      } else {
        const owners = ownersOf(packages, target.package);
        if (owners !== undefined && !owners.has(room)) {
          problems.push(`${file} imports ${specifier}: only ${[...owners].join(', ')} may use ${target.package}.`);
        }
      }
    }
  }
  return problems;
}

/** A row `@scope/*` speaks for all packages of the scope. */
function ownersOf(packages, name) {
  return packages.get(name) ?? packages.get(`${name.split('/')[0]}/*`);
}

/** The names of the ordinary dependencies in a Cargo.toml; those for tests and builds do not ship. */
export function dependenciesOf(manifest) {
  const names = [];
  let inside = false;
  for (const line of manifest.split('\n')) {
    const section = /^\[(.+)\]\s*$/.exec(line)?.[1];
    if (section !== undefined) {
      const own = /^(?:target\..+\.)?dependencies(?:\.(.+))?$/.exec(section);
      inside = own !== null && own[1] === undefined;
      if (own?.[1] !== undefined) names.push(own[1]);
    } else if (inside) {
      const name = /^([\w-]+)\s*[=.]/.exec(line)?.[1];
      if (name !== undefined) names.push(name);
    }
  }
  return names;
}

function checkCrates(rooms, libraries) {
  const problems = [];
  const folders = readdirSync(join(root, 'crates')).filter((name) => existsSync(join(root, 'crates', name, 'Cargo.toml')));
  const manifests = new Map(folders.map((name) => [name, readFileSync(join(root, 'crates', name, 'Cargo.toml'), 'utf8')]));
  const folderOf = new Map([...manifests].map(([folder, text]) => [/^name = "(.+)"/m.exec(text)?.[1], folder]));
  for (const [room, manifest] of manifests) {
    const allowed = rooms.get(room);
    if (allowed === undefined) {
      problems.push(`crates/${room} is not in the table of ARCHITECTURE.md.`);
      continue;
    }
    for (const name of dependenciesOf(manifest)) {
      const folder = folderOf.get(name);
      if (folder !== undefined) {
        if (!allowed.has(folder)) problems.push(`crates/${room} depends on ${name}: the arrow ${room} -> ${folder} is not in the table.`);
        continue;
      }
      const owners = libraries.get(name);
      if (owners !== undefined && !owners.has(room)) {
        problems.push(`crates/${room} depends on ${name}: only ${[...owners].join(', ')} may.`);
      }
      const whole = libraries.get(`crates/${room}`);
      if (whole !== undefined && !whole.has(name)) {
        problems.push(`crates/${room} depends on ${name}: it may depend on ${[...whole].join(', ')} only.`);
      }
    }
  }
  return problems;
}
