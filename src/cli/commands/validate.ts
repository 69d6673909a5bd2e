import { type Command, Option } from 'commander';
import { parseStudyOrTrial } from '../../core/address.ts';
import { counted } from '../../core/counted.ts';
import { dataDirOf } from '../../core/data-dir.ts';
import { AssayError } from '../../core/errors.ts';
import type { Arm } from '../../runner/evaluate/run-validation.ts';
import { usualModels, usualSeeds } from '../../runner/evaluate/usual-seeds.ts';
import type { EvaluationName, ValidationEvent } from '../../runner/evaluate/validation-events.ts';
import type { RecommendedItem } from '../../storage/readers/recommendations.ts';
import type { ValidationItem } from '../../storage/validations/read-validation.ts';
import { cpcvOf } from '../../validation/schemes/paths.ts';
import type { Io } from '../io.ts';
import { type GlobalOptions, optionsOf, positiveWholeNumber, withDatabase } from '../options.ts';
import { checkLines } from '../output/check-lines.ts';
import { foldColumns, foldLines, sayLooks, sayStressed } from '../output/fold-table.ts';
import { formatDuration } from '../output/format.ts';
import { pathColumns, pathLines, sayPaths } from '../output/path-table.ts';
import { type OutputOptions, printAnswer, say } from '../output/print.ts';
import { checkScheme } from '../scheme.ts';

/** `robust`: expected to be best again, by a model of all trials. */
type Order = 'robust' | 'value';

export interface ValidateFlags {
  readonly top: number;
  readonly seeds: number;
  readonly workers?: number;
  /** How the best are chosen. Default: what is expected to be best again; of several objectives by value. */
  readonly by?: Order;
  /** Default: the study's own folds. */
  readonly scheme?: string;
}

export function register(program: Command, io: Io): void {
  program
    .command('validate <study>')
    .description('retrain the best trials (or one, as study#number) with several seeds on folds that the search never saw')
    .option('--top <k>', 'how many of the best trials', positiveWholeNumber, usualModels)
    .addOption(
      new Option(
        '--by <order>',
        'how they are chosen: what is expected to be best again, or the best values (of several objectives always)',
      ).choices(['robust', 'value']),
    )
    .option('--seeds <n>', 'trainings of each on each fold', positiveWholeNumber, usualSeeds)
    .option('--workers <n>', 'trainings at once (default: one for each core)', positiveWholeNumber)
    .option(
      '--scheme <folds>',
      "other folds than the study's own, which are no evidence: anchored, rolling, rolling:<sessions>, cpcv:<groups>,<tested>",
    )
    .option('--brief', 'means only, without every fold')
    .action(async (target: string, flags: ValidateFlags & { brief?: boolean }, command: Command) => {
      const options = optionsOf(command);
      if (flags.scheme !== undefined) checkScheme(flags.scheme);
      const { items, scheme } = await validateWithProgress(io, options, target, flags);
      if (scheme !== null && cpcvOf(scheme) !== null) return showPaths(io, options, items, scheme);
      if (scheme !== null) say(io, options, `the folds of ${scheme} are not the study's own: no evidence for a promotion`);
      for (const line of items.flatMap(checkLines)) say(io, options, line);
      printAnswer(io, options, {
        document: { items },
        columns: foldColumns,
        rows: foldLines(items, flags.brief !== true),
        items,
        footer: [...sayStressed(items), sayLooks(items[0]?.looks ?? null)].join('\n'),
      });
    });
}

/** Validates and says how it goes; resolves to what is stored of the validated trials. */
export async function validateWithProgress(
  io: Io,
  options: GlobalOptions,
  target: string,
  flags: ValidateFlags,
): Promise<{ readonly items: readonly ValidationItem[]; readonly scheme: string | null }> {
  const { study } = parseStudyOrTrial(target);
  const trials = flags.by === 'value' ? await chosenTrials(options, target, flags.top) : await robustTrials(io, options, target, flags);
  const { id, scheme } = await validateTrials(io, options, study, { ...flags, trials });
  const { readValidation } = await import('../../storage/validations/read-validation.ts');
  const { items } = await withDatabase(options, ({ db }) => readValidation(db, study, { validation: id }));
  const validated = new Set(trials.map((n) => `${study}#${n}`));
  return { items: items.filter((item) => validated.has(item.address)), scheme };
}

/** Prints the paths of validated trials, and the distribution of their Sharpe ratios. */
async function showPaths(io: Io, options: GlobalOptions, validated: readonly ValidationItem[], scheme: string): Promise<void> {
  const { readPaths } = await import('../../storage/validations/read-paths.ts');
  const items = await withDatabase(options, ({ db }) => Promise.all(validated.map(({ address }) => readPaths(db, address, scheme))));
  const rows = pathLines(items);
  printAnswer(io, options, { document: { items }, columns: pathColumns, rows, items });
  for (const item of items) say(io, options, sayPaths(item));
}

