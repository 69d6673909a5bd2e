import { type ComparedTrials, compareJudged, type JudgedTrial, unpaired } from '../compare-judged.ts';
import { type GateResult, holds, versionOf } from './gate.ts';

/** What the gate `champion` looks at: both sides on the same days, or why there are none. Pure data. */
export interface ChampionEvidence {
  /** Address of the version that an alias names: `scalper@3`. */
  readonly champion: string;
  /** `championMargin` of the gate policy: a daily Sharpe ratio. */
  readonly margin: number;
  /** Null: one of the two was never judged, as `because` says. */
  readonly pair: { readonly reference: JudgedTrial; readonly challenger: JudgedTrial } | null;
  readonly because: string;
}

/** Version of the rule. */
const rule = 1;

/**
 * A version that an alias names is replaced only by a trial that beats it in pairs of days. Observed is the lower end of the 95 % interval of
 * the difference of the mean daily Sharpe ratios, which must be above the margin; what cannot be compared is NaN, with what to run.
 */
export function championResult(evidence: ChampionEvidence): GateResult {
  const { margin } = evidence;
  const { observed, because } = observe(evidence);
  return {
    gate: 'champion',
    version: versionOf(rule, { margin }),
    severity: 'refuse',
    passed: holds(observed, '>', margin),
    observed,
    threshold: margin,
    op: '>',
    because,
  };
}

function observe({ champion, pair, because }: ChampionEvidence): Pick<GateResult, 'observed' | 'because'> {
  if (pair === null) return { observed: Number.NaN, because };
  const differs = unpaired(pair.reference, pair.challenger);
  if (differs !== null) return { observed: Number.NaN, because: `${differs.because}; ${differs.hint}` };
  const compared = compareJudged(pair.reference, pair.challenger);
  return { observed: compared.low, because: inWords(champion, compared) };
}

function inWords(
  champion: string,
  { difference, low, high, level, days, foldsAbove, folds, pairsAbove, pairsBelow, pairsEqual }: ComparedTrials,
): string {
  const pairs = pairsAbove + pairsBelow + pairsEqual;
  const sides = `above ${champion} in ${foldsAbove} of ${folds.length} folds and ${pairsAbove} of ${pairs} pairs of fold and seed`;
  const interval = Number.isNaN(low)
    ? 'no interval: too few days, or returns that do not vary'
    : `${level * 100} % within ${low.toFixed(4)} and ${high.toFixed(4)}`;
  return `the daily Sharpe ratio differs by ${difference.toFixed(4)} on ${days} days (${interval}); ${sides}`;
}
