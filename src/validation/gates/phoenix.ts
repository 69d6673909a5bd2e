import { z } from 'zod';
import { annualSortino } from '../metrics.ts';
import { sayRatio, unknown, withDaily } from './daily.ts';
import { defineGate } from './define-gate.ts';

/** The gates of the phases of the second source, beside those of the default policy. */

/** An expectation, not a bar: a ratio outside the band is named with its direction. */
export const sortinoBandGate = defineGate({
  id: 'sortino-band',
  rule: 2,
  asks: 'annual Sortino ratio of the mean of the seeds inside the band that its phase expects',
  source: 'second source, phases 1 to 3',
  numbers: z.strictObject({
    minimum: z.number().meta({ description: 'lower end of the band, inclusive' }),
    maximum: z.number().meta({ description: 'upper end of the band, inclusive' }),
  }),
  op: '>=',
  threshold: ({ minimum }) => minimum,
  observe: (evidence, { minimum, maximum }) =>
    withDaily(evidence, ({ mean, seeds, returns, sessionsPerYear }) => {
      const observed = annualSortino(mean, sessionsPerYear);
      if (Number.isNaN(observed)) return unknown(`${mean.length} daily returns have no Sortino ratio: none lost, or they do not vary`);
      const each = seeds.map(({ seed }, i) => ({ seed, value: annualSortino(returns[i]!, sessionsPerYear) }));
      const worst = each.reduce((a, b) => (b.value < a.value || Number.isNaN(b.value) ? b : a));
      const where =
        observed < minimum
          ? 'below the band'
          : observed > maximum
            ? 'above the band, too good for this phase: look for look-ahead and missing costs'
            : 'inside the band';
      const because = `annual Sortino ${sayRatio(observed)}: ${where}, ${minimum} to ${maximum} (seed ${worst.seed}, the worst of ${seeds.length}: ${sayRatio(worst.value)})`;
      return { observed, because, refused: observed > maximum };
    }),
});

/**
 * What the phase adds must be shown against the same model without it, on the same trials, seeds, folds and days. The lower end of the
 * interval is asked, as of a challenger: a loss whose interval holds 0 shows nothing. Of several ablations the clearest counts, each at 97.5 %
 * one-sided, so the reason says how many there were.
 */
export const ablationGate = defineGate({
  id: 'ablation',
  rule: 2,
  asks: 'lower end of the 95 % interval of the loss of the daily Sharpe ratio, in the ablation of this trial that shows it best: what was taken away must have helped',
  source: 'second source, phase 2; PROMOTION, 8',
  numbers: z.strictObject({}),
  op: '>',
  threshold: () => 0,
  observe: ({ ablations }) => {
    if (ablations.length === 0) return unknown('no ablation of this trial is complete: assay ablate --withhold runs the pair');
    const most = ablations.reduce((a, b) => (b.low > a.low || Number.isNaN(b.low) ? b : a));
    const because =
      `without ${most.arm} the daily Sharpe ratio is ${sayRatio(most.loss)} lower (95 %: ${sayRatio(most.low)} to ${sayRatio(most.high)}) ` +
      `on the same trials, seeds and ${most.days} days; ${ablations.length} ${ablations.length === 1 ? 'ablation' : 'ablations'} in all`;
    return { observed: most.low, because };
  },
});

/** A walk-forward that is shorter than the phase asks has seen too few kinds of days. */
export const monthsGate = defineGate({
  id: 'walk-forward-months',
  rule: 1,
  asks: 'calendar months from the first to the last day of the walk-forward tests',
  source: 'second source, phase 3',
  numbers: z.strictObject({ minimumMonths: z.number().gt(0).meta({ description: 'calendar months of walk-forward, inclusive' }) }),
  op: '>=',
  threshold: ({ minimumMonths }) => minimumMonths,
  observe: ({ windows }) => {
    if (windows.length === 0) return unknown('the windows of the folds are unknown');
    const from = Math.floor(Math.min(...windows.map(({ testStart }) => testStart)) / day) * day;
    const until = Math.ceil(Math.max(...windows.map(({ testEnd }) => testEnd)) / day) * day;
    const observed = monthsBetween(from, until);
    if (Number.isNaN(observed)) return unknown('the windows of the folds are no times');
    return { observed, because: `the tests run from ${dateOf(from)} to ${dateOf(until - 1)}, ${observed.toFixed(2)} months` };
  },
});

const day = 86_400_000;

const dateOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** Calendar months in UTC, the last one by its share of days: January 15 to March 15 are 2. */
function monthsBetween(from: number, until: number): number {
  if (!Number.isFinite(from) || !Number.isFinite(until)) return Number.NaN;
  const after = (months: number): number => {
    const start = new Date(from);
    const last = new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + months + 1, 0)).getUTCDate();
    return Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + months, Math.min(start.getUTCDate(), last));
  };
  let whole = 0;
  while (after(whole + 1) <= until) whole++;
  return whole + (until - after(whole)) / (after(whole + 1) - after(whole));
}
