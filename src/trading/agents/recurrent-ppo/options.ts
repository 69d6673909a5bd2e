import type { OptimizerSettings } from '../../../tensor/nn/optimizers/optimizer.ts';
import { type MemoryKind, type MemorySizes, memoryDefaults, memoryKinds, memoryRules } from '../encoders/memory.ts';
import { type EncoderSizes, encoderDefaults, encoderRules } from '../encoders/observation.ts';
import { learningDefaults, learningRules } from '../learning.ts';
import { checkOptions, positive, positiveInteger } from '../options.ts';

/** Proximal policy optimisation with memory: every setting. */
export interface RecurrentPpoOptions extends EncoderSizes, MemorySizes, OptimizerSettings {
  /** `none` is the same network, made to forget before every step: the control of what memory is worth. */
  readonly memory: MemoryKind | 'none';
  /** How far a memory of attention looks back. */
  readonly window: number;
  /** Widths of the tanh layers after the memory, of the actor and of the critic. */
  readonly hidden: readonly number[];
  /** Steps of every environment between two rounds of learning. */
  readonly rolloutSteps: number;
  /** Steps through which gradients flow back; a rollout is cut into sequences of this length. */
  readonly sequenceSteps: number;
  /** Sequences of one gradient step. */
  readonly batchSequences: number;
  readonly epochs: number;
  readonly gamma: number;
  readonly lambda: number;
  /** How far the probability of an action may move from its old one before it stops to count. */
  readonly clip: number;
  readonly entropyWeight: number;
  readonly valueWeight: number;
  readonly largestGradientNorm: number;
  /** Learning from a rollout ends where a batch has moved the policy by 1.5 times this approximate KL divergence; 0: never. */
  readonly targetKl: number;
  /** Observations are shown as (x - mean) / deviation of all seen so far, rewards divided by the deviation of discounted returns. */
  readonly normalise: boolean;
}

/**
 * The defaults of sb3-contrib (ppo_recurrent.py) with LSTM 128; its batch of 128 rows is 8 sequences of 16 steps here, and
 * observations and rewards are normalised as its benchmarks do.
 */
export const recurrentPpoDefaults: RecurrentPpoOptions = {
  ...encoderDefaults,
  ...memoryDefaults,
  ...learningDefaults,
  memory: 'lstm',
  memoryWidth: 128,
  memoryLayers: 1,
  window: 60,
  hidden: [64, 64],
  rolloutSteps: 128,
  sequenceSteps: 16,
  batchSequences: 8,
  epochs: 10,
  gamma: 0.99,
  lambda: 0.95,
  clip: 0.2,
  entropyWeight: 0,
  valueWeight: 0.5,
  largestGradientNorm: 0.5,
  targetKl: 0,
  normalise: true,
};

/** Throws `params_invalid` naming the first setting that cannot be. */
export function checkRecurrentPpoOptions(options: RecurrentPpoOptions, environments: number): RecurrentPpoOptions {
  const share = (x: number) => x >= 0 && x <= 1;
  const sequences = (options.rolloutSteps / options.sequenceSteps) * environments;
  return checkOptions('recurrent-ppo', options, {
    ...encoderRules(options),
    ...memoryRules(options.memory, options),
    ...learningRules(options),
    memory: [options.memory === 'none' || memoryKinds.includes(options.memory), `${memoryKinds.join(', ')} or none`],
    window: [Number.isInteger(options.window) && options.window > 1, 'an integer of at least 2'],
    hidden: [options.hidden.every(positiveInteger), 'a list of positive widths'],
    rolloutSteps: [positiveInteger(options.rolloutSteps), 'a positive integer'],
    sequenceSteps: [
      positiveInteger(options.sequenceSteps) && options.rolloutSteps % options.sequenceSteps === 0,
      `a divisor of rolloutSteps (${options.rolloutSteps})`,
    ],
    batchSequences: [
      positiveInteger(options.batchSequences) && sequences % options.batchSequences === 0,
      `a divisor of the ${sequences} sequences of a rollout`,
    ],
    epochs: [positiveInteger(options.epochs), 'a positive integer'],
    gamma: [options.gamma >= 0 && options.gamma < 1, 'in [0, 1)'],
    lambda: [share(options.lambda), 'in [0, 1]'],
    clip: [positive(options.clip), 'positive'],
    entropyWeight: [options.entropyWeight >= 0 && Number.isFinite(options.entropyWeight), 'not negative'],
    valueWeight: [options.valueWeight >= 0 && Number.isFinite(options.valueWeight), 'not negative'],
    largestGradientNorm: [positive(options.largestGradientNorm), 'positive'],
    targetKl: [options.targetKl >= 0 && Number.isFinite(options.targetKl), 'not negative'],
    normalise: [typeof options.normalise === 'boolean', 'true or false'],
  });
}
