// `import source from 'inline:./worker.ts'`: the module and all it imports as the text of one classic
// script. Workers are made from such texts, because a page opened from a file may load no other way.
import { dirname, isAbsolute, resolve } from 'node:path';
import { build } from 'esbuild';

export const PREFIX = 'inline:';

/** How every script of the page is made, whatever it is wrapped in. */
export const common = {
  bundle: true,
  target: 'es2022',
  charset: 'utf8',
  legalComments: 'none',
  logLevel: 'warning',
  loader: { '.wat': 'text', '.txt': 'text' },
  jsx: 'automatic',
  jsxImportSource: 'preact',
  // The glue looks for the core beside itself only when it is given nothing, which never happens.
  logOverride: { 'empty-import-meta': 'silent' },
};

/** The file an `inline:` import names. */
export function inlinedPath(specifier, importer) {
  const path = specifier.slice(PREFIX.length);
  return isAbsolute(path) ? path : resolve(dirname(importer), path);
}

/** Bundles the file. Gives the text and the files it was made from. */
export async function inlineBundle(path, { minify = true } = {}) {
  const result = await build({
    ...common,
    entryPoints: [path],
    format: 'iife',
    minify,
    write: false,
    metafile: true,
    plugins: [inlinePlugin({ minify })],
  });
  const text = result.outputFiles[0]?.text;
  if (text === undefined) throw new Error(`esbuild wrote nothing for ${path}`);
  return { text, inputs: Object.keys(result.metafile.inputs).map((input) => resolve(input)) };
}

/** @returns {import('esbuild').Plugin} */
export function inlinePlugin({ minify = true } = {}) {
  return {
    name: 'inline',
    setup(build) {
      build.onResolve({ filter: /^inline:/ }, (args) => ({
        path: inlinedPath(args.path, args.importer),
        namespace: 'inline',
      }));
      build.onLoad({ filter: /.*/, namespace: 'inline' }, async (args) => {
        const { text, inputs } = await inlineBundle(args.path, { minify });
        return { contents: text, loader: 'text', watchFiles: inputs };
      });
    },
  };
}
