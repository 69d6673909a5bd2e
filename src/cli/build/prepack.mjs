// What `npm pack` runs first: the build and the pages, and which of `dist` goes into the package.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { currentBuild } from './current.mjs';
import { publicEntries } from './public-entries.mjs';

const root = fileURLToPath(new URL('../../../', import.meta.url));

const build = await currentBuild(root, {
  onFailure: (error) => {
    throw error;
  },
});
const pages = spawnSync(process.execPath, [join(root, 'src/web/build.mjs'), join(root, 'dist/web')], { stdio: ['ignore', 2, 2] });
if (pages.status !== 0) throw new Error(`the pages cannot be built: ${pages.error?.message ?? 'see the lines above'}`);

/** Neither other builds nor source maps, whose sources the package does not have. */
const entries = Object.keys(publicEntries).flatMap((name) => [`${name}.js`, `${name}.d.ts`]);
const kept = ['current.json', ...entries, 'web', basename(build)];
writeFileSync(join(root, 'dist/.npmignore'), ['/*', ...kept.map((name) => `!/${name}`), '*.map', ''].join('\n'));
