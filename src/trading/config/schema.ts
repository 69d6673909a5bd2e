import { z } from 'zod';
import { AssayError, messageOf } from '../../core/errors.ts';
import { type FeatureChoice, featureSetOf } from '../../features/choice.ts';
import type { AgentId } from '../agents/create.ts';
import { recurrentPpoOptions } from '../agents/recurrent-ppo/options.ts';
import { sacOptions } from '../agents/sac/options.ts';
import { environmentOptions } from '../env/options.ts';
import { sessionOptions } from '../task/session-plan.ts';
import { withheldFeatures } from '../task/withhold.ts';
import { trainingOptions } from '../training/options.ts';

const featureChoice = z.custom<FeatureChoice>().superRefine((choice, context) => {
  try {
    featureSetOf(choice);
  } catch (error) {
    context.addIssue({ code: 'custom', message: messageOf(error), params: { hint: error instanceof AssayError ? error.hint : undefined } });
  }
});

/** Agent settings before a trial's parameters are merged in: rules between settings are checked when an agent is created. */
const agents = {
  sac: z.strictObject({ id: z.literal('sac').default('sac'), ...sacOptions.shape }).prefault({}),
  'recurrent-ppo': z.strictObject({ id: z.literal('recurrent-ppo'), ...recurrentPpoOptions.shape }),
} as const;

/** All settings of a trading task that are data, without the agent. Unknown keys are errors. */
export const taskSettings = z.strictObject({
  dataset: z.string().min(1).meta({ description: 'name of a data set (`assay data ls`)' }),
  features: featureChoice.meta({
    description: 'id of a feature set, or `{ id, options }`, or a list of them: [features](features.md)',
    anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }],
  }),
  environment: environmentOptions.prefault({}),
  training: trainingOptions,
  sessions: sessionOptions,
  withhold: withheldFeatures.optional().meta({ description: 'features that are kept from the agent, for an ablation (none: it sees all)' }),
  reports: z.int().min(1).default(4).meta({ description: 'how often a trial reports its value to the pruner' }),
  checkpointSeconds: z
    .union([z.number().gt(0), z.literal(Number.POSITIVE_INFINITY)])
    .default(60)
    .meta({
      description:
        "largest age of a running trial's checkpoint, in seconds; slow checkpoints are made less often, so that they cost at most 2 % of the time. Infinity (`.inf`): checkpoints at interruptions only",
    }),
});

/** All settings of a trading study that are not searched, for the agent that the study is written for. Unknown keys are errors. */
export function tradingConfigSchema<Id extends AgentId>(agent: Id) {
  return z.strictObject({ ...taskSettings.shape, agent: agents[agent] });
}

export type TradingConfig<Id extends AgentId = 'sac'> = z.output<ReturnType<typeof tradingConfigSchema<Id>>>;
