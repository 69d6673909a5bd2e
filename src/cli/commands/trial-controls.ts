import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { checkName, parseTrialAddress, type TrialAddress, trialAddress } from '../../core/address.ts';
import { AssayError } from '../../core/errors.ts';
import { userName } from '../../core/user-name.ts';
import type { FlatParams } from '../../search/space/param.ts';
import type { StudyId } from '../../search/study/storage.ts';
import { queueOptions, trialControls } from '../../storage/commands/descriptions.ts';
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

/** Performs a control of one trial; resolves to the trial's state, or to what it was told. */
type Control = (db: Db, study: StudyId, number: number, by: string) => Promise<string>;

const controls: Readonly<Record<'pause' | 'resume' | 'cancel', Control>> = {
  pause: async (...trial) => {
    const { pauseTrial } = await import('../../storage/commands/pause-trial.ts');
    return (await pauseTrial(...trial)) === 'requested' ? 'told to pause' : 'paused';
  },
  resume: async (db, study, number) => {
    const { resumeTrial } = await import('../../storage/commands/resume-trial.ts');
    return resumeTrial(db, study, number);
  },
  cancel: async (...trial) => {
    const { cancelTrial } = await import('../../storage/commands/cancel-trial.ts');
    return (await cancelTrial(...trial)) === 'requested' ? 'told to end' : 'cancelled';
  },
};

/** `trial enqueue|retry|pause|resume|cancel`. */
export function registerTrialControls(trial: Command, io: Io): void {
  trial
    .command('enqueue <study>')
    .description(trialControls.enqueue)
    .option('-p, --param <name=value>', 'a parameter under its flat name, such as opt.adam.beta1=0.9 (repeatable)', paramValue, {})
    .option('--like <trial>', 'parameters that are not given are those of this trial, such as study#12', parseTrialAddress)
    .option('--same-seed', `with --like: ${queueOptions.likesSeed}`)
    .option('--strict', queueOptions.strict)
    .option('--priority <n>', `${queueOptions.priority} (default: 0)`, signedWholeNumber)
    .option('--raise-budget', queueOptions.raiseBudget)
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
      printQueued(io, command, [{ study, ...queued }]);
    });

  trial
    .command('retry [trials...]')
    .description(trialControls.retry)
    .option('--failed <study>', 'all failed trials of this study that no other one repeats')
    .option('--same-seed', queueOptions.retriesEnded)
    .option('--raise-budget', queueOptions.raiseBudget)
    .action(async (given: string[], flags: QueueFlags & { sameSeed?: true; failed?: string }, command: Command) => {
      const addresses = given.map(parseTrialAddress);
      const { raiseBudget = false, sameSeed = false, failed } = flags;
      if (addresses.length > 0 === (failed !== undefined))
        throw new AssayError('usage', 'retry takes trials, or --failed with a study', {
          hint: 'such as study#12 study#15, or --failed study',
        });
      if (failed !== undefined) checkName('study', failed);
      const [{ findStudy, findTrial }, { failedTrials, retryTrial }] = await Promise.all([
        import('../../storage/readers/find.ts'),
        import('../../storage/commands/retry-trial.ts'),
      ]);
      const queued = await withDatabase(optionsOf(command), ({ db }) =>
        // All of them or none.
        db.transaction(async (tx) => {
          const trials =
            failed === undefined
              ? addresses
              : (await failedTrials(tx, await findStudy(tx, failed))).map((number) => ({ study: failed, number }));
          const answers: Queued[] = [];
          for (const { study, number } of trials) {
            const { id } = await findStudy(tx, study);
            const next = await retryTrial(tx, id, number, { idempotencyKey: randomUUID(), raiseBudget, sameSeed });
            answers.push({ study, ...(await findTrial(tx, { study, number: next })).trial });
          }
          return answers;
        }),
      );
      printQueued(io, command, queued);
    });

  for (const [name, perform] of Object.entries(controls) as [keyof typeof controls, Control][])
    trial
      .command(`${name} <trial>`)
      .description(trialControls[name])
      .action(async (address: string, _flags, command: Command) => {
        const { study, number } = parseTrialAddress(address);
        const { findStudy } = await import('../../storage/readers/find.ts');
        const state = await withDatabase(optionsOf(command), async ({ db }) =>
          perform(db, (await findStudy(db, study)).id, number, userName()),
        );
        printState(io, command, address, state);
      });
}

interface Queued extends Pick<TrialRow, 'number' | 'params' | 'repeatOf'> {
  readonly study: string;
}

/** With the parameters, some of which may have been drawn. */
function printQueued(io: Io, command: Command, queued: readonly Queued[]): void {
  const rows = queued.map(({ study, number, params, repeatOf }) => ({
    address: trialAddress(study, number),
    state: 'queued',
    params,
    ...(repeatOf !== null && { repeatOf }),
  }));
  printAnswer(io, optionsOf(command), {
    document: rows.length === 1 ? rows[0]! : { items: rows },
    columns: [
      { title: 'trial', cell: ({ address }) => address },
      { title: 'state', cell: ({ state }) => state },
      { title: 'params', cell: ({ params }) => formatParams(params), exact: ({ params }) => exactParams(params) },
      ...(rows.some(({ repeatOf }) => repeatOf !== undefined)
        ? [{ title: 'repeats', cell: ({ repeatOf = '-' }: (typeof rows)[number]) => repeatOf }]
        : []),
    ],
    rows,
    empty: 'no failed trial is left to retry',
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
