import { AssayError } from '../../core/errors.ts';
import type { FlatParams } from '../../search/space/param.ts';
import { pinSpace } from '../../search/space/pin.ts';
import { type BudgetInput, changedBudget } from '../../search/study/budget.ts';
import { describeStudy } from '../../search/study/define-study.ts';
import type { StudyRecord } from '../../search/study/storage.ts';
import { createStorage } from '../../storage/storage.ts';
import { refuseOtherData } from '../bound-data.ts';
import { capacityPerDevice, devicesFor } from '../capacity.ts';
import { loadStudy } from '../modules/load-study.ts';
import type { SupervisorEvent } from './supervise.ts';
import { superviseDevices, type WorkDone } from './supervise-devices.ts';
import { type StoppingEvent, type SupervisedOptions, supervised } from './supervised.ts';

export interface RunOptions extends SupervisedOptions {
  /** The study file. */
  readonly file: string;
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
  readonly onProgress?: ((event: RunEvent) => void) | undefined;
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
 * @throws AssayError `study_invalid`, `space_invalid` (the file), `space_changed` (the study has another space),
 * `database_unavailable`, `disk_full`, `conflict` (the file was changed while the study ran), `unavailable` (no device fits what the study
 * needs; workers keep dying).
 */
export async function runStudy(options: RunOptions): Promise<RunSummary> {
  const { dataDir, timeoutMs, devices: asked = ['cpu'] } = options;
  const startedAtMs = performance.now();
  const { definition, module } = await loadStudy(options.file, { checkTypesIn: dataDir });
  const share = capacityPerDevice(asked.length, options.workers);
  const devices = devicesFor(definition, asked, share);
  const onStop = (event: StoppingEvent): void => options.onProgress?.(event);
  return supervised(options, { timeoutMs, onStop }, async ({ connection, control, setup }) => {
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
    options.onProgress?.({ kind: 'study-opened', study, notes: definition.space.notes });

    // Beyond what it declared, a trial's own heap is what ends it, and not the machine's last byte.
    const threadMemoryMb = options.threadMemoryMb ?? definition.needs?.memoryMb ?? null;
    const { end, by, ended, sourceChanged } = await superviseDevices({
      setup: { ...setup, share, threadMemoryMb, studies: [study.id], otherSource: 'end' },
      devices,
      control,
      onEvent: (event) => options.onProgress?.(event),
    });
    if (sourceChanged) throw changedSource(options.file);
    return { study, end, by, ended, durationMs: performance.now() - startedAtMs };
  });
}

function changedSource(file: string): AssayError {
  return new AssayError('conflict', 'the study file, or package-lock.json, changed while the study ran', {
    place: file,
    hint: 'run it again: the study goes on with the file as it is now',
  });
}
