import { expect, test } from 'vitest';
import { reportedValues } from './reported-values.ts';

test('one objective reports a number, and other figures beside it', () => {
  expect(reportedValues(Number.NaN, undefined, null)).toEqual({ value: Number.NaN });
  expect(reportedValues(1, { loss: 2 }, null)).toEqual({ value: 1, metrics: { loss: 2 } });
});

test('several objectives report figures by name, of which one is the curve', () => {
  const metrics = { sharpe: 1, drawdown: Number.POSITIVE_INFINITY, loss: 3 };
  expect(reportedValues({ sharpe: 1, drawdown: Number.POSITIVE_INFINITY }, { loss: 3 }, 'drawdown')).toEqual({
    value: Number.POSITIVE_INFINITY,
    metrics,
  });
});

test.each([
  ['figures where a number belongs', { sharpe: 1 }, null, /report\(step, value\)/],
  ['a number where figures belong', 1, 'sharpe', /report\(step, \{ sharpe: … \}\)/],
  ['nothing', undefined, 'sharpe', /figures by name/],
  ['figures without the curve', { drawdown: 1 }, 'sharpe', /pruneOn/],
])('%s fails the trial with what to report', (_, reported, curve, hint) => {
  expect(() => reportedValues(reported as never, undefined, curve)).toThrow(
    expect.objectContaining({ code: 'trial_failed', hint: expect.stringMatching(hint) as string }),
  );
});

test('a figure that is no number fails the trial', () => {
  expect(() => reportedValues({ sharpe: 'high' } as never, undefined, 'sharpe')).toThrow(expect.objectContaining({ code: 'trial_failed' }));
});
