import { z } from 'zod';
import { sharpe, totalReturn } from '../metrics.ts';
import { checkAligned } from '../statistics/returns.ts';
import { type StressKind, stressKinds } from './checks-evidence.ts';
import { meanOf, unknown, withDaily } from './daily.ts';
import { defineGate } from './define-gate.ts';
import { share } from './numbers.ts';
import { percent } from './worst.ts';

/**
 * The saved policies must still earn in a harder market: with costs twice as high, decisions one bar late, and half of the volume the mean
 * of the seeds returns more than 0; without its best days it loses at most a given share of what it earned with them. `observed` is the
 * smallest of the four returns, the one without the best days counted from its own bound.
 */
export const stressGate = defineGate({
  id: 'stress',
  rule: 2,
  asks: 'smallest return of the mean of the seeds with costs x 2, decisions one bar late, half of the volume, and (above minus a share of the return) without the best days',
  source: 'ours',
  numbers: z.strictObject({
    lossWithoutBestDays: share('share of its return that the mean of the seeds may lose without its best days, exclusive'),
    suspiciousDelay: share('share of the Sharpe ratio from which a delay of one bar that costs more is named as a sign of look-ahead'),
  }),
  op: '>',
  threshold: () => 0,
  observe: (evidence, { lossWithoutBestDays, suspiciousDelay }) =>
    withDaily(evidence, ({ mean, seeds }) => {
      const earned = totalReturn(mean);
      const stressed: Partial<Record<StressKind, readonly number[]>> = {};
      for (const kind of stressKinds) {
        const returns = evidence.checks?.stress[kind]?.returns;
        if (returns === undefined || returns.length !== seeds.length || checkAligned(returns, kind) === 0)
          return unknown(`the policies were not walked again under ${kind}: validate the trial again`);
        // Days that an evaluation leaves out are days that nobody knows the result of.
        const walked = returns[0]!.length;
        if (kind !== 'without-best-days' && walked !== mean.length)
          return unknown(`the policies were walked again on ${walked} days, and evaluated on ${mean.length}`);
        stressed[kind] = meanOf(returns);
      }
      const returnOf = (kind: StressKind): number => totalReturn(stressed[kind]!);
      const slackOf = (kind: StressKind): number =>
        kind === 'without-best-days' ? returnOf(kind) + lossWithoutBestDays * earned : returnOf(kind);
      const slacks = stressKinds.map(slackOf);
      const observed = slacks.some(Number.isNaN) ? Number.NaN : Math.min(...slacks);
      const [before, late] = [sharpe(mean), sharpe(stressed['one-bar-late']!)];
      const suspicious = before > 0 && late < (1 - suspiciousDelay) * before;
      const because =
        `the mean of the seeds earned ${percent(earned)}; ${stressKinds.map((kind) => `${percent(returnOf(kind))} ${words[kind]}`).join(', ')}` +
        (suspicious
          ? `; one bar of delay costs more than ${Math.round(100 * suspiciousDelay)} % of the Sharpe ratio, a sign of look-ahead`
          : '');
      return { observed, because, refused: !(earned > 0) };
    }),
});

const words: Readonly<Record<StressKind, string>> = {
  'costs-x2': 'with costs x 2',
  'one-bar-late': 'one bar late',
  'without-best-days': 'without its best days',
  'half-volume': 'with half of the volume',
};
