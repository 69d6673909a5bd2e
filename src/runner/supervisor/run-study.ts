import { AssayError } from '../../core/errors.ts';
import type { FlatParams } from '../../search/space/param.ts';
import { pinSpace } from '../../search/space/pin.ts';
import { type BudgetInput, changedBudget } from '../../search/study/budget.ts';
import { describeStudy } from '../../search/study/define-study.ts';
import type { StudyRecord } from '../../search/study/storage.ts';
import type { Device } from '../../search/study/trial-context.ts';
import { requireSpace } from '../../storage/artifacts/free-space.ts';
import { databaseFault } from '../../storage/database-fault.ts';
import { openDatabase } from '../../storage/open.ts';
import { createStorage } from '../../storage/storage.ts';
import { refuseOtherData } from '../bound-data.ts';
import { capacityPerDevice, devicesFor } from '../capacity.ts';
import { takeControl } from '../control.ts';
import { loadStudy } from '../modules/load-study.ts';
import type { StopOrder } from '../worker/events.ts';
import type { SupervisorEvent } from './supervise.ts';
import { superviseDevices, type WorkDone } from './supervise-devices.ts';

export interface RunOptions {
  /** The study file. */
  readonly file: string;
  /** Where data sets, artifacts, caches and the embedded server live. */
  readonly dataDir: string;
  /** Else the environment's DATABASE_URL, else the embedded server. */
  readonly databaseUrl?: string | undefined;
  /** In place of the file's own. */
  readonly name?: string | undefined;
  readonly trials?: number | undefined;
  /** Changes of the file's own budget. */
  readonly budget?: BudgetInput | undefined;
  readonly seed?: number | undefined;
  /** Parameters to hold at a value, by flat name. */
  readonly set?: FlatParams | undefined;
  /** No new trials after this long; the running ones finish. */
  readonly timeoutMs?: number | undefined;
  /** Threads per device; by default the machine's cores, shared out among the devices. */
  readonly workers?: number | undefined;
  /** By default the processor alone. */
  readonly devices?: readonly Device[] | undefined;
  /** How long a silent worker keeps its trials. */
  readonly leaseMs?: number | undefined;
  /** How long a trial may take to heed a stop before its thread is ended. */
  readonly graceMs?: number | undefined;
  /** How long trials may go on after SIGTERM. */
  readonly drainMs?: number | undefined;
  readonly threadMemoryMb?: number | undefined;
  /** Whether the workers measure themselves: `figures` events. */
  readonly measured?: boolean | undefined;
  readonly onProgress?: ((event: RunEvent) => void) | undefined;
  /** Drains when aborted. Without one, the process's own signals are obeyed for the length of the run. */
  readonly signal?: AbortSignal | undefined;
}

export type RunEvent =
  | SupervisorEvent
  | { readonly kind: 'study-opened'; readonly study: StudyRecord }
  | { readonly kind: 'stopping'; readonly order: StopOrder; readonly by: string };

export interface RunSummary extends Omit<WorkDone, 'sourceChanged'> {
  readonly study: StudyRecord;
  readonly durationMs: number;
}

/**
 * Create the study of a file, or go on with it, and work on it here until its budget is finished.
 * @throws AssayError `study_invalid`, `space_invalid` (the file), `space_changed` (the study has another space),
 * `database_unavailable`, `disk_full`, `conflict` (the file was changed while the study ran), `unavailable` (no device fits what the study
 * needs; workers keep dying).
 */
export async function runStudy(options: RunOptions): Promise<RunSummary> {
  const { dataDir, databaseUrl, leaseMs = 15_000, graceMs = 2000, measured = false, devices: asked = ['cpu'] } = options;
  const startedAtMs = performance.now();
  const { definition, module } = await loadStudy(options.file, { checkTypesIn: dataDir });
  const share = capacityPerDevice(asked.length, options.workers);
  const devices = devicesFor(definition, asked, share);
  await requireSpace(dataDir, 0);
  const connection = await openDatabase({ databaseUrl, dataDir, poolSize: 1 });
  const { signal, timeoutMs, drainMs } = options;
  const onStop = (order: StopOrder, by: string): void => options.onProgress?.({ kind: 'stopping', order, by });
  const control = takeControl({ signal, timeoutMs, drainMs, onStop });
  try {
    const described = describeStudy({ ...definition, space: pinSpace(definition.space, options.set ?? {}) }, module);
    const study = await createStorage(connection.db).open({
      ...described,
      name: options.name ?? described.name,
      seed: options.seed ?? described.seed,
      budget: changedBudget(
        described.budget,
        { ...options.budget, ...(options.trials !== undefined && { trials: options.trials }) },
        described.objectives,
      ),
    });
    await refuseOtherData(connection.db, dataDir, study);
    options.onProgress?.({ kind: 'study-opened', study });

    // Beyond what it declared, a trial's own heap is what ends it, and not the machine's last byte.
    const threadMemoryMb = options.threadMemoryMb ?? definition.needs?.memoryMb ?? null;
    const setup = { share, leaseMs, graceMs, threadMemoryMb, measured, databaseUrl: databaseUrl ?? null, dataDir };
    const { end, by, ended, sourceChanged } = await superviseDevices({
      setup: { ...setup, studies: [study.id], otherSource: 'end' },
      devices,
      control,
      onEvent: (event) => options.onProgress?.(event),
    });
    if (sourceChanged) throw changedSource(options.file);
    return { study, end, by, ended, durationMs: performance.now() - startedAtMs };
  } catch (error) {
    throw databaseFault(error) ?? error;
  } finally {
    control.dispose();
    await connection.close();
  }
}

function changedSource(file: string): AssayError {
  return new AssayError('conflict', 'the study file, or package-lock.json, changed while the study ran', {
    place: file,
    hint: 'run it again: the study goes on with the file as it is now',
  });
}
