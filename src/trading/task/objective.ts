import type { TrialContext } from '../../search/study/trial-context.ts';
import type { Metrics } from '../../search/trial/trial.ts';
import { chooseExecutor } from '../../tensor/executors/choose.ts';
import { type Backtest, backtest } from '../env/backtest.ts';
import { taskReward } from '../rewards/task-reward.ts';
import { exploiting } from '../training/train-agent.ts';
import { type Score, trainSeeds } from '../training/train-seeds.ts';
import { curriculumOf } from './curriculum.ts';
import { backtestMetrics, noObjective, objectiveValue } from './fold-metrics.ts';
import { normalisedMarket } from './market-data.ts';
import { filled, openMarket, type TradingTaskOptions } from './options.ts';
import { searchEnd, searchSplit } from './session-plan.ts';

/**
 * Runs one trial: trains on the first part of the search window; the value is the daily net Sharpe ratio of one account that the
 * deterministic policy trades through its last part, behind a purge gap (with several seeds their mean). It is never the training reward, whose coefficients are being searched.
 * @throws AssayError `not_finite` if the policy, or that of one seed, trades too rarely for a ratio
 */
export async function searchObjective<Params>(
  options: TradingTaskOptions<Params>,
  context: TrialContext<Params>,
): Promise<{ readonly value: number; readonly metrics: Metrics }> {
  const { dataset, environment, training, sessions, reports, checkpointSeconds, withhold } = filled(options);
  const raw = await openMarket(options, context);
  const { train, test } = searchSplit(sessions, raw.bars);
  await context.searched({ dataset, untilMs: searchEnd(raw.bars, test) });
  const executor = chooseExecutor(training.executor);
  await context.runsOn({ executor: executor.id, library: await executor.library() });
  const { market } = normalisedMarket(raw, train, withhold);
  const agentConfig = options.agent(context.params);
  const { reward, audited } = taskReward(options.reward(context.params), agentConfig);
  let last: Score = { value: Number.NaN, metrics: {} };
  let withoutValue: Backtest | null = null;
  const trained = await trainSeeds({
    market,
    range: train,
    environment,
    training,
    reward,
    agent: agentConfig,
    phases: curriculumOf(training.phases, raw, train, withhold),
    executor,
    seed: context.seed,
    signal: context.signal,
    reports,
    checkpoints: { from: context.resumeFrom?.bytes ?? null, everySeconds: checkpointSeconds, save: context.checkpoint },
    score: async (agent) => {
      const result = await backtest(market, test, environment, exploiting(agent, environment), audited && { reward: audited });
      const value = objectiveValue(result);
      if (Number.isNaN(value)) withoutValue = result;
      return { value, metrics: backtestMetrics(result, environment, raw.bars.calendar) };
    },
    report: async (updates, scored) => {
      last = scored;
      await context.report(updates, scored.value, scored.metrics, { last: updates >= training.updates });
    },
  });
  if (Number.isNaN(last.value) && withoutValue !== null) throw noObjective(withoutValue);
  return { value: last.value, metrics: { ...last.metrics, ...trained } };
}
