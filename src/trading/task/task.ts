import type { Smoke } from '../../search/study/smoke.ts';
import type { TrialContext } from '../../search/study/trial-context.ts';
import type { WalkForward } from '../../search/study/walk-forward.ts';
import type { DailyReturns } from '../../search/trial/daily-returns.ts';
import type { ToldNoise } from '../../search/trial/told-noise.ts';
import type { Metrics } from '../../search/trial/trial.ts';
import type { TradingTaskOptions } from './options.ts';
import { vaultSessionsOf } from './vault-sessions.ts';

/** Value of a trial, with the metrics and the daily returns of the account that it is measured on (of several seeds: their means). */
export interface TrialResult {
  readonly value: number;
  readonly metrics: Metrics;
  readonly noise?: ToldNoise;
  readonly dailyReturns?: DailyReturns;
}

export interface TradingTask<Params> {
  readonly objective: (context: TrialContext<Params>) => Promise<TrialResult>;
  readonly walkForward: WalkForward<Params>;
  readonly smoke: Smoke<Params>;
}

/**
 * The objective of a trading study, its walk-forward validation and its smoke run; all go into `defineStudy`. The training code is loaded
 * when a trial first runs, so reading or scheduling a study does not load it.
 * @throws AssayError `config_invalid` when a trial runs, naming the first setting that cannot be
 *
 * @example
 * ```ts
 * import { defineStudy, float, type Infer, loadTradingConfig, tradingTask } from 'assay';
 *
 * const config = loadTradingConfig('configs/nvda-msft.yaml');
 * const space = { lr: float(3e-4, 3e-3, { log: true }), lambda: float(1e-4, 1e-1, { log: true }) };
 *
 * export default defineStudy({
 *   name: 'learning-rate',
 *   direction: 'maximize',
 *   space,
 *   ...tradingTask<Infer<typeof space>>({
 *     ...config,
 *     agent: ({ lr }) => ({ ...config.agent, learningRate: lr }),
 *     reward: ({ lambda }) => ({ lambdaTurnover: lambda, betaVolatility: 1e-6, sharpeBonus: 1e-6, drawdownPenalty: 1e-3 }),
 *   }),
 * });
 * ```
 */
export function tradingTask<Params>(options: TradingTaskOptions<Params>): TradingTask<Params> {
  const walkForward = async () => (await import('./walk-forward.ts')).walkForwardOf(options);
  const checks = async () => (await import('../checks/walk-forward-checks.ts')).walkForwardChecks(options);
  return {
    objective: async (context) => (await import('./objective.ts')).searchObjective(options, context),
    walkForward: {
      vault: {
        dataset: options.dataset,
        sessions: (all) => vaultSessionsOf(options.sessions, all),
        walk: async (context, window, policy) => (await import('./walk-forward.ts')).walkSaved(options, context, window, policy),
      },
      plan: async (context) => (await import('../plan.ts')).planFolds(options, context),
      evidence: async (context, folds) => (await import('../plan.ts')).plannedEvidence(options, context, folds),
      ahead: async (context, folds) => (await import('./ahead.ts')).studyAhead(options, context, folds),
      pace: async (context) => (await import('./pace.ts')).trainingPace(options, context),
      check: async (context) => (await import('./check.ts')).checkTask(options, context),
      evaluate: async (context, window) => (await walkForward()).evaluate(context, window),
      baselines: async (context, window) => (await walkForward()).baselines(context, window),
      vary: (settings) => ({
        evaluate: async (context, window) => {
          const [{ variedOptions }, { walkForwardOf }] = await Promise.all([import('./vary.ts'), import('./walk-forward.ts')]);
          return walkForwardOf(variedOptions(options, settings)).evaluate(context, window);
        },
      }),
      schemed: (scheme) => ({ plan: async (context) => (await import('../plan.ts')).planFolds(options, context, scheme) }),
      checks: {
        data: async (context) => (await checks()).data(context),
        features: async (context, window, rows) => (await checks()).features(context, window, rows),
        policies: async (context, window, asked) => (await checks()).policies(context, window, asked),
      },
    },
    smoke: async (context) => (await import('./smoke.ts')).smokeOf(options)(context),
  };
}
