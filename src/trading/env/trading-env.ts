import { z } from 'zod';
import { AssayError } from '../../core/errors.ts';
import { type Rng, restoreRng } from '../../core/rng.ts';
import { barsPerYear } from '../../market/calendars/calendar.ts';
import type { RewardFactory } from '../rewards/reward.ts';
import { advance, createAccounts, openAccount, type TradingRules } from './account.ts';
import type { ResumableEnv } from './env.ts';
import { restoreArrays, type StateArray, saveArrays } from './env-state.ts';
import { checkMarket, decisionsOf, type Market, type SessionRange } from './market.ts';
import { observationSize, observe } from './observation.ts';
import { targetsOf } from './targets.ts';

const basisPoints = z.number().min(0);

/** Rules of the account; the same for training, evaluation and the baselines. */
export const environmentOptions = z.strictObject({
  capital: z.number().gt(0).default(100_000).meta({ description: 'start value of an account, in account currency' }),
  grossExposure: z
    .number()
    .gt(0)
    .max(4)
    .default(0.5)
    .meta({ description: 'sum of the absolute weights at full positions; an action of 1 is half of this weight in one of two assets' }),
  maxDrawdown: z
    .number()
    .gt(0)
    .max(1)
    .default(0.02)
    .meta({ description: 'largest fall from the peak, a fraction; an episode ends beyond it' }),
  costs: z
    .strictObject({
      transactionBp: basisPoints.meta({ description: 'fee of the traded value, in basis points' }),
      impactBp: basisPoints.meta({ description: 'market impact in basis points; the rate grows with the trade up to $100,000' }),
    })
    .default({ transactionBp: 1, impactBp: 0.5 })
    .meta({ description: 'costs of trades, the same for the account, the reward and evaluation' }),
  positions: z.int().min(2).max(101).optional().meta({
    description:
      'number of positions per asset that an agent chooses from, evenly from -1 to 1 (3: short, flat, long); `recurrent-ppo` only (none: any position)',
  }),
});

export type EnvironmentConfig = Readonly<z.output<typeof environmentOptions>>;

export const environmentDefaults: EnvironmentConfig = environmentOptions.parse({});

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
 * inside the range: an agent can act on the last observation.
 * @throws AssayError `data_invalid` if bars and features do not fit together or a feature is not finite.
 */
export function createTradingEnv(
  market: Market,
  range: SessionRange,
  config: EnvironmentConfig,
  reward: RewardFactory,
  options: TrainingOptions,
): ResumableEnv {
  const decisions = decisionsOf(market, range);
  checkMarket(market, decisions);
  const { rows, closesSession } = decisions;
  const { count } = options;
  const bars = market.bars.bars;
  const assets = bars.length;
  const unitWeight = config.grossExposure / assets;
  const rules: TradingRules = { bars, unitWeight, costs: config.costs, maxDrawdown: config.maxDrawdown };
  const size = observationSize(market);
  const episodeSteps = Math.max(1, Math.min(options.episodeSteps, rows.length - 1));
  const rewardUnit = options.rewardScale / config.capital;
  const accounts = createAccounts(count, assets);
  const rewards = reward(count, barsPerYear(market.bars.calendar, market.bars.barMs), config.costs);
  const position = new Int32Array(count);
  const age = new Int32Array(count);
  let random: Rng | null = null;

  const begin = (i: number, rng: Rng): void => {
    openAccount(accounts, i, config.capital);
    rewards.reset(i);
    position[i] = rng.int(Math.max(1, rows.length - episodeSteps));
    age[i] = 0;
    observe(env.observations, i * size, market, rows[position[i]!]!, accounts, i, unitWeight);
  };

  const notReset = () => new AssayError('internal', 'reset the environment before its first step');
  const { assets: _, ...books } = accounts;
  const state = (): Readonly<Record<string, StateArray>> => ({ ...books, ...rewards.state, position, age, observations: env.observations });

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
        const terminated = advance(accounts, i, row, actions, closesSession[at] === 1, rules);
        env.rewards[i] = rewards.ofStep(accounts, i, navBefore) * rewardUnit;
        age[i]!++;
        const last = at + 1 >= rows.length;
        const truncated = !terminated && (last || age[i]! >= episodeSteps);
        env.terminated[i] = terminated ? 1 : 0;
        env.truncated[i] = truncated ? 1 : 0;
        const nextRow = last ? row + 1 : rows[at + 1]!;
        if (terminated || truncated) {
          observe(env.finalObservations, i * size, market, nextRow, accounts, i, unitWeight);
          begin(i, random);
        } else {
          position[i] = at + 1;
          observe(env.observations, i * size, market, nextRow, accounts, i, unitWeight);
        }
      }
    },
  };
  return env;
}
