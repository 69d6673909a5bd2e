import { hashOf } from '../../core/json.ts';
import type { Normaliser } from '../../features/normalise.ts';
import type { AlignedBars } from '../../market/bars.ts';
import type { CheckContext, FoldEvaluation, FoldWindow, ValidationContext, WalkForward } from '../../search/study/walk-forward.ts';
import { chooseExecutor } from '../../tensor/executors/choose.ts';
import { dailyRatio } from '../../validation/paired.ts';
import { loadPolicy } from '../agents/policy.ts';
import { baselines } from '../baselines/index.ts';
import type { AccountPolicy } from '../env/backtest.ts';
import { backtestParts } from '../env/backtest-parts.ts';
import { termsOf } from '../env/instruments.ts';
import type { EnvironmentConfig } from '../env/options.ts';
import { targetsOf } from '../env/targets.ts';
import { planFolds } from '../plan.ts';
import { taskReward } from '../rewards/task-reward.ts';
import { trainAgent } from '../training/train-agent.ts';
import { curriculumOf } from './curriculum.ts';
import { evaluationOf, type Measure } from './fold-metrics.ts';
import { normalisedMarket, observationNormalisation, type RawMarket } from './market-data.ts';
import { filled, openMarket, type TradingTaskOptions } from './options.ts';
import { sessionsOf } from './session-plan.ts';

/**
 * Walk-forward of a trial's parameters on data that the search never saw: trains a new agent for each fold and evaluates it once on the
 * test after it.
 */
export function walkForwardOf<Params>(options: TradingTaskOptions<Params>): WalkForward<Params> {
  const { environment, training, withhold, sessions } = filled(options);
  const measureOf = measureFor({ environment, sessions });
  return {
    plan: async (context) => planFolds(options, context),

    evaluate: async (context, window) => {
      const raw = await openMarket(options, context);
      const executor = chooseExecutor(training.executor);
      await context.runsOn({ executor: executor.id, library: await executor.library() });
      const { train, test } = sessionsOf(window, raw.bars);
      const { market, unnormalised, normaliser } = normalisedMarket(raw, train, withhold);
      const agentConfig = options.agent(context.params);
      const { reward, audited } = taskReward(options.reward(context.params), agentConfig);
      const { agent, metrics } = await trainAgent({
        market,
        range: train,
        environment,
        training,
        reward,
        agent: agentConfig,
        phases: curriculumOf(training.phases, raw, train, withhold),
        seed: context.seed,
        signal: context.signal,
        executor,
      });
      let policy: Uint8Array;
      try {
        policy = agent.exportPolicy({
          normalisation: observationNormalisation(normaliser, raw.bars.bars.length),
          metadata: metadataOf(context, normaliser, environment, raw.bars),
        });
      } finally {
        await agent.dispose();
      }
      const result = await evaluatePolicy(policy, environment, (act) =>
        backtestParts(unnormalised, test, environment, act, audited && { reward: audited }),
      );
      const evaluation = evaluationOf(result, measureOf(raw.bars));
      return { ...evaluation, metrics: { ...evaluation.metrics, ...metrics }, policy };
    },

    baselines: async (context, window) => {
      const raw = await openMarket(options, context);
      return evaluateBaselines(raw, window, environment, measureOf(raw.bars));
    },
  };
}

/** Evaluates the baselines on a fold, with their ratio on its training part. */
export async function evaluateBaselines(
  raw: RawMarket,
  window: FoldWindow,
  environment: EnvironmentConfig,
  measure: Measure,
): Promise<Readonly<Record<string, FoldEvaluation>>> {
  const { train, test } = sessionsOf(window, raw.bars);
  const { market } = normalisedMarket(raw, train);
  const evaluations: Record<string, FoldEvaluation> = {};
  for (const [name, baseline] of Object.entries(baselines)) {
    const act = await baseline(market, train, environment);
    const trained = await backtestParts(market, train, environment, act);
    const evaluation = evaluationOf(await backtestParts(market, test, environment, act), measure);
    // The gates compare with the baseline that is best here, before the test is known.
    const trainingSharpeDaily = dailyRatio(trained.dailyReturns);
    evaluations[name] = { ...evaluation, metrics: { ...evaluation.metrics, trainingSharpeDaily } };
  }
  return evaluations;
}

/** Evaluates a saved policy on a test window as {@link walkForwardOf} does after training, with the normaliser of the window's training part. */
export async function walkSaved<Params>(
  options: TradingTaskOptions<Params>,
  context: CheckContext,
  window: FoldWindow,
  policy: Uint8Array,
): Promise<FoldEvaluation> {
  const { environment, withhold, sessions } = filled(options);
  const raw = await openMarket(options, context);
  const { train, test } = sessionsOf(window, raw.bars);
  const { unnormalised } = normalisedMarket(raw, train, withhold);
  const walked = await evaluatePolicy(policy, environment, (act) => backtestParts(unnormalised, test, environment, act));
  return evaluationOf(walked, measureFor({ environment, sessions })(raw.bars));
}

function measureFor({ environment, sessions }: Pick<ReturnType<typeof filled>, 'environment' | 'sessions'>) {
  return ({ calendar }: AlignedBars): Measure => ({ environment, calendar, leastActiveShare: sessions.leastActiveShare });
}

/** Evaluates the saved file on raw features, so that the promoted bytes are the evaluated ones. */
export async function evaluatePolicy<Result>(
  bytes: Uint8Array,
  environment: EnvironmentConfig,
  run: (act: AccountPolicy) => Promise<Result>,
): Promise<Result> {
  const policy = await loadPolicy(bytes);
  try {
    return await run(async (observation, action, starts) => action.set(targetsOf(environment, await policy.act(observation, starts))));
  } finally {
    await policy.dispose();
  }
}

/**
 * Metadata for serving the policy: the raw features that it takes, and the units of its positions. The normaliser is part of the file
 * already and stands here for reading.
 */
function metadataOf(
  context: Pick<ValidationContext<unknown>, 'address' | 'params' | 'seed'>,
  normaliser: Normaliser,
  environment: EnvironmentConfig,
  bars: AlignedBars,
): Record<string, string> {
  return {
    study: context.address.slice(0, context.address.lastIndexOf('#')),
    trial: context.address,
    params: JSON.stringify(context.params),
    paramsHash: hashOf(context.params),
    seed: String(context.seed),
    features: normaliser.set,
    observations: 'raw',
    normaliser: JSON.stringify(normaliser),
    normaliserHash: hashOf(normaliser),
    environment: JSON.stringify(environment),
    symbols: JSON.stringify(bars.symbols),
    calendar: bars.calendar.id,
    barMs: String(bars.barMs),
    // A limit that is not set is infinite, which JSON writes as null.
    instruments: JSON.stringify(termsOf(bars, environment.instruments)),
  };
}
