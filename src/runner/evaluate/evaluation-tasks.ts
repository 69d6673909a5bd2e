import { parseTrialAddress, trialAddress } from '../../core/address.ts';
import { createRng } from '../../core/rng.ts';
import type { FlatParams } from '../../search/space/param.ts';
import type { DataRef, RuntimeInfo } from '../../search/study/storage.ts';
import type { FoldEvaluation, FoldWindow, VariedSettings } from '../../search/study/walk-forward.ts';
import type { OpenValidation, Subject } from '../../storage/validations/save-validation.ts';
import type { Answer, AnswerTo, BaselinesTask, EvaluateTask, Task, WalkTask } from '../thread/protocol.ts';

export type EvaluationTask = EvaluateTask | WalkTask | BaselinesTask;

export interface Evaluated {
  readonly subject: Subject;
  readonly evaluation: FoldEvaluation;
}

/** Returns the same seeds for every trial of a study, so that trials are comparable; a larger `count` extends the list. */
export function validationSeeds(studySeed: number, count: number): readonly number[] {
  const rng = createRng(studySeed).fork('validation');
  return Array.from({ length: count }, (_, i) => rng.fork(i).int(2 ** 31));
}

export interface EvaluationRequest {
  readonly study: string;
  readonly module: string;
  /** Hash of the module's source. */
  readonly source: string;
  readonly trials: readonly { readonly number: number; readonly params: FlatParams }[];
  readonly seeds: readonly number[];
  readonly folds: readonly FoldWindow[];
  /** Settings of an arm of an ablation, which has no baselines. */
  readonly varied?: VariedSettings | undefined;
}

/**
 * Returns the evaluations still to do: the baselines of each fold, then the trials in their order. Baselines are evaluated in every run
 * because their names are unknown before; they are cheap, and stored ones stay.
 */
export function tasksFor(
  { study, module, source, trials, seeds, folds, varied }: EvaluationRequest,
  { isEvaluated }: OpenValidation,
): readonly EvaluationTask[] {
  const base = { module, source, device: 'cpu' } as const;
  const baselines = varied === undefined ? folds.map((fold): BaselinesTask => ({ ...base, kind: 'baselines', fold })) : [];
  const evaluations = trials.flatMap(({ number, params }) =>
    seeds.flatMap((seed) =>
      folds
        .filter(({ fold }) => !isEvaluated({ kind: 'policy', number, seed }, fold))
        .map(
          (fold): EvaluateTask => ({
            ...base,
            kind: 'evaluate',
            address: trialAddress(study, number),
            params,
            seed,
            fold,
            ...(varied && { varied }),
          }),
        ),
    ),
  );
  return [...baselines, ...evaluations];
}

/** Returns the walks of saved policies that are still to do. */
export function walksFor(
  {
    study,
    module,
    source,
    number,
    fold,
    policies,
  }: Pick<EvaluationRequest, 'study' | 'module' | 'source'> & {
    readonly number: number;
    readonly fold: FoldWindow;
    readonly policies: readonly { readonly seed: number; readonly hash: string }[];
  },
  { isEvaluated }: OpenValidation,
): readonly WalkTask[] {
  return policies
    .filter(({ seed }) => !isEvaluated({ kind: 'policy', number, seed }, fold.fold))
    .map(({ seed, hash }) => ({
      kind: 'walk',
      module,
      source,
      device: 'cpu',
      address: trialAddress(study, number),
      seed,
      fold,
      policyHash: hash,
    }));
}

/** A task's answer, with every data set that it read and its runtime info. */
export interface WithSources<A> {
  readonly answer: A;
  readonly data: readonly DataRef[];
  readonly ranOn: RuntimeInfo;
}

/** Runs a task. A baselines task evaluates all baselines of a fold at once. */
export async function runEvaluation(
  task: EvaluationTask,
  run: <T extends Task>(task: T) => Promise<WithSources<AnswerTo<T>>>,
): Promise<WithSources<Answer<readonly Evaluated[]>>> {
  if (task.kind === 'baselines') {
    const { answer, ...around } = await run(task);
    if (answer.kind !== 'done') return { answer, ...around };
    const value = Object.entries(answer.value).map(
      ([name, evaluation]): Evaluated => ({ subject: { kind: 'baseline', name }, evaluation }),
    );
    return { answer: { kind: 'done', value }, ...around };
  }
  const { answer, ...around } = await run(task);
  if (answer.kind !== 'done') return { answer, ...around };
  const { policy, ...evaluation } = answer.value;
  const { number } = parseTrialAddress(task.address);
  return { answer: { kind: 'done', value: [{ subject: { kind: 'policy', number, seed: task.seed, policy }, evaluation }] }, ...around };
}

/** Processes the items in order, `width` at a time. Starts no further item once `halted` returns true or one has rejected. */
export async function inParallel<Item>(
  items: readonly Item[],
  width: number,
  halted: () => boolean,
  perform: (item: Item) => Promise<void>,
): Promise<void> {
  const rest = items[Symbol.iterator]();
  let failed = false;
  const worker = async (): Promise<void> => {
    for (const item of { [Symbol.iterator]: () => rest }) {
      if (failed || halted()) return;
      await perform(item).catch((error: unknown) => {
        failed = true;
        throw error;
      });
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker));
}
