// The build's own kinds of import, for the test runner.
import { readFileSync } from 'node:fs';
import { inlineBundle, inlinedPath, PREFIX } from './inline.mjs';

const MARK = '\0inline:';

/** @returns {import('vitest/config').Plugin} */
export function inlineForVite() {
  return {
    name: 'waspnest-inline',
    enforce: 'pre',
    resolveId(source, importer) {
      if (!source.startsWith(PREFIX) || importer === undefined) return undefined;
      return MARK + inlinedPath(source, importer);
    },
    async load(id) {
      if (!id.startsWith(MARK)) return undefined;
      const { text } = await inlineBundle(id.slice(MARK.length));
      return `export default ${JSON.stringify(text)};`;
    },
  };
}

/** @returns {import('vitest/config').Plugin} */
export function textForVite() {
  return {
    name: 'waspnest-text',
    enforce: 'pre',
    load(id) {
      if (!/\.(wat|txt)$/.test(id)) return undefined;
      return `export default ${JSON.stringify(readFileSync(id, 'utf8'))};`;
    },
  };
}
