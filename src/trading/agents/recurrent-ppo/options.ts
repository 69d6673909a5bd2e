import { z } from 'zod';
import { memoryConflicts, memoryShape } from '../encoders/memory.ts';
import { encoderConflicts, encoderShape } from '../encoders/observation.ts';
import { learningConflicts, learningShape } from '../learning.ts';
import { type Conflicts, count, divides, notNegative, positive, settled, share, width } from '../options.ts';

/**
 * All settings of proximal policy optimisation with memory. The defaults are those of sb3-contrib (ppo_recurrent.py) with LSTM 128; its
 * batch of 128 rows is 8 sequences of 16 steps here, and observations and rewards are normalised as in its benchmarks.
 */
export const recurrentPpoOptions = z.strictObject({
  ...encoderShape,
  ...memoryShape('lstm', { memoryWidth: 128, memoryLayers: 1 }),
  ...learningShape,
  hidden: z
    .array(width)
    .readonly()
    .default([64, 64])
    .meta({ description: 'widths of the tanh layers after the memory, of the actor and of the critic' }),
  gamma: z.number().min(0).lt(1).default(0.99).meta({ description: "discount of the next step's value" }),
  rolloutSteps: count.default(128).meta({ description: 'steps of every copy per rollout, between two rounds of learning' }),
  sequenceSteps: count.default(16).meta({ description: 'steps that gradients flow back through; divides rolloutSteps' }),
  batchSequences: count.default(8).meta({ description: 'sequences of a gradient step; divides the number of sequences of a rollout' }),
  epochs: count.default(10).meta({ description: 'passes over a rollout' }),
  targetKl: notNegative.default(0).meta({
    description: 'passes over a rollout end early once a batch has moved the policy by 1.5 times this approximate KL divergence; 0: never',
  }),
  lambda: share.default(0.95).meta({ description: 'lambda of the advantages (GAE)' }),
  clip: positive
    .default(0.2)
    .meta({ description: 'range of the probability ratio, 1 - clip to 1 + clip, beyond which an action has no gradient' }),
  entropyWeight: notNegative.default(0).meta({ description: 'weight of the entropy in the loss' }),
  valueWeight: notNegative.default(0.5).meta({ description: "weight of the value's error in the loss" }),
  largestGradientNorm: positive.default(0.5).meta({ description: 'largest norm of the gradient' }),
  normalise: z.boolean().default(true).meta({
    description:
      'normalise observations to (x - mean) / deviation of all so far, and divide rewards by the deviation of discounted returns',
  }),
});

export type RecurrentPpoOptions = Readonly<z.output<typeof recurrentPpoOptions>>;

export const recurrentPpoDefaults: RecurrentPpoOptions = recurrentPpoOptions.parse({});

/**
 * Checks the settings and fills in the defaults.
 * @throws AssayError `params_invalid` naming the first invalid setting.
 */
export function checkRecurrentPpoOptions(options: Partial<RecurrentPpoOptions>, environments: number): RecurrentPpoOptions {
  return settled('recurrent-ppo', recurrentPpoOptions, options, (settings) => ({
    ...encoderConflicts(settings),
    ...memoryConflicts(settings),
    ...learningConflicts(settings),
    ...rolloutConflicts(settings, environments),
  }));
}

function rolloutConflicts(
  { rolloutSteps, sequenceSteps, batchSequences }: RecurrentPpoOptions,
  environments: number,
): Conflicts<RecurrentPpoOptions> {
  if (!divides(sequenceSteps, rolloutSteps)) return { sequenceSteps: `a divisor of rolloutSteps (${rolloutSteps})` };
  const sequences = (rolloutSteps / sequenceSteps) * environments;
  return divides(batchSequences, sequences) ? {} : { batchSequences: `a divisor of the ${sequences} sequences of a rollout` };
}
