import { parseTrialAddress, trialAddress } from '../../core/address.ts';
import type { FoldWindow } from '../../search/study/walk-forward.ts';
import type { NewCheck, Unchecked } from '../../storage/validations/save-check.ts';
import type { Answer, AnswerTo, CheckPoliciesTask, CheckTask, Task } from '../thread/protocol.ts';
import type { WithSources } from './evaluation-tasks.ts';

/** Number of rows after which data are cut and replaced by noise, for features and for each policy, spread over the folds. */
const triedRows = 20;
/** Least of them on one fold, so that each is cut three times. */
const leastOfFold = 3;

export interface CheckRequest {
  readonly study: string;
  readonly module: string;
  /** Hash of the module's source. */
  readonly source: string;
  readonly folds: readonly FoldWindow[];
}

/** Returns the checks that are still to do: of the data, of each fold's features, of the saved policies of each trial and fold. */
export function checkTasksFor({ study, module, source, folds }: CheckRequest, unchecked: Unchecked): readonly CheckTask[] {
  const base = { module, source, device: 'cpu' } as const;
  const rows = Math.max(leastOfFold, Math.ceil(triedRows / folds.length));
  const windowOf = new Map(folds.map((window) => [window.fold, window]));
  const ofTrial = new Map<string, { task: CheckPoliciesTask; policies: CheckPoliciesTask['policies'][number][] }>();
  for (const { number, fold, ...policy } of unchecked.policies) {
    const window = windowOf.get(fold);
    if (window === undefined) continue;
    const key = `${number} ${fold}`;
    const policies = ofTrial.get(key)?.policies ?? [];
    policies.push(policy);
    ofTrial.set(key, {
      policies,
      task: { ...base, kind: 'check-policies', address: trialAddress(study, number), fold: window, rows, policies },
    });
  }
  return [
    ...(unchecked.data ? [{ ...base, kind: 'check-data' } as const] : []),
    ...folds
      .filter(({ fold }) => unchecked.features.includes(fold))
      .map((fold) => ({ ...base, kind: 'check-features', fold, rows }) as const),
    ...[...ofTrial.values()].map(({ task }) => task),
  ];
}

type Run = <T extends Task>(task: T) => Promise<WithSources<AnswerTo<T>>>;

/** Runs a check. The answer is what is to be stored: nothing if the study's walk-forward has no checks. */
export async function runCheckTask(task: CheckTask, run: Run): Promise<WithSources<Answer<readonly NewCheck[]>>> {
  switch (task.kind) {
    case 'check-data':
      return stored(await run(task), (result) => [{ subject: 'data', result }]);
    case 'check-features':
      return stored(await run(task), (result) => [{ subject: 'features', fold: task.fold.fold, result }]);
    case 'check-policies': {
      const { number } = parseTrialAddress(task.address);
      return stored(await run(task), (results) => results.map((result) => ({ subject: 'policy', fold: task.fold.fold, number, result })));
    }
  }
}

function stored<Value>(
  { answer, ...around }: WithSources<Answer<Value | null>>,
  checksOf: (value: Value) => readonly NewCheck[],
): WithSources<Answer<readonly NewCheck[]>> {
  if (answer.kind !== 'done') return { answer, ...around };
  return { answer: { kind: 'done', value: answer.value === null ? [] : checksOf(answer.value) }, ...around };
}
