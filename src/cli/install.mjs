// Installs what is missing, and only then: compares the lockfile with what npm says it has put into node_modules. Then builds, where a source
// has changed. Plain JavaScript without imports of packages: it runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { currentBuild } from './build/current.mjs';
import { requireNode } from './node-version.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
requireNode();

function readPackages(path) {
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')).packages ?? {}) : {};
}

const wanted = readPackages(`${root}package-lock.json`);
const present = readPackages(`${root}node_modules/.package-lock.json`);
const missing = Object.entries(wanted).filter(
  ([path, entry]) => path !== '' && !entry.optional && present[path]?.version !== entry.version,
);

if (missing.length > 0) {
  console.error(`installing ${missing.length} packages with npm ci ...`);
  const npm = spawnSync(
    'npm',
    ['ci', '--include=dev', '--include=optional', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
    {
      cwd: root,
      stdio: ['ignore', 2, 2],
    },
  );
  if (npm.status !== 0) {
    console.error(`error: npm ci failed${npm.error ? `: ${npm.error.message}` : ''}`);
    console.error('hint: see the lines above; the npm registry must be reachable and node_modules writable');
    process.exit(4);
  }
}

await currentBuild(root, {
  onBuild: () => console.error('building from the sources ...'),
  onFailure: (error) => console.error(`warning: the build failed, commands run from the sources: ${error.message}`),
});
