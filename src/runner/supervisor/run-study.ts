import { AssayError } from '../../core/errors.ts';
import { continuedBudget } from '../../search/study/budget.ts';
import { describeBudget } from '../../search/study/describe-budget.ts';
import type { StudyDescription, StudyRecord } from '../../search/study/storage.ts';
import type { Db } from '../../storage/database.ts';
import { storedStudy } from '../../storage/readers/find.ts';
import { createStorage } from '../../storage/storage.ts';
import { refuseOtherData } from '../datasets/bound.ts';
import { type PreparedRun, prepareRun, type StudyFileOptions } from './prepare-run.ts';
import type { SupervisorEvent } from './supervise.ts';
import { superviseDevices, type WorkDone } from './supervise-devices.ts';
import { type StoppingEvent, type SupervisedOptions, supervised } from './supervised.ts';

/** How a run goes, whatever study it is of. */
export interface WorkOptions extends Omit<SupervisedOptions, 'devices' | 'workers'> {
  /** No new trials after this long; the running ones finish. */
  readonly timeoutMs?: number | undefined;
  readonly onProgress?: ((event: RunEvent) => void) | undefined;
}

export interface RunOptions extends WorkOptions, StudyFileOptions {
  readonly dataDir: string;
}

export type RunEvent =
  | SupervisorEvent
  | StoppingEvent
  | { readonly kind: 'study-opened'; readonly study: StudyRecord; readonly notes: readonly string[] };

export interface RunSummary extends Omit<WorkDone, 'sourceChanged'> {
  readonly study: StudyRecord;
  readonly durationMs: number;
}

/**
 * Create the study of a file, or go on with it, and work on it here until its budget is finished.
 * @throws AssayError as {@link prepareRun}, before a database is opened, and as {@link runPrepared}.
 */
export async function runStudy(options: RunOptions): Promise<RunSummary> {
  return runPrepared(await prepareRun(options), options);
}

/**
 * The same of a study file that is loaded already.
 * @throws AssayError `space_changed` (the study has another space), `database_unavailable`, `disk_full`, `conflict` (the file was changed
 * while the study ran), `unavailable` (workers keep dying).
 */
export async function runPrepared(prepared: PreparedRun, options: WorkOptions): Promise<RunSummary> {
  const { file, devices, share } = prepared;
  const { dataDir, timeoutMs } = options;
  const startedAtMs = performance.now();
  const onStop = (event: StoppingEvent): void => options.onProgress?.(event);
  return supervised(options, { timeoutMs, onStop }, async ({ connection, control, setup }) => {
    const { described, note } = await withKeptBudget(connection.db, prepared);
    const study = await createStorage(connection.db).open(described);
    await refuseOtherData(connection.db, dataDir, study);
    options.onProgress?.({ kind: 'study-opened', study, notes: note === null ? prepared.notes : [...prepared.notes, note] });

    // Beyond what it declared, a trial's own heap is what ends it, and not the machine's last byte.
    const threadMemoryMb = options.threadMemoryMb ?? described.needs?.memoryMb ?? null;
    const { end, by, ended, sourceChanged } = await superviseDevices({
      setup: { ...setup, share, threadMemoryMb, studies: [study.id], otherSource: 'end' },
      devices,
      control,
      onEvent: (event) => options.onProgress?.(event),
    });
    if (sourceChanged) throw changedSource(file);
    return { study, end, by, ended, durationMs: performance.now() - startedAtMs };
  });
}

/** The study with the larger budget that an earlier run was given, and what to say of it. */
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