/** The same by what is expected to be best again, which it says; by value where there is no such order. */
async function robustTrials(io: Io, options: GlobalOptions, target: string, { top, by }: ValidateFlags): Promise<readonly number[]> {
  const { study, number } = parseStudyOrTrial(target);
  if (number !== null) return [number];
  const items = await expectedBest(options, study, top, by === 'robust');
  if (items.length === 0) {
    const trials = await chosenTrials(options, target, top);
    say(io, options, 'chosen by value: a model needs one objective and more complete trials');
    return trials;
  }
  const named = items.map(({ address, inWords }) => `${address}: ${inWords}`);
  say(io, options, [`chosen as expected to be best again (--by value takes the best values)`, ...named].join('\n'));
  return items.map((item) => item.number);
}

/** Empty where too few trials are complete for a model, and for several objectives unless that order is `required`. */
async function expectedBest(options: GlobalOptions, study: string, top: number, required: boolean): Promise<readonly RecommendedItem[]> {
  const { readRecommendations } = await import('../../storage/readers/recommendations.ts');
  try {
    const { items } = await withDatabase(options, ({ db }) => readRecommendations(db, study, top));
    return items.filter(({ expected }) => expected !== null);
  } catch (error) {
    if (!required && error instanceof AssayError && error.code === 'usage') return [];
    throw error;
  }
}

/** Numbers of the trials that a study or trial stands for: its best as of now, the best first. */
export async function chosenTrials(options: GlobalOptions, target: string, top: number): Promise<readonly number[]> {
  const { study, number } = parseStudyOrTrial(target);
  if (number !== null) return [number];
  const { bestTrials } = await import('../../storage/readers/best-trials.ts');
  const { trials } = await withDatabase(options, ({ db }) => bestTrials(db, study, { top }));
  if (trials.length === 0)
    throw new AssayError('conflict', `no trial of ${study} is complete yet`, { hint: 'run the study first, then validate' });
  return trials.map((trial) => trial.number);
}

/** Key of a stored validation, and its seeds. */
export interface Validated {
  readonly id: number;
  readonly seeds: readonly number[];
  /** The scheme of its folds where they are not the study's own. */
  readonly scheme: string | null;
}

interface Wanted extends Omit<ValidateFlags, 'top'> {
  readonly trials: readonly number[];
  /** Default: the study as it is. */
  readonly arm?: Arm;
}

/** Evaluates trials of a study, and says how it goes. */
export async function validateTrials(
  io: Io,
  options: GlobalOptions,
  study: string,
  { trials, seeds, workers, arm, scheme }: Wanted,
): Promise<Validated> {
  const { runValidation } = await import('../../runner/evaluate/run-validation.ts');
  return withDatabase(options, async ({ db }) => {
    const tell = teller(io, options);
    // The next process that opens an embedded server restarts it.
    const revive = () => withDatabase(options, async () => undefined);
    const summary = await runValidation({
      db,
      dataDir: dataDirOf(options.dataDir),
      study,
      trials,
      seeds,
      workers,
      arm,
      scheme,
      revive,
      onProgress: tell,
    });
    if (summary.stoppedBy !== null) {
      throw new AssayError('trial_failed', `the validation was stopped by ${summary.stoppedBy}`, {
        hint: 'run it again: it goes on where it stopped',
      });
    }
    const [failure] = summary.failed;
    if (failure !== undefined) {
      throw new AssayError('trial_failed', `${counted(summary.failed.length, 'evaluation')} failed; the first: ${failure.error.message}`, {
        place: placeOf(failure),
        hint: failure.error.hint ?? 'finished evaluations are stored; run it again to retry the others',
      });
    }
    say(io, options, `validated in ${formatDuration(summary.durationMs)}`);
    return { id: summary.id, seeds: summary.seeds, scheme: summary.scheme };
  });
}

export function teller(io: Io, options: OutputOptions): (event: ValidationEvent) => void {
  let done = 0;
  let total = 0;
  return (event) => {
    switch (event.kind) {
      case 'planned':
        ({ done, total } = event);
        return say(io, options, `${plannedWork(event)}${done > 0 ? `, ${done} of them done before` : ''}`);
      case 'evaluated':
        if (event.seed === null) return;
        done += 1;
        return say(
          io,
          options,
          `${done} of ${total}: ${event.subject}, seed ${event.seed}, fold ${event.fold} evaluated after ${formatDuration(event.durationMs)}`,
        );
      case 'checking':
        ({ total } = event);
        done = 0;
        return say(io, options, `${counted(total, 'check')} of data, features and saved policies, without training`);
      case 'checked':
        done += 1;
        return say(io, options, `${done} of ${total}: ${placeOf(event)} done after ${formatDuration(event.durationMs)}`);
      case 'evaluation-failed':
        return say(io, options, `${placeOf(event)} failed: ${event.error.message}`);
      case 'stopping':
        return say(io, options, `${event.by}: ${event.request === 'drain' ? 'finishing what runs' : 'stopping'}`);
      case 'log':
        return say(io, options, event.text.trimEnd());
    }
  };
}

function plannedWork({ walked, folds, total }: Extract<ValidationEvent, { kind: 'planned' }>): string {
  if (walked) return `the vault, ${counted(total, 'saved policy', 'saved policies')} to walk over it, without training`;
  return `${counted(folds.length, 'fold')} after the search window, ${counted(total, 'training')}`;
}

function placeOf({ subject, fold }: EvaluationName): string {
  return fold === null ? subject : `${subject}, fold ${fold}`;
}
