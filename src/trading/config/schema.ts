import { z } from 'zod';
import { featureSetOf } from '../../features/index.ts';
import { executorChoices } from '../../tensor/executors/executor.ts';
import { schedules } from '../../tensor/nn/optimizers/learning-rate.ts';
import { optimizers } from '../../tensor/nn/optimizers/optimizer.ts';
import type { AgentId } from '../agents/create.ts';
import { memoryKinds } from '../agents/encoders/memory.ts';
import { recurrentPpoDefaults } from '../agents/recurrent-ppo/options.ts';
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
  /** Positions per asset that an agent picks from, evenly from -1 to 1; left out, any position. */
  positions: z.int().min(2).max(101).optional(),
});

const training = z.strictObject({
  /** Copies of the environment stepped together. */
  environments: count,
  /** Gradient steps of a trial. */
  updates: count,
  /** Agents of a trial, each with a seed of its own; it reports their mean. */
  seeds: count.max(64).default(1),
  /** Steps after which an episode is cut off. */
  episodeSteps: count,
  /** Rewards are in account currency times this over the capital. */
  rewardScale: z.number().gt(0),
  /** What computes. */
  executor: z.enum(executorChoices).default('auto'),
});

const share = z.number().min(0).max(1);

/** What encodes observations, what remembers them and how it learns, with an agent's own defaults. */
const networkShape = (defaults: typeof sacDefaults | typeof recurrentPpoDefaults) => ({
  encoder: z.enum(['none', 'cross-ticker']).default(defaults.encoder),
  encoderWidth: width.default(defaults.encoderWidth),
  encoderLayers: count.default(defaults.encoderLayers),
  encoderHeads: count.default(defaults.encoderHeads),
  encoderInner: width.default(defaults.encoderInner),
  encoderOutputs: width.default(defaults.encoderOutputs),
  memory: z.enum(['none', ...memoryKinds]).default(defaults.memory),
  memoryWidth: width.default(defaults.memoryWidth),
  memoryLayers: count.default(defaults.memoryLayers),
  stateWidth: width.default(defaults.stateWidth),
  taps: z.int().min(2).default(defaults.taps),
  expand: count.default(defaults.expand),
  headWidth: width.default(defaults.headWidth),
  heads: count.default(defaults.heads),
  window: z.int().min(2).default(defaults.window),
  optimizer: z.enum(optimizers).default(defaults.optimizer),
  learningRate: z.number().gt(0).default(defaults.learningRate),
  schedule: z.enum(schedules).default(defaults.schedule),
  warmupUpdates: z.int().min(0).default(defaults.warmupUpdates),
  /** 0: the rate falls until the training ends. */
  decayUpdates: z.int().min(0).default(defaults.decayUpdates),
  lastRate: share.default(defaults.lastRate),
  weightDecay: z.number().min(0).default(defaults.weightDecay),
  momentum: z.number().min(0).lt(1).default(defaults.momentum),
  gamma: z.number().min(0).lt(1).default(defaults.gamma),
});

/** The agents before a trial's parameters come over them. */
const agents = {
  sac: z
    .strictObject({
      id: z.literal('sac').default('sac'),
      ...networkShape(sacDefaults),
      hidden: z
        .array(width)
        .min(1)
        .default([...sacDefaults.hidden]),
      recall: z.enum(['window', 'episode']).default(sacDefaults.recall),
      sharedView: z.boolean().default(sacDefaults.sharedView),
      batchSize: count.default(sacDefaults.batchSize),
      returnSteps: count.default(sacDefaults.returnSteps),
      tau: fraction.default(sacDefaults.tau),
      initialTemperature: z.number().gt(0).default(sacDefaults.initialTemperature),
      targetEntropy: z.union([z.number(), z.literal('auto')]).default(sacDefaults.targetEntropy),
      capacity: count.default(sacDefaults.capacity),
      priorityExponent: share.default(sacDefaults.priorityExponent),
      priorityCorrection: share.default(sacDefaults.priorityCorrection),
      priorityCorrectionSteps: count.default(sacDefaults.priorityCorrectionSteps),
      warmupSteps: z.int().min(0).default(sacDefaults.warmupSteps),
      updatesPerStep: z.number().gt(0).default(sacDefaults.updatesPerStep),
    })
    .prefault({}),
  'recurrent-ppo': z.strictObject({
    id: z.literal('recurrent-ppo'),
    ...networkShape(recurrentPpoDefaults),
    hidden: z.array(width).default([...recurrentPpoDefaults.hidden]),
    rolloutSteps: count.default(recurrentPpoDefaults.rolloutSteps),
    sequenceSteps: count.default(recurrentPpoDefaults.sequenceSteps),
    batchSequences: count.default(recurrentPpoDefaults.batchSequences),
    epochs: count.default(recurrentPpoDefaults.epochs),
    lambda: share.default(recurrentPpoDefaults.lambda),
    clip: z.number().gt(0).default(recurrentPpoDefaults.clip),
    entropyWeight: z.number().min(0).default(recurrentPpoDefaults.entropyWeight),
    valueWeight: z.number().min(0).default(recurrentPpoDefaults.valueWeight),
    largestGradientNorm: z.number().gt(0).default(recurrentPpoDefaults.largestGradientNorm),
    targetKl: z.number().min(0).default(recurrentPpoDefaults.targetKl),
    normalise: z.boolean().default(recurrentPpoDefaults.normalise),
  }),
} as const;

const sessions = z.strictObject({
  /** Sessions that the search may see. */
  searchSessions: count,
  /** Those at its end that the objective is measured on. */
  innerSessions: count.min(3, 'a Sharpe ratio needs at least three sessions'),
  /** Sessions left out at the end of every training part. */
  purgeSessions: z.int().min(0),
  /** Sessions of each walk-forward test. */
  testSessions: count,
  folds: count,
});

/** Everything of a trading study that is not searched, for the agent that the study is written for. Unknown keys are errors. */
export function tradingConfigSchema<Id extends AgentId>(agent: Id) {
  return z.strictObject({
    dataset: z.string().min(1),
    features: featureSet,
    environment: environment.prefault({}),
    training,
    agent: agents[agent],
    sessions,
    /** How often a trial reports its value. */
    reports: count.default(4),
    /** How old the last checkpoint of a trial may be. */
    checkpointSeconds: z.number().gt(0).default(60),
  });
}

export type TradingConfig<Id extends AgentId = 'sac'> = z.output<ReturnType<typeof tradingConfigSchema<Id>>>;
