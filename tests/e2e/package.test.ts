import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { localCopy } from '../../src/cli/local-copy.mjs';
import { useDatabase } from '../fixtures/database.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'assay-package-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly files: readonly { readonly path: string }[];
}

let packed: Packed;
let tarball: Uint8Array<ArrayBuffer>;

beforeAll(async () => {
  const { stdout } = await run('npm', ['pack', '--ignore-scripts=false', '--json', '--pack-destination', scratch], {
    cwd: root,
    maxBuffer: 2 ** 24,
  });
  [packed] = JSON.parse(stdout) as [Packed];
  tarball = new Uint8Array(readFileSync(join(scratch, packed.filename)));
});

test('the package has one build, the pages and what the program reads, and is small', () => {
  const paths = packed.files.map(({ path }) => path);
  const builds = new Set(paths.flatMap((path) => /^dist\/([0-9a-f]{16})\//.exec(path)?.[1] ?? []));
  expect([...builds]).toEqual([basename(JSON.parse(readFileSync(join(root, 'dist/current.json'), 'utf8')).build)]);
  expect(paths).toEqual(
    expect.arrayContaining([
      'dist/index.js',
      'dist/index.d.ts',
      'dist/testing.js',
      'dist/testing.d.ts',
      'dist/client.js',
      'dist/client.d.ts',
      'dist/web/index.html',
      'dist/web/report.html',
    ]),
  );
  expect(paths).toEqual(expect.arrayContaining(['configs/gates/default.yaml', 'migrations/0000_spine.sql', 'docs/gates.md']));
  expect(paths.filter((path) => /\.map$|\.test\.|^tests\/|^data\/|draft-/.test(path))).toEqual([]);
  expect(packed.size).toBeLessThan(5_000_000);
});

test('assay/client loads nothing but itself, so that a browser can', () => {
  const imported = (file: string): readonly string[] =>
    [...readFileSync(file, 'utf8').matchAll(/^(?:import|export)\b[^'"\n]*["']([^"']+)["']|\bimport\(["']([^"']+)/gm)].map(
      ([, name, loaded]) => name ?? loaded!,
    );
  const entry = join(root, 'dist/client.js');
  const [built, ...others] = imported(entry);
  expect(others).toEqual([]);
  expect(imported(join(root, 'dist', built!))).toEqual([]);
});

test('publint finds nothing', async () => {
  const { messages, pkg } = await publint({ pack: { tarball: tarball.buffer }, strict: true });
  expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
});

test('are-the-types-wrong finds nothing', async () => {
  const result = await checkPackage(createPackageFromTarballData(tarball));
  const problems = result.types === false ? [result] : result.problems;
  // Every Node from 20.19 on loads an ES module by `require`, and has known `exports` for long.
  const unsupported = new Set(['node10', 'node16-cjs']);
  const meant = problems.filter((problem) => !('resolutionKind' in problem && unsupported.has(problem.resolutionKind)));
  expect(meant).toEqual([]);
});

test('the copy of a project is found from every folder below it, unless it is the one that runs or another package', () => {
  const project = join(scratch, 'found');
  const copy = join(project, 'node_modules/assay');
  mkdirSync(join(project, 'studies'), { recursive: true });
  mkdirSync(join(copy, 'src'), { recursive: true });
  const manifest = { name: 'assay', version: '1.2.3', bin: { assay: 'src/assay.mjs' } };
  writeFileSync(join(copy, 'package.json'), JSON.stringify(manifest));
  expect(localCopy(project, root)).toBeNull();
  writeFileSync(join(copy, 'src/assay.mjs'), '');
  const found = { version: '1.2.3', folder: copy, url: pathToFileURL(join(copy, 'src/assay.mjs')).href };
  expect(localCopy(join(project, 'studies'), root)).toEqual(found);
  expect(localCopy(project, copy)).toBeNull();
  expect(localCopy(scratch, root)).toBeNull();
  writeFileSync(join(copy, 'package.json'), JSON.stringify({ ...manifest, bin: 'src/assay.mjs' }));
  expect(localCopy(project, root)).toBeNull();
});

interface Results {
  readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
}

/** Parts that break one promise each: a sampler with a clock, a pruner that remembers, a feature set that is shown later bars by what it learns. */
const liars = `
import { defineFeatureSet, random, samplerOf, threshold, prunerOf } from 'assay';
import { featureSetConformance, prunerConformance, samplerConformance, createRng } from 'assay/testing';

const uniform = samplerOf(random());
let asked = 0;
samplerConformance('clock', { id: 'clock', suggest: (space, history, rng) => uniform.suggest(space, history, history.seed === 7 ? createRng(++asked) : rng) });

const bounds = prunerOf(threshold({ lower: -5, upper: 5 }));
let decided = 0;
prunerConformance('grudge', () => ({ id: 'grudge', decide: (self, peers, direction) => (++decided === 5 ? { prune: true, reason: 'every fifth' } : bounds.decide(self, peers, direction)) }), { peers: [] });

featureSetConformance('ahead', defineFeatureSet({
  id: 'ahead@1',
  features: ['next'],
  fit: (bars) => [...bars.bars[0].close],
  start: (_, closes) => {
    let row = 0;
    return { push: (_bar, out) => void out.fill(closes[++row] ?? 0) };
  },
}));
`;

/** What npm says where no registry can be reached. */
const unreachable = /\b(ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNREFUSED|ECONNRESET|ENETUNREACH|ENOTCACHED)\b/;

/**
 * Packages with native code for this machine. npm leaves them out together with our own optional packages (the embedded PostgreSQL, TensorFlow),
 * without which a project must do.
 */
function nativePackages(): readonly string[] {
  const modules = join(root, 'node_modules');
  return ['@rolldown', '@typescript', '@resvg'].flatMap((scope) =>
    readdirSync(join(modules, scope)).flatMap((name) => {
      const { version, os } = JSON.parse(readFileSync(join(modules, scope, name, 'package.json'), 'utf8')) as {
        version: string;
        os?: unknown;
      };
      return os === undefined ? [] : [`${scope}/${name}@${version}`];
    }),
  );
}

describe('in a project that has it installed', () => {
  const database = useDatabase();
  const project = join(scratch, 'a project of mine');
  let why: string | null = null;

  interface Ended {
    readonly code: number;
    readonly stdout: string;
    readonly stderr: string;
  }

  const environment = (databaseUrl: string) => ({ ...process.env, DATABASE_URL: databaseUrl, NO_COLOR: '1' });
  const program = join(project, 'node_modules/assay/src/cli/assay.mjs');

  async function assay(parameters: readonly string[], { databaseUrl = database.url, from = program } = {}): Promise<Ended> {
    const options = { cwd: project, env: environment(databaseUrl), maxBuffer: 2 ** 24 };
    const done = await run(process.execPath, [from, ...parameters], options).catch((failed: Ended) => failed);
    return { code: 'code' in done ? done.code : 0, stdout: done.stdout, stderr: done.stderr };
  }

  beforeAll(async () => {
    mkdirSync(project);
    const parameters = ['--omit=optional', '--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
    try {
      await run('npm', ['install', join(scratch, packed.filename), ...nativePackages(), ...parameters], { cwd: project });
    } catch (error) {
      const { stderr } = error as Ended;
      if (!unreachable.test(stderr) || process.env['ASSAY_REQUIRE_REGISTRY'] === '1') throw error;
      why = 'the package cannot be installed here: no npm registry can be reached';
    }
    // CommonJS, as npm writes package.json.
    mkdirSync(join(project, 'node_modules/my-rules'), { recursive: true });
    writeFileSync(join(project, 'node_modules/my-rules/index.js'), 'exports.square = (x) => x * x;\n');
  });

  test('init adds to package.json, writes what is missing and keeps the rest when asked again', async ({ skip }) => {
    if (why !== null) skip(why);
    const first = await assay(['init', '--yes', '--json']);
    expect(first).toMatchObject({ code: 0 });
    expect(first.stderr).toContain('npm run search');
    expect(first.stderr).toContain('npm run serve');
    expect(first.stderr).not.toContain('npm install');
    const manifest = readFileSync(join(project, 'package.json'), 'utf8');
    expect(JSON.parse(manifest)).toMatchObject({
      scripts: { search: 'assay run studies/first.ts', serve: 'assay serve' },
      dependencies: { assay: expect.stringContaining(packed.filename) },
    });
    const again = await assay(['init', '--yes', '--json']);
    const { files } = JSON.parse(again.stdout) as { files: readonly { what: string }[] };
    expect(files.map(({ what }) => what)).toEqual(files.map(() => 'keep'));
    expect(readFileSync(join(project, 'package.json'), 'utf8')).toBe(manifest);
  });

  test('its first study runs, its dashboard answers, and data lie in the project', async ({ skip }) => {
    if (why !== null) skip(why);
    expect(await assay(['run', 'studies/first.ts', '--workers', '2'])).toMatchObject({ code: 0 });
    expect(existsSync(join(project, 'data/cache'))).toBe(true);
    const server = spawn(process.execPath, [program, 'serve', '--port', '0'], {
      cwd: project,
      env: environment(database.url),
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    try {
      let said = '';
      server.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
      const url = await expect
        .poll(() => /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0])
        .toBeDefined()
        .then(() => /http:\/\/127\.0\.0\.1:\d+/.exec(said)![0]);
      const page = await (await fetch(`${url}/studies/first`, { headers: { accept: 'text/html' } })).text();
      const script = /src="([^"]+\.js)"/.exec(page)?.[1];
      expect((await fetch(new URL(script!, url))).status).toBe(200);
      const study = await (await fetch(`${url}/v1/studies/first`)).json();
      expect(JSON.stringify(study)).toContain('"first"');
      const { items } = (await (await fetch(`${url}/v1/studies/first/trials?limit=50`)).json()) as { items: readonly unknown[] };
      expect(items).toHaveLength(20);
    } finally {
      server.kill('SIGTERM');
      await once(server, 'close');
    }
  });

  test('studies of every kind of module find the package and their own dependencies', async ({ skip }) => {
    if (why !== null) skip(why);
    const definition = `{ name: 'own', direction: 'minimize', space: { x: float(-1, 1) }, budget: { trials: 2 }, objective: ({ params }) => square(params.x) }`;
    const studies = {
      'own.cjs': `const { defineStudy, float } = require('assay');\nconst { square } = require('my-rules');\nmodule.exports = defineStudy(${definition});\n`,
      'own.js': `exports.__esModule = true;\nconst { defineStudy, float } = require('assay');\nconst { square } = require('my-rules');\nexports.default = defineStudy(${definition});\n`,
      'own.mjs': `import { defineStudy, float } from 'assay';\nimport { square } from 'my-rules';\nexport default defineStudy(${definition});\n`,
    };
    for (const [file, text] of Object.entries(studies)) {
      writeFileSync(join(project, file), text);
      const { code, stdout, stderr } = await assay(['smoke', file, '--json']);
      expect({ file, code, stderr }).toMatchObject({ code: 0 });
      expect(JSON.parse(stdout)).toMatchObject({ study: 'own' });
    }
  });

  test('assay/testing passes parts that keep their promises and fails those that do not, each by the test of its promise', async ({
    skip,
  }) => {
    if (why !== null) skip(why);
    for (const name of ['vitest', 'fast-check']) symlinkSync(join(root, 'node_modules', name), join(project, 'node_modules', name));
    for (const folder of ['own-parts', 'own-features'])
      cpSync(join(root, 'examples', folder), join(project, 'parts', folder), { recursive: true });
    writeFileSync(join(project, 'parts/liars.test.mjs'), liars);
    const ran = await run(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', '--root', 'parts', '--reporter=json'], {
      cwd: project,
      env: environment(database.url),
      maxBuffer: 2 ** 26,
    }).catch((failed: Ended) => failed);
    const { testResults } = JSON.parse(ran.stdout) as { testResults: readonly Results[] };
    const failed = testResults.flatMap(({ assertionResults }) =>
      assertionResults.flatMap(({ status, fullName }) => (status === 'passed' ? [] : [fullName])),
    );
    expect(failed.toSorted()).toEqual([
      'feature set ahead is finite, causal, learns from its training rows only and goes on from a saved state',
      'pruner grudge decides alike each time, also when made anew, and changes nothing that it is shown',
      'sampler clock the same history and seed give the same suggestion, another seed another',
    ]);
    expect(testResults.flatMap(({ assertionResults }) => assertionResults).length).toBeGreaterThan(40);
  });

  test('its copy wins over the one that was called, which says so; without a database the hint names DATABASE_URL', async ({ skip }) => {
    if (why !== null) skip(why);
    const { stdout, stderr } = await assay(['--version'], { from: join(root, 'src/cli/assay.mjs') });
    expect(stdout.trim()).toBe(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version);
    expect(stderr).toContain(`of this project: ${join(project, 'node_modules/assay')}`);
    const without = await assay(['study', 'ls'], { databaseUrl: '' });
    expect(without.code).toBe(4);
    expect(without.stderr).toContain('DATABASE_URL');
  });
});

test('create-assay begins a project with the version that it belongs to', async () => {
  const creator = join(root, 'src/cli/create-assay');
  const { version, engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const manifest = JSON.parse(readFileSync(join(creator, 'package.json'), 'utf8'));
  expect(manifest).toMatchObject({ version, engines, dependencies: { assay: version } });
  const installed = join(scratch, 'creator/node_modules');
  mkdirSync(installed, { recursive: true });
  symlinkSync(root, join(installed, 'assay'));
  cpSync(creator, join(installed, 'create-assay'), { recursive: true });
  const started = join(scratch, 'Started Here');
  const { stderr } = await run(process.execPath, [join(installed, 'create-assay/create-assay.mjs'), started, '--yes'], { cwd: scratch });
  expect(stderr).toContain("cd 'Started Here'\n  npm install --ignore-scripts");
  const made = JSON.parse(readFileSync(join(started, 'package.json'), 'utf8'));
  expect(made).toMatchObject({ name: 'started-here', type: 'module', dependencies: { assay: `^${version}` } });
});
