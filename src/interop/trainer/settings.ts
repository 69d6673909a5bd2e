import { z } from 'zod';

const seconds = z.number().gt(0).max(86_400);

/** Time that a trainer has, in seconds. */
export const limits = z.strictObject({
  readySeconds: seconds.default(120).meta({ description: 'from its start until it says `ready`' }),
  trainSeconds: seconds.default(600).meta({ description: 'of silence while it trains; `alive` breaks it' }),
  actSeconds: seconds.default(30).meta({ description: 'until it answers a bar, loads a policy or has computed the positions of a test' }),
  graceSeconds: seconds.default(2).meta({ description: 'to end what it was told to stop, before it is killed' }),
});

export type Limits = Readonly<z.output<typeof limits>>;

/** Settings of an external trainer, beside those that every trading study has. */
export const trainerSettings = z.strictObject({
  command: z.array(z.string()).min(1).meta({ description: 'program and arguments, run without a shell in the folder of the study file' }),
  sources: z
    .array(z.string().min(1))
    .min(1)
    .meta({ description: 'files of the program, from the folder of the study file; `**` stands for any folders' }),
  mode: z.enum(['bars', 'batch']).default('bars').meta({
    description: '`bars`: it answers one bar after the other; `batch`: all bars of a test at once, if cut requests give the same positions',
  }),
  history: z.int().min(0).max(100_000).default(0).meta({ description: 'bars before the first decision of a test that it gets with it' }),
  retrain: z.boolean().default(true).meta({
    description:
      'the first fold is trained twice, to measure whether the same seed gives the same policy: metric `trainer.retrainedDiffers`',
  }),
  threads: z.int().min(1).max(1024).default(1).meta({ description: 'that it may compute with' }),
  limits: limits.prefault({}),
});
