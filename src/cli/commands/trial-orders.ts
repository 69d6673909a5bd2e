import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import type { Command } from 'commander';
import { checkName, parseTrialAddress, trialAddress } from '../../core/address.ts';
import type { FlatParams } from '../../search/space/param.ts';
import type { Io } from '../io.ts';
import { optionsOf, withDatabase } from '../options.ts';
import { printAnswer } from '../output/print.ts';
import { paramValue } from '../param-values.ts';

interface QueueFlags {
  readonly raiseBudget?: boolean;
}

/** `trial enqueue|retry|cancel`. */
export function registerTrialOrders(trial: Command, io: Io): void {
  trial
    .command('enqueue <study>')
    .description('queue a trial with parameters of your choice')
    .option('-p, --param <name=value>', 'a parameter under its flat name, such as opt.adam.beta1=0.9 (repeatable)', paramValue, {})
    .option('--raise-budget', 'where the budget is used up, make it larger by this trial')
    .action(async (study: string, flags: QueueFlags & { param: FlatParams }, command: Command) => {
      const [{ findStudy }, { enqueue }] = await Promise.all([
        import('../../storage/readers/find.ts'),
        import('../../storage/verbs/enqueue.ts'),
      ]);
      const number = await withDatabase(optionsOf(command), async ({ db }) => {
        const { id } = await findStudy(db, checkName('study', study));
        return enqueue(db, id, { params: flags.param, orderKey: randomUUID(), raiseBudget: flags.raiseBudget === true });
      });
      printState(io, command, trialAddress(study, number), 'queued');
    });

  trial
    .command('retry <trial>')
    .description('queue a new trial with the parameters and the seed of one that failed or was cancelled')
    .option('--raise-budget', 'where the budget is used up, make it larger by this trial')
    .action(async (address: string, flags: QueueFlags, command: Command) => {
      const { study, number } = parseTrialAddress(address);
      const [{ findStudy }, { retryTrial }] = await Promise.all([
        import('../../storage/readers/find.ts'),
        import('../../storage/verbs/retry.ts'),
      ]);
      const next = await withDatabase(optionsOf(command), async ({ db }) => {
        const { id } = await findStudy(db, study);
        return retryTrial(db, id, number, { orderKey: randomUUID(), raiseBudget: flags.raiseBudget === true });
      });
      printState(io, command, trialAddress(study, next), 'queued');
    });

  trial
    .command('cancel <trial>')
    .description('end a trial as cancelled: at once in the queue, at its next report or heartbeat where it runs')
    .action(async (address: string, _flags, command: Command) => {
      const { study, number } = parseTrialAddress(address);
      const [{ findStudy }, { cancelTrial }] = await Promise.all([
        import('../../storage/readers/find.ts'),
        import('../../storage/verbs/cancel.ts'),
      ]);
      const state = await withDatabase(optionsOf(command), async ({ db }) =>
        cancelTrial(db, (await findStudy(db, study)).id, number, userInfo().username),
      );
      printState(io, command, address, state === 'cancelled' ? 'cancelled' : 'told to end');
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
