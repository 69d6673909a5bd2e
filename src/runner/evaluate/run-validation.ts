import { setMaxListeners } from 'node:events';
import { isDeepStrictEqual } from 'node:util';
import { trialAddress } from '../../core/address.ts';
import { AssayError, assertNever, errorCodeOf, messageOf } from '../../core/errors.ts';
import { vaultClosed } from '../../core/vault.ts';
import type { FoldWindow, VariedSettings } from '../../search/study/walk-forward.ts';
import type { TrialFailure } from '../../search/trial/trial.ts';
import { createArtifactStore } from '../../storage/artifacts/open.ts';
import type { Db } from '../../storage/database.ts';
import { findStudy, findTrial } from '../../storage/readers/find.ts';
import { recordLooks } from '../../storage/validations/looks.ts';
import type { VaultOpening } from '../../storage/validations/read-vault.ts';
import { readUnchecked, saveCheck } from '../../storage/validations/save-check.ts';
import { openValidation, saveEvaluation, vaultScheme } from '../../storage/validations/save-validation.ts';
import {
  readSearchRecord,
  refuseMovedFolds,
  refuseOtherSource,
  refuseOverlappingFolds,
  refuseSeenFolds,
  refuseTimelessFolds,
} from '../../storage/validations/search-record.ts';
import { capacityPerDevice, trialsAtOnce } from '../machine/capacity.ts';
import { runtimeInfo } from '../machine/runtime-info.ts';
import { createPool } from '../pool/pool.ts';
import { takeControl } from '../stop/control.ts';
import { sourceHashOf } from '../study-files/module-ref.ts';
import { moduleFileOf } from '../study-files/module-url.ts';
import type { AnswerTo, CheckTask, PlanTask, Task } from '../thread/protocol.ts';
import { persist } from '../worker/persistent-storage.ts';
import { checkTasksFor, runCheckTask } from './check-tasks.ts';
import {
  type EvaluationTask,
  inParallel,
  runEvaluation,
  tasksFor,
  validationSeeds,
  type WithSources,
  walksFor,
} from './evaluation-tasks.ts';
import {
  checkNameOf,
  type EvaluationName,
  type FailedEvaluation,
  nameOf,
  type ValidationEvent,
  type ValidationSummary,
} from './validation-events.ts';
import { boundDatasets, type Persistently, validationHost } from './validation-host.ts';

export interface ValidationOptions {
  readonly db: Db;
  readonly dataDir: string;
  /** The study's name. */
  readonly study: string;
  /** Complete trials, best first. */
  readonly trials: readonly number[];
  /** Number of seeds that each trial is retrained with; the same seeds for every trial. */
  readonly seeds: number;
  /** Concurrent trainings, by default one per core; fewer where the memory that the study declares would not suffice. */
  readonly workers?: number | undefined;
  /** An arm of an ablation, whose evaluations are no evidence for a promotion (none: the study as it is). */
  readonly arm?: Arm | undefined;
  /** The one look at the vault in place of the study's folds. */
  readonly vault?: VaultLook | undefined;
  /**
   * Folds of this scheme in place of the study's own, such as `cpcv:6,2`; its evaluations are no evidence for a promotion unless its folds are
   * the study's own.
   */
  readonly scheme?: string | undefined;
  readonly graceMs?: number | undefined;
  readonly onProgress?: ((event: ValidationEvent) => void) | undefined;
  /** Called before each retry while the database is unavailable; may restart it. */
  readonly revive?: (() => Promise<void>) | undefined;
  /** Drains when aborted. Default: the process's signals; Ctrl-C first drains, then cancels the running evaluations. */
  readonly signal?: AbortSignal | undefined;
}

/** What opens the vault to one trial: its only fold, the saved policies that are walked over it, and the ledger's record of the look. */
export interface VaultLook {
  readonly fold: FoldWindow;
  readonly policies: readonly { readonly seed: number; readonly hash: string }[];
  readonly opened: VaultOpening;
}

/** The study under other settings. */
export interface Arm {
  readonly name: string;
  readonly settings: VariedSettings;
}

/** Longest outage of the database that the validation survives. */
const patienceMs = 60_000;
/** Time limit of the first try; it doubles with each retry. */
const answerMs = 10_000;

/**
 * Retrains and evaluates trials on the folds of their study's walk-forward plan, each fold and seed on its own thread, and the
 * baselines; then checks data, features and the saved policies. Every evaluation and check is stored when it ends, so an interrupted
 * validation resumes where it stopped, and one from before a check was known gets it without training.
 * @throws AssayError `not_found`; `conflict` for a trial that is not complete, that was searched with other source or data than
 * the current, or whose search saw a fold's test window; `source_changed` where its file is edited meanwhile; `study_invalid` for a plan
 * without folds; the error of a plan that fails.
 */
