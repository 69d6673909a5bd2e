import { z } from 'zod';
import { memoryConflicts, memoryShape } from '../encoders/memory.ts';
import { encoderConflicts, encoderShape } from '../encoders/observation.ts';
import { learningConflicts, learningShape } from '../learning.ts';
import { count, positive, settled, share, width } from '../options.ts';

/**
 * All settings of soft actor-critic with automatic temperature. The defaults are those of stable-baselines3 (sac/sac.py), so that results
 * compare; those of prioritised replay are from its paper.
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
      'with a memory, what acting sees: `window`, the last observations, as in a gradient step; `episode`, all since the episode began: cheaper per step, but gradient steps never train memories older than the window',
  }),
  sharedView: z
    .boolean()
    .default(true)
    .meta({ description: 'true: actor and critics share one encoder and memory, trained by the critics; false: each has its own' }),
  batchSize: count.default(256).meta({ description: 'rows of a gradient step' }),
  updatesPerStep: positive
    .default(1)
    .meta({ description: 'gradient steps per step of all copies; fractions add up until a whole step is due' }),
  returnSteps: count.default(1).meta({ description: "n-step returns: steps of reward before the critics' value" }),
  tau: z.number().gt(0).max(1).default(0.005).meta({ description: 'share by which the target critics move to the critics at each step' }),
  initialTemperature: positive
    .default(1)
    .meta({ description: 'weight of the entropy at the start; choose it near the size of the rewards: 1 outweighs rewards of 0.1' }),
  targetEntropy: z
    .union([z.number(), z.literal('auto')])
    .default('auto')
    .meta({ description: 'entropy in nats that the temperature is adapted to; `auto` is minus the number of actions' }),
  capacity: count.default(1_000_000).meta({ description: 'transitions kept for replay' }),
  warmupSteps: z.int().min(0).default(100).meta({ description: 'transitions taken with uniformly random actions before the first update' }),
  priorityExponent: share.default(0).meta({
    description:
      "prioritised replay: exponent of the critics' error in a transition's probability; 0 is uniform, the paper's value is about 0.6",
  }),
  priorityCorrection: share
    .default(0.4)
    .meta({ description: 'exponent of the importance weights that correct for it, at the start; it rises to 1' }),
  priorityCorrectionSteps: count.default(100_000).meta({ description: 'gradient steps until that exponent is 1' }),
});

export type SacOptions = Readonly<z.output<typeof sacOptions>>;

export const sacDefaults: SacOptions = sacOptions.parse({});

/**
 * Checks the settings and fills in the defaults.
 * @throws AssayError `params_invalid` naming the first invalid setting.
 */
export function checkSacOptions(options: Partial<SacOptions>): SacOptions {
  return settled('sac', sacOptions, options, (settings) => ({
    ...encoderConflicts(settings),
    ...memoryConflicts(settings),
    ...learningConflicts(settings),
  }));
}
