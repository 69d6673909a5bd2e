import { z } from 'zod';
import { featureSetOf } from '../../features/index.ts';
import type { AgentId } from '../agents/create.ts';
import { recurrentPpoOptions } from '../agents/recurrent-ppo/options.ts';
import { sacOptions } from '../agents/sac/options.ts';
import { environmentOptions } from '../env/trading-env.ts';
import { sessionOptions } from '../task/session-plan.ts';
import { trainingOptions } from '../training/options.ts';

const featureSet = z.string().refine(
  (id) => {
    try {
      return featureSetOf(id) !== undefined;
    } catch {
      return false;
    }
  },
  { error: 'unknown feature set' },
);

/** The agents before a trial's parameters come over them: how settings must fit each other is asked when an agent is made. */
const agents = {
  sac: z.strictObject({ id: z.literal('sac').default('sac'), ...sacOptions.shape }).prefault({}),
  'recurrent-ppo': z.strictObject({ id: z.literal('recurrent-ppo'), ...recurrentPpoOptions.shape }),
} as const;

/** All but the agent: what a trading task takes as data. Unknown keys are errors. */
export const taskSettings = z.strictObject({
  dataset: z.string().min(1).meta({ description: 'name of a data set of two symbols (`assay data ls`)' }),
  features: featureSet.meta({ description: 'id of a feature set: [features](features.md)' }),
  environment: environmentOptions.prefault({}),
  training: trainingOptions,
  sessions: sessionOptions,
  reports: z.int().min(1).default(4).meta({ description: 'how often a trial reports its value to the pruner' }),
  checkpointSeconds: z
    .union([z.number().gt(0), z.literal(Number.POSITIVE_INFINITY)])
    .default(60)
    .meta({
      description:
        'how old the last checkpoint of a trial may be; one that takes long is made less often, so that all cost 2 % at most. Infinity (`.inf`): only trials that are interrupted save where they stand',
    }),
});

/** Everything of a trading study that is not searched, for the agent that the study is written for. Unknown keys are errors. */
export function tradingConfigSchema<Id extends AgentId>(agent: Id) {
  return z.strictObject({ ...taskSettings.shape, agent: agents[agent] });
}

export type TradingConfig<Id extends AgentId = 'sac'> = z.output<ReturnType<typeof tradingConfigSchema<Id>>>;
