// A server of static files for this machine alone.
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';
import { Failure } from './run.mjs';

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.wasm': 'application/wasm',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
};

/** How many ports after the first are tried (chosen). */
const TRIES = 20;

/**
 * Serves a folder on the first free port from `port` on; port 0 takes any.
 * @param {string} folder
 * @param {number} port
 * @returns {Promise<{ url: string, close: () => Promise<void> }>}
 */
export async function serve(folder, port) {
  const server = createServer((request, response) => answer(folder, request, response));
  const taken = await listen(server, port);
  return {
    url: `http://localhost:${taken}/`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve(undefined));
      }),
  };
}

async function listen(server, first) {
  const last = first === 0 ? 0 : Math.min(first + TRIES, 65_535);
  for (let port = first; port <= last; port++) {
    const error = await new Promise((resolve) => {
      server.once('error', resolve);
      server.listen(port, 'localhost', () => {
        server.removeListener('error', resolve);
        resolve(undefined);
      });
    });
    if (error === undefined) return server.address().port;
    if (error.code !== 'EADDRINUSE' && error.code !== 'EACCES') throw error;
  }
  throw new Failure(`No free port between ${first} and ${last}; set PORT to another one.`);
}

function answer(folder, request, response) {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { allow: 'GET, HEAD' }).end();
    return;
  }
  const path = pathOf(request.url ?? '/');
  const file = path === undefined ? undefined : existingFile(folder, path);
  if (file === undefined) {
    response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' }).end('There is no such file.\n');
    return;
  }
  response.writeHead(200, {
    'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
    'content-length': statSync(file).size,
    'cache-control': 'no-cache',
  });
  if (request.method === 'HEAD') response.end();
  else createReadStream(file).on('error', () => response.destroy()).pipe(response);
}

function pathOf(url) {
  try {
    return decodeURIComponent(new URL(url, 'http://localhost').pathname);
  } catch {
    // A malformed address names no file.
    return undefined;
  }
}

function existingFile(folder, path) {
  if (path.includes('\0')) return undefined;
  const full = normalize(join(folder, path));
  if (full !== folder && !full.startsWith(folder.endsWith(sep) ? folder : folder + sep)) return undefined;
  if (!existsSync(full)) return undefined;
  if (!statSync(full).isDirectory()) return full;
  const index = join(full, 'index.html');
  return existsSync(index) ? index : undefined;
}
