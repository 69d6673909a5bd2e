import { z } from 'zod';

const count = z.int().min(1);
const fraction = z.number().gt(0).max(1);
const basisPoints = z.number().min(0);

/**
 * Numbers of the promotion gates. Platform policy: a study cannot change its own thresholds. There are no defaults; configs/gates.yaml
 * states every number.
 */
export const gateRules = z.strictObject({
  minimumSeeds: count.meta({ description: 'trainings with different seeds that must have been evaluated' }),
  steps: count.meta({ description: 'out-of-sample steps that return and drawdown are taken over' }),
  minimumReturn: z.number().meta({ description: 'net return over those steps, inclusive' }),
  maximumDrawdown: fraction.meta({
    description: 'largest fall from the peak over those steps, inclusive; also how strict the drawdown limit of every evaluation must be',
  }),
  friction: z.strictObject({
    transactionBp: basisPoints.meta({ description: 'fee in basis points that every evaluation must have charged' }),
    impactBp: basisPoints.meta({ description: 'market impact in basis points that every evaluation must have charged' }),
    slippageTicks: basisPoints.meta({
      description: 'slippage in ticks that every evaluation by the unit must have charged on each side, beside the fee of every instrument',
    }),
  }),
  shaping: z.strictObject({
    maximumShare: z.number().min(0).max(1).meta({ description: 'share of shaping in the training reward of an evaluation, inclusive' }),
    minimumCorrelation: z
      .number()
      .min(-1)
      .max(1)
      .meta({ description: 'rank correlation of rewards and net P&L, over all sessions of a seed, that a shaped reward must have' }),
  }),
  deflatedSharpe: z.strictObject({
    minimum: fraction.meta({
      description: 'probability that the true Sharpe ratio is above what the luckiest of all worthless trials would show',
    }),
    minimumDays: z.int().min(2).meta({ description: 'daily returns below which the gate fails, whatever they say' }),
  }),
});

export type GateRules = z.output<typeof gateRules>;
