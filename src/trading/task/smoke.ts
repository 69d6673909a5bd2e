import { AssayError } from '../../core/errors.ts';
import { createRng } from '../../core/rng.ts';
import { applyNormaliser, fitNormaliser } from '../../features/normalise.ts';
import { type Smoke, type SmokeCheck, smokeCheck } from '../../search/study/smoke.ts';
import { chooseExecutor } from '../../tensor/executors/choose.ts';
import type { Agent } from '../agents/agent.ts';
import { createAgent } from '../agents/create.ts';
import { backtest } from '../env/backtest.ts';
import type { VectorEnv } from '../env/env.ts';
import { rowsOf } from '../env/market.ts';
import { targetsOf } from '../env/targets.ts';
import { createTradingEnv } from '../env/trading-env.ts';
import { taskReward } from '../rewards/task-reward.ts';
import { train } from '../training/loop.ts';
import { exploiting, withDecay } from '../training/train-agent.ts';
import { marketOf } from './market-data.ts';
import { filled, openMarket, type TradingTaskOptions } from './options.ts';
import { searchSplit } from './session-plan.ts';
import { accountCheck, actionsCheck, featureChecks, lossCheck, networkCheck, rewardCheck, speedCheck } from './smoke-checks.ts';

/**
 * Trains on the search's training part as a trial does, for a few environment steps and without phases, and scores the policy once.
 * @throws AssayError as a trial would for settings that do not fit; what is not finite becomes a check that is broken.
 */
export function smokeOf<Params>(options: TradingTaskOptions<Params>): Smoke<Params> {
  return async (context) => {
    const checks: SmokeCheck[] = [];
    const stopped = await stopOf(() => addChecks(options, context, checks));
    return stopped === null ? checks : [...checks, stopped];
  };
}

async function addChecks<Params>(
  options: TradingTaskOptions<Params>,
  { params, seed, steps, signal, dataset }: Parameters<Smoke<Params>>[0],
  checks: SmokeCheck[],
): Promise<void> {
  const { environment, training, sessions, reports } = filled(options);
  const raw = await openMarket(options, { dataset });
  const { train: range, test } = searchSplit(sessions, raw.bars);
  const rows = rowsOf(raw.bars, range);
  const features = raw.features(rows);
  const normaliser = fitNormaliser(features, rows);
  const normalised = applyNormaliser(normaliser, features);
  checks.push(...featureChecks(normaliser, normalised, { from: normaliser.fittedOn.from, to: rowsOf(raw.bars, test).to }));

  const market = marketOf(raw.bars, normalised);
  const config = withDecay(options.agent(params), training.updates, training.phases?.length ?? 0);
  const { reward, audited } = taskReward(options.reward(params), config);
  const env = createTradingEnv(market, range, environment, reward, { ...training, count: training.environments });
  const agent = await createAgent(config, { env, accounts: 1, seed, executor: chooseExecutor(training.executor) });
  try {
    const seen = watch(env, agent);
    const before = agent.checkpoint();
    const startedAt = performance.now();
    const unfinished = await stopOf(async () => {
      await train({
        env: seen.env,
        agent: seen.agent,
        rng: createRng(seed).fork('environment'),
        until: { environmentSteps: steps },
        signal,
      });
    });
    const seconds = (performance.now() - startedAt) / 1000;
    const taken = { assets: env.actionSize, positions: environment.positions };
    checks.push(
      rewardCheck(seen.rewards, training.rewardScale),
      lossCheck(seen.losses, seen.rewards.length),
      actionsCheck('exploring', targetsOf(environment, Float32Array.from(seen.actions)), taken),
    );
    if (unfinished !== null) {
      checks.push(unfinished);
      return;
    }
    checks.push(networkCheck(agent.id, before, agent.checkpoint(), seen.gradientSteps()));

    const scoringAt = performance.now();
    const result = await backtest(market, test, environment, exploiting(agent, environment), audited && { reward: audited });
    const scoreSeconds = (performance.now() - scoringAt) / 1000;
    checks.push(
      actionsCheck('policy', result.actions, taken),
      accountCheck(result, environment.capital),
      speedCheck({ seconds, scoreSeconds, environmentSteps: seen.rewards.length, gradientSteps: seen.gradientSteps(), training, reports }),
    );
  } finally {
    await agent.dispose();
  }
}

/** Environment and agent that note what passes through them. */
function watch(env: VectorEnv, agent: Agent) {
  const rewards: number[] = [];
  const actions: number[] = [];
  const losses: Readonly<Record<string, number>>[] = [];
  let gradientSteps = 0;
  const step = (taken: Float32Array): void => {
    env.step(taken);
    for (const action of taken) actions.push(action);
    for (const reward of env.rewards) rewards.push(reward);
  };
  const update: Agent['update'] = async () => {
    const learned = await agent.update();
    if (learned !== null) {
      gradientSteps += learned.gradientSteps;
      losses.push(learned.metrics);
    }
    return learned;
  };
  return { env: { ...env, step }, agent: { ...agent, update }, rewards, actions, losses, gradientSteps: () => gradientSteps };
}

/** The check that is broken because a number was not finite; null where none was. Other errors are the caller's. */
async function stopOf(work: () => Promise<void>): Promise<SmokeCheck | null> {
  try {
    await work();
    return null;
  } catch (error) {
    if (!(error instanceof AssayError) || error.code !== 'not_finite') throw error;
    const { message, place, hint = 'nothing behind this could be checked: mend it, then run again' } = error;
    return smokeCheck('finite', place === undefined ? message : `${place}: ${message}`, {}, [['broken', hint]]);
  }
}
