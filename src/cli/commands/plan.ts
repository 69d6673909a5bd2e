import type { Command } from 'commander';
import { dataDirOf } from '../../core/data-dir.ts';
import { AssayError } from '../../core/errors.ts';
import { usualModels, usualSeeds } from '../../runner/evaluate/usual-seeds.ts';
import { planDocument } from '../../runner/plan/plan-document.ts';
import type { StudyPlan } from '../../runner/plan/plan-study.ts';
import type { FlatParams } from '../../search/space/param.ts';
import type { Io } from '../io.ts';
import { type GlobalOptions, optionsOf, positiveWholeNumber, withDatabase } from '../options.ts';
import { planColumns, planLines } from '../output/plan-lines.ts';
import { printAnswer } from '../output/print.ts';
import { paramValue } from '../param-values.ts';
import { checkScheme } from '../scheme.ts';
import { isStudyFile } from '../study-target.ts';

interface Flags {
  readonly top: number;
  readonly seeds: number;
  readonly looks?: number;
  readonly scheme?: string;
  readonly timing: boolean;
  readonly param: FlatParams;
}

export function register(program: Command, io: Io): void {
  program
    .command('plan <study>')
    .description(
      'what a study will need and what it can show, before it runs: windows, time, smallest Sharpe ratio that can pass; from its file, without a database, or by the name of a stored study, without its file',
    )
    .option('--top <k>', 'how many of the best trials will be judged', positiveWholeNumber, usualModels)
    .option('--seeds <n>', 'trainings of each on each fold', positiveWholeNumber, usualSeeds)
    .option(
      '--looks <n>',
      'models judged on the test days in all, over all studies (default: --top; of a stored study: the looks so far, if they are more)',
      positiveWholeNumber,
    )
    .option(
      '--scheme <folds>',
      "other folds than the study's own, which are no evidence: rolling:<sessions>, cpcv:<groups>,<tested groups>",
    )
    .option('--no-timing', 'no training to time')
    .option('-p, --param <name=value>', 'a parameter of the timed training (repeatable; default: the middle of its range)', paramValue, {})
    .action(async (study: string, flags: Flags, command: Command) => {
      const options = optionsOf(command);
      const plan = isStudyFile(study) ? await planOfFile(study, options, flags) : await planOfStored(study, options, flags);
      printAnswer(io, options, { document: planDocument(plan), columns: planColumns, rows: planLines(plan) });
    });
}

async function planOfFile(file: string, options: GlobalOptions, { top: models, timing: timed, param: params, ...flags }: Flags) {
  if (flags.scheme !== undefined) checkScheme(flags.scheme);
  const { planStudy } = await import('../../runner/plan/plan-study.ts');
  return planStudy({ ...flags, file, dataDir: dataDirOf(options.dataDir), models, timed, params });
}

async function planOfStored(name: string, options: GlobalOptions, { top: models, seeds, looks, ...flags }: Flags): Promise<StudyPlan> {
  const given = flags.scheme !== undefined ? '--scheme' : Object.keys(flags.param).length > 0 ? '--param' : null;
  if (given !== null)
    throw new AssayError('usage', `${given} needs the study's file, and ${name} is the name of a stored study`, {
      place: given,
      hint: 'give the path of the study file in place of the name, or leave the option out',
    });
  const { storedPlan } = await import('../../runner/plan/stored-plan.ts');
  const outlook = await withDatabase(options, ({ db }) => storedPlan(db, name, { models, seeds, looks }));
  return { ...outlook, params: {}, cost: null };
}
