import { z } from 'zod';
import { marketPresets } from '../../market/synthetic/presets.ts';
import { executorChoices } from '../../tensor/executors/executor.ts';

const count = z.int().min(1);

/** Settings of a training: length, copies, seeds, reward scale, executor. */
export const trainingOptions = z.strictObject({
  environments: count.meta({
    description: 'copies of the environment that are stepped as one batch; more copies help more than more updates',
  }),
  updates: count.meta({ description: 'gradient steps of a trial and of each walk-forward training' }),
  seeds: count.max(64).default(1).meta({
    description:
      'agents of a trial, each with its own seed, environments and replay, trained in lockstep; the trial reports the mean of their values, so that a search does not select lucky seeds, and `seeds.worst`, `seeds.best` and `seeds.deviation` as metrics. A seed that fails fails the trial; one that never trades counts as 0. Validation evaluates each seed by itself, independent of this setting; recurrent PPO with a `targetKl` needs 1',
  }),
  episodeSteps: count.meta({ description: 'steps after which an episode is truncated' }),
  rewardScale: z.number().gt(0).meta({
    description: 'factor of the reward: account currency times this over the capital; choose it for a standard deviation of about 0.3',
  }),
  phases: z
    .array(
      z.strictObject({
        market: z
          .enum(Object.keys(marketPresets) as [keyof typeof marketPresets, ...(keyof typeof marketPresets)[]])
          .meta({ description: 'kind of generated market, of the symbols and first prices of the data set' }),
        steps: count.default(15_000).meta({ description: 'steps of single environments' }),
        sessions: count.default(40).meta({ description: 'generated sessions of 390 bars' }),
      }),
    )
    .optional()
    .meta({
      description:
        'a curriculum: generated markets that an agent is trained on, in this order, before the real bars, each from where the one before ended; their gradient steps come on top of `updates`; they report nothing, and leave figures as metrics of the trial, such as `phase1.trend.sharpeDaily`',
    }),
  executor: z.enum(executorChoices).default('auto').meta({
    description: 'executor of the networks; `auto` is TensorFlow where it has a GPU, else onnx; `assay doctor` shows which can run',
  }),
});

export type TrainingConfig = Readonly<z.input<typeof trainingOptions>>;

/** The phases with their defaults filled in. */
export type Curriculum = z.output<typeof trainingOptions>['phases'];