export async function runValidation(options: ValidationOptions): Promise<ValidationSummary> {
  const { db, dataDir, graceMs = 2000, revive = async () => undefined, signal, onProgress } = options;
  const startedAtMs = performance.now();
  const study = await findStudy(db, options.study);
  const trials = await Promise.all(options.trials.map((number) => completeTrial(db, study.name, number)));
  const source = await sourceNow(study.name, study.moduleUrl);
  for (const { address, searched } of trials) refuseOtherSource(address, searched, source, moduleFileOf(study.moduleUrl));

  const control = takeControl({ signal, onStop: (request, by) => onProgress?.({ kind: 'stopping', request, by }) });
  const { stopping } = control;
  const halt = new AbortController();
  // Every training adds a listener.
  setMaxListeners(0, halt.signal);
  stopping.onRequest((request) => request !== 'drain' && halt.abort(stopping.by()));
  const pool = createPool({
    threads: Math.max(1, trialsAtOnce(study.needs, capacityPerDevice(1, options.workers))),
    dataDir,
    onStray: ({ message }) => onProgress?.({ kind: 'log', text: `error outside any evaluation: ${message}` }),
  });
  control.killed.addEventListener('abort', () => void pool.close());
  try {
    const onRetry = (error: unknown): void =>
      onProgress?.({ kind: 'log', text: `the database does not answer, trying again: ${messageOf(error)}` });
    // A restart of the database server must not cost the results of hours.
    const persistently: Persistently = (verb) => persist(verb, { patienceMs, answerMs, revive, onRetry });
    const { vault } = options;
    const datasets = boundDatasets(db, dataDir, vault === undefined ? study : { ...study, vault: null }, persistently, (hash) =>
      lookAt?.(hash),
    );
    let lookAt: ((hash: string) => Promise<void>) | undefined;
    const runtime = await runtimeInfo('cpu');
    const run = async <T extends Task>(task: T): Promise<WithSources<AnswerTo<T>>> => {
      const reads = new Map<string, string>();
      const facts = { ...runtime };
      const answer = await pool.run(task, validationHost(datasets, reads, facts), { signal: halt.signal, graceMs });
      return { answer, ranOn: facts, data: [...reads].map(([name, hash]) => ({ name, hash })).sort((a, b) => (a.name < b.name ? -1 : 1)) };
    };

    const planOf = (scheme?: string) =>
      run({ kind: 'plan', module: study.moduleUrl, source, device: 'cpu', ...(scheme !== undefined && { scheme }) });
    const own = await planOf();
    const plan = options.scheme === undefined ? own : await planOf(options.scheme);
    const folds = vault === undefined ? planned(plan.answer) : [vault.fold];
    const scheme = vault !== undefined ? vaultScheme : isDeepStrictEqual(folds, planned(own.answer)) ? null : (options.scheme ?? null);
    refuseTimelessFolds(folds);
    for (const { address, searched } of trials) refuseSeenFolds(address, searched, folds);
    const inVault = folds.find(({ testEnd }) => vault === undefined && study.vault !== null && testEnd > study.vault.fromMs);
    if (study.vault !== null && inVault !== undefined) throw vaultClosed(`fold ${inVault.fold}`, study.vault);
    if (scheme === null) refuseOverlappingFolds(folds);
    const seeds = vault?.policies.map(({ seed }) => seed) ?? validationSeeds(study.seed, options.seeds);
    const { arm } = options;
    const definition = {
      data: plan.data,
      source,
      ...(arm && { arm: arm.settings }),
      ...(scheme !== null && { scheme }),
      ...(vault && { opened: { ...vault.opened } }),
    };
    if (scheme === null && arm === undefined) await refuseMovedFolds(db, study, definition, folds);
    const validation = await openValidation(db, {
      study: study.id,
      trials: options.trials,
      seeds,
      folds,
      definition,
      arm: arm?.name ?? null,
      scheme,
    });
    // An evaluation may read data that the plan did not: that is a look at them, too.
    const lookedAt = new Set(plan.data.map(({ hash }) => hash));
    lookAt = async (hash) => {
      if (lookedAt.has(hash)) return;
      const kind = vault !== undefined ? 'vault' : arm === undefined ? 'validation' : 'ablation';
      await persistently(() => recordLooks(db, { kind, validation: validation.id, trials: options.trials, data: [hash] }));
      lookedAt.add(hash);
    };
    const base = { study: study.name, module: study.moduleUrl, source };
    const tasks =
      vault === undefined
        ? tasksFor({ ...base, trials, seeds, folds, varied: arm?.settings }, validation)
        : trials.flatMap(({ number }) => walksFor({ ...base, ...vault, number }, validation));
    const total = trials.length * seeds.length * folds.length;
    onProgress?.({
      kind: 'planned',
      walked: vault !== undefined,
      folds,
      total,
      done: total - tasks.filter(({ kind }) => kind !== 'baselines').length,
    });

    const store = createArtifactStore(dataDir);
    const failed: FailedEvaluation[] = [];
    const refuse = (name: EvaluationName, error: TrialFailure): void => {
      // Every remaining task would fail alike.
      if (error.code === 'source_changed') throw errorOf(error);
      const failure: FailedEvaluation = { kind: 'evaluation-failed', ...name, error };
      failed.push(failure);
      onProgress?.(failure);
    };
    const evaluate = async (task: EvaluationTask): Promise<void> => {
      const taskStartedAtMs = performance.now();
      const { answer, ...around } = await runEvaluation(task, run);
      if (answer.kind === 'done') {
        const { fold } = task.fold;
        for (const { subject, evaluation } of answer.value)
          await persistently(() => saveEvaluation(db, store, validation, { subject, fold, evaluation, ...around }));
        onProgress?.({ kind: 'evaluated', ...nameOf(task), durationMs: performance.now() - taskStartedAtMs });
      } else if (answer.kind === 'failed') refuse(nameOf(task), answer.error);
    };
    const halted = () => stopping.request() !== null;
    await inParallel(tasks, pool.threads, halted, evaluate);

    const check = async (task: CheckTask): Promise<void> => {
      const taskStartedAtMs = performance.now();
      const { answer, ranOn } = await runCheckTask(task, run);
      const name = checkNameOf(task);
      if (answer.kind === 'done') {
        for (const result of answer.value) await persistently(() => saveCheck(db, validation, result, ranOn));
        onProgress?.({ kind: 'checked', ...name, durationMs: performance.now() - taskStartedAtMs });
      } else if (answer.kind === 'failed') refuse(name, answer.error);
    };
    // Only evidence is checked.
    if (arm === undefined && scheme === null && !halted()) {
      const wanted = { numbers: options.trials, folds: folds.map(({ fold }) => fold) };
      const unchecked = await persistently(() => readUnchecked(db, validation.id, wanted));
      const checks = checkTasksFor({ study: study.name, module: study.moduleUrl, source, folds }, unchecked);
      if (checks.length > 0) onProgress?.({ kind: 'checking', total: checks.length });
      await inParallel(checks, pool.threads, halted, check);
    }
    return {
      id: validation.id,
      scheme,
      definitionHash: validation.definitionHash,
      seeds,
      folds,
      failed,
      stoppedBy: stopping.request() === null ? null : stopping.by(),
      durationMs: performance.now() - startedAtMs,
    };
  } finally {
    control.dispose();
    await pool.close();
  }
}

