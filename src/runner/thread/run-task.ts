import { AssayError } from '../../core/errors.ts';
import type { NestedParams } from '../../search/space/infer.ts';
import { nest } from '../../search/space/nest.ts';
import type { ObjectiveResult, StudyDefinition } from '../../search/study/define-study.ts';
import { TrialCancelled, TrialPruned } from '../../search/study/trial-context.ts';
import type { WalkForward } from '../../search/study/walk-forward.ts';
import { importStudy } from '../modules/import-study.ts';
import { checkedMetrics } from './checked-metrics.ts';
import { trialScope } from './context.ts';
import { failureOf } from './failure.ts';
import { type HostLink, linkToHost } from './host-link.ts';
import type { Answer, Task, TaskEnvelope, TrialTask, Values } from './protocol.ts';

/** Run one task in this thread. Never throws: exceptions end here, as answers. */
export async function runTask({ task, port }: TaskEnvelope): Promise<Answer<Values[Task['kind']]>> {
  const link = linkToHost(port);
  try {
    const study = await importStudy(task.module);
    link.signal.throwIfAborted();
    return { kind: 'done', value: await perform(task, study, link) };
  } catch (error) {
    if (error instanceof TrialCancelled) return { kind: 'cancelled', by: error.by };
    // Whatever a stopped task throws on its way out, it ended because it was stopped.
    if (link.signal.aborted) return { kind: 'cancelled', by: String(link.signal.reason) };
    return { kind: 'failed', error: failureOf(error) };
  } finally {
    link.close();
  }
}

function perform(task: Task, study: StudyDefinition, link: HostLink): Promise<Values[Task['kind']]> {
  const { device } = task;
  const dataset = (name: string) => link.call({ kind: 'dataset', name });
  switch (task.kind) {
    case 'trial':
      return runTrial(task, study, link);
    case 'plan':
      return walkForwardOf(study).plan({ dataset });
    case 'judge': {
      const { address, seed, fold } = task;
      const params = nest(study.space, task.params);
      return walkForwardOf(study).judge({ address, params, seed, device, signal: link.signal, dataset }, fold);
    }
    case 'baselines':
      return walkForwardOf(study).baselines({ dataset }, task.fold);
  }
}

async function runTrial(task: TrialTask, study: StudyDefinition, link: HostLink): Promise<Values['trial']> {
  const { context, pronounced } = trialScope(task, nest(study.space, task.params), link);
  try {
    const result = await study.objective(context);
    const word = pronounced();
    if (word !== null) throw word;
    // An objective that heeds the signal returns early: what it has by then is no result.
    link.signal.throwIfAborted();
    return completed(result);
  } catch (error) {
    // A verdict stands even where the objective wrapped the exception or threw another one while it cleaned up.
    const word = pronounced() ?? error;
    if (word instanceof TrialPruned) return { kind: 'pruned', atStep: word.atStep, reason: word.reason };
    throw word;
  }
}

/** Metrics may be NaN and are kept so; the value that the search optimises may not. Infinities are legal: they sort to an end. */
function completed(result: ObjectiveResult): Values['trial'] {
  const { value, metrics = {} } = typeof result === 'number' ? { value: result } : (result ?? { value: undefined });
  if (typeof value !== 'number')
    throw new AssayError(
      'trial_failed',
      `the objective returned ${value === undefined ? 'nothing' : `a ${typeof value}`} instead of a number`,
      {
        hint: 'return the value to optimise, or { value, metrics }',
      },
    );
  if (Number.isNaN(value))
    throw new AssayError('not_finite', "the objective's value is NaN", {
      hint: 'look for a division by zero or a diverging loss; a trial whose value is not a number counts as failed',
    });
  return { kind: 'complete', value, metrics: checkedMetrics(metrics) };
}

function walkForwardOf(study: StudyDefinition): WalkForward<NestedParams> {
  if (study.walkForward !== null) return study.walkForward;
  throw new AssayError('study_invalid', `the study ${study.name} has no walkForward`, {
    hint: 'add walkForward: { plan, judge, baselines } to defineStudy({ ... })',
  });
}
