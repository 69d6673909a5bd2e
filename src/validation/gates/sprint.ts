import type { FoldEvaluation } from '../../search/study/walk-forward.ts';
import { averageCorrelation, effectiveTrials } from '../deflated-sharpe.ts';
import { maxDrawdown, totalReturn } from '../metrics.ts';
import { defineGate } from './define-gate.ts';
import type { Evidence, SeedEvidence } from './gate.ts';
import { count, dailyReturnsOf, percent, saySeed, stepReturnsOf, worstSeed } from './worst.ts';

/**
 * The gates of the dual-ticker sprint (first source, G1 to G4 and G14): at least 1 % return, at most 2 % drawdown, no early
 * termination, with friction, on an evaluation of 20,000 steps. Bounds are inclusive. Return and drawdown are taken over exactly the
 * first 20,000 out-of-sample steps of each seed, so a longer backtest cannot choose its window; early terminations and friction count
 * over all steps.
 */

export const windowGate = defineGate({
  id: 's1-window',
  rule: 1,
  numbers: ({ steps }) => ({ steps }),
  op: '>=',
  threshold: ({ steps }) => steps,
  observe: (evidence, { steps }) => {
    const { seed, value } = worstSeed(evidence, 'higher', stepCount);
    const of = Number.isNaN(value) ? 'no' : count(value);
    const because = `${of} out-of-sample steps were evaluated and ${count(steps)} are needed (${saySeed(evidence, seed)})`;
    return { observed: value, because };
  },
});

export const returnGate = defineGate({
  id: 's1-return',
  rule: 1,
  numbers: ({ minimumReturn, steps }) => ({ minimum: minimumReturn, steps }),
  op: '>=',
  threshold: ({ minimum }) => minimum,
  observe: (evidence, { steps }) => {
    const { seed, value } = worstSeed(evidence, 'higher', (one) => within(one, steps, totalReturn));
    return { observed: value, because: `net return of ${describeValue(evidence, seed, value, steps, totalReturn)}` };
  },
});

export const drawdownGate = defineGate({
  id: 's1-drawdown',
  rule: 1,
  numbers: ({ maximumDrawdown, steps }) => ({ maximum: maximumDrawdown, steps }),
  op: '<=',
  threshold: ({ maximum }) => maximum,
  observe: (evidence, { steps }) => {
    const { seed, value } = worstSeed(evidence, 'lower', (one) => within(one, steps, maxDrawdown));
    return { observed: value, because: `largest drawdown of ${describeValue(evidence, seed, value, steps, maxDrawdown)}` };
  },
});

/**
 * No episode may end early, under a drawdown limit at least as strict as the required one: a limit of 100 % never ends an episode and
 * proves nothing. `observed` counts the early terminations of the worst seed, and its margin calls.
 */
export const stabilityGate = defineGate({
  id: 's1-stability',
  rule: 2,
  numbers: ({ maximumDrawdown }) => ({ maximumDrawdown }),
  op: '==',
  threshold: () => 0,
  observe: (evidence, { maximumDrawdown }) => {
    const { seed, value } = worstSeed(evidence, 'lower', ({ folds }) =>
      folds.length === 0 ? Number.NaN : folds.reduce((sum, fold) => sum + fold.earlyTerminations + marginCallsOf(fold), 0),
    );
    const calls = evidence.seeds.find((one) => one.seed === seed)?.folds.reduce((sum, fold) => sum + marginCallsOf(fold), 0) ?? 0;
    const limits = evidence.seeds.flatMap(({ folds }) => folds.map((fold) => fold.drawdownLimit));
    const loose = limits.find((limit) => !(limit <= maximumDrawdown));
    if (loose !== undefined) {
      const because = `episodes were ended at a drawdown of ${percent(loose)} only; a limit of at most ${percent(maximumDrawdown)} is needed`;
      return { observed: value, because, refused: true };
    }
    const ended = value - calls;
    const times = ended === 0 ? 'never ended an episode' : `ended an episode ${ended === 1 ? 'once' : `${ended} times`}`;
    const because = `the drawdown limit ${times}${calls > 0 ? `, and NAV fell below the maintenance margin: ${count(calls)}` : ''}`;
    return { observed: value, because: `${Number.isNaN(value) ? 'nothing was evaluated' : because} (${saySeed(evidence, seed)})` };
  },
});

/** At least `minimumSeeds` seeds must be evaluated, as a single training may be luck. */
export const seedsGate = defineGate({
  id: 'seeds',
  rule: 1,
  numbers: ({ minimumSeeds }) => ({ minimumSeeds }),
  op: '>=',
  threshold: ({ minimumSeeds }) => minimumSeeds,
  observe: ({ seeds }, { minimumSeeds }) => {
    const evaluated = new Set(seeds.map(({ seed }) => seed)).size;
    return { observed: evaluated, because: `${evaluated} of at least ${minimumSeeds} seeds were evaluated${sayAlike(seeds)}` };
  },
});

/** States the correlation of the seeds' daily returns and the equivalent number of independent seeds (empty if unknown). */
function sayAlike(seeds: readonly SeedEvidence[]): string {
  const returns = seeds.map(dailyReturnsOf);
  const correlation = returns.every(({ length }) => length === returns[0]!.length) ? averageCorrelation(returns) : Number.NaN;
  if (Number.isNaN(correlation)) return '';
  const worth = effectiveTrials(seeds.length, Math.max(0, correlation));
  return `; their daily returns correlate by ${correlation.toFixed(2)}, as ${worth.toFixed(1)} independent ones`;
}

/** Accounts without margin have no such metric. */
function marginCallsOf({ metrics }: FoldEvaluation): number {
  return metrics['marginCalls'] ?? 0;
}

function stepCount({ folds }: SeedEvidence): number {
  return folds.reduce((sum, fold) => sum + fold.stepReturns.length, 0);
}

/**
 * Metric over exactly `steps` steps; NaN if there are fewer, so that a short backtest passes no gate. Rounded to 12 decimals: 1 - 0.98
 * is 0.020000000000000018 in binary, and a bound that is met exactly must pass.
 */
function within(seed: SeedEvidence, steps: number, measure: (returns: Float64Array) => number): number {
  const returns = stepReturnsOf(seed, steps);
  return returns.length < steps ? Number.NaN : Math.round(measure(returns) * 1e12) / 1e12;
}

/** The value with its window; for a backtest that is too short, the value over all its steps. */
function describeValue(evidence: Evidence, seed: number, value: number, steps: number, measure: (returns: Float64Array) => number): string {
  const evaluated = evidence.seeds.find((one) => one.seed === seed);
  const short = evaluated !== undefined && stepCount(evaluated) < steps;
  const known = short ? measure(stepReturnsOf(evaluated)) : value;
  const window = short
    ? `only ${count(stepCount(evaluated))} out-of-sample steps, where ${count(steps)} are needed`
    : `the first ${count(steps)} out-of-sample steps`;
  return `${percent(known)} over ${window} (${saySeed(evidence, seed)})`;
}
