import type { OptimizerSettings } from '../../../tensor/nn/optimizers/optimizer.ts';
import { type MemoryKind, type MemorySizes, memoryDefaults, memoryKinds, memoryRules } from '../encoders/memory.ts';
import { type EncoderSizes, encoderDefaults, encoderRules } from '../encoders/observation.ts';
import { learningDefaults, learningRules } from '../learning.ts';
import { checkOptions, positive, positiveInteger } from '../options.ts';

/** Soft actor-critic with automatic temperature: every setting. */
export interface SacOptions extends EncoderSizes, MemorySizes, OptimizerSettings {
  /** What is remembered of earlier observations; `none` acts on the last one alone. */
  readonly memory: MemoryKind | 'none';
  /** Observations of a window, the last included: what a gradient step remembers, and how far attention looks back. */
  readonly window: number;
  /**
   * What is remembered when it acts. `window` sees the last observations as a gradient step does, all of them again at each step;
   * `episode` remembers all since the episode began at the cost of one step, but in episodes longer than the window it then acts
   * on memories of an age that it never learned from.
   */
  readonly recall: 'window' | 'episode';
  /** Whether encoder and memory are one for actor and critics, or each has its own. */
  readonly sharedView: boolean;
  /** Widths of the hidden layers, of the actor and of both critics. */
  readonly hidden: readonly number[];
  readonly batchSize: number;
  /** Discount of the next step's value. */
  readonly gamma: number;
  /** Steps of reward in a target before the critics' value takes over. */
  readonly returnSteps: number;
  /** How far the target critics follow the critics at each step. */
  readonly tau: number;
  /** First value of alpha, the weight of the entropy. Keep it near the size of the rewards: 1 drowns rewards of .1. */
  readonly initialTemperature: number;
  /** Entropy the temperature steers to, in nats; `auto` is minus the number of actions. */
  readonly targetEntropy: number | 'auto';
  /** Transitions kept for replay. */
  readonly capacity: number;
  /** How much likelier what surprised the critics is replayed: the exponent of its error; 0 replays all alike. */
  readonly priorityExponent: number;
  /** How much of that bias is taken back in the loss at first, from 0 to 1; it rises to 1. */
  readonly priorityCorrection: number;
  /** Gradient steps until all of it is. */
  readonly priorityCorrectionSteps: number;
  /** Transitions taken with uniformly random actions before the first update. */
  readonly warmupSteps: number;
  /** Gradient steps per step of the whole vector of environments; a fraction waits until a whole one is due. */
  readonly updatesPerStep: number;
}

/** The defaults of stable-baselines3 (sac/sac.py), so that results compare; those of prioritised replay are its paper's. */
export const sacDefaults: SacOptions = {
  ...encoderDefaults,
  ...memoryDefaults,
  ...learningDefaults,
  memory: 'none',
  window: 60,
  recall: 'window',
  sharedView: true,
  hidden: [256, 256],
  batchSize: 256,
  gamma: 0.99,
  returnSteps: 1,
  tau: 0.005,
  initialTemperature: 1,
  targetEntropy: 'auto',
  capacity: 1_000_000,
  priorityExponent: 0,
  priorityCorrection: 0.4,
  priorityCorrectionSteps: 100_000,
  warmupSteps: 100,
  updatesPerStep: 1,
};

/** Throws `params_invalid` naming the first setting that cannot be. */
export function checkSacOptions(options: SacOptions): SacOptions {
  const share = (x: number) => x >= 0 && x <= 1;
  return checkOptions('sac', options, {
    ...encoderRules(options),
    ...memoryRules(options.memory, options),
    ...learningRules(options),
    memory: [options.memory === 'none' || memoryKinds.includes(options.memory), `none, ${memoryKinds.join(', ')}`],
    window: [Number.isInteger(options.window) && options.window > 1, 'an integer of at least 2'],
    recall: [['window', 'episode'].includes(options.recall), 'window or episode'],
    sharedView: [typeof options.sharedView === 'boolean', 'true or false'],
    hidden: [options.hidden.length > 0 && options.hidden.every(positiveInteger), 'a list of positive widths'],
    batchSize: [positiveInteger(options.batchSize), 'a positive integer'],
    gamma: [options.gamma >= 0 && options.gamma < 1, 'in [0, 1)'],
    returnSteps: [positiveInteger(options.returnSteps), 'a positive integer'],
    tau: [options.tau > 0 && options.tau <= 1, 'in (0, 1]'],
    initialTemperature: [positive(options.initialTemperature), 'positive'],
    targetEntropy: [options.targetEntropy === 'auto' || Number.isFinite(options.targetEntropy), 'a number or auto'],
    capacity: [positiveInteger(options.capacity), 'a positive integer'],
    priorityExponent: [share(options.priorityExponent), 'in [0, 1]'],
    priorityCorrection: [share(options.priorityCorrection), 'in [0, 1]'],
    priorityCorrectionSteps: [positiveInteger(options.priorityCorrectionSteps), 'a positive integer'],
    warmupSteps: [Number.isInteger(options.warmupSteps) && options.warmupSteps >= 0, 'a whole number'],
    updatesPerStep: [positive(options.updatesPerStep), 'positive'],
  });
}
