import { AssayError } from '../../core/errors.ts';
import type { Json } from '../../core/json.ts';
import { isReservedKey } from '../../core/reserved-keys.ts';
import type { VariedSettings } from '../../search/study/walk-forward.ts';
import type { AgentConfig } from '../agents/create.ts';
import type { RewardOptions } from '../rewards/task-reward.ts';
import { filled, type TradingTaskOptions } from './options.ts';

/** Settings that say which days are tested: arms of an ablation have them in common. */
const ofTheFolds = ['dataset', 'sessions'];

/**
 * The options of a task under other settings, by their path in the configuration: `environment.costs.transactionBp`, `features`,
 * `agent.window`, `reward.sharpeBonus`. Those of the agent and the reward go before what the study makes of a trial's parameters.
 * @throws AssayError `config_invalid` for an unknown or invalid setting, and for one that changes the folds.
 */
export function variedOptions<Params>(options: TradingTaskOptions<Params>, settings: VariedSettings): TradingTaskOptions<Params> {
  const { agent, reward, ...data } = filled(options);
  let changed = data as unknown as Tree;
  let ofAgent: Tree = {};
  let ofReward: Tree = {};
  for (const [path, value] of Object.entries(settings)) {
    const [first = '', ...rest] = path.split('.');
    if (ofTheFolds.includes(first))
      throw new AssayError('config_invalid', `${path} cannot be varied: the arms of an ablation are tested on the same days`, {
        hint: 'vary features, environment, training, agent, reward or withhold',
      });
    if ((first === 'agent' || first === 'reward') && rest.length === 0)
      throw new AssayError('config_invalid', `${path} has several settings`, { hint: `name one of them, such as ${first}.…` });
    if (first === 'agent') ofAgent = withSetting(ofAgent, rest, value);
    else if (first === 'reward') ofReward = withSetting(ofReward, rest, value);
    else changed = withSetting(changed, [first, ...rest], value);
  }
  const varied: TradingTaskOptions<Params> = {
    ...(changed as unknown as typeof data),
    agent: (params) => merged(agent(params) as Tree, ofAgent) as AgentConfig,
    reward: (params) => merged(reward(params) as Tree, ofReward) as RewardOptions,
  };
  filled(varied);
  return varied;
}

type Tree = { readonly [key: string]: unknown };

function withSetting(tree: Tree, [key = '', ...rest]: readonly string[], value: Json): Tree {
  if (key === '' || isReservedKey(key)) throw new AssayError('config_invalid', `${JSON.stringify(key)} is no name of a setting`);
  return { ...tree, [key]: rest.length === 0 ? value : withSetting(isTree(tree[key]) ? tree[key] : {}, rest, value) };
}

function merged(own: Tree, other: Tree): Tree {
  const all: Record<string, unknown> = { ...own };
  for (const [key, value] of Object.entries(other)) all[key] = isTree(value) && isTree(all[key]) ? merged(all[key], value) : value;
  return all;
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
