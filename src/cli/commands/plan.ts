import type { Command } from 'commander';
import { dataDirOf } from '../../core/data-dir.ts';
import type { FlatParams } from '../../search/space/param.ts';
import { finiteAll, nonFiniteFlag } from '../../storage/readers/finite.ts';
import type { Io } from '../io.ts';
import { optionsOf, positiveWholeNumber } from '../options.ts';
import { planColumns, planLines } from '../output/plan-lines.ts';
import { printAnswer } from '../output/print.ts';
import { describeShortfall } from '../output/shortfall.ts';
import { paramValue } from '../param-values.ts';
import { usualModels, usualSeeds } from '../usual-seeds.ts';

interface Flags {
  readonly top: number;
  readonly seeds: number;
  readonly looks?: number;
  readonly timing: boolean;
  readonly param: FlatParams;
}

export function register(program: Command, io: Io): void {
  program
    .command('plan <file>')
    .description('what a study will need and what it can show, without a database: windows, time, smallest Sharpe ratio that can pass')
    .option('--top <k>', 'how many of the best trials will be judged', positiveWholeNumber, usualModels)
    .option('--seeds <n>', 'trainings of each on each fold', positiveWholeNumber, usualSeeds)
    .option('--looks <n>', 'models judged on the test days in all, over all studies (default: --top)', positiveWholeNumber)
    .option('--no-timing', 'no training to time')
    .option('-p, --param <name=value>', 'a parameter of the timed training (repeatable; default: the middle of its range)', paramValue, {})
    .action(async (file: string, { top: models, seeds, looks, timing: timed, param: params }: Flags, command: Command) => {
      const options = optionsOf(command);
      const { planStudy } = await import('../../runner/plan/plan-study.ts');
      const plan = await planStudy({ file, dataDir: dataDirOf(options.dataDir), models, seeds, looks, timed, params });
      const shortfall = await describeShortfall(plan.evidence, plan.policy, seeds);
      const warnings = [...(shortfall === null ? [] : [shortfall]), ...plan.warnings];
      const { power } = plan;
      const rows = planLines(plan, warnings);
      printAnswer(io, options, {
        document: {
          ...plan,
          warnings,
          power: power && {
            ...power,
            ...finiteAll({ dailySharpe: power.dailySharpe, annualSharpe: power.annualSharpe }),
            ...nonFiniteFlag({ dailySharpe: power.dailySharpe, annualSharpe: power.annualSharpe }),
          },
        },
        columns: planColumns,
        rows,
      });
    });
}
