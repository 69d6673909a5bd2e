import { z } from 'zod';
import type { FoldEvaluation } from '../../search/study/walk-forward.ts';
import { type RewardAudit, rankCorrelation, shapingDominates } from '../reward-audit.ts';
import { defineGate } from './define-gate.ts';
import type { SeedEvidence } from './gate.ts';
import { share } from './numbers.ts';
import { percent, saySeed, worstSeed } from './worst.ts';

/**
 * Shaping must not dominate what the policy was paid for (specification MARKET, M13): on every evaluation at most a given share of the
 * reward, and none for no profit; and over all sessions of a seed a reward whose ranks follow the net P&L. A fold alone may have two
 * sessions, whose order is chance. An evaluation that does not state it fails.
 */
export const shapingGate = defineGate({
  id: 'shaping',
  rule: 2,
  asks: 'largest share of shaping in the training reward of an evaluation; a shaped reward must follow the net P&L',
  source: 'MARKET, M13',
  numbers: z.strictObject({
    maximumShare: share('share of shaping in the training reward of an evaluation, inclusive'),
    minimumCorrelation: z
      .number()
      .min(-1)
      .max(1)
      .meta({ description: 'rank correlation of rewards and net P&L, over all sessions of a seed, that a shaped reward must have' }),
  }),
  op: '<=',
  threshold: ({ maximumShare }) => maximumShare,
  observe: (evidence, numbers) => {
    const { seed, value } = worstSeed(evidence, 'lower', (one) => largestShare(one));
    const audits = evidence.seeds.flatMap(auditsOf);
    const dominated = audits.filter((audit) => shapingDominates(audit, numbers));
    const refused = audits.length === 0 || dominated.length > 0;
    if (evidence.seeds.length === 0) return { observed: value, refused, because: 'no seed was evaluated' };
    if (Number.isNaN(value))
      return {
        observed: value,
        refused,
        because: `an evaluation does not state shapingShare, the shaping in its reward: validate the trial again (${saySeed(evidence, seed)})`,
      };
    if (dominated.length === 0) {
      const most = value === 0 ? 'no reward was shaped' : `at most ${percent(value)} of a reward was shaping`;
      return { observed: value, because: `${most} (${saySeed(evidence, seed)})` };
    }
    const correlation = Math.min(...dominated.map((audit) => audit.correlation));
    const profitless = dominated.filter((audit) => audit.profitless).length;
    const because =
      `shaping dominates ${dominated.length} of ${audits.length} evaluations: up to ${percent(value)} of a reward, rank correlation with ` +
      `net P&L down to ${Number.isNaN(correlation) ? 'unknown' : correlation.toFixed(2)}, ${profitless} rewarded without a net profit`;
    return { observed: value, refused, because: `${because} (${saySeed(evidence, seed)})` };
  },
});

function auditsOf({ folds }: SeedEvidence): readonly RewardAudit[] {
  const correlation = folds.every(statesRewards)
    ? rankCorrelation(
        folds.flatMap(({ sessionRewards }) => sessionRewards ?? []),
        folds.flatMap(({ dailyReturns }) => netPnlOf(dailyReturns)),
      )
    : Number.NaN;
  return folds.map(({ metrics }) => ({
    share: metrics['shapingShare'] ?? Number.NaN,
    correlation,
    profitless: metrics['rewardWithoutProfit'] !== 0,
  }));
}

function statesRewards({ sessionRewards, dailyReturns }: FoldEvaluation): boolean {
  return sessionRewards?.length === dailyReturns.length;
}

/** Net P&L of each session, over the start capital, which all folds of a study share. */
function netPnlOf(dailyReturns: readonly number[]): readonly number[] {
  let nav = 1;
  return dailyReturns.map((daily) => {
    const before = nav;
    nav *= 1 + daily;
    return nav - before;
  });
}

function largestShare(seed: SeedEvidence): number {
  const shares = auditsOf(seed).map(({ share }) => share);
  return shares.length === 0 ? Number.NaN : Math.max(...shares);
}
