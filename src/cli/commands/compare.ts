import type { Command } from 'commander';
import { checkName } from '../../core/address.ts';
import { AssayError } from '../../core/errors.ts';
import { writeValue } from '../../search/space/literal.ts';
import type { ChoiceValue } from '../../search/space/param.ts';
import type { ComparedMetric, ComparedStudy } from '../../storage/readers/compare-studies.ts';
import { type ComparedItem, comparedItem } from '../../storage/readers/compared-item.ts';
import type { ComparedTrials } from '../../validation/compare-judged.ts';
import type { Io } from '../io.ts';
import { type GlobalOptions, optionsOf, withDatabase } from '../options.ts';
import { formatCell, numberColumn, numberIn } from '../output/columns.ts';
import { formatNumber } from '../output/format.ts';
import { printAnswer, say } from '../output/print.ts';
import type { Column } from '../output/table.ts';

export function register(program: Command, io: Io): void {
  program
    .command('compare <study...>')
    .description('studies side by side: best, mean and spread, and the parameters in which the best trials differ')
    .option('--metric <name>', 'compare this metric in place of the objective')
    .option('--objective <name>', 'of several objectives, compare this one (default: the first)')
    .option('--paired', 'two validated trials or models (study#42, scalper@champion), day by day: the reference, then the challenger')
    .action(async (names: string[], { paired, ...flags }: ComparedMetric & { paired?: true }, command: Command) => {
      const options = optionsOf(command);
      if (paired === true) return comparePairedTrials(io, options, names, flags);
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

async function comparePairedTrials(io: Io, options: GlobalOptions, names: readonly string[], flags: ComparedMetric): Promise<void> {
  const [reference, challenger, ...others] = names;
  if (reference === undefined || challenger === undefined || others.length > 0)
    throw new AssayError('usage', `--paired compares two, not ${names.length}`, {
      hint: "assay compare --paired scalper@champion 'nvda-msft#42': the reference, then the challenger",
    });
  if (flags.metric !== undefined || flags.objective !== undefined)
    throw new AssayError('usage', '--paired compares daily Sharpe ratios, not another metric', {
      hint: 'leave --metric and --objective out',
    });
  const { comparePaired } = await import('../../registry/compare-models.ts');
  const compared = await withDatabase(options, ({ db }) => comparePaired(db, reference, challenger));
  const item = comparedItem(compared);
  printAnswer(io, options, {
    document: item,
    columns: foldPairs,
    rows: item.folds,
    items: [item],
  });
  const { low, high, level, days, foldsAbove, foldsBelow, folds, pairsAbove, pairsBelow, pairsEqual, trial, referenceTrial } = compared;
  const [value, of] = [formatNumber(compared.value), formatNumber(compared.referenceValue)];
  const within = Number.isFinite(low)
    ? `, ${level * 100} % within ${formatNumber(low)} and ${formatNumber(high)}`
    : ', without an interval';
  say(
    io,
    options,
    [
      `${challenger}${trial === challenger ? '' : ` (${trial})`} has a mean daily Sharpe ratio of ${value}, ${reference}${referenceTrial === reference ? '' : ` (${referenceTrial})`} one of ${of}, on the same ${days} days`,
      `difference ${formatNumber(compared.difference)}${within}; above in ${foldsAbove} and below in ${foldsBelow} of ${folds.length} folds, in ${pairsAbove} and ${pairsBelow} of ${pairsAbove + pairsBelow + pairsEqual} pairs of fold and seed`,
    ].join('\n'),
  );
}

const foldPairs: readonly Column<ComparedItem<ComparedTrials>['folds'][number]>[] = [
  numberColumn('fold', ({ fold }) => fold),
  numberColumn('challenger', (row) => numberIn(row, 'value', row.value)),
  numberColumn('reference', (row) => numberIn(row, 'referenceValue', row.referenceValue)),
  numberColumn('difference', (row) => numberIn(row, 'difference', row.difference)),
  {
    title: 'by seed',
    cell: ({ seeds }) => seeds.map((one) => `${one.seed}: ${formatCell(numberIn(one, 'difference', one.difference))}`).join(', '),
    wrap: true,
  },
];

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
