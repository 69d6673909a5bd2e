import { z } from 'zod';
import type { FoldEvaluation } from '../../search/study/walk-forward.ts';
import { defineGate } from './define-gate.ts';
import { drawdown } from './numbers.ts';
import { count, percent, saySeed, worstSeed } from './worst.ts';

/**
 * No episode may end early, under a drawdown limit at least as strict as the required one: a limit of 100 % never ends an episode and
 * proves nothing. `observed` counts the early terminations of the worst seed, and its margin calls.
 */
const stabilityRule = <const Id extends string>(id: Id, source: string) =>
  defineGate({
    id,
    rule: 2,
    asks: 'episodes that the drawdown limit ended, and margin calls, of the worst seed, under a limit that is strict enough to mean something',
    source,
    numbers: z.strictObject({ maximumDrawdown: drawdown('loosest drawdown limit that evaluations may have run under, inclusive') }),
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

export const stabilityGate = stabilityRule('stability', 'ours');
export const sprintStabilityGate = stabilityRule('s1-stability', 'first source, G3');

/** Accounts without margin have no such metric. */
function marginCallsOf({ metrics }: FoldEvaluation): number {
  return metrics['marginCalls'] ?? 0;
}
