import { dualTicker } from '../features/dual-ticker/index.ts';
import type { ValidationContext } from '../search/study/walk-forward.ts';
import type { AgentConfig } from './agents/create.ts';
import { type EnvironmentConfig, environmentDefaults } from './env/trading-env.ts';
import { type RawMarket, rawMarket } from './prepare.ts';
import type { RewardV2Options } from './rewards/reward-v2.ts';
import type { TrainingConfig } from './training.ts';
import type { SessionPlan } from './windows.ts';

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

/** The options with what they leave out. */
export function filled<Params>(options: TradingTaskOptions<Params>): Required<TradingTaskOptions<Params>> {
  return { features: dualTicker.id, environment: environmentDefaults, reports: 4, checkpointSeconds: 60, ...options };
}

/** The task's data, with its features, before anything is normalised. */
export async function openMarket<Params>(
  options: TradingTaskOptions<Params>,
  context: Pick<ValidationContext<Params>, 'dataset'>,
): Promise<RawMarket> {
  const { dataset, features } = filled(options);
  return rawMarket(await context.dataset(dataset), features);
}
