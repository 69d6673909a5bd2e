import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { useDatabase } from '../fixtures/database.ts';
import { assay, assayHere } from './assay.ts';

const database = useDatabase();
let folder: string;
let env: Readonly<Record<string, string>>;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-start-'));
  env = { DATABASE_URL: database.url, ASSAY_DATA_DIR: join(folder, 'data') };
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const shipped = (name: string): string => fileURLToPath(new URL(`../../studies/${name}.ts`, import.meta.url));
const studies = async (): Promise<number> => (await database.pool.query('select 1 from studies')).rows.length;

test('folds that do not fit into the data, and data that are not there, are refused before anything is searched', async () => {
  const file = shipped('quickstart-planted');
  const before = await studies();
  const without = assay(['run', file], env);
  expect(without.code).toBe(2);
  expect(without.err).toMatch(/no data set is named quickstart-planted/);
  expect(
    (await assayHere(['data', 'generate', 'planted', '--name', 'quickstart-planted', '--seed', '1', '--sessions', '180'], env)).code,
  ).toBe(0);
  const { code, out, err } = assay(['run', file], env);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toMatch(/^error: .*4 folds of 15 sessions do not fit into 180/m);
  expect(err).toMatch(/^hint: at most 1 do/m);
  expect(await studies()).toBe(before);
});

test('settings that no trial can have are refused before the study is created; those of some parameters alone are not', async () => {
  expect((await assayHere(['data', 'generate', 'planted', '--name', 'checked', '--seed', '1', '--sessions', '12'], env)).code).toBe(0);
  const write = (agent: string): string => {
    const file = join(folder, 'checked.ts');
    writeFileSync(
      file,
      `import { choice, defineStudy, tradingTask } from 'assay';
export default defineStudy({
  name: 'checked', direction: 'maximize', space: { key: choice(['gama', 'gamma', 'gamme']) }, budget: { trials: 1 },
  ...tradingTask({
    dataset: 'checked', training: { environments: 4, updates: 4, episodeSteps: 60, rewardScale: 2000 }, reports: 1,
    sessions: { searchSessions: 8, innerSessions: 3, purgeSessions: 1, testSessions: 2, folds: 1 },
    agent: (${agent}) as never, reward: () => ({ betaVolatility: 0 }),
  }),
});
`,
    );
    return file;
  };
  const before = await studies();
  const refused = assay(['run', write('() => ({ gama: 0.9 })')], env);
  expect([refused.code, refused.err]).toEqual([2, expect.stringMatching(/unknown setting gama/)]);
  expect(await studies()).toBe(before);
  const pinned = assay(['run', write('({ key }: { key: string }) => ({ [key]: 0.9 })'), '--set', 'key=gamme'], env);
  expect([pinned.code, pinned.err]).toEqual([2, expect.stringMatching(/unknown setting gamme/)]);
  expect(await studies()).toBe(before);
  const some = assay(
    ['run', write("({ key }: { key: string }) => (key === 'gamma' ? { gama: 0.9 } : { hidden: [4], batchSize: 8, warmupSteps: 20 })")],
    env,
  );
  expect(some.err).toMatch(/created study checked/);
});

test('a larger budget stays through a plain run, which says so, and is lowered by being asked', async () => {
  const file = join(folder, 'kept.ts');
  writeFileSync(
    file,
    `import { defineStudy, float, random } from 'assay';
export default defineStudy({ name: 'kept', direction: 'minimize', sampler: random(), space: { x: float(0, 1) }, budget: { trials: 2 }, objective: ({ params }) => params.x });
`,
  );
  const trialsAfter = async (...flags: string[]): Promise<unknown> => {
    const { code, err } = assay(['run', file, '--workers', '1', ...flags], env);
    expect(code, err).toBe(0);
    const { counts, budget } = (await assayHere(['study', 'show', 'kept', '--json'], env)).json<{
      counts: { complete: number };
      budget: { trials: number };
    }>();
    return {
      complete: counts.complete,
      budget: budget.trials,
      said: /keeps its budget of (\d+) trials, where the file says (\d+)/.exec(err)?.slice(1),
    };
  };
  expect(await trialsAfter('--trials', '4')).toEqual({ complete: 4, budget: 4, said: undefined });
  expect(await trialsAfter()).toEqual({ complete: 4, budget: 4, said: ['4', '2'] });
  expect(await trialsAfter('--trials', '3')).toEqual({ complete: 4, budget: 3, said: undefined });
});

test('what the gates will lack of every trial is said when a study is opened, and shown with it', async () => {
  const file = join(folder, 'short.ts');
  writeFileSync(
    file,
    `import { defineStudy, float, random } from 'assay';
const never = async (): Promise<never> => { throw new Error('not here'); };
const fold = { fold: 0, trainStart: 0, trainEnd: 1, testStart: 2, testEnd: 3, purgedBars: 0 };
export default defineStudy({
  name: 'short', direction: 'minimize', sampler: random(), space: { x: float(0, 1) }, budget: { trials: 1 }, objective: ({ params }) => params.x,
  walkForward: { plan: async () => [fold], evidence: async () => ({ steps: 7800, days: 20 }), evaluate: never, baselines: never } as never,
});
`,
  );
  const lack = /its walk-forward gives 20 of 60 out-of-sample days/;
  const { code, err } = assay(['run', file, '--workers', '1'], env);
  expect(err).toMatch(lack);
  expect(code).toBe(0);
  expect((await assayHere(['study', 'show', 'short'], env)).out).toMatch(lack);
  expect((await assayHere(['study', 'show', 'short', '--json'], env)).json()).toMatchObject({ evidence: { steps: 7800, days: 20 } });
  expect(assay(['study', 'diff', file], env).code).toBe(0);
});
