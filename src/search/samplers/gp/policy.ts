import type { ModelForm } from './hyperparameters.ts';
import type { SearchEffort } from './optimize.ts';
import type { GpOptions } from './options.ts';
import { dimensionPrior, referencePrior } from './priors.ts';
import type { OutputTransform } from './targets.ts';

/** How the process is built and asked. */
export interface GpPolicy extends Pick<ModelForm, 'shape' | 'mean' | 'prior' | 'additive'> {
  /** Equal for equal policies. */
  readonly key: string;
  /** Space-filling trials until so many are finished. */
  readonly startupTrials: number;
  readonly output: OutputTransform;
  readonly pending: GpOptions['pending'];
  /** Whether numeric axes get a warp. */
  readonly warp: boolean;
  /** At most so many trials are modelled: the best half, and an even choice of the others. */
  readonly capacity: number;
  /** At most so many of them are used to fit the hyperparameters. */
  readonly fitCapacity: number;
  /** Evaluations of a fit from the prior's start, and of one that corrects an earlier fit. */
  readonly fitEvaluations: number;
  readonly correctionEvaluations: number;
  readonly effort: SearchEffort;
}

/** Trials up to which an ask takes its full effort. */
const fullEffort = 100;

/**
 * A number of evaluations for so many modelled trials: each costs more the more there are, and the latest few trials change
 * the model less.
 */
export function affordable(evaluations: number, trials: number): number {
  return Math.ceil(evaluations * Math.min(1, fullEffort / trials));
}

export function policyOf(options: GpOptions): GpPolicy {
  const { startupTrials, kernel, additive, prior, output, warp, pending, capacity } = options;
  return {
    key: JSON.stringify(options),
    startupTrials,
    shape: kernel,
    mean: 'fitted',
    additive,
    prior: prior === 'dimension' ? dimensionPrior : referencePrior,
    output,
    warp,
    pending,
    capacity,
    fitCapacity: 100,
    fitEvaluations: 80,
    correctionEvaluations: 20,
    effort: { spread: 240, near: 160, starts: 4, evaluations: 30, rounds: 3 },
  };
}
