import { z } from 'zod';
import { maxDrawdown, totalReturn } from '../metrics.ts';
import { defineGate } from './define-gate.ts';
import type { Evidence, SeedEvidence } from './gate.ts';
import { drawdown, wholeFrom } from './numbers.ts';
import { count, percent, saySeed, stepReturnsOf, worstSeed } from './worst.ts';

/**
 * The gates of the dual-ticker sprint (first source, G1 to G4 and G14): at least 1 % return, at most 2 % drawdown, no early
 * termination, with friction, on an evaluation of 20,000 steps. Bounds are inclusive. Return and drawdown are taken over exactly the
 * first 20,000 out-of-sample steps of each seed, so a longer backtest cannot choose its window; early terminations and friction count
 * over all steps.
 */

const steps = wholeFrom(1, 'out-of-sample steps that return and drawdown are taken over');

export const windowGate = defineGate({
  id: 's1-window',
  rule: 1,
  asks: 'out-of-sample steps of each seed',
  source: 'first source, G14',
  numbers: z.strictObject({ steps }),
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
  asks: 'net return of the worst seed over exactly the first steps',
  source: 'first source, G1',
  numbers: z.strictObject({ minimum: z.number().meta({ description: 'net return over those steps, inclusive' }), steps }),
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
  asks: 'largest fall from the peak of the worst seed over exactly the first steps',
  source: 'first source, G2',
  numbers: z.strictObject({ maximum: drawdown('largest fall from the peak over those steps, inclusive'), steps }),
  op: '<=',
  threshold: ({ maximum }) => maximum,
  observe: (evidence, { steps }) => {
    const { seed, value } = worstSeed(evidence, 'lower', (one) => within(one, steps, maxDrawdown));
    return { observed: value, because: `largest drawdown of ${describeValue(evidence, seed, value, steps, maxDrawdown)}` };
  },
});

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
