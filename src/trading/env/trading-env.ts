import { AssayError } from '../../core/errors.ts';
import { type Rng, restoreRng } from '../../core/rng.ts';
import { type RewardFactory, rewardPlaceOf } from '../rewards/reward.ts';
import { createAccounts, openAccount } from './account.ts';
import { advance } from './advance.ts';
import { decisionsOfParts } from './decisions.ts';
import type { ResumableEnv } from './env.ts';
import { restoreArrays, type StateArray, saveArrays } from './env-state.ts';
import { episodeStarts } from './episode-starts.ts';
import { checkMarket, type Market, type SessionParts } from './market.ts';
import { observationSize, observe } from './observation.ts';
import type { EnvironmentConfig } from './options.ts';
import { tradingRules } from './rules.ts';
import { targetsOf } from './targets.ts';
import { createTradeBook } from './trades.ts';

export interface TrainingOptions {
  /** Copies of the account that are stepped as one batch. */
  readonly count: number;
  /** Steps until an episode is truncated; fewer if the range holds fewer. */
  readonly episodeSteps: number;
  /** Rewards are multiplied by this / capital: 1,000 makes one unit of 10 basis points. */
  readonly rewardScale: number;
}

/**
 * Copies of a trading account, each starting at a random decision of the session range with cash only. Episodes continue over sessions; a
 * drawdown beyond the limit terminates one (positions sold, costs charged), `episodeSteps` truncate it. Episodes start so that they end
 * inside the range: an agent can act on the last observation. Of several ranges each episode stays in one.
 * @throws AssayError `data_invalid` if bars and features do not fit together or a feature is not finite.
 */
export function createTradingEnv(
  market: Market,
  parts: SessionParts,
  config: EnvironmentConfig,
  reward: RewardFactory,
  options: TrainingOptions,
): ResumableEnv {
  const { rows, closes, ends } = decisionsOfParts(config, market, parts);
  checkMarket(market, { rows });
  const { count } = options;
  const assets = market.bars.bars.length;
  const rewards = reward(count, rewardPlaceOf(market.bars, config));
  const trades = rewards.onTrade === undefined ? null : createTradeBook(count, assets, rewards.onTrade);
  const rules = tradingRules(market.bars, config, { trades });
  const size = observationSize(market);
  const starts = episodeStarts(ends, options.episodeSteps);
  const rewardUnit = options.rewardScale / config.capital;
  const accounts = createAccounts(count, assets, { latencyBars: config.latencyBars, inUnits: rules.units !== null });
  const end = { terminated: false, openPnl: trades?.openPnl };
  const position = new Int32Array(count);
  const age = new Int32Array(count);
  const opensSession = new Uint8Array(count);
  let random: Rng | null = null;

  const begin = (i: number, rng: Rng): void => {
    openAccount(accounts, i, config.capital);
    rewards.reset(i);
    trades?.clear(i);
    position[i] = starts.at(rng.int(starts.count));
    age[i] = 0;
    observe(env.observations, i * size, market, rows[position[i]!]!, accounts, i, rules);
  };

  const notReset = () => new AssayError('internal', 'reset the environment before its first step');
  const { assets: _, ...books } = accounts;
  const state = (): Readonly<Record<string, StateArray>> => ({
    ...books,
    ...trades?.state,
    ...rewards.state,
    position,
    age,
    observations: env.observations,
  });

  const env: ResumableEnv = {
    count,
    observationSize: size,
    actionSize: assets,
    ...(config.positions !== undefined && { choices: new Array<number>(assets).fill(config.positions) }),
    observations: new Float32Array(count * size),
    rewards: new Float32Array(count),
    terminated: new Uint8Array(count),
    truncated: new Uint8Array(count),
    finalObservations: new Float32Array(count * size),
    opensSession,
    reset: (rng) => {
      random = rng;
      for (let i = 0; i < count; i++) begin(i, rng);
    },
    save: () => {
      if (random === null) throw notReset();
      return { rng: random.state(), arrays: saveArrays(state()) };
    },
    restore: ({ rng, arrays }) => {
      restoreArrays(state(), arrays);
      random = restoreRng(rng);
    },
    step: (taken) => {
      const actions = targetsOf(config, taken);
      if (random === null) throw notReset();
      for (let i = 0; i < count; i++) {
        const at = position[i]!;
        const row = rows[at]!;
        const navBefore = accounts.nav[i]!;
        const terminated = advance(accounts, i, row, actions, closes[at] === 1, rules);
        end.terminated = terminated;
        env.rewards[i] = rewards.ofStep(accounts, i, navBefore, end) * rewardUnit;
        age[i]!++;
        const last = at + 1 >= ends[at]!;
        const truncated = !terminated && (last || age[i]! >= starts.steps[at]!);
        env.terminated[i] = terminated ? 1 : 0;
        env.truncated[i] = truncated ? 1 : 0;
        const nextRow = last ? row + 1 : rows[at + 1]!;
        opensSession[i] = market.bars.session[nextRow] === market.bars.session[row] ? 0 : 1;
        if (terminated || truncated) {
          observe(env.finalObservations, i * size, market, nextRow, accounts, i, rules);
          begin(i, random);
        } else {
          position[i] = at + 1;
          observe(env.observations, i * size, market, nextRow, accounts, i, rules);
        }
      }
    },
  };
  return env;
}
