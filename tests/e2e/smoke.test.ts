import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tinyStudy } from '../fixtures/tiny-study.ts';
import { assayHere } from './assay.ts';

/** `assay smoke`, with a database that is not there. */
const example = fileURLToPath(new URL('../../examples/first-steps.ts', import.meta.url));
let folder: string;
const run = (...parameters: readonly string[]) =>
  assayHere(['smoke', ...parameters], { ASSAY_DATA_DIR: join(folder, 'data'), DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/none' });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'assay-smoke-'));
  const data = { ASSAY_DATA_DIR: join(folder, 'data') };
  expect((await assayHere(['data', 'generate', 'planted', '--name', 'tiny', '--seed', '1', '--sessions', '12'], data)).code).toBe(0);
  writeFileSync(join(folder, 'sound.ts'), tinyStudy('lr'));
  writeFileSync(join(folder, 'still.ts'), tinyStudy('lr * 1e-30'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a trading study is tried out with the middle of its space, and nothing is written', async () => {
  const { code, json, err } = await run(join(folder, 'sound.ts'), '--steps', '200', '--json');
  expect([code, err]).toEqual([0, '']);
  const { params, checks } = json<{
    params: { lr: number };
    checks: readonly { check: string; verdict: string; facts: { rewards?: number } }[];
  }>();
  expect(params.lr).toBeCloseTo(1e-3, 12);
  expect(checks.filter(({ verdict }) => verdict === 'broken')).toEqual([]);
  expect(checks.find(({ check }) => check === 'rewards')!.facts.rewards).toBe(200);
  expect(readdirSync(join(folder, 'data'))).toEqual(['datasets']);
});

test('what is broken ends with exit code 1, after the table, and says what to do', async () => {
  const { code, out, err } = await run(join(folder, 'still.ts'), '--steps', '200');
  expect(code).toBe(1);
  expect(out).toMatch(/^network\tbroken\t/m);
  expect(err).toContain('tiny: broken: network\nhint: ');
});

test('an objective of its own is run with the given parameters', async () => {
  const { code, json } = await run(example, '-p', 'layers=4', '-p', 'optimizer=sgd', '--json');
  expect(code).toBe(0);
  expect(json()).toMatchObject({
    study: 'first-steps',
    params: { layers: 4, optimizer: 'sgd' },
    checks: [
      { check: 'reports', verdict: 'ok', facts: { reports: 20 } },
      { check: 'result', verdict: 'ok' },
    ],
  });
});

test('a study file can be shown and tried out with other settings than its configuration has, without a database', async () => {
  const settings = 'training: { environments: 4, updates: 4, episodeSteps: 60, rewardScale: 2000 }';
  const sessions = 'sessions: { searchSessions: 8, innerSessions: 3, purgeSessions: 1, testSessions: 2, folds: 1 }';
  writeFileSync(join(folder, 'tiny.yaml'), `dataset: tiny\nfeatures: dual-ticker@2\n${settings}\n${sessions}\ncheckpointSeconds: .inf\n`);
  // A module is loaded once in this process, so each call has a study of its own. The configuration is read in a module that it imports.
  const study = (): string => {
    const own = mkdtempSync(join(folder, 'configured-'));
    writeFileSync(
      join(own, 'own-config.ts'),
      "import { loadTradingConfig } from 'assay';\nexport const config = loadTradingConfig(new URL('../tiny.yaml', import.meta.url));\n",
    );
    writeFileSync(
      join(own, 'study.ts'),
      `import { defineStudy, float, tradingTask } from 'assay';
import { config } from './own-config.ts';
export default defineStudy({
  name: 'configured', direction: 'maximize', space: { lr: float(1e-4, 1e-2) },
  ...tradingTask<{ lr: number }>({
    ...config,
    agent: ({ lr }) => ({ ...config.agent, learningRate: lr }),
    reward: () => ({ lambdaTurnover: 0, betaVolatility: 0, sharpeBonus: 0, drawdownPenalty: 0 }),
  }),
});
`,
    );
    return join(own, 'study.ts');
  };
  const show = (...parameters: readonly string[]) =>
    assayHere(['config', 'show', ...parameters], { DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/none' });
  const { code, json } = await show(study(), '--set', 'configs.training.updates=77', '--json');
  expect(code).toBe(0);
  expect(json()).toMatchObject({
    study: 'configured',
    items: [
      {
        file: join(folder, 'tiny.yaml'),
        config: { dataset: 'tiny', checkpointSeconds: '.inf', training: { updates: 77, environments: 4 } },
      },
    ],
  });
  const lines = (await show(example)).out;
  expect(lines).toBe('key\tvalue\n');
  for (const [parameters, says] of [
    [[study(), '--set', 'configs.training.updats=1'], 'did you mean updates?'],
    [[study(), '--set', 'training.updates=1'], 'It takes configs.key=value'],
    [[study(), '--config', join(folder, 'absent.yaml')], 'cannot read the configuration'],
    [[example, '--set', 'configs.training.updates=1'], 'reads no configuration while it loads'],
  ] as const) {
    const { code, err } = await show(...parameters);
    expect([code, err]).toEqual([2, expect.stringContaining(says)]);
  }
  const tried = await run(study(), '--steps', '100', '--set', 'configs.dataset=2024');
  expect([tried.code, tried.err]).toEqual([2, expect.stringContaining('no data set is named 2024')]);
});

test('bad input has exit code 2: no such file, no such parameter, no data set', async () => {
  for (const [parameters, says] of [
    [[join(folder, 'absent.ts')], 'there is no such file'],
    [[example, '-p', 'depth=1'], 'no such parameter'],
    [[example, '--steps', '0'], 'whole number from 1'],
  ] as const) {
    const { code, err } = await run(...parameters);
    expect([code, err]).toEqual([2, expect.stringContaining(says)]);
  }
  rmSync(join(folder, 'data'), { recursive: true });
  const { code, err } = await run(join(folder, 'sound.ts'));
  expect([code, err]).toEqual([2, expect.stringContaining('tiny')]);
  expect(existsSync(join(folder, 'data'))).toBe(false);
});
