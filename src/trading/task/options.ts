import type { z } from 'zod';
import { AssayError } from '../../core/errors.ts';
import { settingFault } from '../../core/schema-issue.ts';
import type { FeatureChoice } from '../../features/choice.ts';
import { dualTicker } from '../../features/dual-ticker/index.ts';
import type { ValidationContext } from '../../search/study/walk-forward.ts';
import type { AgentConfig } from '../agents/create.ts';
import { taskSettings } from '../config/schema.ts';
import type { environmentOptions } from '../env/options.ts';
import type { RewardOptions } from '../rewards/task-reward.ts';
import type { TrainingConfig } from '../training/options.ts';
import { type RawMarket, rawMarket } from './market-data.ts';
import type { SessionPlan } from './session-plan.ts';
import type { withheldFeatures } from './withhold.ts';

/** Options of a trading task: data, rules and training settings, and functions from a trial's parameters to an agent and a reward. */
export interface TradingTaskOptions<Params> {
  /** Name of a data set. */
  readonly dataset: string;
  /** A feature set, or several side by side: ids, ids with options, or sets of your own (`defineFeatureSet`). Default `dual-ticker@2`. */
  readonly features?: FeatureChoice;
  readonly environment?: Readonly<z.input<typeof environmentOptions>>;
  readonly training: TrainingConfig;
  readonly sessions: SessionPlan;
  /** Features that are kept from the agent, for an ablation. */
  readonly withhold?: z.input<typeof withheldFeatures> | undefined;
  /** Number of reports of a trial's value to the pruner. */
  readonly reports?: number;
  /** Largest age of a running trial's checkpoint, in seconds; default 60. Infinity: checkpoints at interruptions only. */
  readonly checkpointSeconds?: number;
  /** The agent and its settings for a trial's parameters. */
  readonly agent: (params: Params) => AgentConfig;
  readonly reward: (params: Params) => RewardOptions;
}

/** The options with their defaults filled in. */
export type FilledTask<Params> = Readonly<z.output<typeof taskSettings>> & Pick<TradingTaskOptions<Params>, 'agent' | 'reward'>;

/**
 * Checks the options and fills in the defaults.
 * @throws AssayError `config_invalid` naming the first invalid setting.
 */
export function filled<Params>({ agent, reward, ...settings }: TradingTaskOptions<Params>): FilledTask<Params> {
  const given = { features: dualTicker.id, ...settings };
  const parsed = taskSettings.safeParse(given);
  if (parsed.success) return { ...parsed.data, agent, reward };
  const { keys, because, hint = 'docs/configuration.md lists every setting' } = settingFault(taskSettings, given, parsed.error);
  throw new AssayError('config_invalid', `${keys.join('.')}: ${because}`, { place: 'tradingTask', hint });
}

/** Opens the task's data with its features, before any normalisation. */
export async function openMarket<Params>(
  options: TradingTaskOptions<Params>,
  context: Pick<ValidationContext<Params>, 'dataset'>,
): Promise<RawMarket> {
  const { dataset, features } = filled(options);
  return rawMarket(await context.dataset(dataset), features);
}
