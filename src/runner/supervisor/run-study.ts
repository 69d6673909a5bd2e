import { AssayError } from '../../core/errors.ts';
import type { StudyRecord } from '../../search/study/storage.ts';
import { createStorage } from '../../storage/storage.ts';
import { refuseOtherData } from '../bound-data.ts';
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
export async function runPrepared(
  { file, study: described, devices, share, notes }: PreparedRun,
  options: WorkOptions,
): Promise<RunSummary> {
  const { dataDir, timeoutMs } = options;
  const startedAtMs = performance.now();
  const onStop = (event: StoppingEvent): void => options.onProgress?.(event);
  return supervised(options, { timeoutMs, onStop }, async ({ connection, control, setup }) => {
    const study = await createStorage(connection.db).open(described);
    await refuseOtherData(connection.db, dataDir, study);
    options.onProgress?.({ kind: 'study-opened', study, notes });

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

function changedSource(file: string): AssayError {
  return new AssayError('conflict', 'the study file, or package-lock.json, changed while the study ran', {
    place: file,
    hint: 'run it again: the study goes on with the file as it is now',
  });
}
