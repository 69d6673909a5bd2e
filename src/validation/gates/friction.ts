import { z } from 'zod';
import type { FoldEvaluation } from '../../search/study/walk-forward.ts';
import { defineGate } from './define-gate.ts';
import { atLeastZero } from './numbers.ts';

/**
 * Costs must be charged, by one kind of cost model on every fold. In basis points: each rate at least as high as required. By the unit: a fee
 * of each instrument, and a slippage in ticks at least as high as required (with the cost model `spread`, half of the mean spread). Costs
 * must be paid on every fold with trades. The source asks for 1.0 bp and a penalty of 2.0 bp that it defines nowhere; its configuration
 * charges 1.0 bp and an impact of 0.5 bp, which the platform's rules require. `observed` is the lowest sum of the two rates, or the lowest
 * slippage; the threshold is in the same unit.
 */
const frictionRule = <const Id extends string>(id: Id, source: string) =>
  defineGate({
    id,
    rule: 2,
    asks: 'costs charged on every evaluation, and paid on every one with trades: the sum of both rates in basis points, or the slippage in ticks',
    source,
    numbers: z.strictObject({
      transactionBp: atLeastZero('fee in basis points that every evaluation must have charged'),
      impactBp: atLeastZero('market impact in basis points that every evaluation must have charged'),
      slippageTicks: atLeastZero(
        'slippage in ticks that every evaluation by the unit must have charged on each side, beside the fee of every instrument',
      ),
    }),
    op: '>=',
    threshold: ({ transactionBp, impactBp, slippageTicks }, { seeds }) =>
      seeds.some(({ folds }) => folds.some(isByUnit)) ? slippageTicks : transactionBp + impactBp,
    observe: ({ seeds }, { transactionBp, impactBp, slippageTicks }) => {
      const folds = seeds.flatMap((seed) => seed.folds);
      const byUnit = folds.filter(isByUnit).length;
      if (byUnit > 0 && byUnit < folds.length)
        return {
          observed: Number.NaN,
          because: `${byUnit} of ${folds.length} evaluations were charged by the unit, the others in basis points`,
        };
      const charged = folds.map(({ metrics, friction }) =>
        byUnit > 0 ? metrics['slippageTicks']! : friction.transactionBp + friction.impactBp,
      );
      const observed = folds.length === 0 || charged.some(Number.isNaN) ? Number.NaN : Math.min(...charged);
      const unpaid = folds.filter(({ metrics, friction }) => !(friction.paid > 0) && metrics['turnover'] !== 0).length;
      const isCharged = ({ metrics, friction }: FoldEvaluation): boolean =>
        byUnit > 0
          ? metrics['slippageTicks']! >= slippageTicks && feesOf(metrics).every((fee) => fee > 0)
          : friction.transactionBp >= transactionBp && friction.impactBp >= impactBp;
      const refused = folds.length === 0 || !folds.every(isCharged) || unpaid > 0;
      if (unpaid > 0) return { observed, refused, because: `${unpaid} of ${folds.length} evaluations traded without paying` };
      const rates =
        byUnit > 0
          ? `a fee of every instrument and a slippage of ${slippageTicks} ticks a side`
          : `${transactionBp} bp per trade and ${impactBp} bp market impact`;
      const because = refused
        ? `${rates} are needed on every evaluation`
        : `at least ${rates} were charged on all ${folds.length} evaluations`;
      return { observed, refused, because };
    },
  });

export const frictionGate = frictionRule('friction', 'ours: what the environment charges unless told otherwise');
export const sprintFrictionGate = frictionRule('s1-friction', 'first source, G4');

function isByUnit({ metrics }: FoldEvaluation): boolean {
  return metrics['slippageTicks'] !== undefined;
}

function feesOf(metrics: FoldEvaluation['metrics']): readonly number[] {
  const fees = Object.entries(metrics).filter(([name]) => name.startsWith('feePerSide.'));
  return fees.length === 0 ? [Number.NaN] : fees.map(([, fee]) => fee);
}
