import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRng } from '../../src/core/rng.ts';
import { generateDataset } from '../../src/market/store/generate-dataset.ts';
import { runValidation } from '../../src/runner/evaluate/run-validation.ts';
import type { FoldEvaluation } from '../../src/search/study/walk-forward.ts';
import { createArtifactStore } from '../../src/storage/artifacts/open.ts';
import { readEvidence } from '../../src/storage/validations/read-evidence.ts';
import { useDatabase } from '../fixtures/database.ts';
import { validateTrial, windows } from '../fixtures/evaluations.ts';
import { goodEvidence } from '../fixtures/good-evidence.ts';
import { startRun } from '../fixtures/supervised-run.ts';
import { complete, sourceHash, studyWith } from '../fixtures/trials.ts';
import { refusals, resultOf } from './refusals.ts';

/** Studies that cheat about which days, seeds and attempts count: the platform's records refuse them. The others are in adversary.test.ts. */
const database = useDatabase();
const dataDir = mkdtempSync(join(tmpdir(), 'assay-adversary-'));
const store = createArtifactStore(dataDir);
const file = fileURLToPath(new URL('../fixtures/studies/cheating.ts', import.meta.url));

beforeAll(async () => {
  generateDataset('planted', { dataDir, name: 'market', seed: 1, sessions: 6 });
  const run = startRun({ file, dataDir, databaseUrl: database.url, workers: 1 });
  expect(await run.end).toMatchObject({ summary: { ended: { complete: 1 } } });
});
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

async function validate(cheat: string, seeds = 1) {
  process.env['ASSAY_TEST_CHEAT'] = cheat;
  try {
    const signal = new AbortController().signal;
    return await runValidation({ db: database.db, dataDir, study: 'cheating', trials: [0], seeds, workers: 1, signal });
  } finally {
    delete process.env['ASSAY_TEST_CHEAT'];
  }
}
const looksWritten = async () => (await database.pool.query('select 1 from looks')).rowCount;

describe('a plan of folds', () => {
  test.each([
    ['one day twice', 'study_invalid', 'the tests of folds 0 and 1 overlap'],
    ['trained on the test', 'study_invalid', 'fold 0 is trained until'],
    ['tested in the search window', 'conflict', 'but the search of cheating#0 looked at data until'],
    ['into the vault', 'conflict', 'fold 1 reaches into the vault'],
  ])('%s: refused before anything is evaluated', async (cheat, code, message) => {
    await expect(validate(cheat)).rejects.toMatchObject({ code, message: expect.stringContaining(message) as string });
    expect(await looksWritten()).toBe(0);
  });

  test('that was moved to other days after a result: refused, with what was tested before', async () => {
    expect(await validate('honest')).toMatchObject({ failed: [] });
    const looks = await looksWritten();
    await expect(validate('other days')).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('with the same source and data') as string,
    });
    expect(await looksWritten()).toBe(looks);
  });
});

/** The evaluation with these returns, one step a day. */
const daily = (one: FoldEvaluation, dailyReturns: readonly number[]): FoldEvaluation => ({
  ...one,
  dailyReturns,
  stepReturns: Float64Array.from(dailyReturns),
});

test('a seed picked: evidence is every seed that was ever asked for, in that order, and one that lost fails evidence', async () => {
  const [first] = (await validate('honest')).seeds;
  const { seeds } = await validate('honest', 3);
  const { evidence } = await readEvidence(database.db, store, 'cheating#0');
  expect(evidence.seeds.map(({ seed }) => seed)).toEqual(seeds);
  expect(seeds[0]).toBe(first);
  expect((await validate('honest')).seeds).toEqual([first]);
  expect((await readEvidence(database.db, store, 'cheating#0')).evidence.seeds).toHaveLength(3);

  const lucky = Array.from({ length: 9 }, (_, i) => ({ ...goodEvidence.seeds[i % 3]!, seed: 10 + i }));
  const [unlucky] = goodEvidence.seeds;
  const lost = {
    seed: 1,
    folds: unlucky!.folds.map((one) =>
      daily(
        one,
        one.dailyReturns.map((r) => r - 0.003),
      ),
    ),
  };
  const kept = { ...goodEvidence, seeds: [lost, ...lucky] };
  expect(resultOf(kept, 'evidence').because).toContain('not every seed earned more than 0: seed 1');
  expect(refusals(kept)).toContain('evidence');
});

test('a trial retrained until it passes: each study with other seeds is a look, and the looks raise what is asked', async () => {
  const data = { name: 'bars', hash: randomBytes(32).toString('hex') };
  const definition = { data: [data], source: sourceHash };
  const again = async (seed: number) => {
    const trial = { params: { lr: 0.001, layers: 2 }, outcome: complete(1, { sharpeDaily: 0.1 }) };
    const { id, name } = await studyWith(database.db, [trial], { seed }, data);
    await validateTrial(database.db, store, id, 0, { definition, folds: windows(2) });
    return (await readEvidence(database.db, store, `${name}#0`)).evidence.looks;
  };
  const looks: number[] = [];
  for (const seed of [7, 8, 9]) looks.push(await again(seed));
  expect(looks).toEqual([1, 2, 3]);
  // The same study under another name trains the same again.
  expect(await again(7)).toBe(3);

  // Luck that one look in 300 gives passes the first look, and no later one.
  const rng = createRng('retrained');
  const noise = Array.from({ length: 120 }, () => rng.normal());
  const center = noise.reduce((sum, x) => sum + x, 0) / 120;
  const size = Math.sqrt(noise.reduce((sum, x) => sum + (x - center) ** 2, 0) / 119);
  const returns = noise.map((x) => 0.001 * ((x - center) / size + 0.252));
  const seeds = goodEvidence.seeds.map(({ seed, folds }) => ({
    seed,
    folds: folds.map((one, i) => daily(one, returns.slice(30 * i, 30 * (i + 1)))),
  }));
  const own = [{ number: 3, dailyReturns: returns }];
  const evidenceAt = (k: number) => resultOf({ ...goodEvidence, seeds, judged: own, looks: k }, 'evidence');
  expect(looks.map((k) => evidenceAt(k).passed)).toEqual([true, false, false]);
});
