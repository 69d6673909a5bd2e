// Makes the type declarations of a build, for editors and for the type check of studies; what they say was checked by `npm run check`.
import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { publicEntries } from './public-entries.mjs';

/** Writes the declarations of what others may import, and of all that they mention, to `folder`. */
export async function declareTypes(root, folder) {
  const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript7/package.json')), 'bin/tsc');
  const config = `${folder}.json`;
  await mkdir(dirname(folder), { recursive: true });
  await writeFile(config, JSON.stringify(settings(root, folder)));
  try {
    await promisify(execFile)(process.execPath, [compiler, '--project', config], { cwd: root });
  } finally {
    await rm(config);
  }
}

const settings = (root, folder) => ({
  extends: join(root, 'tsconfig.json'),
  compilerOptions: {
    noEmit: false,
    noCheck: true,
    declaration: true,
    emitDeclarationOnly: true,
    rewriteRelativeImportExtensions: true,
    rootDir: join(root, 'src'),
    outDir: folder,
    typeRoots: [join(root, 'node_modules/@types')],
  },
  include: [],
  files: Object.values(publicEntries).map((source) => join(root, source)),
});
