import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assertNever, messageOf } from '../../core/errors.ts';
import type { Checkpoint } from '../../search/study/trial-context.ts';
import { TrialCancelled } from '../../search/study/trial-context.ts';
import type { Metrics } from '../../search/trial/trial.ts';
import { fileWithin } from './file-within.ts';
import { invalid, shown } from './messages.ts';
import type { TrainerProcess } from './process/trainer-process.ts';
import type { Limits } from './settings.ts';
import { failed } from './walk.ts';

/** A report of a trainer, with what it had learnt by then. */
export interface TrainerReport {
  readonly step: number;
  readonly policy: Uint8Array;
  readonly metrics: Metrics;
  readonly last: boolean;
}

export interface Training {
  /** What is asked: `search` or `train` with its fields, without `id` and `resumeFrom`. */
  readonly request: { readonly type: 'search' | 'train'; readonly [field: string]: unknown };
  readonly limits: Limits;
  readonly signal: AbortSignal;
  readonly resumeFrom?: Checkpoint | null;
  /** Awaited before the trainer goes on; what it throws stops the training. */
  readonly onReport: (report: TrainerReport) => Promise<void>;
  readonly onCheckpoint: (step: number, bytes: Uint8Array) => Promise<void>;
}

/** `stopped`: the trainer ended the training as it was told to, and can be given another one. */
export type Trained =
  | { readonly kind: 'trained'; readonly policy: Uint8Array; readonly metrics: Metrics }
  | { readonly kind: 'stopped'; readonly by: unknown };

/**
 * Lets a trainer train once.
 * @throws AssayError as {@link TrainerProcess.next}, and `trial_failed` for an error that it tells; what `onReport` threw, or TrialCancelled, where
 * the trainer ignores that it was stopped: it has to be ended then.
 */
export async function train(
  trainer: TrainerProcess,
  { request, limits, signal, resumeFrom = null, onReport, onCheckpoint }: Training,
): Promise<Trained> {
  const id = trainer.newId();
  const folder = join(trainer.folder, `train-${id}`);
  mkdirSync(folder);
  let stoppedBy: unknown = null;
  let reportsAfterStop = 0;
  // Told once, whatever it was about: the trainer answers each with `stopped`.
  const stop = (by: unknown, message: object): void => {
    if (stoppedBy !== null) return;
    stoppedBy = by;
    trainer.tell(message);
    trainer.hurry(limits.graceSeconds);
  };
  const onAbort = (): void => stop(new TrialCancelled(String(signal.reason)), { type: 'cancel', id });
  const read = (path: string): Uint8Array => readFileSync(fileWithin(trainer.folder, path));
  try {
    signal.throwIfAborted();
    signal.addEventListener('abort', onAbort, { once: true });
    trainer.tell({ ...request, id, folder, resumeFrom: resumeFrom && { step: resumeFrom.step, path: written(folder, resumeFrom.bytes) } });
    for (;;) {
      const said = await trainer.next(limits.trainSeconds, 'a report or the end of a training');
      if ('id' in said && said.id !== id)
        throw invalid(`said ${shown(said)}, but training ${id} is under way`, 'each message has the id of its request');
      switch (said.type) {
        case 'alive':
          break;
        case 'checkpoint':
          await onCheckpoint(said.step, read(said.path));
          break;
        case 'report':
          // It was written before the trainer could read that it is stopped, which is the answer to it.
          if (stoppedBy !== null) {
            if (++reportsAfterStop > 1) throw stoppedBy;
            break;
          }
          try {
            await onReport({ step: said.step, policy: read(said.policy), metrics: namedByTrainer(said.metrics), last: said.last ?? false });
            if (stoppedBy === null) trainer.tell({ type: 'go', id });
          } catch (error) {
            stop(error, { type: 'stop', id, reason: messageOf(error) });
          }
          break;
        case 'trained':
          if (stoppedBy !== null) break;
          return { kind: 'trained', policy: read(said.policy), metrics: namedByTrainer(said.metrics) };
        case 'stopped':
          if (stoppedBy === null) throw invalid('stopped a training that it was not told to stop', 'end a training with trained or error');
          return { kind: 'stopped', by: stoppedBy };
        case 'error':
          if (stoppedBy !== null) break;
          throw failed(said.message);
        case 'ready':
        case 'loaded':
        case 'dropped':
        case 'act':
        case 'positions':
          throw invalid(`said ${shown(said)} during a training`, 'it may report, save a checkpoint, say alive, and end the training');
        default:
          return assertNever(said);
      }
    }
  } catch (error) {
    if (stoppedBy === null) throw error;
    trainer.log.add(`[assay] the trainer ignored that it was stopped (${messageOf(stoppedBy)}) and is ended\n`);
    throw stoppedBy;
  } finally {
    signal.removeEventListener('abort', onAbort);
    trainer.hurry(null);
    rmSync(folder, { recursive: true, force: true });
  }
}

function written(folder: string, bytes: Uint8Array): string {
  const path = join(folder, 'resume');
  writeFileSync(path, bytes);
  return path;
}

/** Metrics of a trainer are its own statement, which their names show. */
function namedByTrainer(metrics: Metrics = {}): Metrics {
  return Object.fromEntries(Object.entries(metrics).map(([name, value]) => [`trainer.${name}`, value]));
}
