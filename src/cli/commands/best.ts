import type { Command } from 'commander';
import { checkName } from '../../core/address.ts';
import type { BestQuery } from '../../storage/readers/best-trials.ts';
import type { Io } from '../io.ts';
import { optionsOf, positiveWholeNumber, significantDigits, withDatabase } from '../options.ts';
import { describeFront } from '../output/front.ts';
import { printAnswer } from '../output/print.ts';
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
    .action(async (study: string, flags: BestQuery, command: Command) => {
      const options = optionsOf(command);
      const { bestTrials } = await import('../../storage/readers/best-trials.ts');
      const name = checkName('study', study);
      const best = await withDatabase(options, ({ db }) => bestTrials(db, name, flags));
      printAnswer(io, options, {
        document: best,
        columns: trialColumns(best.trials),
        csvColumns: trialCsvColumns(best.trials),
        rows: best.trials,
        empty: 'no trial is complete yet and meets its constraints',
        ...(best.front !== null && { footer: `${best.trials.length} of the ${describeFront(best.front)}` }),
      });
    });
}
