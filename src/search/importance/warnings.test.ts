import { expect, test } from 'vitest';
import { branch, float } from '../space/builders.ts';
import { compileSpace } from '../space/compile.ts';
import type { History } from '../trial/history.ts';
import { importance } from './importance.ts';
import { importanceWarnings } from './warnings.ts';

const space = compileSpace({ x: float(0, 1), opt: branch({ adam: { beta: float(0, 1) }, sgd: {} }) });
const historyOf = (n: number, value: (i: number) => number): History => ({
  direction: 'minimize',
  observations: Array.from({ length: n }, (_, i) => ({
    state: 'complete' as const,
    number: i,
    params: i % 2 === 0 ? { x: i / n, opt: 'sgd' } : { x: i / n, opt: 'adam', 'opt.adam.beta': 0.5 },
    value: value(i),
  })),
});
const warned = (history: History, evaluator: 'ped-anova' | 'fanova') =>
  importanceWarnings(space, history, importance(space, history, { evaluator }));

test('few trials, equal values and parameters that were left out are said', () => {
  expect(
    warned(
      historyOf(6, (i) => i),
      'ped-anova',
    ),
  ).toEqual(['6 trials say little about 3 parameters: at least 30 are needed']);
  expect(
    warned(
      historyOf(40, (i) => i),
      'ped-anova',
    ),
  ).toEqual([]);
  expect(
    warned(
      historyOf(40, () => 1),
      'ped-anova',
    ),
  ).toEqual(['all 40 values are equal: nothing can be said of any parameter']);
  expect(
    warned(
      historyOf(40, (i) => i),
      'fanova',
    ),
  ).toEqual([expect.stringContaining('left out, as not every trial has them: opt.adam.beta')]);
});
