import type { Command } from 'commander';
import { checkName } from '../../core/address.ts';
import type { Io } from '../io.ts';
import { optionsOf, positiveWholeNumber, withDatabase } from '../options.ts';
import { printAnswer } from '../output/print.ts';
import { trialColumns } from '../output/trial-columns.ts';

export function register(program: Command, io: Io): void {
  program
    .command('best <study>')
    .description('the best complete trials of a study')
    .option('--top <k>', 'how many', positiveWholeNumber, 1)
    .option('--metric <name>', 'rank by this metric in place of the objective')
    .action(async (study: string, flags: { top: number; metric?: string }, command: Command) => {
      const options = optionsOf(command);
      const { bestTrials } = await import('../../storage/readers/best-trials.ts');
      const best = await withDatabase(options, ({ db }) => bestTrials(db, checkName('study', study), flags));
      printAnswer(io, options, { document: best, columns: trialColumns, rows: best.trials, empty: 'no trial is complete yet' });
    });
}
