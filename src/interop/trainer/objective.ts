import type { TrialContext } from '../../search/study/trial-context.ts';
import { backtestMetrics, datedReturns, noObjective, objectiveValue } from '../../trading/task/fold-metrics.ts';
import { searchEnd, searchSplit } from '../../trading/task/session-plan.ts';
import type { TrialResult } from '../../trading/task/task.ts';
import { refuseForesight } from './foresight.ts';
import type { ExternalTrainerOptions } from './options.ts';
import { trainerMarket, trainerTask, trainingData, windowOf } from './trainer-task.ts';
import { train } from './training.ts';

/**
 * Runs one trial: the trainer trains on the first part of the search window, which is all that it gets; each policy that it reports, and the last
 * one, trades the window's last part here. The value is the daily net Sharpe ratio of that account, as for the platform's own agents.
 */
export async function trainerObjective<Params>(given: ExternalTrainerOptions, context: TrialContext<Params>): Promise<TrialResult> {
  const task = trainerTask(given);
  const { options } = task;
  const { leastActiveShare } = options.sessions;
  const table = await context.dataset(options.dataset);
  const raw = await task.open(context);
  const split = searchSplit(options.sessions, raw.bars);
  await context.searched({ dataset: options.dataset, untilMs: searchEnd(raw.bars, split.test) });
  const market = trainerMarket(raw, split.train);
  const measure = task.measure(raw);
  const result = await task.use(context, async (trainer) => {
    await context.runsOn(task.facts(trainer));
    trainer.log.taken();
    const scoreOf = async (policy: Uint8Array): Promise<TrialResult & { readonly failure: Error | null }> => {
      const walked = await task.walk(trainer, task.pack(trainer, policy), { market, parts: split.test, signal: context.signal });
      const value = objectiveValue(walked, leastActiveShare);
      const metrics = backtestMetrics(walked, measure);
      return { value, metrics, dailyReturns: datedReturns(walked, raw.bars), failure: Number.isNaN(value) ? noObjective(walked) : null };
    };
    try {
      const { address, params, seed, signal, resumeFrom } = context;
      const trained = await train(trainer, {
        limits: options.limits,
        signal,
        resumeFrom,
        request: {
          type: 'search',
          address,
          params,
          seed,
          window: windowOf(raw, split.train),
          data: trainingData(trainer, task, { table, raw, train: split.train }),
          environment: options.environment,
        },
        onReport: async ({ step, policy, metrics: told, last }) => {
          const { value, metrics, dailyReturns } = await scoreOf(policy);
          await context.report(step, value, { ...metrics, ...told }, { last, ...(dailyReturns && { dailyReturns }) });
        },
        onCheckpoint: (step, bytes) => context.checkpoint(step, bytes),
      });
      if (trained.kind === 'stopped') return trained;
      if (options.mode === 'batch')
        await refuseForesight(options, trainer, { market, parts: split.test, policy: trained.policy, seed: address });
      const { failure, ...scored } = await scoreOf(trained.policy);
      if (failure !== null) throw failure;
      return { kind: 'scored' as const, ...scored, metrics: { ...scored.metrics, ...trained.metrics } };
    } finally {
      const log = trainer.log.taken();
      if (log !== '') await context.artifact('trainer-log', Buffer.from(log));
    }
  });
  if (result.kind === 'stopped') throw result.by;
  const { kind: _, ...scored } = result;
  return scored;
}
