import type { Command } from 'commander';
import { checkName } from '../../core/address.ts';
import { AssayError } from '../../core/errors.ts';
import type { BestQuery } from '../../storage/readers/best-trials.ts';
import type { RecommendedItem } from '../../storage/readers/recommendations.ts';
import type { TrialItem } from '../../storage/readers/trial-item.ts';
import type { Io } from '../io.ts';
import { type GlobalOptions, optionsOf, positiveWholeNumber, significantDigits, withDatabase } from '../options.ts';
import { numberColumn, numberIn } from '../output/columns.ts';
import { exactParams, formatParams } from '../output/format.ts';
import { describeFront } from '../output/front.ts';
import { printAnswer } from '../output/print.ts';
import type { Column } from '../output/table.ts';
import { trialColumns, trialCsvColumns } from '../output/trial-columns.ts';

export function register(program: Command, io: Io): void {
  program
    .command('best <study>')
    .description('the best complete trials of a study that meet its constraints; of several objectives the Pareto set')
    .option('--top <k>', 'how many (default: 1; of a Pareto set all, up to 200)', positiveWholeNumber)
    .option('--metric <name>', 'rank by this metric in place of the objective')
    .option('--objective <name>', 'of several objectives, rank by this one alone')
    .option(
      '--reference <point>',
      'measure the hypervolume of the Pareto set from here: a number for each objective, joined by commas',
      significantDigits,
    )
    .option('--robust', 'the configurations that are expected to be best again, by a model of all trials, in place of the best values')
    .action(async (study: string, { robust, ...flags }: BestQuery & { readonly robust?: boolean }, command: Command) => {
      const options = optionsOf(command);
      if (robust === true) {
        await showRecommended(io, options, checkName('study', study), flags);
        return;
      }
      const { bestTrials } = await import('../../storage/readers/best-trials.ts');
      const name = checkName('study', study);
      const best = await withDatabase(options, ({ db }) => bestTrials(db, name, flags));
      printAnswer(io, options, {
        document: best,
        columns: withConfigurations(best.trials, trialColumns(best.trials)),
        csvColumns: withConfigurations(best.trials, trialCsvColumns(best.trials)),
        rows: best.trials,
        empty: 'no trial is complete yet and meets its constraints',
        ...(best.front !== null && { footer: `${best.trials.length} of the ${describeFront(best.front)}` }),
      });
    });
}

/** Adds n, mean, sd and worst of each configuration, in a study that tries configurations again. */
function withConfigurations(trials: readonly TrialItem[], columns: readonly Column<TrialItem>[]): readonly Column<TrialItem>[] {
  if (trials.every(({ configuration }) => configuration === undefined)) return columns;
  const of = (name: 'n' | 'mean' | 'sd' | 'worst'): Column<TrialItem> =>
    numberColumn<TrialItem>(name, ({ configuration }) => configuration?.[name] ?? undefined);
  return [...columns.slice(0, 2), of('n'), of('mean'), of('sd'), of('worst'), ...columns.slice(2)];
}

/** @throws AssayError `usage` beside another order */
async function showRecommended(io: Io, options: GlobalOptions, study: string, { top, ...order }: BestQuery): Promise<void> {
  const other = Object.keys(order).find((flag) => order[flag as keyof typeof order] !== undefined);
  if (other !== undefined)
    throw new AssayError('usage', `--robust and --${other} are two orders`, {
      hint: '--robust goes by the objective, of studies with one',
    });
  const { readRecommendations } = await import('../../storage/readers/recommendations.ts');
  const document = await withDatabase(options, ({ db }) => readRecommendations(db, study, top));
  printAnswer(io, options, {
    document,
    columns: [
      { title: 'trial', cell: (item) => item.address },
      { title: 'n', cell: (item) => String(item.trials.length), exact: (item) => item.trials.length, align: 'right' },
      numberColumn<RecommendedItem>('observed', (item) => numberIn(item, 'observed', item.observed)),
      numberColumn<RecommendedItem>('expected', (item) => item.expected?.value),
      numberColumn<RecommendedItem>('low', (item) => item.expected?.low),
      numberColumn<RecommendedItem>('high', (item) => item.expected?.high),
      { title: 'params', cell: (item) => formatParams(item.params), exact: (item) => exactParams(item.params) },
    ],
    rows: document.items,
    empty: 'no trial is complete yet and meets its constraints',
    ...(document.items[0] !== undefined && { footer: `${document.items[0].address}: ${document.items[0].inWords}` }),
  });
}
