import { AssayError } from '../../core/errors.ts';
import { continuedBudget } from '../../search/study/budget.ts';
import { describeBudget } from '../../search/study/describe-budget.ts';
import type { StudyDescription, StudyRecord } from '../../search/study/storage.ts';
import type { Db } from '../../storage/database.ts';
import { storedStudy } from '../../storage/readers/find.ts';
import { refuseFrozenGroup } from '../../storage/sql/frozen.ts';
import { createStorage } from '../../storage/storage.ts';
import { refuseOtherData } from '../datasets/bound.ts';
import type { RunEvent, StoppingEvent } from '../events.ts';
import { type PreparedRun, prepareRun, type StudyFileOptions } from './prepare-run.ts';
import { superviseDevices, type WorkDone } from './supervise-devices.ts';
import { type SupervisedOptions, supervised } from './supervised.ts';

/** Options of a run that do not depend on its study. */
export interface WorkOptions extends Omit<SupervisedOptions, 'devices' | 'workers'> {
  /** Drains after this time: no new trials, the running ones finish. */
  readonly timeoutMs?: number | undefined;
  readonly onProgress?: ((event: RunEvent) => void) | undefined;
}

export interface RunOptions extends WorkOptions, StudyFileOptions {
  readonly dataDir: string;
}

export interface RunSummary extends Omit<WorkDone, 'sourceChanged'> {
  readonly study: StudyRecord;
  readonly durationMs: number;
}

/**
 * Creates or resumes the study of a file and works on it until its budget is used up.
 * @throws AssayError as {@link prepareRun}, before a database is opened, and as {@link runPrepared}.
 */
export async function runStudy(options: RunOptions): Promise<RunSummary> {
  return runPrepared(await prepareRun(options), options);
}

/**
 * Runs a study file that is already loaded; see {@link runStudy}.
 * @throws AssayError `space_changed` (the study has another space), `database_unavailable`, `disk_full`, `conflict` (the study is frozen,
 * or the file was changed while the study ran), `unavailable` (workers keep dying).
 */
export async function runPrepared(prepared: PreparedRun, options: WorkOptions): Promise<RunSummary> {
  const { file, devices, share } = prepared;
  const { dataDir, timeoutMs } = options;
  const startedAtMs = performance.now();
  const onStop = (event: StoppingEvent): void => options.onProgress?.(event);
  return supervised(options, { timeoutMs, onStop }, async ({ connection, control, setup }) => {
    const { described, note } = await withKeptBudget(connection.db, prepared);
    await refuseFrozenGroup(connection.db, described);
    const study = await createStorage(connection.db).open(described);
    await refuseOtherData(connection.db, dataDir, study);
    options.onProgress?.({ kind: 'study-opened', study, notes: note === null ? prepared.notes : [...prepared.notes, note] });

    // A trial that exceeds its declared memory is ended by its heap limit before the machine runs out of memory.
    const threadMemoryMb = options.threadMemoryMb ?? described.needs?.memoryMb ?? null;
    const { end, by, ended, sourceChanged } = await superviseDevices({
      setup: { ...setup, share, threadMemoryMb, studies: [study.id], otherSource: 'end', inOrder: prepared.inOrder },
      devices,
      control,
      onEvent: (event) => options.onProgress?.(event),
    });
    if (sourceChanged) throw changedSource(file);
    return { study, end, by, ended, durationMs: performance.now() - startedAtMs };
  });
}

/** Returns the study with the larger budget that an earlier run set, and a note for the user (null: the budget is unchanged). */
async function withKeptBudget(
  db: Db,
  prepared: PreparedRun,
): Promise<{ readonly described: StudyDescription; readonly note: string | null }> {
  const { study, changes } = prepared;
  const stored = await storedStudy(db, study.name);
  if (stored === null) return { described: study, note: null };
  const { budget, kept } = continuedBudget(stored.budget, study.budget, changes);
  if (kept.length === 0) return { described: study, note: null };
  const asked = kept.map(({ flag }) => flag).join(' and ');
  return {
    described: { ...study, budget },
    note: `${study.name} keeps its budget of ${describeBudget(budget)}, where the file says ${describeBudget(study.budget)}; ${asked} would lower it`,
  };
}

function changedSource(file: string): AssayError {
  return new AssayError('conflict', 'the study file, or package-lock.json, changed while the study ran', {
    place: file,
    hint: 'run it again: the study goes on with the file as it is now',
  });
}
