import { parseTrialAddress, trialAddress } from '../../core/address.ts';
import { createRng } from '../../core/rng.ts';
import type { FlatParams } from '../../search/space/param.ts';
import type { DataRef, Facts } from '../../search/study/storage.ts';
import type { FoldJudgement, FoldWindow } from '../../search/study/walk-forward.ts';
import type { OpenValidation, Subject } from '../../storage/validations/save-validation.ts';
import type { Answer, AnswerTo, BaselinesTask, JudgeTask, Task } from '../thread/protocol.ts';

export type JudgingTask = JudgeTask | BaselinesTask;

export interface Judged {
  readonly subject: Subject;
  readonly judgement: FoldJudgement;
}

/** The same seeds for every trial of a study, so that trials are compared on equal terms; more seeds only add to fewer. */
export function validationSeeds(studySeed: number, count: number): readonly number[] {
  const rng = createRng(studySeed).fork('validation');
  return Array.from({ length: count }, (_, i) => rng.fork(i).int(2 ** 31));
}

export interface Judgeable {
  readonly study: string;
  readonly module: string;
  /** Hash of the module's source. */
  readonly source: string;
  readonly trials: readonly { readonly number: number; readonly params: FlatParams }[];
  readonly seeds: readonly number[];
  readonly folds: readonly FoldWindow[];
}

/**
 * What is still to be judged: the baselines of each fold, then the trials in their order. Baselines are judged again each
 * time: their names are not known before, they are cheap, and the stored ones stay.
 */
export function tasksFor({ study, module, source, trials, seeds, folds }: Judgeable, { isJudged }: OpenValidation): readonly JudgingTask[] {
  const base = { module, source, device: 'cpu' } as const;
  const baselines = folds.map((fold): BaselinesTask => ({ ...base, kind: 'baselines', fold }));
  const judgements = trials.flatMap(({ number, params }) =>
    seeds.flatMap((seed) =>
      folds
        .filter(({ fold }) => !isJudged({ kind: 'policy', number, seed }, fold))
        .map((fold): JudgeTask => ({ ...base, kind: 'judge', address: trialAddress(study, number), params, seed, fold })),
    ),
  );
  return [...baselines, ...judgements];
}

/** A task's answer with every data set that it read, and what it ran on. */
export interface WithSources<A> {
  readonly answer: A;
  readonly data: readonly DataRef[];
  readonly ranOn: Facts;
}

/** Run a task; a task about baselines judges several at once. */
export async function judgeTask(
  task: JudgingTask,
  run: <T extends Task>(task: T) => Promise<WithSources<AnswerTo<T>>>,
): Promise<WithSources<Answer<readonly Judged[]>>> {
  if (task.kind === 'baselines') {
    const { answer, ...around } = await run(task);
    if (answer.kind !== 'done') return { answer, ...around };
    const value = Object.entries(answer.value).map(([name, judgement]): Judged => ({ subject: { kind: 'baseline', name }, judgement }));
    return { answer: { kind: 'done', value }, ...around };
  }
  const { answer, ...around } = await run(task);
  if (answer.kind !== 'done') return { answer, ...around };
  const { policy, ...judgement } = answer.value;
  const { number } = parseTrialAddress(task.address);
  return { answer: { kind: 'done', value: [{ subject: { kind: 'policy', number, seed: task.seed, policy }, judgement }] }, ...around };
}

/** Work through the items in order, `width` at a time, until `halted` says to begin no other. After a rejection none is begun. */
export async function inLanes<Item>(
  items: readonly Item[],
  width: number,
  halted: () => boolean,
  perform: (item: Item) => Promise<void>,
): Promise<void> {
  const rest = items[Symbol.iterator]();
  let failed = false;
  const lane = async (): Promise<void> => {
    for (const item of { [Symbol.iterator]: () => rest }) {
      if (failed || halted()) return;
      await perform(item).catch((error: unknown) => {
        failed = true;
        throw error;
      });
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, lane));
}
