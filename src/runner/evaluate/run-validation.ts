import { setMaxListeners } from 'node:events';
import { trialAddress } from '../../core/address.ts';
import { AssayError, assertNever, errorCodeOf, messageOf } from '../../core/errors.ts';
import type { SharedTable } from '../../core/table.ts';
import type { FoldWindow } from '../../search/study/walk-forward.ts';
import type { TrialFailure } from '../../search/trial/trial.ts';
import { createArtifactStore } from '../../storage/artifacts/open.ts';
import type { Db } from '../../storage/database.ts';
import { findStudy, findTrial } from '../../storage/readers/find.ts';
import { bindData } from '../../storage/sql/bind-data.ts';
import { openValidation, saveEvaluation } from '../../storage/validations/save-validation.ts';
import { readSearchRecord, refuseOtherSource, refuseSeenFolds } from '../../storage/validations/search-record.ts';
import { otherData } from '../datasets/bound.ts';
import { cachedDatasets } from '../datasets/cache.ts';
import { capacityPerDevice, trialsAtOnce } from '../machine/capacity.ts';
import { runtimeInfo } from '../machine/runtime-info.ts';
import { createPool, type Host } from '../pool/pool.ts';
import { takeControl } from '../stop/control.ts';
import type { StopRequest } from '../stop/stop-state.ts';
import { sourceHashOf } from '../study-files/module-ref.ts';
import { moduleFileOf } from '../study-files/module-url.ts';
import type { AnswerTo, PlanTask, Task } from '../thread/protocol.ts';
import { persist } from '../worker/persistent-storage.ts';
import { type EvaluationTask, inParallel, runEvaluation, tasksFor, validationSeeds, type WithSources } from './evaluation-tasks.ts';

export interface ValidationOptions {
  readonly db: Db;
  readonly dataDir: string;
  /** The study's name. */
  readonly study: string;
  /** Complete trials, the most interesting first. */
  readonly trials: readonly number[];
  /** How many times each is trained afresh, with seeds that are the same for every trial. */
  readonly seeds: number;
  /** Trainings at once; by default one for each core. Never more than find memory, where the study declares what one needs. */
  readonly workers?: number | undefined;
  readonly graceMs?: number | undefined;
  readonly onProgress?: ((event: ValidationEvent) => void) | undefined;
  /** Called where the database is away, before it is asked again; may bring it back. */
  readonly revive?: (() => Promise<void>) | undefined;
  /** Drains when aborted. Without one, the process's own signals are obeyed: Ctrl-C first drains, then ends what runs. */
  readonly signal?: AbortSignal | undefined;
}

/** How long the database may be away before the validation ends. */
const patienceMs = 60_000;
/** The first try waits so long for an answer, later ones twice that each: a silent session leaves time for another. */
const answerMs = 10_000;

/** What was judged: a trial's address and seed, or the baselines of a fold. */
export interface EvaluationName {
  readonly subject: string;
  readonly seed: number | null;
  readonly fold: number;
}

export type FailedEvaluation = EvaluationName & { readonly kind: 'evaluation-failed'; readonly error: TrialFailure };

export type ValidationEvent =
  /** `done` of `total` judgements of trials were made by an earlier run. */
  | { readonly kind: 'planned'; readonly folds: readonly FoldWindow[]; readonly done: number; readonly total: number }
  | (EvaluationName & { readonly kind: 'evaluated'; readonly durationMs: number })
  | FailedEvaluation
  | { readonly kind: 'stopping'; readonly order: StopRequest; readonly by: string }
  | { readonly kind: 'log'; readonly text: string };

export interface ValidationSummary {
  readonly id: number;
  readonly definitionHash: string;
  readonly seeds: readonly number[];
  readonly folds: readonly FoldWindow[];
  /** Judgements that failed; the others are stored all the same, and a next run tries these again. */
  readonly failed: readonly FailedEvaluation[];
  /** Who stopped it before all was judged; null when it went to its end. */
  readonly stoppedBy: string | null;
  readonly durationMs: number;
}

/**
 * Retrain and judge trials on the folds of their study's walk-forward plan, each fold and seed on its own thread, beside the
 * baselines. Every judgement is stored as it is made, so an interrupted validation goes on where it stopped.
 * @throws AssayError `not_found`; `conflict` for a trial that is not complete, that was searched with other source or data than
 * there are now, or whose search saw what a fold is tested on; `source_changed` where its file is edited meanwhile; `study_invalid` for a study that plans no folds; what the planning itself failed on.
 */
