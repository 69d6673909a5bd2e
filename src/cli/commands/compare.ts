import type { Command } from 'commander';
import { checkName } from '../../core/address.ts';
import { writeValue } from '../../search/space/literal.ts';
import type { ChoiceValue } from '../../search/space/param.ts';
import type { ComparedMetric, ComparedStudy } from '../../storage/readers/compare-studies.ts';
import type { Io } from '../io.ts';
import { optionsOf, withDatabase } from '../options.ts';
import { numberColumn, numberIn } from '../output/columns.ts';
import { formatNumber } from '../output/format.ts';
import { printAnswer } from '../output/print.ts';
import type { Column } from '../output/table.ts';

export function register(program: Command, io: Io): void {
  program
    .command('compare <study...>')
    .description('studies side by side: best, mean and spread, and the parameters in which the best trials differ')
    .option('--metric <name>', 'compare this metric in place of the objective')
    .option('--objective <name>', 'of several objectives, compare this one (default: the first)')
    .action(async (names: string[], flags: ComparedMetric, command: Command) => {
      const options = optionsOf(command);
      const { compareStudies } = await import('../../storage/readers/compare-studies.ts');
      const studies = names.map((name) => checkName('study', name));
      const comparison = await withDatabase(options, ({ db }) => compareStudies(db, studies, flags));
      const params = comparison.params.map(
        ({ name, values }): Column<ComparedStudy> => ({
          title: name,
          cell: (row) => showValue(values[comparison.studies.indexOf(row)]),
          exact: (row) => exactValue(values[comparison.studies.indexOf(row)]),
          align: 'right',
        }),
      );
      printAnswer(io, options, { document: comparison, columns: [...comparisonColumns, ...params], rows: comparison.studies });
    });
}

function showValue(value: ChoiceValue | undefined): string {
  return typeof value === 'number' ? formatNumber(value) : value === null || value === undefined ? '-' : writeValue(value);
}

function exactValue(value: ChoiceValue | undefined): string | null {
  return value === null || value === undefined ? null : writeValue(value);
}

const comparisonColumns: readonly Column<ComparedStudy>[] = [
  { title: 'study', cell: (row) => row.study },
  { title: 'direction', cell: (row) => row.direction, expendable: 5 },
  numberColumn('best', (row) => numberIn(row, 'bestFigure', row.bestFigure)),
  { title: 'trial', cell: ({ best }) => (best === null ? '-' : `#${best.number}`), exact: ({ best }) => best?.address, expendable: 4 },
  numberColumn('n', (row) => row.n),
  numberColumn('mean', (row) => numberIn(row, 'mean', row.mean)),
  numberColumn('median', (row) => numberIn(row, 'median', row.median), { expendable: 3 }),
  numberColumn('sd', (row) => numberIn(row, 'sd', row.sd)),
  numberColumn('pruned', ({ counts }) => counts.pruned, { expendable: 2 }),
  numberColumn('failed', ({ counts }) => counts.failed, { expendable: 1 }),
];
