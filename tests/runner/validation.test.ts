import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sha256 } from '../../src/core/json.ts';
import { generateDataset } from '../../src/market/store/generate-dataset.ts';
import { runValidation, type ValidationOptions } from '../../src/runner/evaluate/run-validation.ts';
import type { ValidationEvent } from '../../src/runner/evaluate/validation-events.ts';
import { createArtifactStore } from '../../src/storage/artifacts/open.ts';
import { connect } from '../../src/storage/connect.ts';
import { readEvidence } from '../../src/storage/validations/read-evidence.ts';
import { readValidation } from '../../src/storage/validations/read-validation.ts';
import { useDatabase } from '../fixtures/database.ts';
import { startNetwork } from '../fixtures/network.ts';
import { startRun } from '../fixtures/supervised-run.ts';

const database = useDatabase();
const folder = mkdtempSync(join(tmpdir(), 'assay-validation-'));
const dataDir = join(folder, 'data');
const file = join(folder, 'validated.ts');

beforeAll(async () => {
  generateDataset('planted', { dataDir, name: 'market', seed: 1, sessions: 4 });
  copyFileSync(fileURLToPath(new URL('../fixtures/studies/validated.ts', import.meta.url)), file);
  const run = startRun({ file, dataDir, databaseUrl: database.url, trials: 2, workers: 1 });
  expect(await run.end).toMatchObject({ summary: { ended: { complete: 2 } } });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const never = new AbortController().signal;

function validate(options: Partial<ValidationOptions> & { readonly events?: ValidationEvent[] } = {}) {
  const { events = [], ...rest } = options;
  return runValidation({
    db: database.db,
    dataDir,
    study: 'validated',
    trials: [0, 1],
    seeds: 2,
    workers: 2,
    signal: never,
    onProgress: (event) => events.push(event),
    ...rest,
  });
}

test('keeps the artifacts of the search: the bytes under their hash, the reference with the trial', async () => {
  const hash = sha256(Uint8Array.of(1, 2, 3));
  const { rows } = await database.db.execute(sql`select role, hash from trial_artifacts order by trial_id`);
  expect(rows).toEqual([
    { role: 'policy', hash },
    { role: 'policy', hash },
  ]);
  expect([...(await createArtifactStore(dataDir).get(hash))]).toEqual([1, 2, 3]);
});

describe('a validation', () => {
  test('goes on where it stopped, and then has every trial, seed and fold beside the baselines', async () => {
    process.env['ASSAY_TEST_FAIL_FOLD'] = '1';
    const first: ValidationEvent[] = [];
    const broken = await validate({ events: first });
    delete process.env['ASSAY_TEST_FAIL_FOLD'];
    expect(first[0]).toMatchObject({ kind: 'planned', done: 0, total: 12 });
    expect(broken.failed.map(({ fold, error }) => [fold, error.code])).toEqual(Array.from({ length: 4 }, () => [1, 'data_invalid']));
    await expect(readEvidence(database.db, createArtifactStore(dataDir), 'validated#0')).rejects.toMatchObject({ code: 'conflict' });

    const second: ValidationEvent[] = [];
    const whole = await validate({ events: second });
    expect(second[0]).toMatchObject({ kind: 'planned', done: 8, total: 12 });
    expect(whole).toMatchObject({ id: broken.id, failed: [], stoppedBy: null });

    const { evidence, definition, policies } = await readEvidence(database.db, createArtifactStore(dataDir), 'validated#1');
    expect(definition.data).toEqual([{ name: 'market', hash: expect.stringMatching(/^[0-9a-f]{64}$/) }]);
    expect(evidence.seeds.map(({ seed }) => seed)).toEqual(whole.seeds);
    const { rows } = await database.db.execute<{ x: number }>(sql`select (params ->> 'x')::float8 as x from trials where number = 1`);
    for (const { seed, folds } of evidence.seeds) {
      expect(folds.map(({ metrics }) => metrics['score'])).toEqual([0, 1, 2].map(() => rows[0]!.x * seed));
      expect(folds.every(({ metrics }) => Number.isNaN(metrics['undefinedMetric']))).toBe(true);
      expect([...folds[0]!.stepReturns]).toEqual([0.001, 0.002, rows[0]!.x * seed]);
    }
    expect(Object.keys(evidence.baselines)).toEqual(['flat', 'hold']);
    expect(evidence.baselines['hold']).toHaveLength(3);
    const [shown] = (await readValidation(database.db, 'validated', { number: 1 })).items;
    const runtime = {
      assay: expect.any(String),
      node: process.versions.node,
      platform: expect.any(String),
      cpu: expect.any(String),
      device: 'cpu',
    };
    for (const { fold, ranOn } of shown!.folds) expect(ranOn).toEqual({ ...runtime, executor: `by hand, fold ${fold}` });
    for (const { folds } of shown!.baselines) expect(folds[0]!.ranOn).toEqual(runtime);
    expect(policies.every(({ hash }) => existsSync(createArtifactStore(dataDir).pathOf(hash)))).toBe(true);
  });

  test('checks what it evaluated, once; a fold with a look-ahead is named', async () => {
    const store = createArtifactStore(dataDir);
    const events: ValidationEvent[] = [];
    const { seeds } = await validate({ events });
    expect(events.filter(({ kind }) => kind.startsWith('check'))).toEqual([]);
    const { checks, origin } = (await readEvidence(database.db, store, 'validated#1')).evidence;
    expect(origin).toBe('assay');
    // Per fold seven rows of its features, and for each of two seeds seven rows in two ways.
    expect(checks).toEqual({
      lookAhead: { rows: 3 * (7 + 2 * 14), changed: 1, first: { what: 'feature', name: 'NVDA.spread', row: 9 } },
      stress: {
        'costs-x2': { returns: seeds.map((seed) => [0, seed, 1, seed, 2, seed]) },
        'one-bar-late': { returns: seeds.map(() => [0.01, 0.02, 0.01, 0.02, 0.01, 0.02]) },
        'half-volume': { returns: seeds.map(() => [0.01, 0.03, 0.01, 0.03, 0.01, 0.03]) },
        'without-best-days': { returns: seeds.map(() => [-0.01, 0.01, -0.01, 0.01, -0.01]) },
      },
      dataQuality: { bars: 1560, missingBars: Number.NaN, faults: [] },
      causal: { cuts: 3 * 2 * 7, changed: 0, first: null },
      deterministic: { repeated: 6, different: 0, first: null },
    });
    const [item] = (await readValidation(database.db, 'validated', { number: 1 })).items;
    expect(item!.checks).toMatchObject({
      dataQuality: { missingBars: null },
      stress: expect.arrayContaining([expect.objectContaining({ kind: 'costs-x2' })]),
    });
  });

  test('from before a check was known gets it without training, and no part of it counts before the whole is there', async () => {
    const store = createArtifactStore(dataDir);
    process.env['ASSAY_TEST_NO_CHECKS'] = 'yes';
    const { seeds } = await validate({ trials: [0], seeds: 3 });
    delete process.env['ASSAY_TEST_NO_CHECKS'];
    const before = (await readEvidence(database.db, store, 'validated#0')).evidence.checks;
    expect(before).toMatchObject({ lookAhead: null, causal: null, deterministic: null });
    expect(Object.keys(before!.stress)).toEqual(['without-best-days']);

    const events: ValidationEvent[] = [];
    await validate({ trials: [0], seeds: 3, events });
    expect(events.filter(({ kind }) => kind === 'evaluated').every((event) => 'seed' in event && event.seed === null)).toBe(true);
    expect(events.filter(({ kind }) => kind === 'checked')).toHaveLength(3);
    const after = (await readEvidence(database.db, store, 'validated#0')).evidence.checks;
    expect(after).toMatchObject({
      deterministic: { repeated: 3 * 3 },
      stress: { 'costs-x2': { returns: seeds.map((seed) => [0, seed, 1, seed, 2, seed]) } },
    });
  });

  test('uses the same seeds for every trial, and more of them only add to fewer', async () => {
    const { seeds } = await validate({ trials: [0], seeds: 1 });
    expect((await validate({ trials: [0], seeds: 3 })).seeds.slice(0, 1)).toEqual(seeds);
  });

  test('loses no evaluation to a database that is away for a moment', async () => {
    const network = await startNetwork(database.url);
    const connection = await connect({ databaseUrl: network.url });
    try {
      for (const lost of ['insert into "judgements"', 'insert into study_data']) {
        network.loseReplyTo(lost);
        const events: ValidationEvent[] = [];
        // Seeds that were not asked for yet, so that there is something to evaluate.
        const seeds = lost.includes('judgements') ? 4 : 5;
        expect(await validate({ db: connection.db, trials: [0], seeds, events })).toMatchObject({ failed: [], stoppedBy: null });
        expect(events.filter(({ kind }) => kind === 'log')).toHaveLength(1);
      }
      const [item] = (await readValidation(database.db, 'validated', { number: 0 })).items;
      expect(item!.folds).toHaveLength(item!.expected);
    } finally {
      await connection.close();
      await network.close();
    }
  });

  test('on other folds than the study’s own is kept apart, resumes as well, and is no evidence; on its own it is the same one', async () => {
    const store = createArtifactStore(dataDir);
    const evidence = (await readEvidence(database.db, store, 'validated#1')).definitionHash;
    process.env['ASSAY_TEST_FAIL_FOLD'] = '2';
    const broken = await validate({ scheme: 'rolling', trials: [1] });
    delete process.env['ASSAY_TEST_FAIL_FOLD'];
    expect(broken.failed).toHaveLength(2);
    const events: ValidationEvent[] = [];
    const rolling = await validate({ scheme: 'rolling', trials: [1], events });
    expect(rolling).toMatchObject({ id: broken.id, scheme: 'rolling', failed: [] });
    expect(events[0]).toMatchObject({ kind: 'planned', done: 4, total: 6 });
    expect(events.filter(({ kind }) => kind.startsWith('check'))).toEqual([]);
    expect((await readEvidence(database.db, store, 'validated#1')).definitionHash).toBe(evidence);
    const own = await validate({ scheme: 'anchored', trials: [1] });
    expect(own).toMatchObject({ scheme: null, definitionHash: evidence });
  });

  test('begins nothing more when it is stopped', async () => {
    const stop = new AbortController();
    const events: ValidationEvent[] = [];
    const onProgress = (event: ValidationEvent): void => {
      events.push(event);
      if (event.kind === 'planned') stop.abort('the test');
    };
    const summary = await validate({ seeds: 5, signal: stop.signal, onProgress });
    expect(summary.stoppedBy).toBe('the test');
    expect(events.filter(({ kind }) => kind === 'evaluated')).toEqual([]);
  });
});

describe('a study whose data set was replaced', () => {
  const other = (seed: number) => generateDataset('planted', { dataDir, name: 'market', seed, sessions: 4, replace: true });

  test('does not go on: two markets have no history in common', async () => {
    other(2);
    const { rows } = await database.db.execute(sql`select next_number from studies where name = 'validated'`);
    expect(await startRun({ file, dataDir, databaseUrl: database.url, trials: 5, workers: 1 }).end).toMatchObject({
      error: { code: 'conflict', message: expect.stringContaining('market has other content') },
    });
    expect((await database.db.execute(sql`select next_number from studies where name = 'validated'`)).rows).toEqual(rows);
    other(1);
  });
});

describe('what cannot be validated', () => {
  test('is a trial that does not exist', async () => {
    await expect(validate({ trials: [7] })).rejects.toMatchObject({ code: 'not_found' });
  });

  test('is a trial that is not complete', async () => {
    await database.db.execute(sql`insert into trials (study_id, number, params, seed, revision)
      select id, 2, '{"x": 0.5}', 1, revision from studies where name = 'validated'`);
    await expect(validate({ trials: [2] })).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('queued') });
  });

  test('is a study without a walk-forward plan', async () => {
    const sphere = fileURLToPath(new URL('../fixtures/studies/sphere.ts', import.meta.url));
    const run = startRun({ file: sphere, dataDir, databaseUrl: database.url, trials: 1, workers: 1 });
    await run.end;
    await expect(validate({ study: 'sphere', trials: [0] })).rejects.toMatchObject({
      code: 'study_invalid',
      hint: expect.stringContaining('walkForward'),
    });
  });

  test('is a study whose file changed since it was searched, also after it was run once more', async () => {
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, `${text}// changed\n`);
    const refused = { code: 'conflict', message: expect.stringContaining('validated#0 was searched with another version'), place: file };
    await expect(validate()).rejects.toMatchObject(refused);
    await startRun({ file, dataDir, databaseUrl: database.url, trials: 2, workers: 1 }).end;
    await expect(validate()).rejects.toMatchObject(refused);
    writeFileSync(file, text);
    expect(await validate()).toMatchObject({ failed: [] });
  });

  test('is a fold that begins before the end of what the trial was searched on', async () => {
    process.env['ASSAY_TEST_FIRST_FOLD_DAYS'] = '0.5';
    await expect(validate()).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('fold 0 is tested from') });
    delete process.env['ASSAY_TEST_FIRST_FOLD_DAYS'];
  });

  test('is a trial whose data were replaced since it was searched', async () => {
    generateDataset('planted', { dataDir, name: 'market', seed: 2, sessions: 4, replace: true });
    const refused = { code: 'conflict', message: expect.stringContaining('other content'), hint: expect.stringContaining('--name') };
    await expect(validate()).rejects.toMatchObject(refused);
    generateDataset('planted', { dataDir, name: 'market', seed: 1, sessions: 4, replace: true });
    expect(await validate()).toMatchObject({ failed: [] });
  });
});