async function completeTrial(db: Db, study: string, number: number) {
  const { trial } = await findTrial(db, { study, number });
  const address = trialAddress(study, number);
  if (trial.state === 'complete') return { address, number, params: trial.params, searched: await readSearchRecord(db, trial) };
  throw new AssayError('conflict', `${address} is ${trial.state}; only complete trials can be validated`, {
    hint: `assay best ${study} --top 5 shows the best of those`,
  });
}

/** Returns the hash of the study's current source on this disk, which evaluates the trials. */
async function sourceNow(study: string, url: string): Promise<string> {
  const path = moduleFileOf(url);
  return sourceHashOf(path).catch((cause: unknown) => {
    throw new AssayError('conflict', `the file of the study ${study} cannot be read`, {
      place: path,
      hint: 'put it back, or run the study from its new place',
      cause,
    });
  });
}

function planned(answer: AnswerTo<PlanTask>): readonly FoldWindow[] {
  switch (answer.kind) {
    case 'done':
      if (answer.value.length > 0) return answer.value;
      throw new AssayError('study_invalid', 'the walk-forward plan has no folds', {
        hint: 'check that the data reach beyond the search window: assay data show <name> prints their range',
      });
    case 'failed':
      throw errorOf(answer.error);
    case 'cancelled':
      throw new AssayError('trial_failed', `the validation was stopped by ${answer.by} before it was planned`);
    default:
      return assertNever(answer);
  }
}

function errorOf({ code, message, hint }: TrialFailure): AssayError {
  return new AssayError(errorCodeOf(code), message, hint === undefined ? {} : { hint });
}
