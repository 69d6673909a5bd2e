// Builds the report: one HTML file with its script and style inside, which `assay report` fills with a title and the answers that it carries.
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import config from '../vite.config.mjs';

const hashOf = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** Nothing may be loaded and nothing else may run: not even a script that stands in the file beside this one. */
const policyOf = (script, style) =>
  [
    "default-src 'none'",
    `script-src ${hashOf(script)}`,
    `style-src ${hashOf(style)}`,
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');

/** @returns {Promise<string>} the template, with `{{title}}` and `{{report}}` for what is filled in */
export async function reportTemplate() {
  const { output } = await build({
    ...config,
    // The files of `public` belong to the pages.
    publicDir: false,
    build: {
      ...config.build,
      write: false,
      cssCodeSplit: false,
      rolldownOptions: {
        input: fileURLToPath(new URL('main.tsx', import.meta.url)),
        output: { codeSplitting: false },
      },
    },
  });
  const chunks = output.filter(({ type }) => type === 'chunk');
  if (chunks.length !== 1) throw new Error(`the report is ${chunks.length} scripts: ${chunks.map(({ fileName }) => fileName).join(', ')}`);
  // An end tag in a text of the script would end the element.
  const script = chunks[0].code.replaceAll('</script', '<\\/script');
  const style = output
    .filter(({ fileName }) => fileName.endsWith('.css'))
    .map(({ source }) => source)
    .join('\n');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policyOf(script, style)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>{{title}} · Assay</title>
<style>${style}</style>
</head>
<body>
<div id="app"></div>
<noscript>The figures of this report are drawn by the script in it, which is switched off here.</noscript>
<script type="application/json" id="report">{{report}}</script>
<script type="module">${script}</script>
</body>
</html>
`;
}
