import type { TrialContext } from '../../search/study/trial-context.ts';
import type { WalkForward } from '../../search/study/walk-forward.ts';
import type { Metrics } from '../../search/trial/trial.ts';
import type { TradingTaskOptions } from './options.ts';

export interface TradingTask<Params> {
  readonly objective: (context: TrialContext<Params>) => Promise<{ readonly value: number; readonly metrics: Metrics }>;
  readonly walkForward: WalkForward<Params>;
}

/**
 * What one trial of a trading study does, and how it is judged afterwards; both go into `defineStudy`. The training code is
 * loaded when a trial first runs: whoever only reads or schedules the study does without it.
 */
export function tradingTask<Params>(options: TradingTaskOptions<Params>): TradingTask<Params> {
  const walkForward = async () => (await import('./walk-forward.ts')).walkForwardOf(options);
  return {
    objective: async (context) => (await import('./objective.ts')).searchObjective(options, context),
    walkForward: {
      plan: async (context) => (await import('../plan.ts')).planFolds(options, context),
      evidence: async (context, folds) => (await import('../plan.ts')).plannedEvidence(options, context, folds),
      evaluate: async (context, window) => (await walkForward()).evaluate(context, window),
      baselines: async (context, window) => (await walkForward()).baselines(context, window),
    },
  };
}
