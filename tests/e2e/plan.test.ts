import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tinyStudy } from '../fixtures/tiny-study.ts';
import { assay, assayHere } from './assay.ts';

/** `assay plan`, with a database that is not there. */
const example = fileURLToPath(new URL('../../examples/first-steps.ts', import.meta.url));
let folder: string;
const environment = () => ({ ASSAY_DATA_DIR: join(folder, 'data'), DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/none' });
const run = (...parameters: readonly string[]) => assayHere(['plan', ...parameters], environment());

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'assay-plan-'));
  const data = { ASSAY_DATA_DIR: join(folder, 'data') };
  expect((await assayHere(['data', 'generate', 'planted', '--name', 'tiny', '--seed', '1', '--sessions', '12'], data)).code).toBe(0);
  writeFileSync(join(folder, 'tiny.ts'), tinyStudy('lr'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('windows, time and what can be shown, from the file and the data; nothing is written', async () => {
  const { code, json, err } = await run(join(folder, 'tiny.ts'), '--top', '2', '--seeds', '4', '--looks', '5', '--json');
  expect([code, err]).toEqual([0, '']);
  const plan = json<{
    policy: string;
    windows: readonly { use: string; firstDay: string }[];
    evidence: { days: number };
    planned: { folds: number };
    trainings: { validation: number };
    power: { perLook: number; daysFor: readonly { annualSharpe: number; days: number }[] };
    cost: { trialSeconds: number; validationHours: number; trainingSeconds: number };
    warnings: readonly string[];
  }>();
  expect(plan.policy).toBe('default');
  expect(plan.windows[0]).toMatchObject({ use: 'search training', firstDay: '2024-01-02' });
  expect(plan.windows.filter(({ use }) => use === 'fold test')).toHaveLength(plan.planned.folds);
  expect(plan.trainings.validation).toBe(2 * 4 * plan.planned.folds);
  expect(plan.power.perLook).toBeCloseTo(1 - 0.995 ** (1 / 5), 12);
  expect(plan.power.daysFor.map(({ annualSharpe }) => annualSharpe)).toEqual([1, 2, 3]);
  expect(plan.cost.trialSeconds).toBeGreaterThan(0);
  expect(plan.cost.validationHours).toBeCloseTo((plan.trainings.validation * plan.cost.trainingSeconds) / 3600, 12);
  expect(plan.warnings.join()).toMatch(new RegExp(`${plan.evidence.days} days cannot show an`));
  expect(readdirSync(join(folder, 'data'))).toEqual(['datasets']);
});

test('a table for people; without timing no training is made', () => {
  const { code, out } = assay(['plan', join(folder, 'tiny.ts'), '--no-timing'], environment());
  expect(code).toBe(0);
  expect(out).toMatch(/^search training\t2024-01-02 to /m);
  expect(out).toMatch(/^days needed\t.* for annual 1, .* for annual 2, .* for annual 3$/m);
  expect(out).toMatch(/^warning\t/m);
  expect(out).not.toMatch(/^processor time/m);
});

test('the gate policy that the study names decides what is asked', async () => {
  writeFileSync(
    join(folder, 'sprint.ts'),
    tinyStudy('lr').replace("direction: 'maximize',", "direction: 'maximize', policy: 'dual-ticker',"),
  );
  const { code, json } = await run(join(folder, 'sprint.ts'), '--no-timing', '--json');
  expect(code).toBe(0);
  expect(json()).toMatchObject({ policy: 'dual-ticker', power: null });
});

test('the vault is a window of its own', async () => {
  writeFileSync(join(folder, 'vault.ts'), tinyStudy('lr').replace('folds: 2', 'folds: 1, vaultSessions: 2'));
  const { code, json } = await run(join(folder, 'vault.ts'), '--no-timing', '--json');
  expect(code).toBe(0);
  const { windows } = json<{ windows: readonly { use: string; sessions: number; firstDay: string; lastDay: string }[] }>();
  expect(windows.at(-1)).toEqual({ use: 'vault', fold: null, firstDay: '2024-01-16', lastDay: '2024-01-17', sessions: 2, purged: 0 });
  expect(windows.filter(({ use }) => use === 'left over')).toEqual([]);
});

test('bad input has exit code 2: no walk-forward, fewer looks than models, no data', async () => {
  for (const [parameters, says] of [
    [[example], 'first-steps has no walk-forward'],
    [[join(folder, 'tiny.ts'), '--looks', '2'], '2 looks are fewer than the 3 models'],
    [[join(folder, 'tiny.ts'), '-p', 'depth=1'], 'no such parameter'],
    [[join(folder, 'absent.ts')], 'there is no such file'],
    [[join(folder, 'tiny.ts'), '--looks', '0'], 'whole number from 1'],
    [[join(folder, 'tiny.ts'), '--scheme', 'purged'], '"purged" is no scheme of folds'],
    [[join(folder, 'tiny.ts'), '--scheme', 'cpcv:60,2'], 'do not make 60 groups'],
    [['tiny', '--scheme', 'rolling'], "--scheme needs the study's file"],
    [['tiny', '-p', 'lr=0.1'], "--param needs the study's file"],
  ] as const) {
    const { code, err } = await run(...parameters);
    expect([code, err]).toEqual([2, expect.stringContaining(says)]);
  }
  rmSync(join(folder, 'data'), { recursive: true });
  const { code, err } = await run(join(folder, 'tiny.ts'));
  expect([code, err]).toEqual([2, expect.stringContaining('tiny')]);
  expect(existsSync(join(folder, 'data'))).toBe(false);
});
