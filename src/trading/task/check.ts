import { featureSetOf } from '../../features/choice.ts';
import { barsFromTable } from '../../market/store/read.ts';
import type { ValidationContext } from '../../search/study/walk-forward.ts';
import { checkAgent } from '../agents/check.ts';
import { tradingRules } from '../env/rules.ts';
import { taskReward } from '../rewards/task-reward.ts';
import { filled, type TradingTaskOptions } from './options.ts';

/**
 * Checks the settings of a trial against its data set, without features, networks or training, whose code it does not load.
 * @throws AssayError `config_invalid`, `params_invalid` or `data_invalid`, as the trial itself would.
 */
export async function checkTask<Params>(
  options: TradingTaskOptions<Params>,
  { dataset, params }: Pick<ValidationContext<Params>, 'dataset' | 'params'>,
): Promise<void> {
  const { features, environment, training, ...task } = filled(options);
  featureSetOf(features);
  tradingRules(barsFromTable(await dataset(task.dataset)), environment);
  const agent = task.agent(params);
  checkAgent(agent, { environments: training.environments, choosesPositions: environment.positions !== undefined });
  taskReward(task.reward(params), agent);
}
