import type { Update } from '../../graph/graph.ts';
import { broadcast, concat, constant, mul, sub } from '../../graph/ops/index.ts';
import { sizeOf } from '../../graph/shapes.ts';
import type { Tensor } from '../../graph/tensor.ts';
import type { Layout } from '../parameters.ts';
import { adam, adamClock } from './adam.ts';
import { type LearningRateSettings, scheduledRate } from './learning-rate.ts';
import { sgd } from './sgd.ts';

export const optimizers = ['adam', 'sgd'] as const;

/** Name of the state that counts the steps of a rate that changes. */
export const stepsName = 'learningRate/updates';
const clockName = 'adam/correction';

/** True for a state that an optimizer keeps beside what is learnt. */
export function isOptimizerState(name: string): boolean {
  return name === stepsName || name === clockName || /\/(adam|sgd)\/[mv]$/.test(name);
}

export interface OptimizerSettings extends LearningRateSettings {
  readonly optimizer: (typeof optimizers)[number];
  /** Weight decay: a step removes this share of each weight, times the learning rate; above 0 the optimizer is AdamW or SGDW. */
  readonly weightDecay: number;
  /** SGD: share of the last step's direction that the next one keeps. */
  readonly momentum: number;
}

/** A state vector after one step, and the updates of its states. */
export interface OptimizerStep {
  readonly value: Tensor;
  readonly updates: readonly Update[];
}

export interface Optimizer {
  /** `layout` tells which elements of the vector decay; without one none does. */
  readonly step: (name: string, parameters: Tensor, gradient: Tensor, layout?: Layout) => OptimizerStep;
  /** Updates that all vectors share, once per graph. */
  readonly updates: readonly Update[];
}

/** Steps vectors of one graph with the same settings; `epsilon` is Adam's. */
export function createOptimizer(settings: OptimizerSettings, epsilon = 1e-8): Optimizer {
  const { rate, updates } = scheduledRate(stepsName, settings);
  const keptOf = (parameters: Tensor, layout?: Layout): Tensor => decayed(parameters, rate, settings.weightDecay, layout);
  if (settings.optimizer === 'sgd') {
    const { momentum } = settings;
    return {
      step: (name, parameters, gradient, layout) => sgd(name, parameters, gradient, { rate, momentum, kept: keptOf(parameters, layout) }),
      updates,
    };
  }
  const clock = adamClock(clockName);
  return {
    step: (name, parameters, gradient, layout) =>
      adam(name, parameters, gradient, { rate, clock, epsilon, kept: keptOf(parameters, layout) }),
    updates: [clock.update, ...updates],
  };
}

/**
 * (1 - rate decay) p, which does not enter gradients and moments (Loshchilov & Hutter 2019, algorithms 1 and 2, their schedule
 * being the learning rate's).
 */
function decayed(parameters: Tensor, rate: Tensor, decay: number, layout: Layout | undefined): Tensor {
  if (decay === 0 || layout === undefined) return parameters;
  const shares = layout.parameters.map(({ decays, shape }) => broadcast(constant(decays === false ? 0 : decay), [sizeOf(shape)]));
  return mul(parameters, sub(constant(1), mul(rate, concat(shares, 0))));
}
