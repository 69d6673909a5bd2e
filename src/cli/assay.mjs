#!/usr/bin/env node
// Plain JavaScript on purpose: this file must run on any Node, to say which ones are good enough for the rest.
import { fileURLToPath } from 'node:url';
import { requireNode } from './node-version.mjs';

requireNode();
const { localCopy } = await import('./local-copy.mjs');
const local = localCopy(process.cwd(), fileURLToPath(new URL('../../', import.meta.url)));
if (local === null) {
  const { startProgram } = await import('./start.mjs');
  const main = await startProgram();
  process.exitCode = await main(process.argv.slice(2));
} else {
  if (!process.argv.includes('--quiet')) process.stderr.write(`assay ${local.version} of this project: ${local.folder}\n`);
  await import(local.url);
}
