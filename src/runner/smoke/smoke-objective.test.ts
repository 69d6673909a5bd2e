import { expect, test } from 'vitest';
import { float } from '../../search/space/builders.ts';
import { defineStudy, type Objective, type StudyDefinition } from '../../search/study/define-study.ts';
import type { SmokeCheck } from '../../search/study/smoke.ts';
import { smokeObjective } from './smoke-objective.ts';

async function smoke(objective: Objective<{ x: number }, number, number>, seconds = 20) {
  const study = defineStudy({ name: 'own', direction: 'minimize', space: { x: float(0, 1) }, objective });
  const run = { params: { x: 0.5 }, seed: 3, seconds, dataset: () => Promise.reject(new Error('no data')) };
  const { checks, stillRunning } = await smokeObjective(study as unknown as StudyDefinition, run);
  return { stillRunning, checks: Object.fromEntries(checks.map((check): [string, SmokeCheck] => [check.check, check])) };
}

test('finite reports that move, their metrics and the result are ok', async () => {
  const { checks } = await smoke(async ({ params, seed, report, artifact, checkpoint }) => {
    for (let step = 1; step <= 3; step++) await report(step, params.x / step, { loss: seed / step });
    expect(await artifact('notes', Buffer.from('x'))).toMatch(/^[0-9a-f]{64}$/);
    await checkpoint(3, Buffer.from('state'));
    return params.x;
  });
  expect(Object.values(checks).map(({ check, verdict }) => [check, verdict])).toEqual([
    ['reports', 'ok'],
    ['metric loss', 'ok'],
    ['result', 'ok'],
  ]);
  expect(checks['reports']!.facts).toEqual({ reports: 3, notFinite: 0, first: 0.5, last: 0.5 / 3 });
});

test('NaN reports are broken, NaN metrics worth a look', async () => {
  const { checks } = await smoke(async ({ report }) => {
    await report(1, Number.NaN, { loss: Number.NaN });
    await report(2, 1, { loss: 1 });
    return 1;
  });
  expect(checks['reports']).toMatchObject({ verdict: 'broken', facts: { notFinite: 1 } });
  expect(checks['metric loss']!.verdict).toBe('look');
});

test('reports that stay the same, and none at all, are worth a look', async () => {
  const same = await smoke(async ({ report }) => {
    await report(1, 2);
    await report(2, 2);
    return 2;
  });
  expect(same.checks['reports']).toMatchObject({ verdict: 'look', advice: expect.stringContaining('the same') });
  expect((await smoke(() => 1)).checks['reports']).toMatchObject({ verdict: 'look', found: 'none' });
});

test('an objective that throws or returns no number is broken, with its message', async () => {
  const thrown = await smoke(() => {
    throw new Error('shapes differ');
  });
  expect(thrown.checks['result']).toMatchObject({ verdict: 'broken', found: 'shapes differ' });
  expect((await smoke(() => Number.NaN)).checks['result']).toMatchObject({ verdict: 'broken', found: expect.stringContaining('NaN') });
  const ahead = await smoke(async ({ report }) => {
    await report(2, 1);
    await report(1, 1);
    return 1;
  });
  expect(ahead.checks['result']).toMatchObject({ verdict: 'broken', found: expect.stringContaining('steps are whole numbers that grow') });
});

test('an objective that only ever reports is stopped at the limit of time by its next report', async () => {
  let step = 0;
  const { checks, stillRunning } = await smoke(async ({ report }) => {
    for (;;) await report(++step, step);
  }, 0.02);
  expect(checks['result']).toMatchObject({ verdict: 'look', found: expect.stringContaining('stopped after 0.02 s') });
  expect(stillRunning).toBe(false);
});

test('an objective that waits is told by its signal; one that does not look at it is left behind', async () => {
  const obeys = await smoke(
    ({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('told to')))),
    0.02,
  );
  expect(obeys.stillRunning).toBe(false);
  expect(obeys.checks['result']!.verdict).toBe('look');
  const { stillRunning, checks } = await smoke(() => new Promise(() => undefined), 0.02);
  expect(stillRunning).toBe(true);
  expect(checks['result']!.advice).toContain('signal');
});
