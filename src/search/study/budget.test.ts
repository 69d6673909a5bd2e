import { describe, expect, test } from 'vitest';
import { type BudgetInput, budgetOf, changedBudget, continuedBudget } from './budget.ts';
import { describeBudget, unlimitedTrials } from './describe-budget.ts';

const goals = [
  { name: 'a', direction: 'minimize', reference: null },
  { name: 'b', direction: 'maximize', reference: null },
] as const;
const stopping = { minTrials: 30, horizon: 50, minGain: 0.01 };

describe('a budget', () => {
  test.each<[BudgetInput, object, string]>([
    [{}, { trials: 100 }, '100 trials'],
    [{ trials: 7, time: '90m' }, { trials: 7, timeMs: 5_400_000 }, '7 trials, or 1.5 h of work'],
    [{ time: 2000 }, { trials: unlimitedTrials, timeMs: 2000 }, '2 s of work'],
    [{ steps: 1000, trials: 5 }, { trials: 5, steps: 1000 }, '5 trials, or 1000 steps'],
    [
      { stopWhen: { unlikelyToPay: true } },
      { trials: unlimitedTrials, stopWhen: { unlikelyToPay: stopping } },
      'more trials being unlikely to pay',
    ],
    [
      { trials: 9, stopWhen: { unlikelyToPay: { horizon: 5 }, target: -1 } },
      { trials: 9, stopWhen: { target: -1, unlikelyToPay: { ...stopping, horizon: 5 } } },
      '9 trials, or a value of -1, or more trials being unlikely to pay',
    ],
    [
      { trials: 9, countFailed: false },
      { trials: 9, countFailed: false, stopWhen: { failed: 9 } },
      '9 not failed trials, or 9 failed trials',
    ],
    [
      { trials: 9, countFailed: false, stopWhen: { failed: 2 } },
      { trials: 9, countFailed: false, stopWhen: { failed: 2 } },
      '9 not failed trials, or 2 failed trials',
    ],
  ])('of %j', (input, budget, words) => {
    expect(budgetOf(input, null)).toEqual(budget);
    expect(describeBudget(budgetOf(input, null))).toBe(words);
    expect(changedBudget(budgetOf(input, null), {}, null)).toEqual(budget);
  });

  test('changes in parts', () => {
    const before = budgetOf({ trials: 9, time: '1h', stopWhen: { target: 1, failed: 3 } }, null);
    expect(changedBudget(before, { trials: 20, stopWhen: { target: 2 } }, null)).toEqual({
      trials: 20,
      timeMs: 3_600_000,
      stopWhen: { target: 2, failed: 3 },
    });
  });

  test('of several objectives knows no target and no stopping rule, but improvement', () => {
    for (const stopWhen of [{ target: 1 }, { unlikelyToPay: true as const }])
      expect(() => budgetOf({ stopWhen }, goals)).toThrow(
        expect.objectContaining({ code: 'study_invalid', hint: expect.stringContaining('noImprovement') as string }),
      );
    expect(budgetOf({ stopWhen: { noImprovement: 3 } }, goals)).toEqual({ trials: unlimitedTrials, stopWhen: { noImprovement: 3 } });
  });
});

describe('the budget of a study that goes on', () => {
  const file = budgetOf({ trials: 6, time: '1h', stopWhen: { target: 1 } }, null);
  const run = (stored: typeof file, changes: BudgetInput) => continuedBudget(stored, changedBudget(file, changes, null), changes);

  test('keeps a limit that an earlier run raised, and says so', () => {
    const raised = run(file, { trials: 60 });
    expect(raised).toEqual({ budget: { ...file, trials: 60 }, kept: [] });
    expect(run(raised.budget, {})).toEqual({
      budget: { ...file, trials: 60 },
      kept: [{ limit: 'trials', flag: '--trials', kept: 60, file: 6 }],
    });
    expect(run({ ...file, timeMs: 7_200_000, trials: 60 }, { trials: 70 })).toMatchObject({
      budget: { trials: 70, timeMs: 7_200_000 },
      kept: [{ limit: 'timeMs', flag: '--time', kept: 7_200_000, file: 3_600_000 }],
    });
  });

  test('takes what is asked for now, lower as well, and a larger limit of the file', () => {
    expect(run({ ...file, trials: 60 }, { trials: 10 })).toMatchObject({ budget: { trials: 10 }, kept: [] });
    expect(run({ ...file, trials: 3 }, {})).toMatchObject({ budget: { trials: 6 }, kept: [] });
  });

  test('has no limit that neither the file nor this run names, and none is lifted by a study that had none', () => {
    expect(run({ ...file, steps: 30 }, {}).budget).not.toHaveProperty('steps');
    expect(run(budgetOf({ time: '2h' }, null), {})).toMatchObject({ budget: { trials: 6, timeMs: 7_200_000 } });
  });
});
