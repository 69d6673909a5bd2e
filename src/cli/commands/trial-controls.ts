import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { checkName, parseTrialAddress, type TrialAddress, trialAddress } from '../../core/address.ts';
import { AssayError } from '../../core/errors.ts';
import { userName } from '../../core/user-name.ts';
import type { FlatParams } from '../../search/space/param.ts';
import type { StudyId } from '../../search/study/storage.ts';
import type { Db } from '../../storage/database.ts';
import type { TrialRow } from '../../storage/schema/rows.ts';
import type { Io } from '../io.ts';
import { optionsOf, signedWholeNumber, withDatabase } from '../options.ts';
import { exactParams, formatParams } from '../output/format.ts';
import { printAnswer } from '../output/print.ts';
import { paramValue } from '../param-values.ts';

interface QueueFlags {
  readonly raiseBudget?: boolean;
}

interface EnqueueFlags extends QueueFlags {
  readonly param: FlatParams;
  readonly like?: TrialAddress;
  readonly sameSeed?: true;
  readonly strict?: true;
  readonly priority?: number;
}

/** What a person may tell one trial. */
interface TrialControl {
  readonly description: string;
  /** Resolves to the trial's state, or to what it was told. */
  readonly give: (db: Db, study: StudyId, number: number, by: string) => Promise<string>;
}

const controls: Readonly<Record<'pause' | 'resume' | 'cancel', TrialControl>> = {
  pause: {
    description: 'let a trial wait until it is resumed: at once in the queue, where it runs after its next report and a checkpoint',
    give: async (...trial) => {
      const { pauseTrial } = await import('../../storage/commands/pause-trial.ts');
      return (await pauseTrial(...trial)) === 'requested' ? 'told to pause' : 'paused';
    },
  },
  resume: {
    description: 'let a paused trial go on, from its checkpoint where it has one',
    give: async (db, study, number) => {
      const { resumeTrial } = await import('../../storage/commands/resume-trial.ts');
      return resumeTrial(db, study, number);
    },
  },
  cancel: {
    description: 'end a trial as cancelled: at once in the queue, at its next report or heartbeat where it runs',
    give: async (...trial) => {
      const { cancelTrial } = await import('../../storage/commands/cancel-trial.ts');
      return (await cancelTrial(...trial)) === 'requested' ? 'told to end' : 'cancelled';
    },
  },
};

/** `trial enqueue|retry|pause|resume|cancel`. */
export function registerTrialControls(trial: Command, io: Io): void {
  trial
    .command('enqueue <study>')
    .description('queue a trial with parameters of your choice; what you leave out is drawn by the sampler')
    .option('-p, --param <name=value>', 'a parameter under its flat name, such as opt.adam.beta1=0.9 (repeatable)', paramValue, {})
    .option('--like <trial>', 'parameters that are not given are those of this trial, such as study#12', parseTrialAddress)
    .option('--same-seed', 'with --like: its seed as well, so that the same parameters give the same trial again')
    .option('--strict', 'refuse missing parameters, all named at once, in place of drawing them')
    .option('--priority <n>', 'taken before queued trials of a lower one (default: 0)', signedWholeNumber)
    .option('--raise-budget', 'where a limit of the budget is used up, let this one trial in all the same')
    .action(async (study: string, flags: EnqueueFlags, command: Command) => {
      const [{ findTrial, findStudy }, { enqueue }] = await Promise.all([
        import('../../storage/readers/find.ts'),
        import('../../storage/commands/enqueue-trial.ts'),
      ]);
      const { param: params, priority, raiseBudget = false, like, sameSeed = false, strict = false } = flags;
      if (sameSeed && like === undefined)
        throw new AssayError('usage', '--same-seed needs a trial whose seed it is', { hint: 'give --like study#12 as well' });
      const name = checkName('study', study);
      const queued = await withDatabase(optionsOf(command), async ({ db }) => {
        const { id } = await findStudy(db, name);
        const number = await enqueue(db, id, {
          params,
          like,
          sameSeed,
          drawsRest: !strict,
          idempotencyKey: randomUUID(),
          raiseBudget,
          ...(priority !== undefined && { priority }),
        });
        return (await findTrial(db, { study, number })).trial;
      });
      printQueued(io, command, study, queued);
    });

  trial
    .command('retry <trial>')
    .description('queue a new trial with the parameters and the seed of one that failed or was cancelled')
    .option('--same-seed', 'also of one that is complete or pruned: its result once more, as a trial that names it')
    .option('--raise-budget', 'where a limit of the budget is used up, let this one trial in all the same')
    .action(async (address: string, flags: QueueFlags & { sameSeed?: true }, command: Command) => {
      const { study, number } = parseTrialAddress(address);
      const [{ findStudy, findTrial }, { retryTrial }] = await Promise.all([
        import('../../storage/readers/find.ts'),
        import('../../storage/commands/retry-trial.ts'),
      ]);
      const { raiseBudget = false, sameSeed = false } = flags;
      const queued = await withDatabase(optionsOf(command), async ({ db }) => {
        const { id } = await findStudy(db, study);
        const next = await retryTrial(db, id, number, { idempotencyKey: randomUUID(), raiseBudget, sameSeed });
        return (await findTrial(db, { study, number: next })).trial;
      });
      printQueued(io, command, study, queued);
    });

  for (const [name, { description, give }] of Object.entries(controls))
    trial
      .command(`${name} <trial>`)
      .description(description)
      .action(async (address: string, _flags, command: Command) => {
        const { study, number } = parseTrialAddress(address);
        const { findStudy } = await import('../../storage/readers/find.ts');
        const state = await withDatabase(optionsOf(command), async ({ db }) =>
          give(db, (await findStudy(db, study)).id, number, userName()),
        );
        printState(io, command, address, state);
      });
}

/** With the parameters, some of which may have been drawn. */
function printQueued(
  io: Io,
  command: Command,
  study: string,
  { number, params, repeatOf }: Pick<TrialRow, 'number' | 'params' | 'repeatOf'>,
): void {
  const address = trialAddress(study, number);
  const document = { address, state: 'queued', params, ...(repeatOf !== null && { repeatOf }) };
  printAnswer(io, optionsOf(command), {
    document,
    columns: [
      { title: 'trial', cell: () => address },
      { title: 'state', cell: () => document.state },
      { title: 'params', cell: () => formatParams(params), exact: () => exactParams(params) },
      ...(repeatOf === null ? [] : [{ title: 'repeats', cell: () => repeatOf }]),
    ],
    rows: [document],
  });
}

function printState(io: Io, command: Command, address: string, state: string): void {
  const document = { address, state };
  printAnswer(io, optionsOf(command), {
    document,
    columns: [
      { title: 'trial', cell: () => address },
      { title: 'state', cell: () => state },
    ],
    rows: [document],
  });
}
