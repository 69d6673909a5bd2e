import { z } from 'zod';
import { featureSetOf } from '../../features/index.ts';
import { sacDefaults } from '../agents/sac/options.ts';
import { environmentDefaults } from '../env/trading-env.ts';

const fraction = z.number().gt(0).max(1);
const basisPoints = z.number().min(0);
const count = z.int().min(1);
const width = z.int().min(1).max(4096);

const featureSet = z.string().refine(
  (id) => {
    try {
      return featureSetOf(id) !== undefined;
    } catch {
      return false;
    }
  },
  { error: 'unknown feature set' },
);

const environment = z.strictObject({
  /** Start value of an account. */
  capital: z.number().gt(0).default(environmentDefaults.capital),
  /** Sum of the absolute weights at full positions in every asset. */
  grossExposure: z.number().gt(0).max(4).default(environmentDefaults.grossExposure),
  /** An episode ends beyond this fall from the peak. */
  maxDrawdown: fraction.default(environmentDefaults.maxDrawdown),
  costs: z.strictObject({ transactionBp: basisPoints, impactBp: basisPoints }).default(environmentDefaults.costs),
});

const training = z.strictObject({
  /** Copies of the environment stepped together. */
  environments: count,
  /** Gradient steps of a trial. */
  updates: count,
  /** Steps after which an episode is cut off. */
  episodeSteps: count,
  /** Rewards are in account currency times this over the capital. */
  rewardScale: z.number().gt(0),
});

/** The agent before a trial's parameters come over it. */
const agent = z.strictObject({
  hidden: z
    .array(width)
    .min(1)
    .default([...sacDefaults.hidden]),
  batchSize: count.default(sacDefaults.batchSize),
  learningRate: z.number().gt(0).default(sacDefaults.learningRate),
  gamma: z.number().min(0).lt(1).default(sacDefaults.gamma),
  tau: fraction.default(sacDefaults.tau),
  initialTemperature: z.number().gt(0).default(sacDefaults.initialTemperature),
  targetEntropy: z.union([z.number(), z.literal('auto')]).default(sacDefaults.targetEntropy),
  capacity: count.default(sacDefaults.capacity),
  warmupSteps: z.int().min(0).default(sacDefaults.warmupSteps),
  updatesPerStep: z.number().gt(0).default(sacDefaults.updatesPerStep),
});

const sessions = z.strictObject({
  /** Sessions that the search may see. */
  searchSessions: count,
  /** Those at its end that the objective is measured on. */
  innerSessions: count.min(2, 'a Sharpe ratio needs at least two sessions'),
  /** Sessions left out at the end of every training part. */
  purgeSessions: z.int().min(0),
  /** Sessions of each walk-forward test. */
  testSessions: count,
  folds: count,
});

/** Everything of a trading study that is not searched. Unknown keys are errors. */
export const tradingConfigSchema = z.strictObject({
  dataset: z.string().min(1),
  features: featureSet,
  environment: environment.prefault({}),
  training,
  agent: agent.prefault({}),
  sessions,
  /** How often a trial reports its value. */
  reports: count.default(4),
});

export type TradingConfig = z.output<typeof tradingConfigSchema>;

/** The promotion gates' numbers. They belong to the platform, not to a study: nobody lowers the bar for his own. */
export const gateRulesSchema = z.strictObject({
  /** Trainings with different seeds that must have been judged. */
  minimumSeeds: count,
  /** Out-of-sample steps that return and drawdown are taken over. */
  steps: count,
  minimumReturn: z.number(),
  maximumDrawdown: fraction,
  friction: z.strictObject({ transactionBp: basisPoints, impactBp: basisPoints }),
  deflatedSharpe: z.strictObject({ minimum: fraction, minimumDays: z.int().min(2) }),
});
