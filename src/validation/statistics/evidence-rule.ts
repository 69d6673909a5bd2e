import { probabilisticSharpe, sampleOf } from '../deflated-sharpe.ts';
import { mean } from '../moments.ts';
import { meanError } from './newey-west.ts';
import { checkAligned } from './returns.ts';
import { perLook } from './sidak.ts';

/** Default level of {@link evidenceOf}: .995 is asked of a single look. */
export const evidenceLevel = 0.005;

/** Skill of one series of daily returns. */
export interface Skill {
  /** Per day; NaN if the returns do not vary. */
  readonly sharpe: number;
  /** Probability that the true Sharpe ratio is above 0. */
  readonly probability: number;
  readonly days: number;
  /** Independent days that would say as much; the number of days unless {@link usesNeweyWest}. */
  readonly effectiveDays: number;
  /** Of lag 1. */
  readonly autocorrelation: number;
  /** True where the autocorrelation is beyond two standard errors: the error of the mean is Newey and West's then. */
  readonly usesNeweyWest: boolean;
}

export interface EvidenceVerdict {
  /** Of the mean of the seeds' returns, day by day. */
  readonly mean: Skill;
  /** Of each seed, in the order given. */
  readonly seeds: readonly Skill[];
  /** Index of the seed with the smallest probability; -1 without seeds. A seed without a probability is the worst. */
  readonly worstSeed: number;
  readonly everySeedAboveZero: boolean;
  /** Probability that the mean must reach: 1 - {@link perLook}. */
  readonly required: number;
  /** True if the mean reaches it and the mean return of every seed is above 0. NaN never passes. */
  readonly passed: boolean;
  /** Why there is no probability, else null. */
  readonly because: string | null;
}

/**
 * The rule by which walk-forward days are evidence of skill: the probabilistic Sharpe ratio (Bailey and Lopez de Prado 2012) of the mean of
 * the seeds reaches (1 - level)^(1 / looks), and every seed earned more than 0. What multiplies luck on days that were never searched is
 * the number of looks at them, not of trials. Where neighbouring days depend on each other, the error of the mean return is Newey and
 * West's: the days count as (T - 1) (error of independent days / that error)^2 + 1. False alarms of one series at .005, in 20,000
 * simulations of 60 (250) days: independent .0055 (.005), autocorrelation .3 .020 (.009) instead of .029 (.028), -.3 .005 (.004) instead of
 * .0006 (.0003). So few lags cannot undo strong dependence on few days.
 * @param seeds net returns, `[seed][day]`, of the same days.
 * @throws AssayError `data_invalid` for a return that is NaN or infinite, or seeds with other numbers of days.
 * @example Three looks at level .005 require .99833.
 */
export function evidenceOf(seeds: readonly ArrayLike<number>[], looks: number, level = evidenceLevel): EvidenceVerdict {
  const days = checkAligned(seeds, 'seed');
  const ofSeeds = seeds.map(skillOf);
  const ofMean = skillOf(Float64Array.from({ length: days }, (_, day) => mean(seeds.map((returns) => returns[day]!))));
  const everySeedAboveZero = ofSeeds.length > 0 && ofSeeds.every(({ sharpe }) => sharpe > 0);
  const required = 1 - perLook(level, looks);
  return {
    mean: ofMean,
    seeds: ofSeeds,
    worstSeed: worstOf(ofSeeds),
    everySeedAboveZero,
    required,
    passed: ofMean.probability >= required && everySeedAboveZero,
    because: reasonOf(ofMean, seeds.length, required),
  };
}

/** Skill of daily returns against a true Sharpe ratio of 0. */
function skillOf(returns: ArrayLike<number>): Skill {
  const sample = sampleOf(returns);
  const { autocorrelation, dependent, iid, standardError } = meanError(returns);
  const effectiveDays = dependent ? 1 + (sample.periods - 1) * (iid / standardError) ** 2 : sample.periods;
  return {
    sharpe: sample.sharpe,
    probability: probabilisticSharpe({ ...sample, periods: effectiveDays }, 0),
    days: sample.periods,
    effectiveDays,
    autocorrelation,
    usesNeweyWest: dependent,
  };
}

function worstOf(seeds: readonly Skill[]): number {
  const unknown = seeds.findIndex(({ probability }) => Number.isNaN(probability));
  if (unknown >= 0 || seeds.length === 0) return unknown;
  return seeds.reduce((worst, { probability }, i) => (probability < seeds[worst]!.probability ? i : worst), 0);
}

function reasonOf({ days, sharpe, probability }: Skill, seeds: number, required: number): string | null {
  if (seeds === 0) return 'no seed was evaluated';
  if (Number.isNaN(required)) return 'the number of looks at these days is unknown';
  if (Number.isNaN(sharpe)) return `${days} daily returns that do not vary have no Sharpe ratio`;
  return Number.isNaN(probability) ? `the moments of ${days} daily returns contradict each other` : null;
}
