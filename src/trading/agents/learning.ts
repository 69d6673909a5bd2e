import { schedules } from '../../tensor/nn/optimizers/learning-rate.ts';
import { type OptimizerSettings, optimizers } from '../../tensor/nn/optimizers/optimizer.ts';
import { positive, positiveInteger, type Rules } from './options.ts';

/** Adam at a constant rate, as in stable-baselines3. */
export const learningDefaults: OptimizerSettings = {
  optimizer: 'adam',
  learningRate: 3e-4,
  schedule: 'constant',
  warmupUpdates: 0,
  decayUpdates: 0,
  lastRate: 0,
  weightDecay: 0,
  momentum: 0.9,
};

/** What must hold of the optimizer's settings, for `checkOptions`. */
export function learningRules(settings: OptimizerSettings): Rules<OptimizerSettings> {
  const { schedule, warmupUpdates, decayUpdates } = settings;
  return {
    optimizer: [optimizers.includes(settings.optimizer), optimizers.join(' or ')],
    learningRate: [positive(settings.learningRate), 'positive'],
    schedule: [schedules.includes(schedule), schedules.join(', ')],
    warmupUpdates: [warmupUpdates === 0 || positiveInteger(warmupUpdates), 'a whole number'],
    decayUpdates: [
      positiveInteger(decayUpdates) || (decayUpdates === 0 && schedule === 'constant'),
      schedule === 'constant' ? 'a whole number' : `a positive integer where the schedule is ${schedule}`,
    ],
    lastRate: [settings.lastRate >= 0 && settings.lastRate <= 1, 'in [0, 1]'],
    weightDecay: [settings.weightDecay >= 0 && Number.isFinite(settings.weightDecay), 'not negative'],
    momentum: [settings.momentum >= 0 && settings.momentum < 1, 'in [0, 1)'],
  };
}
