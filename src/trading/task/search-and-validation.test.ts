import { expect, test } from 'vitest';
import { bars } from '../../../tests/fixtures/trading-task.ts';
import type { AgentConfig } from '../agents/create.ts';
import { start } from '../agents/live-memory.ts';
import { loadPolicy } from '../agents/policy.ts';
import { type AccountPolicy, backtest } from '../env/backtest.ts';
import { type EnvironmentConfig, environmentDefaults } from '../env/options.ts';
import { targetsOf } from '../env/targets.ts';
import { rewardV2 } from '../rewards/reward-v2.ts';
import { exploiting, trainAgent } from '../training/train-agent.ts';
import { marketFrom, normalisedMarket, observationNormalisation } from './market-data.ts';

const train = { from: 0, to: 4 };
const tested = { from: 5, to: 8 };
const { market, unnormalised, normaliser } = normalisedMarket(marketFrom(bars, 'dual-ticker@2'), train);
const training = { environments: 4, updates: 8, episodeSteps: 500, rewardScale: 2000 };
const sac = { hidden: [8], batchSize: 8, warmupSteps: 40, memory: 'mamba-2', memoryWidth: 8, memoryLayers: 1, window: 8 } as const;
const ppo = { id: 'recurrent-ppo', memoryWidth: 8, hidden: [], rolloutSteps: 8, sequenceSteps: 4, batchSequences: 4, epochs: 1 } as const;

test.each([
  ['SAC, session', { ...sac, memoryReach: 'session' }, undefined],
  ['SAC, account', { ...sac, memoryReach: 'account' }, undefined],
  ['recurrent PPO, session', { ...ppo, memoryReach: 'session' }, 3],
  ['recurrent PPO, account', { ...ppo, memoryReach: 'account' }, 3],
] as const satisfies readonly (readonly [string, AgentConfig, number | undefined])[])(
  'search and validation give equal actions for equal observations, sessions and terminations included: %s',
  async (_name, agentConfig, positions) => {
    // A limit that a session's costs break.
    const environment: EnvironmentConfig = { ...environmentDefaults, grossExposure: 2, maxDrawdown: 0.01, ...(positions && { positions }) };
    const { agent } = await trainAgent({
      market,
      range: train,
      environment,
      training,
      reward: rewardV2({}),
      agent: agentConfig,
      seed: 3,
      signal: new AbortController().signal,
    });
    const policy = await loadPolicy(agent.exportPolicy({ normalisation: observationNormalisation(normaliser, bars.bars.length) }));
    // The search asks the agent, the validation the saved file.
    const began: number[] = [];
    const searched = await backtest(market, tested, environment, exploiting(agent, environment));
    const act: AccountPolicy = async (observation, action, starts) => {
      began.push(starts[0]!);
      action.set(targetsOf(environment, await policy.act(observation, starts)));
    };
    const validated = await backtest(unnormalised, tested, environment, act);
    expect(began.filter((what) => what === start.session).length).toBeGreaterThan(0);
    expect(searched.earlyTerminations).toBeGreaterThan(0);
    expect(validated.earlyTerminations).toBe(searched.earlyTerminations);
    const apart = searched.actions.map((action, i) => Math.abs(action - validated.actions[i]!));
    expect(apart.reduce((most, one) => Math.max(most, one), 0)).toBeLessThan(1e-4);
    await policy.dispose();
    await agent.dispose();
  },
);
