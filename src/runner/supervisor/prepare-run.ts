import { checkName } from '../../core/address.ts';
import { AssayError } from '../../core/errors.ts';
import type { FlatParams } from '../../search/space/param.ts';
import { pinSpace } from '../../search/space/pin.ts';
import { type BudgetInput, changedBudget } from '../../search/study/budget.ts';
import { describeBudget, unlimitedTrials } from '../../search/study/describe-budget.ts';
import { toStudyDescription } from '../../search/study/describe-study.ts';
import type { Budget, StudyDescription } from '../../search/study/storage.ts';
import type { Device } from '../../search/study/trial-context.ts';
import { capacityPerDevice, devicesFor, type Share } from '../machine/capacity.ts';
import { loadStudy } from '../study-files/load-study.ts';
import { describeOnData } from './describe-on-data.ts';
import { checkSettings } from './evidence-ahead.ts';

export interface StudyFileOptions {
  /** The study file. */
  readonly file: string;
  /** Where data sets and caches live. */
  readonly dataDir: string;
  /** Replaces the name in the file. */
  readonly name?: string | undefined;
  readonly trials?: number | undefined;
  /** Changes to the budget in the file. */
  readonly budget?: BudgetInput | undefined;
  readonly seed?: number | undefined;
  /** Values of pinned parameters, by flat name. */
  readonly set?: FlatParams | undefined;
  /** Default: the CPU. */
  readonly devices?: readonly Device[] | undefined;
  /** Threads per device. Default: the machine's cores, divided among the devices. */
  readonly workers?: number | undefined;
  /** True if the run is to give the same numbers again: a budget of time, which a clock decides, is refused. */
  readonly deterministic?: boolean | undefined;
}

/** The part of a run that needs no database. */
export interface PreparedRun {
  readonly file: string;
  readonly dataDir: string;
  readonly study: StudyDescription;
  /** True if one trial ends before the next begins, as in a deterministic run. */
  readonly inOrder: boolean;
  /** Budget changes requested beside the file. */
  readonly changes: BudgetInput;
  readonly devices: readonly Device[];
  readonly share: Share;
  /** Notes on parts of the file that look unintended. */
  readonly notes: readonly string[];
}

/**
 * Loads the study file and checks everything about a run that can be checked without a database. Writes only the cache of clean type checks.
 * @throws AssayError `study_invalid`, `space_invalid` (the file), `params_invalid` (pinned values), `usage` (the name, a budget of time in
 * a deterministic run), `unavailable` (no device fits what the study needs), and as {@link describeOnData} and
 * {@link checkSettings}.
 */
export async function prepareRun(options: StudyFileOptions): Promise<PreparedRun> {
  const { file, dataDir, devices: asked = ['cpu'], deterministic } = options;
  const { definition, module } = await loadStudy(file, { checkTypesIn: dataDir });
  const share = capacityPerDevice(asked.length, options.workers);
  const devices = devicesFor(definition, asked, share);
  const space = pinSpace(definition.space, options.set ?? {});
  const described = toStudyDescription({ ...definition, space }, module);
  const changes = { ...options.budget, ...(options.trials !== undefined && { trials: options.trials }) };
  const budget = changedBudget(described.budget, changes, described.objectives);
  if (deterministic === true) refuseTimeBudget(budget, file);
  const onData = await describeOnData(definition, dataDir);
  await checkSettings({ ...definition, space }, dataDir);
  const study = {
    ...described,
    ...onData,
    name: checkName('study', options.name ?? described.name),
    seed: options.seed ?? described.seed,
    budget,
  };
  return { file, dataDir, study, inOrder: deterministic === true, changes, devices, share, notes: definition.space.notes };
}

/** @throws AssayError `usage` for a budget that a clock uses up */
function refuseTimeBudget({ timeMs }: Budget, place: string): void {
  if (timeMs === undefined) return;
  throw new AssayError(
    'usage',
    `--deterministic takes no budget of time, such as the ${describeBudget({ trials: unlimitedTrials, timeMs })}`,
    {
      place,
      hint: 'a clock ends a study at another trial each time: give trials or steps in its place, or leave --deterministic out',
    },
  );
}
