import { z } from 'zod';
import { executorChoices } from '../../tensor/executors/executor.ts';

const count = z.int().min(1);

/** How long and on how many copies an agent learns. */
export const trainingOptions = z.strictObject({
  environments: count.meta({ description: 'copies of the environment stepped together: many of them matter more than many updates' }),
  updates: count.meta({ description: 'gradient steps of a trial and of each walk-forward training' }),
  seeds: count.max(64).default(1).meta({
    description:
      'agents of a trial, each with a seed, environments and replay of its own, that learn together; the trial reports the mean of what they are worth, so that a search does not choose lucky seeds, and `seeds.worst`, `seeds.best` and `seeds.deviation` beside it. A seed that fails fails the trial; one that never trades counts as 0. Validation judges seeds by themselves, whatever stands here; recurrent PPO with a `targetKl` cannot have several',
  }),
  episodeSteps: count.meta({ description: 'steps after which an episode is cut off' }),
  rewardScale: z
    .number()
    .gt(0)
    .meta({ description: 'rewards are in account currency times this over the capital; aim at a standard deviation of about 0.3' }),
  executor: z.enum(executorChoices).default('auto').meta({
    description: 'what computes; `auto` is TensorFlow where it has a GPU, else onnx; `assay doctor` says which can run',
  }),
});

export type TrainingConfig = Readonly<z.input<typeof trainingOptions>>;
