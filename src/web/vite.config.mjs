// How the pages are built: read by build.mjs (once a version, into the data directory) and by dev.mjs (while they are written).
import { fileURLToPath } from 'node:url';

/** @type {import('vite').UserConfig} */
export default {
  root: fileURLToPath(new URL('.', import.meta.url)),
  configFile: false,
  // Addresses are those of `assay serve`: the pages live at its root.
  base: '/',
  appType: 'spa',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    target: 'es2023',
    assetsDir: 'assets',
    // Neither data: URLs nor inline scripts, which the Content-Security-Policy of the pages forbids.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    emptyOutDir: true,
  },
  logLevel: 'warn',
};
