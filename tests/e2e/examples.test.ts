import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApi } from '../../src/api/app.ts';
import { listenOptions, serve } from '../../src/api/serve.ts';
import { findStudy } from '../../src/storage/readers/find.ts';
import { useDatabase } from '../fixtures/database.ts';
import { assay, assayHere, type CommandResult } from './assay.ts';

/** Every file of examples/ does what its page says. */
const database = useDatabase();
const examples = fileURLToPath(new URL('../../examples/', import.meta.url));
const executable = fileURLToPath(new URL('../../src/cli/assay.mjs', import.meta.url));
const hasPython = spawnSync('python3', ['--version']).status === 0;
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-examples-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const environment = () => ({ DATABASE_URL: database.url, ASSAY_DATA_DIR: folder });

/** Parses what a command printed that ended with exit code 0. */
function documentOf<Document>({ code, err, json }: CommandResult): Document {
  expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' });
  return json<Document>();
}
const run = (...parameters: readonly string[]): unknown => documentOf(assay([...parameters, '--json'], environment()));
/** What is answered without training. */
const ask = async <Document>(...parameters: readonly string[]): Promise<Document> =>
  documentOf(await assayHere([...parameters, '--json'], environment()));

interface Best {
  readonly trials: readonly { readonly value: number; readonly params: Readonly<Record<string, unknown>> }[];
}

describe('the examples', () => {
  test.each([
    ['first-steps', 0.6],
    ['checkpoints', 0.01],
  ])('%s finds a good value', async (name, bound) => {
    run('run', join(examples, `${name}.ts`), '--workers', '1');
    expect((await ask<Best>('best', name)).trials[0]!.value).toBeLessThan(bound);
  });

  test('two-objectives: every trial of the Pareto set meets the constraint', async () => {
    run('run', join(examples, 'two-objectives.ts'), '--workers', '1');
    const { trials } = await ask<Best>('best', 'two-objectives', '--top', '20');
    expect(trials.length).toBeGreaterThan(2);
    for (const { params } of trials) expect(Number(params['stocks']) + Number(params['bonds'])).toBeLessThanOrEqual(1);
  });

  test('population: members behind go on from the checkpoints of the best', async () => {
    run('run', join(examples, 'population.ts'), '--workers', '1');
    const { items } = await ask<{ items: readonly { number: number; reason?: string }[] }>('trial', 'ls', 'population');
    expect(items).toHaveLength(16);
  });

  test('own-bars: imports, searches, validates and is refused by the gates', async () => {
    const bars = join(folder, 'bars');
    expect(spawnSync(process.execPath, [join(examples, 'own-bars/make-bars.mjs'), bars]).status).toBe(0);
    run('data', 'import', join(bars, 'AAA.csv'), join(bars, 'BBB.csv'), '--name', 'own-bars', '--stamp', 'start');
    run('run', join(examples, 'own-bars/study.ts'), '--workers', '1');
    const { trials } = await ask<Best & { trials: readonly { address: string }[] }>('best', 'own-bars');
    run('validate', trials[0]!.address, '--seeds', '1');
    const gate = await assayHere(['gate', trials[0]!.address, '--json'], environment());
    expect(gate.code).toBe(3);
    expect(gate.json()).toMatchObject({ passed: false });
  });

  test('client/follow-study.mjs queues a trial, hears of its end and prints the best one', async () => {
    const file = join(examples, 'first-steps.ts');
    run('run', file, '--workers', '1');
    const { revision } = await findStudy(database.db, 'first-steps');
    const server = await serve(listenOptions({ port: 0 }), createApi({ db: database.db }).fetch);
    // Not awaited by this process alone: the server is in it.
    const execute = promisify(execFile);
    try {
      const following = execute(process.execPath, [join(examples, 'client/follow-study.mjs'), server.url, 'first-steps']);
      await expect.poll(async () => (await findStudy(database.db, 'first-steps')).revision).toBeGreaterThan(revision);
      await execute(process.execPath, [executable, 'run', file, '--workers', '1'], { env: { ...process.env, ...environment() } });
      const { stdout, stderr } = await following;
      expect(stderr).toMatch(/first-steps#\d+ complete [\d.]+\n(.*\n)*first-steps is complete/);
      const [best] = (await ask<Best>('best', 'first-steps')).trials;
      expect(JSON.parse(stdout)).toMatchObject({ value: best!.value, params: best!.params });
    } finally {
      await server.close(0);
    }
  });

  test.skipIf(!hasPython)('ask_tell.py drives the search (skipped where there is no python3)', () => {
    const script = join(examples, 'python/ask_tell.py');
    const space = join(examples, 'python/space.json');
    const { status, stdout } = spawnSync('python3', [script, process.execPath, executable, 'ask-tell', '--space', space], {
      encoding: 'utf8',
      env: { ...process.env, ...environment() },
    });
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ params: { kind: 'smooth' } });
  });

  test('README names every example', () => {
    const page = readFileSync(join(examples, 'README.md'), 'utf8');
    for (const name of [
      'first-steps.ts',
      'two-objectives.ts',
      'checkpoints.ts',
      'population.ts',
      'own-bars/',
      'own-parts/',
      'client/follow-study.mjs',
      'python/ask_tell.py',
      'python/optuna_study.py',
      'python/mlflow_tracking.py',
      'python/client.py',
      'python/trainers/',
    ])
      expect(page).toContain(`(${name})`);
  });
});
