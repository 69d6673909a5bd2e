import { expect, test } from 'vitest';
import { reportedValues } from './reported-values.ts';

test('with one objective a report is a number and optional metrics', () => {
  expect(reportedValues(Number.NaN, undefined, null)).toEqual({ value: Number.NaN });
  expect(reportedValues(1, { loss: 2 }, null)).toEqual({ value: 1, metrics: { loss: 2 } });
});

test('with several objectives a report is metrics by name, one of which is the curve', () => {
  const metrics = { sharpe: 1, drawdown: Number.POSITIVE_INFINITY, loss: 3 };
  expect(reportedValues({ sharpe: 1, drawdown: Number.POSITIVE_INFINITY }, { loss: 3 }, 'drawdown')).toEqual({
    value: Number.POSITIVE_INFINITY,
    metrics,
  });
});

test.each([
  ['metrics instead of a number', { sharpe: 1 }, null, /report\(step, value\)/],
  ['a number instead of metrics', 1, 'sharpe', /report\(step, \{ sharpe: … \}\)/],
  ['nothing', undefined, 'sharpe', /metrics by name/],
  ['metrics without the curve', { drawdown: 1 }, 'sharpe', /pruneOn/],
])('%s: the trial fails with a hint what to report', (_, reported, curve, hint) => {
  expect(() => reportedValues(reported as never, undefined, curve)).toThrow(
    expect.objectContaining({ code: 'trial_failed', hint: expect.stringMatching(hint) as string }),
  );
});

test('a metric that is not a number fails the trial', () => {
  expect(() => reportedValues({ sharpe: 'high' } as never, undefined, 'sharpe')).toThrow(expect.objectContaining({ code: 'trial_failed' }));
});
