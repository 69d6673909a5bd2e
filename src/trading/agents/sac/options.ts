import { z } from 'zod';
import { memoryMisfits, memoryShape } from '../encoders/memory.ts';
import { encoderMisfits, encoderShape } from '../encoders/observation.ts';
import { learningMisfits, learningShape } from '../learning.ts';
import { count, positive, settled, share, width } from '../options.ts';

/**
 * Soft actor-critic with automatic temperature: every setting. The defaults are those of stable-baselines3 (sac/sac.py), so that results
 * compare; those of prioritised replay are its paper's.
 */
export const sacOptions = z.strictObject({
  ...encoderShape,
  ...memoryShape('none'),
  ...learningShape,
  hidden: z
    .array(width)
    .min(1)
    .readonly()
    .default([256, 256])
    .meta({ description: 'widths of the hidden layers, of the actor and of both critics' }),
  gamma: z.number().min(0).lt(1).default(0.99).meta({ description: "discount of the next step's value" }),
  recall: z.enum(['window', 'episode']).default('window').meta({
    description:
      'with a memory, what it acts on: `window`, the last observations, as in a gradient step; `episode`, all since the episode began, at the cost of one step, though in episodes longer than the window it never learned from memories that old',
  }),
  sharedView: z
    .boolean()
    .default(true)
    .meta({ description: 'encoder and memory are one for actor and critics (moved by the critics), or each has its own' }),
  batchSize: count.default(256).meta({ description: 'rows of a gradient step' }),
  updatesPerStep: positive
    .default(1)
    .meta({ description: 'gradient steps per step of all copies; a fraction waits until a whole one is due' }),
  returnSteps: count.default(1).meta({ description: "steps of reward before the critics' value takes over" }),
  tau: z.number().gt(0).max(1).default(0.005).meta({ description: 'how far the target critics follow the critics at each step' }),
  initialTemperature: positive
    .default(1)
    .meta({ description: 'first weight of the entropy; keep it near the size of the rewards: 1 drowns rewards of .1' }),
  targetEntropy: z
    .union([z.number(), z.literal('auto')])
    .default('auto')
    .meta({ description: 'entropy that the temperature steers to, in nats; `auto` is minus the number of actions' }),
  capacity: count.default(1_000_000).meta({ description: 'transitions kept for replay' }),
  warmupSteps: z.int().min(0).default(100).meta({ description: 'transitions taken with uniformly random actions before the first update' }),
  priorityExponent: share.default(0).meta({
    description:
      "how much likelier what surprised the critics is replayed: the exponent of its error; 0 replays all alike, the paper's is about 0.6",
  }),
  priorityCorrection: share.default(0.4).meta({ description: 'how much of that bias the loss takes back at first; it rises to 1' }),
  priorityCorrectionSteps: count.default(100_000).meta({ description: 'gradient steps until all of it is' }),
});

export type SacOptions = Readonly<z.output<typeof sacOptions>>;

export const sacDefaults: SacOptions = sacOptions.parse({});

/** @throws AssayError `params_invalid` naming the first setting that cannot be. */
export function checkSacOptions(options: Partial<SacOptions>): SacOptions {
  return settled('sac', sacOptions, options, (settings) => ({
    ...encoderMisfits(settings),
    ...memoryMisfits(settings),
    ...learningMisfits(settings),
  }));
}
