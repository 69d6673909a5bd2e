// How the pages are built: read by build.mjs (once a version, into the data directory) and by dev.mjs (while they are written).
import { fileURLToPath } from 'node:url';

/**
 * Begins the style sheet with the order of the layers: the first rule to name a layer would place it, and a part that is read before the base
 * would lose to it.
 * @type {import('vite').Plugin}
 */
const layersInOrder = {
  name: 'layers-in-order',
  // The one style sheet is put together late.
  enforce: 'post',
  generateBundle(_options, bundle) {
    for (const asset of Object.values(bundle))
      if (asset.type === 'asset' && asset.fileName.endsWith('.css') && typeof asset.source === 'string')
        asset.source = `@layer reset,tokens,base,parts;${asset.source}`;
  },
};

/** @type {import('vite').UserConfig} */
export default {
  root: fileURLToPath(new URL('.', import.meta.url)),
  configFile: false,
  // Addresses are those of `assay serve`: the pages live at its root.
  base: '/',
  appType: 'spa',
  plugins: [layersInOrder],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    target: 'es2023',
    assetsDir: 'assets',
    // Neither data: URLs nor inline scripts, which the Content-Security-Policy of the pages forbids.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // Few requests before the first data: what most pages need is one file, the charts are another, and all styles are one.
    cssCodeSplit: false,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'charts', test: /[\\/](src[\\/]web[\\/]charts|node_modules[\\/]uplot)[\\/]/, priority: 2 },
            { name: 'base', test: /[\\/](src[\\/](web[\\/](app|data|parts)|plot)|node_modules)[\\/]/, priority: 1, minShareCount: 2 },
          ],
        },
      },
    },
    emptyOutDir: true,
  },
  logLevel: 'warn',
};
