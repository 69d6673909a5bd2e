import type { z } from 'zod';
import { AssayError } from '../../core/errors.ts';
import { dualTicker } from '../../features/dual-ticker/index.ts';
import type { ValidationContext } from '../../search/study/walk-forward.ts';
import type { AgentConfig } from '../agents/create.ts';
import { taskSettings } from '../config/schema.ts';
import type { environmentOptions } from '../env/trading-env.ts';
import type { RewardV2Options } from '../rewards/reward-v2.ts';
import type { TrainingConfig } from '../training/options.ts';
import { type RawMarket, rawMarket } from './market-data.ts';
import type { SessionPlan } from './session-plan.ts';

/** A trading task: data, rules and training as data, and how a trial's parameters become an agent and a reward. */
export interface TradingTaskOptions<Params> {
  /** Name of a data set of two symbols' bars. */
  readonly dataset: string;
  /** Id of a feature set; default `dual-ticker`. */
  readonly features?: string;
  readonly environment?: Readonly<z.input<typeof environmentOptions>>;
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
export type FilledTask<Params> = Readonly<z.output<typeof taskSettings>> & Pick<TradingTaskOptions<Params>, 'agent' | 'reward'>;

/**
 * The options, checked, with what they leave out.
 * @throws AssayError `config_invalid` naming the first setting that cannot be.
 */
export function filled<Params>({ agent, reward, ...settings }: TradingTaskOptions<Params>): FilledTask<Params> {
  const parsed = taskSettings.safeParse({ features: dualTicker.id, ...settings });
  if (parsed.success) return { ...parsed.data, agent, reward };
  const issue = parsed.error.issues[0]!;
  const key = [...issue.path, ...(issue.code === 'unrecognized_keys' ? [issue.keys[0]!] : [])].map(String).join('.');
  throw new AssayError('config_invalid', `${key}: ${issue.code === 'unrecognized_keys' ? 'unknown setting' : issue.message}`, {
    place: `tradingTask ${key}`,
    hint: 'docs/configuration.md lists every setting',
  });
}

/** The task's data, with its features, before anything is normalised. */
export async function openMarket<Params>(
  options: TradingTaskOptions<Params>,
  context: Pick<ValidationContext<Params>, 'dataset'>,
): Promise<RawMarket> {
  const { dataset, features } = filled(options);
  return rawMarket(await context.dataset(dataset), features);
}
