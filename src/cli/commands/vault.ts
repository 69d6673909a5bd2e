import type { Command } from 'commander';
import { parseTrialAddress } from '../../core/address.ts';
import { dataDirOf } from '../../core/data-dir.ts';
import { AssayError } from '../../core/errors.ts';
import { sayPrincipal } from '../../registry/provenance.ts';
import { type VaultWalkItem, walkItems } from '../../registry/vault/show-vault.ts';
import type { Io } from '../io.ts';
import { optionsOf, positiveWholeNumber, withDatabase } from '../options.ts';
import { fractionColumn, numberColumn, numberIn } from '../output/columns.ts';
import { printAnswer, say } from '../output/print.ts';
import { sayWitnessed } from '../output/witnessed.ts';
import { refusal } from './gate.ts';
import { teller } from './validate.ts';

export function register(program: Command, io: Io): void {
  const vault = program.command('vault').description('the last sessions of a study, which nothing reads before one look');
  vault
    .command('open <trial>')
    .description('evaluate a trial on the vault, once, after all other gates passed (study#number)')
    .requiredOption('--reason <text>', 'why; kept for ever')
    .option('--as <name>', 'who opens it (default: the database role and the user)')
    .option('--workers <n>', 'evaluations at once (default: one for each core)', positiveWholeNumber)
    .action(async (address: string, { reason, as, workers }: OpenFlags, command: Command) => {
      const options = optionsOf(command);
      const trial = parseTrialAddress(address);
      const { openVault } = await import('../vault/open-vault.ts');
      const outcome = await withDatabase(options, ({ db }) =>
        openVault(db, dataDirOf(options.dataDir), {
          trial,
          reason,
          as,
          workers,
          onProgress: teller(io, options),
          revive: () => withDatabase(options, async () => undefined),
        }),
      );
      if (outcome.kind === 'refused') throw refusal(address, outcome.failed);
      const { opened, result } = outcome;
      const items = walkItems(result);
      printAnswer(io, options, { document: { address, opened, result, items }, columns, rows: items, items });
      const by = `record ${opened.sequence}, opened at ${opened.at} by ${sayPrincipal(opened.by)}: ${opened.reason}`;
      say(io, options, `${by}\nrecord ${result.sequence}: its result`);
      for (const witnessed of outcome.witnessed) sayWitnessed(io, witnessed);
      if (outcome.kind === 'before')
        throw new AssayError('conflict', `the vault was opened to ${address} before; the first result stands`, {
          hint: 'a vault is looked at once: what it showed counts',
        });
    });
}

interface OpenFlags {
  readonly reason: string;
  readonly as?: string;
  readonly workers?: number;
}

const columns = [
  numberColumn<VaultWalkItem>('seed', ({ seed }) => seed),
  numberColumn<VaultWalkItem>('days', ({ days }) => days),
  fractionColumn<VaultWalkItem>('return', (item) => numberIn(item, 'totalReturn', item.metrics['totalReturn'])),
  numberColumn<VaultWalkItem>('sharpe', (item) => numberIn(item, 'sharpeDaily', item.metrics['sharpeDaily'])),
  fractionColumn<VaultWalkItem>('drawdown', (item) => numberIn(item, 'maxDrawdown', item.metrics['maxDrawdown'])),
];
