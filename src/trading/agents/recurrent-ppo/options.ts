import { AssayError } from '../../../core/errors.ts';

/** Proximal policy optimisation with memory: every setting. */
export interface RecurrentPpoOptions {
  /** `none` is the same network, made to forget before every step: the control of what memory is worth. */
  readonly memory: 'lstm' | 'mamba-1' | 'mamba-2' | 'none';
  /** What stands before the memory; `cross-ticker` takes observations of two tickers. */
  readonly encoder: 'none' | 'cross-ticker';
  /** Width of the LSTM, or of the state-space layers. */
  readonly memoryWidth: number;
  /** State-space layers. */
  readonly memoryLayers: number;
  /** Widths of the tanh layers after the memory, of the actor and of the critic. */
  readonly hidden: readonly number[];
  /** Steps of every environment between two rounds of learning. */
  readonly rolloutSteps: number;
  /** Steps through which gradients flow back; a rollout is cut into sequences of this length. */
  readonly sequenceSteps: number;
  /** Sequences of one gradient step. */
  readonly batchSequences: number;
  readonly epochs: number;
  readonly learningRate: number;
  readonly gamma: number;
  readonly lambda: number;
  /** How far the probability of an action may move from its old one before it stops to count. */
  readonly clip: number;
  readonly entropyWeight: number;
  readonly valueWeight: number;
  readonly largestGradientNorm: number;
  /** Observations are shown as (x - mean) / deviation of all seen so far, rewards divided by the deviation of discounted returns. */
  readonly normalise: boolean;
}

/**
 * The defaults of sb3-contrib (ppo_recurrent.py) with LSTM 128; its batch of 128 rows is 8 sequences of 16 steps here, and
 * observations and rewards are normalised as its benchmarks do.
 */
export const recurrentPpoDefaults: RecurrentPpoOptions = {
  memory: 'lstm',
  encoder: 'none',
  memoryWidth: 128,
  memoryLayers: 1,
  hidden: [64, 64],
  rolloutSteps: 128,
  sequenceSteps: 16,
  batchSequences: 8,
  epochs: 10,
  learningRate: 3e-4,
  gamma: 0.99,
  lambda: 0.95,
  clip: 0.2,
  entropyWeight: 0,
  valueWeight: 0.5,
  largestGradientNorm: 0.5,
  normalise: true,
};

/** Throws `params_invalid` naming the first setting that cannot be. */
export function checkRecurrentPpoOptions(options: RecurrentPpoOptions, environments: number): RecurrentPpoOptions {
  const positiveInteger = (x: number) => Number.isInteger(x) && x > 0;
  const positive = (x: number) => Number.isFinite(x) && x > 0;
  const share = (x: number) => x >= 0 && x <= 1;
  const sequences = (options.rolloutSteps / options.sequenceSteps) * environments;
  const holds: Readonly<Record<keyof RecurrentPpoOptions, readonly [boolean, string]>> = {
    memory: [['lstm', 'mamba-1', 'mamba-2', 'none'].includes(options.memory), 'lstm, mamba-1, mamba-2 or none'],
    encoder: [['none', 'cross-ticker'].includes(options.encoder), 'none or cross-ticker'],
    memoryWidth: [positiveInteger(options.memoryWidth), 'a positive integer'],
    memoryLayers: [positiveInteger(options.memoryLayers), 'a positive integer'],
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
    learningRate: [positive(options.learningRate), 'positive'],
    gamma: [options.gamma >= 0 && options.gamma < 1, 'in [0, 1)'],
    lambda: [share(options.lambda), 'in [0, 1]'],
    clip: [positive(options.clip), 'positive'],
    entropyWeight: [options.entropyWeight >= 0 && Number.isFinite(options.entropyWeight), 'not negative'],
    valueWeight: [options.valueWeight >= 0 && Number.isFinite(options.valueWeight), 'not negative'],
    largestGradientNorm: [positive(options.largestGradientNorm), 'positive'],
    normalise: [typeof options.normalise === 'boolean', 'true or false'],
  };
  for (const [name, [fits, wanted]] of Object.entries(holds)) {
    const value = options[name as keyof RecurrentPpoOptions];
    if (!fits)
      throw new AssayError('params_invalid', `${name} must be ${wanted}, got ${String(value)}`, { place: `recurrent-ppo ${name}` });
  }
  return options;
}
