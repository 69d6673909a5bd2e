import type { TradingTask } from '../../trading/task/task.ts';
import { vaultSessionsOf } from '../../trading/task/vault-sessions.ts';
import type { ExternalTrainerOptions } from './options.ts';

/**
 * The objective and the walk-forward validation of a study whose agents another program trains, such as one in Python; both go into
 * `defineStudy`. The program decides positions alone: it gets the training part as files, and every later bar when its time has come. What its
 * positions earn, net of costs, is computed here, so gates and promotion are those of the platform's own agents.
 * @throws AssayError when a trial runs: `config_invalid`, `study_invalid` for sources that are not there, `unavailable` for a program that cannot be
 * started, `trainer_died`, `trainer_silent`, `trainer_invalid`, `look_ahead`
 *
 * @example
 * ```ts
 * import { defineStudy, externalTrainer, float } from 'assay';
 *
 * export default defineStudy({
 *   name: 'sb3-sac',
 *   direction: 'maximize',
 *   space: { lr: float(1e-4, 1e-2, { log: true }) },
 *   policy: 'external',
 *   ...externalTrainer({
 *     from: import.meta.url,
 *     command: ['python3', 'train.py'],
 *     sources: ['train.py', 'requirements.txt'],
 *     dataset: 'nvda-msft',
 *     sessions: { searchSessions: 152, innerSessions: 51, purgeSessions: 1, testSessions: 15, folds: 4 },
 *   }),
 * });
 * ```
 */
export function externalTrainer(options: ExternalTrainerOptions): Pick<TradingTask<unknown>, 'objective' | 'walkForward'> {
  const { dataset, sessions, environment } = options;
  const planned = { dataset, sessions, ...(environment && { environment }) };
  const checks = async () => (await import('./walk-forward.ts')).trainerChecks(options);
  return {
    objective: async (context) => (await import('./objective.ts')).trainerObjective(options, context),
    walkForward: {
      vault: {
        dataset,
        sessions: (all) => vaultSessionsOf(sessions, all),
        walk: async (context, window, policy) => (await import('./walk-forward.ts')).walkTrainer(options, context, window, policy),
      },
      plan: async (context) => (await import('../../trading/plan.ts')).planFolds(planned, context),
      evidence: async (context, folds) => (await import('../../trading/plan.ts')).plannedEvidence(planned, context, folds),
      ahead: async (context, folds) =>
        (await import('../../trading/task/ahead.ts')).studyAhead({ ...planned, training: {} }, context, folds),
      check: async () => void (await import('./options.ts')).filledTrainer(options),
      evaluate: async (context, window) => (await import('./walk-forward.ts')).evaluateTrainer(options, context, window),
      baselines: async (context, window) => (await import('./walk-forward.ts')).trainerBaselines(options, context, window),
      schemed: (scheme) => ({ plan: async (context) => (await import('../../trading/plan.ts')).planFolds(planned, context, scheme) }),
      checks: {
        data: async (context) => (await checks()).data(context),
        features: async (context, window, rows) => (await checks()).features(context, window, rows),
        policies: async (context, window, asked) => (await checks()).policies(context, window, asked),
      },
    },
  };
}
