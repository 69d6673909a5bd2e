import { z } from 'zod';
import { schedules } from '../../tensor/nn/optimizers/learning-rate.ts';
import { type OptimizerSettings, optimizers } from '../../tensor/nn/optimizers/optimizer.ts';
import { type Misfits, notNegative, positive, share } from './options.ts';

/** How an agent learns. Adam at a constant rate, as in stable-baselines3. */
export const learningShape = {
  optimizer: z.enum(optimizers).default('adam').meta({ description: 'how a gradient becomes a step' }),
  learningRate: positive.default(3e-4).meta({ description: 'size of a step' }),
  schedule: z.enum(schedules).default('constant').meta({ description: 'how the rate falls' }),
  warmupUpdates: z.int().min(0).default(0).meta({ description: 'gradient steps over which the rate rises first' }),
  decayUpdates: z.int().min(0).default(0).meta({ description: 'gradient steps until the rate has fallen; 0: those of the whole training' }),
  lastRate: share.default(0).meta({ description: 'share of the rate that is left then' }),
  weightDecay: notNegative.default(0).meta({ description: 'decay of the weights, apart from their gradients (AdamW, SGDW)' }),
  momentum: z.number().min(0).lt(1).default(0.9).meta({ description: 'SGD: what it keeps of the last direction' }),
};

export function learningMisfits({ schedule, decayUpdates }: OptimizerSettings): Misfits<OptimizerSettings> {
  return schedule !== 'constant' && decayUpdates === 0 ? { decayUpdates: `a positive integer where the schedule is ${schedule}` } : {};
}
