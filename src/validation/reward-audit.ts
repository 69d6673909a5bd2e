import { meanRanks } from '../core/ranks.ts';
import { exceedsRounding, mean } from './moments.ts';

/** Sums over one episode, in account currency. */
export interface RewardEpisode {
  readonly reward: number;
  /** The part of the reward that shapes it. */
  readonly shaping: number;
  readonly netPnl: number;
}

/** What a policy is paid for, specification MARKET, M13. */
export interface RewardAudit {
  /** Size of the shaping over the size of shaping and rest, by episode: 0 without shaping, 1 if it is all there is. */
  readonly share: number;
  /** Spearman's rank correlation of the episodes' rewards and net P&L; NaN where either does not vary. */
  readonly correlation: number;
  /** True if the whole is rewarded without a net profit. */
  readonly profitless: boolean;
}

/** Limits beyond which shaping dominates a reward. */
export interface ShapingLimits {
  readonly maximumShare: number;
  readonly minimumCorrelation: number;
}

/** The limits of the flag `shaping_dominates` in the metrics of a trial. */
export const shapingLimits: ShapingLimits = { maximumShare: 0.5, minimumCorrelation: 0.2 };

export function auditReward(episodes: readonly RewardEpisode[]): RewardAudit {
  const sum = (of: (episode: RewardEpisode) => number) => episodes.reduce((total, episode) => total + of(episode), 0);
  const shaping = sum((one) => Math.abs(one.shaping));
  const rest = sum((one) => Math.abs(one.reward - one.shaping));
  return {
    // 0 / 0: nothing was paid, so nothing was paid for shaping.
    share: shaping === 0 && rest === 0 ? 0 : shaping / (shaping + rest),
    correlation: rankCorrelation(
      episodes.map(({ reward }) => reward),
      episodes.map(({ netPnl }) => netPnl),
    ),
    profitless: sum(({ netPnl }) => netPnl) <= 0 && sum(({ reward }) => reward) > 0,
  };
}

/**
 * True if shaping decides what is learnt: it is more than the allowed share of the reward, or the reward does not follow the net P&L, or it
 * pays for no profit. A correlation that cannot be computed counts as too low. Without any shaping it cannot dominate.
 */
export function shapingDominates({ share, correlation, profitless }: RewardAudit, limits: ShapingLimits): boolean {
  if (share === 0) return false;
  return !(share <= limits.maximumShare) || !(correlation >= limits.minimumCorrelation) || profitless;
}

/** Spearman's rank correlation, ties by mean ranks; NaN below two values, for NaN, and where either does not vary. */
export function rankCorrelation(a: readonly number[], b: readonly number[]): number {
  if (a.some(Number.isNaN) || b.some(Number.isNaN)) return Number.NaN;
  const ranksA = meanRanks(a);
  const ranksB = meanRanks(b);
  const center = mean(ranksA);
  let [squaresA, squaresB, products] = [0, 0, 0];
  for (let i = 0; i < ranksA.length; i++) {
    const [x, y] = [ranksA[i]! - center, ranksB[i]! - center];
    squaresA += x * x;
    squaresB += y * y;
    products += x * y;
  }
  const scale = Math.sqrt(squaresA * squaresB);
  return exceedsRounding(scale, center) ? products / scale : Number.NaN;
}
