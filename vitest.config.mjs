import { defineConfig } from 'vitest/config';
import { inlineForVite, textForVite } from './scripts/lib/vite-plugins.mjs';

export default defineConfig({
  plugins: [inlineForVite(), textForVite()],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  test: {
    include: ['web/**/*.test.ts', 'web/**/*.test.tsx', 'scripts/**/*.test.mjs'],
    passWithNoTests: true,
    // A test that hangs is ended; a busy machine takes many times what a test needs (chosen: far above).
    testTimeout: 60_000,
  },
});
