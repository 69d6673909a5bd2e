// Builds the pages: `node src/web/build.mjs <folder>`. A process of its own, so that a server never loads vite. The folder appears whole or
// not at all; every text file has a Brotli twin beside it (`.br`).
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants } from 'node:zlib';
import { build } from 'vite';
import { reportTemplate } from './report/build-report.mjs';
import config from './vite.config.mjs';

const compress = promisify(brotliCompress);

async function compressTexts(folder) {
  const names = await readdir(folder, { recursive: true });
  await Promise.all(
    names
      .filter((name) => /\.(html|js|css|svg|json|webmanifest)$/.test(name))
      .map(async (name) => {
        const text = await readFile(join(folder, name));
        const params = { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_SIZE_HINT]: text.length };
        await writeFile(join(folder, `${name}.br`), await compress(text, { params }));
      }),
  );
}

const [given] = process.argv.slice(2);
if (given === undefined) {
  console.error('usage: node src/web/build.mjs <folder>');
  process.exit(2);
}
const folder = resolve(given);
const draft = `${folder}.draft-${randomUUID()}`;
try {
  await build({ ...config, build: { ...config.build, outDir: draft } });
  await compressTexts(draft);
  await writeFile(join(draft, 'report.html'), await reportTemplate());
  // Below the data directory the folder is named by its version: of two processes that build it one is first, the other takes its build.
  // `dist/web` is named by none: it gives way to the new one.
  if (basename(folder) === 'web') await rm(folder, { recursive: true, force: true });
  await rename(draft, folder).catch((error) => {
    if (!existsSync(join(folder, 'index.html'))) throw error;
  });
} finally {
  await rm(draft, { recursive: true, force: true });
}
