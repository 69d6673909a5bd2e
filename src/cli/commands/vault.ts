import type { Command } from 'commander';
import { parseTrialAddress } from '../../core/address.ts';
import { dataDirOf } from '../../core/data-dir.ts';
import { AssayError } from '../../core/errors.ts';
import { userName } from '../../core/user-name.ts';
import { finiteAll, nonFiniteFlag } from '../../storage/readers/finite.ts';
import type { OpenedVault } from '../../storage/validations/read-vault.ts';
import type { Io } from '../io.ts';
import { optionsOf, positiveWholeNumber, withDatabase } from '../options.ts';
import { fractionColumn, numberColumn, numberIn } from '../output/columns.ts';
import { printAnswer, say } from '../output/print.ts';
import { refusal } from './gate.ts';
import { teller } from './validate.ts';

export function register(program: Command, io: Io): void {
  const vault = program.command('vault').description('the last sessions of a study, which nothing reads before one look');
  vault
    .command('open <trial>')
    .description('evaluate a trial on the vault, once, after all other gates passed (study#number)')
    .requiredOption('--reason <text>', 'why; kept for ever')
    .option('--workers <n>', 'trainings at once (default: one for each core)', positiveWholeNumber)
    .action(async (address: string, { reason, workers }: { reason: string; workers?: number }, command: Command) => {
      const options = optionsOf(command);
      const trial = parseTrialAddress(address);
      const { openVault } = await import('../vault/open-vault.ts');
      const outcome = await withDatabase(options, ({ db }) =>
        openVault(db, dataDirOf(options.dataDir), {
          trial,
          reason,
          by: userName(),
          workers,
          onProgress: teller(io, options),
          revive: () => withDatabase(options, async () => undefined),
        }),
      );
      if (outcome.kind === 'refused') throw refusal(address, outcome.failed);
      const { opened } = outcome.vault;
      const items = itemsOf(outcome.vault);
      printAnswer(io, options, { document: { address, opened, items }, columns, rows: items, items });
      say(io, options, `opened at ${opened.at} by ${opened.by}: ${opened.reason}`);
      if (outcome.kind === 'before')
        throw new AssayError('conflict', `the vault was opened to ${address} before; the first result stands`, {
          hint: 'a vault is looked at once: what it showed counts',
        });
    });
}

function itemsOf({ evidence }: OpenedVault) {
  return (evidence?.seeds ?? []).map(({ seed, evaluation }) => ({
    seed,
    days: evaluation.dailyReturns.length,
    metrics: finiteAll(evaluation.metrics),
    ...nonFiniteFlag(evaluation.metrics),
  }));
}

type Item = ReturnType<typeof itemsOf>[number];

const columns = [
  numberColumn<Item>('seed', ({ seed }) => seed),
  numberColumn<Item>('days', ({ days }) => days),
  fractionColumn<Item>('return', (item) => numberIn(item, 'totalReturn', item.metrics['totalReturn'])),
  numberColumn<Item>('sharpe', (item) => numberIn(item, 'sharpeDaily', item.metrics['sharpeDaily'])),
  fractionColumn<Item>('drawdown', (item) => numberIn(item, 'maxDrawdown', item.metrics['maxDrawdown'])),
];
