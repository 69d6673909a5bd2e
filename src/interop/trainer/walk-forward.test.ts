import { describe, expect, test } from 'vitest';
import { goodEvidence } from '../../../tests/fixtures/good-evidence.ts';
import { contextOf } from '../../../tests/fixtures/trading-task.ts';
import { trainerOptions } from '../../../tests/fixtures/trainer-study.ts';
import type { FoldEvaluation, ValidationContext } from '../../search/study/walk-forward.ts';
import { assembleChecks } from '../../validation/checks/assemble.ts';
import { causalGate } from '../../validation/gates/checks.ts';
import { externalTrainer } from './external-trainer.ts';
import type { ExternalTrainerOptions } from './options.ts';
import { unpackArchive } from './policy/archive.ts';

const context: ValidationContext<unknown> = { ...contextOf(), seed: 5 };

/** Evaluates the first fold and checks the policy that it saved. */
async function validated(options: ExternalTrainerOptions) {
  const { walkForward } = externalTrainer(options);
  const [window] = await walkForward.plan(context);
  const evaluation = await walkForward.evaluate(context, window!);
  const { stepReturns, dailyReturns, policy: bytes } = evaluation;
  const checked = await walkForward.checks!.policies(context, window!, {
    rows: 3,
    policies: [{ seed: 5, bytes, stepReturns, dailyReturns }],
  });
  return { walkForward, window: window!, evaluation, check: checked[0]! };
}

const gateOf = (check: Awaited<ReturnType<typeof validated>>['check'], { dailyReturns }: FoldEvaluation) => {
  const stored = { data: null, features: new Map(), policies: [{ ...check, fold: 0 }] };
  const checks = assembleChecks(stored, [{ seed: 5, folds: [{ dailyReturns }] }], [0]);
  return causalGate({ minimumCuts: 3 }).check({ ...goodEvidence, checks });
};

describe('a validation', () => {
  test('walks what was saved: repeatable to the bit, causal, and worse under costs twice as high', async () => {
    const { walkForward, window, evaluation, check } = await validated(trainerOptions());
    expect(evaluation.friction).toMatchObject({ transactionBp: 1, impactBp: 0.5, paid: expect.any(Number) });
    expect(evaluation.metrics).toMatchObject({ sessions: 2, 'trainer.retrainedDiffers': 0 });
    // What its reward was is known to the program alone.
    expect(evaluation.metrics).not.toHaveProperty('shapingShare');
    expect(check).toMatchObject({ differsAt: null, cut: { rows: 3, changed: 0 }, noise: { rows: 3, changed: 0 } });
    expect(check.stress['costs-x2'][0]).toBeLessThan(evaluation.dailyReturns[0]!);
    expect(gateOf(check, evaluation)).toMatchObject({ gate: 'causal', passed: true });
    const again = await walkForward.vault!.walk(context, window, evaluation.policy);
    expect(again.dailyReturns).toEqual(evaluation.dailyReturns);
    expect(Object.keys(await walkForward.baselines(context, window))).toEqual(['flat', 'hold', 'linear']);
  });

  test('in one piece that reads ahead fails the gate causal, which says at which bar', async () => {
    const { evaluation, check } = await validated(trainerOptions('reads ahead', { mode: 'batch', retrain: false }));
    expect(gateOf(check, evaluation)).toMatchObject({
      gate: 'causal',
      passed: false,
      because: expect.stringMatching(/seed 5, fold 0, row \d+/),
    });
  });

  test('keeps the policy with its program, as an archive', async () => {
    const { evaluation } = await validated(trainerOptions('none', { retrain: false }));
    const files = unpackArchive(evaluation.policy);
    expect(files.map(({ name }) => name)).toEqual(['assay-trainer.json', 'policy', 'sources/trainers/trainer.mjs']);
    expect(Buffer.from(files[1]!.bytes).toString()).toBe('follows');
  });

  test('refuses a policy that another program saved', async () => {
    const { walkForward, window, evaluation } = await validated(trainerOptions('none', { retrain: false }));
    const other = Buffer.from(evaluation.policy);
    const at = other.indexOf('"programHash":"') + '"programHash":"'.length;
    other[at] = other[at] === 48 ? 49 : 48;
    await expect(walkForward.vault!.walk(context, window, other)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('another version of the program'),
    });
    await expect(walkForward.vault!.walk(context, window, Uint8Array.of(1, 2, 3))).rejects.toMatchObject({ code: 'data_invalid' });
  });
});
