// Installs what is missing, and only then: compares the lockfile with what npm says it has put into node_modules.
// Plain JavaScript without imports of its own: it runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const [major, minor] = process.versions.node.split('.').map(Number);
const supported = (major === 20 && minor >= 19) || (major === 22 && minor >= 13) || major >= 24;
if (!supported) {
  console.error(
    `error: Assay needs Node 20.19 or newer in line 20, 22.13 or newer in line 22, or 24 and up; this is ${process.versions.node}`,
  );
  console.error('hint: install a current Node from https://nodejs.org and run the command again');
  process.exit(2);
}

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
