import { AssayError } from '../../../core/errors.ts';

/** Soft actor-critic with automatic temperature: every setting. */
export interface SacOptions {
  /** Widths of the hidden layers, of the actor and of both critics. */
  readonly hidden: readonly number[];
  readonly batchSize: number;
  /** Adam's, for actor, critics and temperature alike. */
  readonly learningRate: number;
  /** Discount of the next step's value. */
  readonly gamma: number;
  /** How far the target critics follow the critics at each step. */
  readonly tau: number;
  /** First value of alpha, the weight of the entropy. Keep it near the size of the rewards: 1 drowns rewards of .1. */
  readonly initialTemperature: number;
  /** Entropy the temperature steers to, in nats; `auto` is minus the number of actions. */
  readonly targetEntropy: number | 'auto';
  /** Transitions kept for replay. */
  readonly capacity: number;
  /** Transitions taken with uniformly random actions before the first update. */
  readonly warmupSteps: number;
  /** Gradient steps per step of the whole vector of environments; a fraction waits until a whole one is due. */
  readonly updatesPerStep: number;
}

/** The defaults of stable-baselines3 (sac/sac.py), so that results compare. */
export const sacDefaults: SacOptions = {
  hidden: [256, 256],
  batchSize: 256,
  learningRate: 3e-4,
  gamma: 0.99,
  tau: 0.005,
  initialTemperature: 1,
  targetEntropy: 'auto',
  capacity: 1_000_000,
  warmupSteps: 100,
  updatesPerStep: 1,
};

/** Throws `params_invalid` naming the first setting that cannot be. */
export function checkSacOptions(options: SacOptions): SacOptions {
  const positiveInteger = (x: number) => Number.isInteger(x) && x > 0;
  const positive = (x: number) => Number.isFinite(x) && x > 0;
  const holds: Readonly<Record<keyof SacOptions, readonly [boolean, string]>> = {
    hidden: [options.hidden.length > 0 && options.hidden.every(positiveInteger), 'a list of positive widths'],
    batchSize: [positiveInteger(options.batchSize), 'a positive integer'],
    learningRate: [positive(options.learningRate), 'positive'],
    gamma: [options.gamma >= 0 && options.gamma < 1, 'in [0, 1)'],
    tau: [options.tau > 0 && options.tau <= 1, 'in (0, 1]'],
    initialTemperature: [positive(options.initialTemperature), 'positive'],
    targetEntropy: [options.targetEntropy === 'auto' || Number.isFinite(options.targetEntropy), 'a number or auto'],
    capacity: [positiveInteger(options.capacity), 'a positive integer'],
    warmupSteps: [Number.isInteger(options.warmupSteps) && options.warmupSteps >= 0, 'a whole number'],
    updatesPerStep: [positive(options.updatesPerStep), 'positive'],
  };
  for (const [name, [fits, wanted]] of Object.entries(holds)) {
    const value = options[name as keyof SacOptions];
    if (!fits) throw new AssayError('params_invalid', `${name} must be ${wanted}, got ${String(value)}`, { place: `sac ${name}` });
  }
  return options;
}
