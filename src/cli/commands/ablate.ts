import type { Command } from 'commander';
import { parseStudyOrTrial } from '../../core/address.ts';
import { AssayError } from '../../core/errors.ts';
import type { Arm } from '../../runner/evaluate/run-validation.ts';
import { usualSeeds } from '../../runner/evaluate/usual-seeds.ts';
import { type ComparedItem, comparedItem } from '../../storage/readers/compared-item.ts';
import type { ComparedArm } from '../../validation/compare-arms.ts';
import type { Io } from '../io.ts';
import { optionsOf, positiveWholeNumber, withDatabase } from '../options.ts';
import { numberColumn, numberIn } from '../output/columns.ts';
import { printAnswer, say } from '../output/print.ts';
import type { Column } from '../output/table.ts';
import { chosenTrials, type Validated, type ValidateFlags, validateTrials } from './validate.ts';

interface Flags extends ValidateFlags {
  readonly vary: readonly string[];
  readonly withhold: readonly string[];
}

const collected = (text: string, earlier: readonly string[]): readonly string[] => [...earlier, text];

export function register(program: Command, io: Io): void {
  program
    .command('ablate <study>')
    .description(
      'what a setting or a group of features is worth: the same trials, seeds, folds and costs under each arm, compared in pairs',
    )
    .option(
      '--withhold <feature>',
      'arms with, without and with shuffled values of this feature (repeatable; * for any characters)',
      collected,
      [],
    )
    .option(
      '--vary <key=value>',
      'one arm for each value of a setting; repeat it for every value, the first is the reference',
      collected,
      [],
    )
    .option('--top <k>', 'how many of the best trials (of a study)', positiveWholeNumber, 1)
    .option('--seeds <n>', 'trainings of each on each fold', positiveWholeNumber, usualSeeds)
    .option('--workers <n>', 'trainings at once (default: one for each core)', positiveWholeNumber)
    .action(async (target: string, flags: Flags, command: Command) => {
      const options = optionsOf(command);
      const { study } = parseStudyOrTrial(target);
      const arms = await armsOf(flags);
      // Once for all arms: a study that goes on may have another best trial by the next.
      const trials = await chosenTrials(options, target, flags.top);
      const evaluated: (Validated & { readonly name: string })[] = [];
      for (const arm of arms) {
        say(io, options, `arm ${arm.name}`);
        evaluated.push({ name: arm.name, ...(await validateTrials(io, options, study, { ...flags, trials, arm })) });
      }
      const [{ compareArms }, { readArm }] = await Promise.all([
        import('../../validation/compare-arms.ts'),
        import('../../storage/validations/read-arm.ts'),
      ]);
      const sides = await withDatabase(options, ({ db }) =>
        Promise.all(evaluated.map(async ({ name, id, seeds }) => ({ name, evaluations: await readArm(db, id, { trials, seeds }) }))),
      );
      const compared = sides.slice(1).map((side) => compareArms(sides[0]!, side));
      const items = compared.map(comparedItem);
      printAnswer(io, options, {
        document: { target, trials, seeds: evaluated[0]!.seeds, items },
        columns,
        rows: items,
        items,
        footer: [
          `difference of the mean daily Sharpe ratio to ${sides[0]!.name}; low to high: 95 %, from blocks of 5 days that both arms share`,
          ...compared.map(inWords),
        ].join('\n'),
      });
    });
}

async function armsOf({ vary, withhold }: Flags): Promise<readonly Arm[]> {
  if (vary.length > 0 === withhold.length > 0)
    throw new AssayError('usage', 'an ablation needs either --withhold or --vary', {
      hint: "--withhold 'ofi_*', or --vary environment.overnight=flat --vary environment.overnight=hold",
    });
  const { variedArms, withheldArms } = await import('../ablation/arms.ts');
  return withhold.length > 0 ? withheldArms(withhold) : variedArms(vary);
}

function inWords({ arm, reference, low, high, foldsAbove, foldsBelow, folds, days }: ComparedArm): string {
  const counted = `${arm}: better in ${foldsAbove} and worse in ${foldsBelow} of ${folds.length} folds`;
  if (!(Number.isFinite(low) && Number.isFinite(high))) return `${counted}; ${days} days without an interval show nothing`;
  if (high < 0) return `${counted}; worse than ${reference}`;
  return low > 0 ? `${counted}; better than ${reference}` : `${counted}; no difference is shown: the interval holds 0`;
}

const columns: readonly Column<ComparedItem<ComparedArm>>[] = [
  { title: 'arm', cell: ({ arm }) => arm },
  numberColumn('sharpe', (row) => numberIn(row, 'value', row.value)),
  { title: 'reference', cell: ({ reference }) => reference, expendable: 1 },
  numberColumn('its sharpe', (row) => numberIn(row, 'referenceValue', row.referenceValue)),
  numberColumn('difference', (row) => numberIn(row, 'difference', row.difference)),
  numberColumn('low', (row) => numberIn(row, 'low', row.low)),
  numberColumn('high', (row) => numberIn(row, 'high', row.high)),
  numberColumn('days', ({ days }) => days),
  {
    title: 'folds above',
    cell: ({ foldsAbove, folds }) => `${foldsAbove} of ${folds.length}`,
    exact: ({ foldsAbove }) => foldsAbove,
    align: 'right',
  },
];
