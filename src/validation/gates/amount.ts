import { z } from 'zod';
import { averageCorrelation, effectiveTrials } from '../deflated-sharpe.ts';
import { unknown } from './daily.ts';
import { defineGate } from './define-gate.ts';
import type { SeedEvidence } from './gate.ts';
import { wholeFrom } from './numbers.ts';
import { count, dailyReturnsOf, saySeed, worstSeed } from './worst.ts';

/** At least `minimumSeeds` seeds must be evaluated, as a single training may be luck. */
export const seedsGate = defineGate({
  id: 'seeds',
  rule: 1,
  asks: 'trainings with different seeds, each evaluated on every fold',
  source: 'ours: a single training may be luck',
  numbers: z.strictObject({ minimumSeeds: wholeFrom(1, 'trainings with different seeds that must have been evaluated') }),
  op: '>=',
  threshold: ({ minimumSeeds }) => minimumSeeds,
  observe: ({ seeds }, { minimumSeeds }) => {
    const evaluated = new Set(seeds.map(({ seed }) => seed)).size;
    return { observed: evaluated, because: `${evaluated} of at least ${minimumSeeds} seeds were evaluated${sayAlike(seeds)}` };
  },
});

/** Fewer days tell nothing, however good they are. */
export const daysGate = defineGate({
  id: 'days',
  rule: 1,
  asks: 'daily returns of each seed on days that the search never saw',
  source: 'GATES: at least 60 daily returns for the statistical part',
  numbers: z.strictObject({ minimumDays: wholeFrom(2, 'out-of-sample daily returns that every seed must have') }),
  op: '>=',
  threshold: ({ minimumDays }) => minimumDays,
  observe: (evidence, { minimumDays }) => {
    const { seed, value } = worstSeed(evidence, 'higher', (one) => dailyReturnsOf(one).length);
    if (Number.isNaN(value)) return unknown('no seed was evaluated');
    return {
      observed: value,
      because: `${count(value)} of at least ${count(minimumDays)} days were evaluated (${saySeed(evidence, seed)})`,
    };
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
