#!/usr/bin/env node
// `npm create assay [folder]` is `assay init [folder]`.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const manifest = createRequire(import.meta.url).resolve('assay/package.json');
const program = join(dirname(manifest), JSON.parse(readFileSync(manifest, 'utf8')).bin.assay);
process.argv.splice(2, 0, 'init');
await import(pathToFileURL(program).href);
