import { type Command, Option } from 'commander';
import { checkName } from '../../core/address.ts';
import { shareBar } from '../../plot/terminal/share-bar.ts';
import type { Importance } from '../../search/importance/importance.ts';
import type { ImportanceInput } from '../../search/importance/options.ts';
import type { Io } from '../io.ts';
import { optionsOf, withDatabase } from '../options.ts';
import { fractionColumn } from '../output/columns.ts';
import { printAnswer } from '../output/print.ts';
import type { Column } from '../output/table.ts';

const evaluators = ['ped-anova', 'fanova', 'mdi'] as const satisfies readonly ImportanceInput['evaluator'][];

interface Flags {
  readonly evaluator: (typeof evaluators)[number];
  readonly objective?: string;
}

export function register(program: Command, io: Io): void {
  program
    .command('importance <study>')
    .description('which parameters decide how good a trial is, and how sure that is')
    .addOption(
      new Option('--evaluator <name>', 'what makes a trial one of the best, or what explains all values')
        .choices(evaluators)
        .default('ped-anova' satisfies (typeof evaluators)[number]),
    )
    .option('--objective <name>', 'of several objectives, this one alone (default: what it takes to be among the trade-offs)')
    .action(async (study: string, { evaluator, objective }: Flags, command: Command) => {
      const options = optionsOf(command);
      const { readImportance } = await import('../../storage/readers/importance.ts');
      const name = checkName('study', study);
      const document = await withDatabase(options, ({ db }) => readImportance(db, name, { evaluator, objective }));
      const { items, notes, trials } = document;
      printAnswer(io, options, {
        document,
        columns: io.out.isTerminal ? [...columns, bar] : columns,
        rows: items,
        footer: [`by ${evaluator} over ${trials} complete trials; low to high: 90 % of resamples`, ...notes].join('\n'),
        empty: trials === 0 ? 'no trial is complete yet' : 'the trials have no parameter in common',
      });
    });
}

const columns: readonly Column<Importance>[] = [
  { title: 'parameter', cell: ({ param }) => param },
  fractionColumn('importance', (row) => row.importance),
  fractionColumn('low', ({ low }) => low),
  fractionColumn('high', ({ high }) => high),
];

/** Full up to the lower end of the interval, shaded up to the upper end. */
const bar: Column<Importance> = {
  title: '',
  cell: ({ low, high }) => shareBar(low, high, 20),
};
