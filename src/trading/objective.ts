import { hashOf } from '../core/json.ts';
import { dualTicker } from '../features/dual-ticker/index.ts';
import type { Normaliser } from '../features/normalise.ts';
import type { TrialContext } from '../search/study/trial-context.ts';
import type { FoldJudgement, ValidationContext, WalkForward } from '../search/study/walk-forward.ts';
import type { Metrics } from '../search/trial/trial.ts';
import { chooseExecutor } from '../tensor/executors/choose.ts';
import type { AgentConfig } from './agents/create.ts';
import { loadPolicy } from './agents/policy.ts';
import { baselines } from './baselines/index.ts';
import { targetsOf } from './env/targets.ts';
import { type EnvironmentConfig, environmentDefaults } from './env/trading-env.ts';
import { type ActingPolicy, walk } from './env/walk.ts';
import { judgementOf, metricsOf, objectiveValue } from './judgement.ts';
import { normalisedMarket, rawMarket } from './prepare.ts';
import { type RewardV2Options, rewardV2 } from './rewards/reward-v2.ts';
import { exploiting, type TrainingConfig, trainAgent } from './training.ts';
import { type SessionPlan, searchEnd, searchSplit, sessionsOf, walkForwardFolds } from './windows.ts';

/** A trading task: data, rules and training as data, and how a trial's parameters become an agent and a reward. */
export interface TradingTaskOptions<Params> {
  /** Name of a data set of two symbols' bars. */
  readonly dataset: string;
  /** Id of a feature set; default `dual-ticker`. */
  readonly features?: string;
  readonly environment?: EnvironmentConfig;
  readonly training: TrainingConfig;
  readonly sessions: SessionPlan;
  /** How often a trial reports its value; the pruner hears each report. */
  readonly reports?: number;
  /** How old the last checkpoint of a trial may be, in seconds; default 60. Infinity: only preempted trials save where they stand. */
  readonly checkpointSeconds?: number;
  /** Which agent learns, with what settings. */
  readonly agent: (params: Params) => AgentConfig;
  readonly reward: (params: Params) => RewardV2Options;
}

export interface TradingTask<Params> {
  readonly objective: (context: TrialContext<Params>) => Promise<{ readonly value: number; readonly metrics: Metrics }>;
  readonly walkForward: WalkForward<Params>;
}

/**
 * What one trial of a trading study does, and how it is judged afterwards; both go into `defineStudy`.
 *
 * The objective trains on the first part of the search window and is the daily net Sharpe ratio of the deterministic
 * policy on its last part, behind a purge gap. It is never the training reward, whose coefficients are being searched.
 */
export function tradingTask<Params>(options: TradingTaskOptions<Params>): TradingTask<Params> {
  const {
    dataset,
    features = dualTicker.id,
    environment = environmentDefaults,
    training,
    sessions,
    reports = 4,
    checkpointSeconds = 60,
  } = options;
  const open = async (context: Pick<ValidationContext<Params>, 'dataset'>) => rawMarket(await context.dataset(dataset), features);

  const objective: TradingTask<Params>['objective'] = async (context) => {
    const raw = await open(context);
    const { train, test } = searchSplit(sessions, raw.bars);
    await context.searched({ dataset, untilMs: searchEnd(raw.bars, test) });
    const executor = chooseExecutor();
    await context.runsOn({ executor: executor.id, library: await executor.library() });
    const { market } = normalisedMarket(raw, train);
    const results: { readonly value: number; readonly metrics: Metrics }[] = [];
    const trained = await trainAgent({
      market,
      range: train,
      environment,
      training,
      reward: rewardV2(options.reward(context.params)),
      agent: options.agent(context.params),
      executor,
      seed: context.seed,
      signal: context.signal,
      reports,
      checkpoints: { from: context.resumeFrom?.bytes ?? null, everySeconds: checkpointSeconds, save: context.checkpoint },
      onProgress: async (agent, progress) => {
        const walked = await walk(market, test, environment, exploiting(agent, environment), training.environments);
        const [value, metrics] = [objectiveValue(walked), metricsOf(walked, environment)];
        results.push({ value, metrics });
        await context.report(progress.updates, value, metrics);
      },
    });
    await trained.agent.dispose();
    const { value, metrics } = results.at(-1)!;
    return { value, metrics: { ...metrics, ...trained.metrics } };
  };

  const walkForward: WalkForward<Params> = {
    plan: async (context) => walkForwardFolds(sessions, (await open(context)).bars),

    judge: async (context, window) => {
      const raw = await open(context);
      const { train, test } = sessionsOf(window, raw.bars);
      const { market, normaliser } = normalisedMarket(raw, train);
      const reward = options.reward(context.params);
      const { agent, metrics } = await trainAgent({
        market,
        range: train,
        environment,
        training,
        reward: rewardV2(reward),
        agent: options.agent(context.params),
        seed: context.seed,
        signal: context.signal,
      });
      let policy: Uint8Array;
      try {
        policy = agent.exportPolicy({ metadata: metadataOf(context, normaliser, environment) });
      } finally {
        await agent.dispose();
      }
      const judged = await judgePolicy(policy, environment, (act) => walk(market, test, environment, act));
      const judgement = judgementOf(judged, environment);
      return { ...judgement, metrics: { ...judgement.metrics, ...metrics }, policy };
    },

    baselines: async (context, window) => {
      const raw = await open(context);
      const { train, test } = sessionsOf(window, raw.bars);
      const { market } = normalisedMarket(raw, train);
      const judgements: Record<string, FoldJudgement> = {};
      for (const [name, baseline] of Object.entries(baselines)) {
        const act = await baseline(market, train, environment);
        judgements[name] = judgementOf(await walk(market, test, environment, act), environment);
      }
      return judgements;
    },
  };
  return { objective, walkForward };
}

/** Judge the saved bytes themselves, so that what is promoted is what was judged. */
async function judgePolicy<Result>(
  bytes: Uint8Array,
  environment: EnvironmentConfig,
  judge: (act: ActingPolicy) => Promise<Result>,
): Promise<Result> {
  const policy = await loadPolicy(bytes);
  try {
    return await judge(async (observations, actions, starts) =>
      actions.set(targetsOf(environment, await policy.act(observations, starts))),
    );
  } finally {
    await policy.dispose();
  }
}

/** What whoever serves the policy needs beside it: it takes features normalised like this, and positions in these units. */
function metadataOf(
  context: Pick<ValidationContext<unknown>, 'address' | 'seed'>,
  normaliser: Normaliser,
  environment: EnvironmentConfig,
): Record<string, string> {
  return {
    trial: context.address,
    seed: String(context.seed),
    features: normaliser.set,
    normaliser: JSON.stringify(normaliser),
    normaliserHash: hashOf(normaliser),
    environment: JSON.stringify(environment),
  };
}
