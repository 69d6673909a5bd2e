import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { AssayError } from '../../core/errors.ts';
import { settingFault } from '../../core/schema-issue.ts';
import type { FeatureChoice } from '../../features/choice.ts';
import { dualTicker } from '../../features/dual-ticker/index.ts';
import { filesOf, sourcesNamedIn } from '../../runner/study-files/program-files.ts';
import { taskSettings } from '../../trading/config/schema.ts';
import type { environmentOptions } from '../../trading/env/options.ts';
import type { SessionPlan } from '../../trading/task/session-plan.ts';
import { type limits, trainerSettings } from './settings.ts';

const { dataset, features, environment, sessions } = taskSettings.shape;
const all = z.strictObject({ ...trainerSettings.shape, dataset, features, environment, sessions });

/** Options of an external trainer: a program that decides positions, and what it decides on. */
export interface ExternalTrainerOptions {
  /** `import.meta.url` of the study file: `command` runs, and `sources` lie, in its folder. */
  readonly from: string | URL;
  readonly command: readonly string[];
  /** Literals: they are found in the text of the study, so that a changed file makes another source. */
  readonly sources: readonly string[];
  readonly mode?: 'bars' | 'batch';
  readonly history?: number;
  readonly retrain?: boolean;
  readonly threads?: number;
  readonly limits?: z.input<typeof limits>;
  /** Name of a data set. */
  readonly dataset: string;
  /** What it sees beside the bars. Default `dual-ticker@2`. */
  readonly features?: FeatureChoice;
  readonly environment?: Readonly<z.input<typeof environmentOptions>>;
  readonly sessions: SessionPlan;
}

/** The options with their defaults filled in. */
export type FilledTrainer = Readonly<z.output<typeof all>> & {
  /** Folder of the study file. */
  readonly folder: string;
  /** Absolute paths of the program's files, sorted. */
  readonly files: readonly string[];
};

/**
 * Checks the options and fills in the defaults.
 * @throws AssayError `config_invalid` naming the first invalid setting; `study_invalid` for sources that are not there, or whose changes would not
 * be noticed.
 */
export function filledTrainer({ from, ...given }: ExternalTrainerOptions): FilledTrainer {
  const told = { features: dualTicker.id, ...given };
  const parsed = all.safeParse(told);
  if (!parsed.success) {
    const { keys, because, hint = 'docs/trainers.md lists every setting' } = settingFault(all, told, parsed.error);
    throw new AssayError('config_invalid', `${keys.join('.')}: ${because}`, { place: 'externalTrainer', hint });
  }
  if (parsed.data.environment.positions !== undefined)
    throw new AssayError('config_invalid', 'environment.positions: a trainer decides positions, it does not choose from a list', {
      place: 'externalTrainer',
      hint: 'leave it out; whole contracts come from `sizing`',
    });
  const path = fileURLToPath(from);
  const folder = dirname(path);
  const named = new Set(sourcesNamedIn(readFileSync(path, 'utf8')));
  const unseen = given.sources.find((pattern) => !named.has(pattern));
  if (unseen !== undefined)
    throw new AssayError(
      'study_invalid',
      `the source ${JSON.stringify(unseen)} is no literal of the study file, so its changes would not be noticed`,
      {
        place: path,
        hint: "write sources: ['train.py'] with the names themselves, and from: import.meta.url",
      },
    );
  const missing = given.sources.find((pattern) => filesOf(folder, [pattern]).length === 0);
  if (missing !== undefined)
    throw new AssayError('study_invalid', `there is no file ${missing} in ${folder}`, {
      place: path,
      hint: 'sources are named from the folder of the study file',
    });
  return { ...parsed.data, folder, files: filesOf(folder, given.sources) };
}
