// Classic scripts out of a module graph. Browsers load no module scripts from file: addresses, so the
// bundle's chunks are wrapped as functions: what the page needs at once becomes one script, and each
// dynamic `import()` becomes a script tag added when it is asked for.
import { basename } from 'node:path';
import { transform } from 'esbuild';

/** Runs in the page, before all chunks. Written so that it needs no bundling. */
function loader(parts, version) {
  const base = new URL('.', document.currentScript.src);
  const factories = new Map();
  const modules = new Map();
  const scripts = new Map();

  function require(path) {
    const name = path.replace('./', '');
    const known = modules.get(name);
    if (known) return known.exports;
    const module = { exports: {} };
    modules.set(name, module);
    factories.get(name)(require, module.exports, module);
    return module.exports;
  }

  function fetchPart(name) {
    if (factories.has(name)) return undefined;
    let script = scripts.get(name);
    if (!script) {
      script = new Promise((resolve, reject) => {
        const element = document.createElement('script');
        element.src = new URL(`${name}?v=${version}`, base).href;
        element.onload = () => resolve(undefined);
        element.onerror = () => {
          // The next try asks again.
          scripts.delete(name);
          element.remove();
          reject(new Error(`A part of the page could not be loaded: ${name}.`));
        };
        document.head.append(element);
      });
      scripts.set(name, script);
    }
    return script;
  }

  globalThis.waspnestParts = {
    define: (name, factory) => factories.set(name, factory),
    load: (name) => Promise.all(parts[name].map(fetchPart)).then(() => require(name)),
    start: require,
  };
  globalThis.waspnestAssets = {
    core: new URL(`core.wasm?v=${version}`, base).href,
    coreScript: new URL(`core.wasm.js?v=${version}`, base).href,
    nest: new URL(`nest.wasm?v=${version}`, base).href,
    nestScript: new URL(`nest.wasm.js?v=${version}`, base).href,
  };
}

/** Registers the offline copy; not for pages from files and not while developing. */
function keepOffline() {
  if (!location.protocol.startsWith('http') || !('serviceWorker' in navigator)) return;
  addEventListener('load', () => {
    navigator.serviceWorker.register('sw.js').catch((error) => {
      // The page works without it, as long as there is a network.
      console.warn('Waspnest will not open offline:', error);
    });
  });
}

/**
 * @param {import('esbuild').BuildResult<{ write: false, metafile: true }>} result of a split ESM build
 * @param {{ entry: string, version: string, minify: boolean, offline: boolean }} options
 * @returns {Promise<Map<string, string>>} file names and texts; the entry's own name holds all that is needed at once.
 */
export async function classicScripts(result, { entry, version, minify, offline }) {
  const outputs = new Map();
  for (const [path, output] of Object.entries(result.metafile.outputs)) {
    if (path.endsWith('.js')) outputs.set(basename(path), output);
  }
  const importsOf = (name, kind) =>
    (outputs.get(name)?.imports ?? [])
      .filter((imported) => imported.kind === kind && !imported.external)
      .map((imported) => basename(imported.path));
  const closure = (name, seen = new Set()) => {
    if (seen.has(name)) return seen;
    seen.add(name);
    for (const next of importsOf(name, 'import-statement')) closure(next, seen);
    return seen;
  };

  const texts = new Map(result.outputFiles.map((file) => [basename(file.path), file.text]));
  const dynamic = new Set([...outputs.keys()].flatMap((name) => importsOf(name, 'dynamic-import')));
  const wrapped = new Map();
  for (const name of outputs.keys()) {
    const asked = texts.get(name).replace(/\bimport\((["'])\.\/([\w.-]+)\1\)/g, (whole, quote, target) =>
      dynamic.has(target) ? `waspnestParts.load("${target}")` : whole,
    );
    const { code } = await transform(asked, { format: 'cjs', target: 'es2022', minify, charset: 'utf8', legalComments: 'none' });
    wrapped.set(name, `waspnestParts.define(${JSON.stringify(name)},function(require,exports,module){${code}});\n`);
  }

  const first = closure(entry);
  const parts = Object.fromEntries([...dynamic].map((name) => [name, [...closure(name)]]));
  const prelude = [`(${loader})(${JSON.stringify(parts)},${JSON.stringify(version)});`];
  if (offline) prelude.push(`(${keepOffline})();`);
  const small = await transform(prelude.join('\n'), { minify, target: 'es2022' });
  const files = new Map();
  files.set(entry, `${small.code}${[...first].map((name) => wrapped.get(name)).join('')}waspnestParts.start(${JSON.stringify(entry)});\n`);
  for (const [name, text] of wrapped) if (!first.has(name)) files.set(name, text);
  return files;
}
