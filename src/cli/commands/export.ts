import { type Command, Option } from 'commander';
import { checkName } from '../../core/address.ts';
import { AssayError } from '../../core/errors.ts';
import type { What } from '../../interop/export/export-study.ts';
import type { TableFormat } from '../../interop/export/tables/writer.ts';
import type { Io } from '../io.ts';
import { optionsOf, positiveWholeNumber, withDatabase } from '../options.ts';
import { createBar } from '../output/bar.ts';
import { printAnswer } from '../output/print.ts';

interface Flags {
  readonly to: string;
  readonly format?: TableFormat | 'optuna';
  readonly what: What;
  readonly asOf?: number;
  readonly zone: string;
}

export function register(program: Command, io: Io): void {
  program
    .command('export <study>')
    .description('write a study to a file for Optuna, spreadsheets or data frames')
    .requiredOption('--to <target>', 'a new file; for Optuna also sqlite:///file, journal:file or grpc://host:port')
    .addOption(new Option('--format <format>', 'default: what the name of the file says').choices(['optuna', 'csv', 'jsonl', 'parquet']))
    .addOption(new Option('--what <rows>', 'one row each').choices(['trials', 'reports', 'evaluations', 'daily-returns']).default('trials'))
    .option('--as-of <revision>', 'only trials that had ended by then: the same each time', positiveWholeNumber)
    .option('--zone <zone>', 'in which Optuna will read it: its databases have local times', 'UTC')
    .action(async (study: string, flags: Flags, command: Command) => {
      const options = optionsOf(command);
      const { exportStudy, formatOf } = await import('../../interop/export/export-study.ts');
      const { to, what, asOf = null, zone } = flags;
      const format = flags.format ?? formatOf(to);
      if (format === null)
        throw new AssayError('usage', 'the name of the file says no format', {
          place: '--to',
          hint: 'end it in .csv, .jsonl, .parquet or .db, or give --format',
        });
      if (format === 'optuna' && what !== 'trials')
        throw new AssayError('usage', 'Optuna has trials only', {
          place: '--what',
          hint: 'its curves go with them; or take csv, jsonl or parquet',
        });
      const bar = createBar(io, options);
      const name = checkName('study', study);
      const exported = await withDatabase(options, ({ db }) =>
        exportStudy(db, name, { format, what, to, asOf, zone, onRows: (rows) => bar.draw(`exporting ${name}`, rows) }),
      ).finally(bar.erase);
      printAnswer(io, options, {
        document: exported,
        columns: [
          { title: 'study', cell: ({ study: from }) => from },
          { title: 'revision', cell: ({ revision }) => String(revision) },
          { title: 'rows', cell: ({ rows }) => String(rows) },
          { title: 'to', cell: (row) => row.to },
        ],
        rows: [exported],
      });
    });
}
