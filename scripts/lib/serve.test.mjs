import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { serve } from './serve.mjs';

const outside = mkdtempSync(join(tmpdir(), 'waspnest-serve-'));
const folder = join(outside, 'dist');
let server;

beforeAll(async () => {
  mkdirSync(join(folder, 'lib'), { recursive: true });
  writeFileSync(join(folder, 'index.html'), '<p>page');
  writeFileSync(join(folder, 'core.wasm'), '\0asm');
  writeFileSync(join(outside, 'secret.txt'), 'secret');
  server = await serve(folder, 0);
});

afterAll(async () => {
  await server.close();
  rmSync(outside, { recursive: true });
});

/** `fetch` would tidy the path before sending it. */
function get(path, method = 'GET') {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(server.url);
    request({ hostname, port, path, method }, (response) => {
      let body = '';
      response.on('data', (chunk) => (body += chunk));
      response.on('end', () => resolve({ status: response.statusCode, type: response.headers['content-type'], body }));
    })
      .on('error', reject)
      .end();
  });
}

test.each([
  ['/', 200, 'text/html; charset=utf-8', '<p>page'],
  ['/index.html?v=1', 200, 'text/html; charset=utf-8', '<p>page'],
  ['/core.wasm', 200, 'application/wasm', '\0asm'],
  ['/missing.js', 404, 'text/plain; charset=utf-8', 'There is no such file.\n'],
  ['/lib/', 404, 'text/plain; charset=utf-8', 'There is no such file.\n'],
  ['/../secret.txt', 404, 'text/plain; charset=utf-8', 'There is no such file.\n'],
  ['/%2e%2e/secret.txt', 404, 'text/plain; charset=utf-8', 'There is no such file.\n'],
  ['/..%2fsecret.txt', 404, 'text/plain; charset=utf-8', 'There is no such file.\n'],
  ['/%00', 404, 'text/plain; charset=utf-8', 'There is no such file.\n'],
  ['/%zz', 404, 'text/plain; charset=utf-8', 'There is no such file.\n'],
])('GET %s answers %i', async (path, status, type, body) => {
  expect(await get(path)).toEqual({ status, type, body });
});

test('nothing but reading is allowed', async () => {
  expect((await get('/', 'POST')).status).toBe(405);
});

test('a taken port is passed over', async () => {
  const { port } = new URL(server.url);
  const second = await serve(folder, Number(port));
  expect(new URL(second.url).port).not.toBe(port);
  await second.close();
});
