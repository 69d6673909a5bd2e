import { z } from 'zod';

const amount = z.number().min(0);
const basisPoints = z.number().min(0);
const margin = z.number().gt(0);

/**
 * What is charged for a trade. `bp`: in basis points of the value traded. `contract`: in account currency and ticks per contract or share
 * and side. `spread`: the same, with half of the bar's spread in place of a fixed slippage.
 */
const costModel = z.discriminatedUnion(
  'model',
  [
    z.strictObject({
      model: z.literal('bp').optional().meta({ description: 'a share of the value traded, and market impact' }),
      transactionBp: basisPoints.meta({ description: 'fee of the traded value, in basis points' }),
      impactBp: basisPoints.meta({ description: 'market impact in basis points; the rate grows with the trade up to $100,000' }),
    }),
    z.strictObject({
      model: z.literal('contract').meta({ description: '`feePerSide` of each instrument, and a slippage of a fixed number of its ticks' }),
      slippageTicks: amount.meta({ description: 'slippage of each unit and side, in ticks' }),
    }),
    z.strictObject({
      model: z.literal('spread').meta({
        description:
          "`feePerSide` of each instrument, and half of what the data set's column `spread` (in ticks) says for the bar of the fill",
      }),
    }),
  ],
  { error: ({ code }) => (code === 'invalid_union' ? 'must be bp, contract or spread' : undefined) },
);

export type CostModel = Readonly<z.output<typeof costModel>>;

/** What is known of an instrument; a value given here goes before the data set's own. */
const instrumentTerms = z.strictObject({
  unit: z
    .enum(['share', 'contract'])
    .optional()
    .meta({ description: 'a contract pays no notional, only its gains and losses; a share is paid' }),
  multiplier: z.number().gt(0).optional().meta({ description: 'account currency per point of price and unit: 2 for MNQ, 1 for a share' }),
  tick: z.number().gt(0).optional().meta({ description: 'smallest difference of two prices' }),
  feePerSide: amount.optional().meta({ description: 'all fees of one unit and side, in account currency' }),
  initialMargin: margin.optional().meta({ description: 'account currency that one unit needs when it is bought or sold short' }),
  maintenanceMargin: margin
    .optional()
    .meta({ description: 'account currency that one unit needs at the end of each bar; below it everything is closed at the next open' }),
  maxUnits: z.number().gt(0).optional().meta({ description: 'largest position in either direction (none: no limit beside the margin)' }),
  fractional: z
    .boolean()
    .optional()
    .meta({ description: 'true: units can be divided. By default shares of the sizing `weights` can, all others cannot' }),
});

/** Rules of the account; the same for training, evaluation and the baselines. */
export const environmentOptions = z.strictObject({
  capital: z.number().gt(0).default(100_000).meta({ description: 'start value of an account, in account currency' }),
  grossExposure: z
    .number()
    .gt(0)
    .max(20)
    .default(0.5)
    .meta({ description: 'sum of the absolute weights at full positions; an action of 1 is this weight over the number of assets' }),
  sizing: z.enum(['weights', 'exposure', 'margin']).default('weights').meta({
    description:
      'what an action of 1 holds. `weights`: this weight of NAV in fractional shares, kept by trading in every bar; `exposure`: the whole units nearest to this weight; `margin`: the most units that the margin allows',
  }),
  marginUse: z.number().gt(0).max(1).default(0.9).meta({
    description: 'share of NAV that may be bound as initial margin, divided evenly between the assets',
  }),
  deadBand: amount.default(0).meta({
    description:
      'a position is kept while the wanted one differs by less: in units before rounding, with the sizing `weights` in actions (1: a full position)',
  }),
  overnight: z.enum(['flat', 'hold']).default('flat').meta({
    description: '`flat`: everything is closed at the close of each session; `hold`: positions are carried over to the next',
  }),
  latencyBars: z.int().min(0).max(100).default(0).meta({
    description: 'number of bars by which an order is filled later than at the open of the next bar; orders end with their session',
  }),
  maxDrawdown: z.number().gt(0).max(1).default(0.02).meta({
    description:
      'largest fall from the peak, a fraction; an episode ends beyond it: everything is sold. A backtest counts it and goes on with what is left, from a fresh peak',
  }),
  costs: costModel
    .default({ transactionBp: 1, impactBp: 0.5 })
    .meta({ description: 'costs of trades, the same for the account, the reward and evaluation' }),
  instruments: z
    .record(z.string(), instrumentTerms)
    .optional()
    .meta({ description: 'facts, fees and margins by symbol or by the root of a future (`NQ`); they go before those of the data set' }),
  positions: z.int().min(2).max(101).optional().meta({
    description:
      'number of positions per asset that an agent chooses from, evenly from -1 to 1 (3: short, flat, long); `recurrent-ppo` only (none: any position)',
  }),
});

export type EnvironmentConfig = Readonly<z.output<typeof environmentOptions>>;
export type InstrumentTerms = Readonly<z.output<typeof instrumentTerms>>;
export const environmentDefaults: EnvironmentConfig = environmentOptions.parse({});
