import type { TrialContext } from '../../search/study/trial-context.ts';
import { chooseExecutor } from '../../tensor/executors/choose.ts';
import { type Backtest, backtest } from '../env/backtest.ts';
import { taskReward } from '../rewards/task-reward.ts';
import { exploiting } from '../training/train-agent.ts';
import { type Score, trainSeeds } from '../training/train-seeds.ts';
import { curriculumOf, phaseFigures } from './curriculum.ts';
import { backtestMetrics, datedReturns, noObjective, objectiveValue } from './fold-metrics.ts';
import { normalisedMarket } from './market-data.ts';
import { filled, openMarket, type TradingTaskOptions } from './options.ts';
import { searchEnd, searchSplit } from './session-plan.ts';
import type { TrialResult } from './task.ts';

/**
 * Runs one trial: trains on the first part of the search window; the value is the daily net Sharpe ratio of one account that the
 * deterministic policy trades through its last part, behind a purge gap (with several seeds their mean); 0 below the floor of activity. It is never the training reward, whose coefficients are being searched.
 * @throws AssayError `not_finite` if the policy, or that of one seed, trades too rarely for a ratio
 */
export async function searchObjective<Params>(options: TradingTaskOptions<Params>, context: TrialContext<Params>): Promise<TrialResult> {
  const { dataset, environment, training, sessions, reports, checkpointSeconds, withhold } = filled(options);
  const raw = await openMarket(options, context);
  const { leastActiveShare } = sessions;
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
    scorePhase: (agent, on) => phaseFigures(agent, on, environment),
    executor,
    seed: context.seed,
    signal: context.signal,
    reports,
    checkpoints: { from: context.resumeFrom?.bytes ?? null, everySeconds: checkpointSeconds, save: context.checkpoint },
    score: async (agent) => {
      const result = await backtest(market, test, environment, exploiting(agent, environment), audited && { reward: audited });
      const value = objectiveValue(result, leastActiveShare);
      if (Number.isNaN(value)) withoutValue = result;
      const metrics = backtestMetrics(result, { environment, calendar: raw.bars.calendar, leastActiveShare });
      return { value, metrics, dailyReturns: datedReturns(result, raw.bars) };
    },
    report: async (updates, scored) => {
      last = scored;
      const { value, metrics, dailyReturns } = scored;
      await context.report(updates, value, metrics, { last: updates >= training.updates, ...(dailyReturns && { dailyReturns }) });
    },
  });
  if (Number.isNaN(last.value) && withoutValue !== null) throw noObjective(withoutValue);
  return { ...last, metrics: { ...last.metrics, ...trained } };
}
