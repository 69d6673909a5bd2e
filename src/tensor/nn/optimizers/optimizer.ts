import type { Update } from '../../graph/graph.ts';
import type { Tensor } from '../../graph/tensor.ts';
import { adam, adamClock } from './adam.ts';
import { type LearningRateSettings, scheduledRate } from './learning-rate.ts';
import { sgd } from './sgd.ts';

export const optimizers = ['adam', 'sgd'] as const;

export interface OptimizerSettings extends LearningRateSettings {
  readonly optimizer: (typeof optimizers)[number];
  /** Adam: share of each weight that a step takes away, times the learning rate; above 0 it is AdamW. */
  readonly weightDecay: number;
  /** SGD: share of the last step's direction that the next one keeps. */
  readonly momentum: number;
}

/** A state vector after one step, and what is to be remembered. */
export interface OptimizerStep {
  readonly value: Tensor;
  readonly updates: readonly Update[];
}

export interface Optimizer {
  readonly step: (name: string, parameters: Tensor, gradient: Tensor) => OptimizerStep;
  /** What all vectors that step together share, once per graph. */
  readonly updates: readonly Update[];
}

/** Steps vectors of one graph with the same settings; `epsilon` is Adam's. */
export function createOptimizer(settings: OptimizerSettings, epsilon = 1e-8): Optimizer {
  const { rate, updates } = scheduledRate('learningRate/updates', settings);
  if (settings.optimizer === 'sgd')
    return { step: (name, parameters, gradient) => sgd(name, parameters, gradient, rate, settings.momentum), updates };
  const clock = adamClock('adam/correction');
  const { weightDecay } = settings;
  return {
    step: (name, parameters, gradient) => adam(name, parameters, gradient, { rate, clock, epsilon, weightDecay }),
    updates: [clock.update, ...updates],
  };
}
