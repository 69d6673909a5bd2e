import type { Command } from 'commander';
import { checkName } from '../../core/address.ts';
import type { ComparedFigure, ComparedStudy } from '../../storage/readers/compare-studies.ts';
import type { Io } from '../io.ts';
import { optionsOf, withDatabase } from '../options.ts';
import { formatNumber } from '../output/format.ts';
import { printAnswer } from '../output/print.ts';
import type { Column } from '../output/table.ts';

export function register(program: Command, io: Io): void {
  program
    .command('compare <study...>')
    .description('studies side by side: best, mean and spread, and the parameters in which the best trials differ')
    .option('--metric <name>', 'compare this metric in place of the objective')
    .option('--objective <name>', 'of several objectives, compare this one (default: the first)')
    .action(async (names: string[], flags: ComparedFigure, command: Command) => {
      const options = optionsOf(command);
      const { compareStudies } = await import('../../storage/readers/compare-studies.ts');
      const studies = names.map((name) => checkName('study', name));
      const comparison = await withDatabase(options, ({ db }) => compareStudies(db, studies, flags));
      const params = comparison.params.map(
        ({ name, values }): Column<ComparedStudy> => ({
          title: name,
          cell: (row) => {
            const value = values[comparison.studies.indexOf(row)];
            return typeof value === 'number' ? formatNumber(value) : String(value ?? '-');
          },
          align: 'right',
        }),
      );
      printAnswer(io, options, { document: comparison, columns: [...comparisonColumns, ...params], rows: comparison.studies });
    });
}

const comparisonColumns: readonly Column<ComparedStudy>[] = [
  { title: 'study', cell: (row) => row.study },
  { title: 'direction', cell: (row) => row.direction },
  { title: 'best', cell: (row) => formatNumber(row.bestFigure), align: 'right' },
  { title: 'trial', cell: (row) => row.best?.address ?? '-' },
  { title: 'n', cell: (row) => String(row.n), align: 'right' },
  { title: 'mean', cell: (row) => formatNumber(row.mean), align: 'right' },
  { title: 'median', cell: (row) => formatNumber(row.median), align: 'right' },
  { title: 'sd', cell: (row) => formatNumber(row.sd), align: 'right' },
  { title: 'pruned', cell: ({ counts }) => String(counts.pruned), align: 'right' },
  { title: 'failed', cell: ({ counts }) => String(counts.failed), align: 'right' },
];
