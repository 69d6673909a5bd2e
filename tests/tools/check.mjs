// All static checks, side by side: types, lint, format, layers, dead code. Prints one line per check; exit 1 if any fails.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** The compiler written in Go: a third of the processor time of the other, which is here for tools that need its API. */
const types = { name: 'types', command: ['typescript7/bin/tsc', '--noEmit', '--pretty', 'false'] };
const webTypes = { name: 'web types', command: [...types.command, '--project', 'src/web'] };

const checks = [
  types,
  webTypes,
  { name: 'lint', command: ['.bin/oxlint', '--type-aware', '--deny-warnings'] },
  { name: 'format', command: ['.bin/biome', 'check', '--error-on-warnings', '.'] },
  {
    name: 'layers',
    command: ['.bin/depcruise', '--config', '.dependency-cruiser.mjs', '--output-type', 'err', 'src', 'studies', 'examples'],
  },
  { name: 'dead code', command: ['.bin/knip', '--no-progress'] },
  // What only tests reach; `@internal` marks what they may.
  { name: 'unshipped', command: ['.bin/knip', '--no-progress', '--production', '--tags=-internal'] },
];

function runCheck({ name, command: [program, ...parameters] }) {
  const startedMs = Date.now();
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [`${root}node_modules/${program}`, ...parameters], {
      cwd: root,
      env: { ...process.env, FORCE_COLOR: '0' },
    });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', (error) => resolve({ name, passed: false, output: error.message, seconds: 0 }));
    child.on('close', (code) => resolve({ name, passed: code === 0, output, seconds: (Date.now() - startedMs) / 1000 }));
  });
}

/** Runs every check, or that of types alone; resolves to how many passed and the names of those that failed. */
export async function runChecks({ onlyTypes = false } = {}) {
  const results = await Promise.all((onlyTypes ? [types, webTypes] : checks).map(runCheck));
  for (const { name, passed, output, seconds } of results) {
    console.log(`${passed ? 'ok  ' : 'FAIL'}  ${name.padEnd(10)} ${seconds.toFixed(1)} s`);
    if (!passed) console.log(output.trimEnd().replace(/^/gm, '      '));
  }
  const failed = results.filter((result) => !result.passed).map(({ name }) => name);
  return { passed: results.length - failed.length, failed };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { failed } = await runChecks();
  process.exitCode = failed.length > 0 ? 1 : 0;
}