export async function runValidation(options: ValidationOptions): Promise<ValidationSummary> {
  const { db, dataDir, graceMs = 2000, revive = async () => undefined, signal, onProgress } = options;
  const startedAtMs = performance.now();
  const study = await findStudy(db, options.study);
  const trials = await Promise.all(options.trials.map((number) => completeTrial(db, study.name, number)));
  const source = await sourceNow(study.name, study.moduleUrl);
  for (const { address, searched } of trials) refuseOtherSource(address, searched, source, moduleFileOf(study.moduleUrl));

  const control = takeControl({ signal, onStop: (order, by) => onProgress?.({ kind: 'stopping', order, by }) });
  const { stopping } = control;
  const halt = new AbortController();
  // Every training listens.
  setMaxListeners(0, halt.signal);
  stopping.onRequest((request) => request !== 'drain' && halt.abort(stopping.by()));
  const pool = createPool({
    threads: Math.max(1, trialsAtOnce(study.needs, capacityPerDevice(1, options.workers))),
    dataDir,
    onStray: ({ message }) => onProgress?.({ kind: 'log', text: `outside any judgement: ${message}` }),
  });
  control.killed.addEventListener('abort', () => void pool.close());
  try {
    const onRetry = (error: unknown): void =>
      onProgress?.({ kind: 'log', text: `the database does not answer, trying again: ${messageOf(error)}` });
    // What was computed for hours is not lost to a restart of the server.
    const persistently: Persistently = (verb) => persist(verb, { patienceMs, answerMs, revive, onRetry });
    const datasets = boundDatasets(db, dataDir, study, persistently);
    const surroundings = await runtimeInfo('cpu');
    const run = async <T extends Task>(task: T): Promise<WithSources<AnswerTo<T>>> => {
      const reads = new Map<string, string>();
      const facts = { ...surroundings };
      const answer = await pool.run(task, validationHost(datasets, reads, facts), { signal: halt.signal, graceMs });
      return { answer, ranOn: facts, data: [...reads].map(([name, hash]) => ({ name, hash })).sort((a, b) => (a.name < b.name ? -1 : 1)) };
    };

    const plan = await run({ kind: 'plan', module: study.moduleUrl, source, device: 'cpu' });
    const folds = planned(plan.answer);
    for (const { address, searched } of trials) refuseSeenFolds(address, searched, folds);
    const seeds = validationSeeds(study.seed, options.seeds);
    const definition = { data: plan.data, source };
    const validation = await openValidation(db, { study: study.id, trials: options.trials, seeds, folds, definition });
    const tasks = tasksFor({ study: study.name, module: study.moduleUrl, source, trials, seeds, folds }, validation);
    const total = trials.length * seeds.length * folds.length;
    onProgress?.({ kind: 'planned', folds, total, done: total - tasks.filter(({ kind }) => kind === 'evaluate').length });

    const store = createArtifactStore(dataDir);
    const failed: FailedEvaluation[] = [];
    const evaluate = async (task: EvaluationTask): Promise<void> => {
      const taskStartedAtMs = performance.now();
      const { answer, ...around } = await runEvaluation(task, run);
      if (answer.kind === 'done') {
        const { fold } = task.fold;
        for (const { subject, evaluation } of answer.value)
          await persistently(() => saveEvaluation(db, store, validation, { subject, fold, evaluation, ...around }));
        onProgress?.({ kind: 'evaluated', ...nameOf(task), durationMs: performance.now() - taskStartedAtMs });
      } else if (answer.kind === 'failed') {
        // So would all that are left.
        if (answer.error.code === 'source_changed') throw errorOf(answer.error);
        const failure: FailedEvaluation = { kind: 'evaluation-failed', ...nameOf(task), error: answer.error };
        failed.push(failure);
        onProgress?.(failure);
      }
    };
    await inParallel(tasks, pool.threads, () => stopping.request() !== null, evaluate);
    return {
      id: validation.id,
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

/** What judges is what lies on this disk now, whatever the study was last run with. */
async function sourceNow(study: string, url: string): Promise<string> {
  const path = moduleFileOf(url);
  return sourceHashOf(path).catch((cause: unknown) => {
    throw new AssayError('conflict', `the file of the study ${study} cannot be read`, {
      place: path,
      hint: 'put it back, or run the study from where it is now',
      cause,
    });
  });
}

type Persistently = <Result>(verb: () => Promise<Result>) => Promise<Result>;

/** Data sets as the study knows them: what a validation reads binds the study as what a trial reads does. */
function boundDatasets(db: Db, dataDir: string, study: { readonly id: number; readonly name: string }, persistently: Persistently) {
  const load = cachedDatasets(dataDir);
  return (name: string): Promise<SharedTable> =>
    load(study.id, name, async ({ hash }) => {
      if ((await persistently(() => bindData(db, study.id, { name, hash }))) !== hash) throw otherData(study.name, name);
    });
}

/** What a thread may ask for while it judges: data, and to say what computes. The rest is a trial's. */
function validationHost(datasets: (name: string) => Promise<SharedTable>, reads: Map<string, string>, facts: Record<string, string>): Host {
  const notHere = () => Promise.reject(new AssayError('internal', 'only a trial does this, not a judgement'));
  return {
    report: async () => ({ kind: 'continue' }),
    artifact: notHere,
    searched: notHere,
    checkpoint: notHere,
    findCheckpoint: notHere,
    resume: notHere,
    runsOn: async (call) => {
      Object.assign(facts, call.facts);
      return null;
    },
    warn: notHere,
    dataset: async ({ name }) => {
      const table = await datasets(name);
      reads.set(name, table.hash);
      return table;
    },
  };
}

function planned(answer: AnswerTo<PlanTask>): readonly FoldWindow[] {
  switch (answer.kind) {
    case 'done':
      if (answer.value.length > 0) return answer.value;
      throw new AssayError('study_invalid', 'the walk-forward plan has no folds', {
        hint: 'are there data after the window that the search used? assay data show <name> tells their range',
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

function nameOf(task: EvaluationTask): EvaluationName {
  const { fold } = task.fold;
  return task.kind === 'evaluate' ? { subject: task.address, seed: task.seed, fold } : { subject: 'baselines', seed: null, fold };
}
