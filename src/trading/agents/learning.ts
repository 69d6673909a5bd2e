import { z } from 'zod';
import { schedules } from '../../tensor/nn/optimizers/learning-rate.ts';
import { type OptimizerSettings, optimizers } from '../../tensor/nn/optimizers/optimizer.ts';
import { type Conflicts, notNegative, positive, share } from './options.ts';

/** Settings of the optimizer. Default: Adam at a constant rate, as in stable-baselines3. */
export const learningShape = {
  optimizer: z.enum(optimizers).default('adam').meta({ description: 'rule that turns a gradient into a step' }),
  learningRate: positive.default(3e-4).meta({ description: 'learning rate: size of a step' }),
  schedule: z.enum(schedules).default('constant').meta({ description: 'schedule of the learning rate' }),
  warmupUpdates: z.int().min(0).default(0).meta({ description: 'gradient steps at the beginning over which the rate rises from 0' }),
  decayUpdates: z.int().min(0).default(0).meta({ description: 'gradient steps until the rate has fallen; 0: all steps of the training' }),
  lastRate: share.default(0).meta({ description: 'rate at the end of the schedule, as a share of learningRate' }),
  weightDecay: notNegative.default(0).meta({ description: 'decay of the weights, apart from their gradients (AdamW, SGDW)' }),
  momentum: z.number().min(0).lt(1).default(0.9).meta({ description: 'SGD: share of the last direction that is kept' }),
};

export function learningConflicts({ schedule, decayUpdates }: OptimizerSettings): Conflicts<OptimizerSettings> {
  return schedule !== 'constant' && decayUpdates === 0 ? { decayUpdates: `a positive integer where the schedule is ${schedule}` } : {};
}
