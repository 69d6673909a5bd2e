import type { Metrics } from '../../search/trial/trial.ts';
import { auditReward, type RewardEpisode, shapingDominates, shapingLimits } from '../../validation/reward-audit.ts';
import type { Backtest } from '../env/backtest.ts';

/**
 * What the training reward would have paid for the steps of a backtest, session by session, and whether shaping dominates it (1) or not
 * (0). Without a reward nothing was shaped. The objective is never shaped.
 */
export function rewardMetrics(result: Backtest): Metrics {
  if (result.reward === null) return { shapingShare: 0, shaping_dominates: 0 };
  const audit = auditReward(episodesOf(result, result.reward));
  return {
    shapingShare: audit.share,
    /** Spearman's rank correlation of the sessions' rewards and net P&L. */
    rewardCorrelation: audit.correlation,
    /** 1 if the sessions together were rewarded without a net profit. */
    rewardWithoutProfit: audit.profitless ? 1 : 0,
    shaping_dominates: shapingDominates(audit, shapingLimits) ? 1 : 0,
  };
}

/** Sums of each session, in time order. */
export function episodesOf({ sessions, stepGains }: Backtest, reward: NonNullable<Backtest['reward']>): readonly RewardEpisode[] {
  const bySession = new Map<number, { reward: number; shaping: number; netPnl: number }>();
  for (const [step, session] of sessions.entries()) {
    const episode = bySession.get(session) ?? { reward: 0, shaping: 0, netPnl: 0 };
    bySession.set(session, episode);
    episode.reward += reward.total[step]!;
    episode.shaping += reward.shaping[step]!;
    episode.netPnl += stepGains[step]!;
  }
  return [...bySession.values()];
}
