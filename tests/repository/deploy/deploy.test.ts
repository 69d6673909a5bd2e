import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { validate } from 'dockerfile-utils';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { assayHere } from '../../e2e/assay.ts';
import { useDatabase } from '../../fixtures/database.ts';
import { installLinters, type Linters } from './linters.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const read = (path: string): string => readFileSync(`${root}${path}`, 'utf8');
const manifests = readdirSync(`${root}configs/deploy/kubernetes`).map((name) => `configs/deploy/kubernetes/${name}`);
const noLinters = 'no python3 with venv, or no package index that pip can reach: not linted here';

const database = useDatabase();

let linters: Linters | null;
beforeAll(() => {
  linters = installLinters();
}, 180_000);

interface Container {
  readonly args: readonly string[];
}

/** Every command line of ours in these files, as a container would be started with it. */
function commandLines(): readonly (readonly string[])[] {
  const compose = parse(read('configs/deploy/compose.yaml')) as { services: Readonly<Record<string, { command?: readonly string[] }>> };
  const composed = Object.values(compose.services).flatMap(({ command }) => (command === undefined ? [] : [command]));
  const containers = manifests.flatMap((path) =>
    parseAllDocuments(read(path)).flatMap((document) => {
      const { spec } = document.toJS() as { spec?: { template?: { spec: { containers: readonly Container[] } } } };
      return spec?.template?.spec.containers ?? [];
    }),
  );
  return [...composed, ...containers.map(({ args }) => args)];
}

describe('the Dockerfile', () => {
  test('parses, and breaks no rule of dockerfile-utils', () => {
    expect(validate(read('configs/deploy/Dockerfile'))).toEqual([]);
  });

  test('breaks no rule of hadolint', ({ skip }) => {
    if (linters === null) return skip(noLinters);
    expect(linters.run('hadolint', ['configs/deploy/Dockerfile'])).toBe('');
  });
});

test('the image has every file that git tracks: what is missing there would count as changed since the commit', ({ skip }) => {
  const git = (...parameters: readonly string[]) => spawnSync('git', parameters, { cwd: root, encoding: 'utf8' });
  if (git('rev-parse').status !== 0) return skip('this is no repository');
  expect(git('ls-files', '--cached', '--ignored', '--exclude-from=.dockerignore').stdout).toBe('');
});

/** Matters of taste: a tag for what is built here, which quotes, the order of keys. */
const untaught = ['no-build-and-image', 'require-quotes-in-ports', 'service-keys-order', 'services-alphabetical-order'].flatMap((rule) => [
  '--disable-rule',
  rule,
]);

describe('the compose file', () => {
  test('fits the schema and breaks no rule of dclint', () => {
    const lint = spawnSync(`${root}node_modules/.bin/dclint`, [...untaught, '--max-warnings', '0', 'configs/deploy/compose.yaml'], {
      cwd: root,
      encoding: 'utf8',
    });
    expect({ status: lint.status, said: lint.stdout }).toMatchObject({ status: 0 });
  });
});

describe('the manifests', () => {
  test('fit the schemas of Kubernetes', ({ skip }) => {
    if (linters === null) return skip(noLinters);
    expect(linters.run('kubernetes-validate', ['--strict', ...manifests])).toBe('');
  });
});

describe('the Slurm script', () => {
  test('breaks no rule of shellcheck', ({ skip }) => {
    if (linters === null) return skip(noLinters);
    expect(linters.run('shellcheck', ['configs/deploy/slurm/worker-array.sbatch'])).toBe('');
  });

  test('starts a worker, hands it SIGTERM and ends as it does', async () => {
    // The real script and command line, on a machine that is no cluster: Slurm only sets variables and signals the shell.
    const job = spawn('bash', ['configs/deploy/slurm/worker-array.sbatch'], {
      cwd: root,
      env: { ...process.env, DATABASE_URL: database.url, ASSAY_DATA_DIR: inject('testDataDir'), ASSAY_LOG: 'json', SLURM_SUBMIT_DIR: root },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const events: unknown[] = [];
    createInterface({ input: job.stderr }).on('line', (line) => {
      const { event } = JSON.parse(line) as { event?: string };
      events.push(event);
      if (event === 'worker-started') job.kill('SIGTERM');
    });
    expect(await new Promise((resolve) => job.on('close', resolve))).toBe(0);
    expect(events).toContain('stopping');
  });
});

describe('every command line in these files', () => {
  test.each(commandLines().map((line) => [line.join(' '), line] as const))(
    'assay %s has only options that exist',
    async (_, [command, ...args]) => {
      const { out } = await assayHere([command!, '--help']);
      for (const option of args.filter((arg) => arg.startsWith('--'))) expect(out).toContain(`${option} `);
    },
  );
});
