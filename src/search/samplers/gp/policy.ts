import type { ModelForm } from './hyperparameters.ts';
import type { SearchEffort } from './optimize.ts';
import type { GpOptions } from './options.ts';
import { dimensionPrior, referencePrior } from './priors.ts';
import type { OutputTransform } from './targets.ts';

/** Settings of the process and of the search for the next point. */
export interface GpPolicy extends Pick<ModelForm, 'shape' | 'mean' | 'prior' | 'additive'> {
  /** Equal for equal policies. */
  readonly key: string;
  /** Number of finished trials before the process is used; until then trials are space-filling. */
  readonly startupTrials: number;
  readonly output: OutputTransform;
  readonly pending: GpOptions['pending'];
  /** True if numeric axes are warped. */
  readonly warp: boolean;
  /** Maximum number of trials in the model; of more, the best half and an even selection of the others. */
  readonly capacity: number;
  /** Maximum number of those trials in the fit of the hyperparameters. */
  readonly fitCapacity: number;
  /** Evaluations of a fit from scratch, and of a warm-started one. */
  readonly fitEvaluations: number;
  readonly correctionEvaluations: number;
  readonly effort: SearchEffort;
}

/** Number of modelled trials up to which a suggestion takes its full effort. */
const fullEffort = 100;

/**
 * Returns the number of evaluations for n modelled trials, fewer for more: each costs more, and the latest few trials change the model
 * less.
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
