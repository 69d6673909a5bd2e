import { AssayError } from '../../core/errors.ts';
import type { NestedParams } from '../../search/space/infer.ts';
import { nest } from '../../search/space/nest.ts';
import type { StudyDefinition } from '../../search/study/define-study.ts';
import { reportedMetric } from '../../search/study/goals.ts';
import type { RuntimeInfo } from '../../search/study/storage.ts';
import { TrialCancelled, TrialPruned } from '../../search/study/trial-context.ts';
import type { CheckContext, VariedSettings, WalkForward } from '../../search/study/walk-forward.ts';
import { createArtifactStore } from '../../storage/artifacts/open.ts';
import type { ArtifactStore } from '../../storage/artifacts/store.ts';
import { completed } from './completed.ts';
import { sayRunsOn, trialScope } from './context.ts';
import { failureOf, keepLog } from './failure.ts';
import { type HostLink, linkToHost } from './host-link.ts';
import { importSource } from './import-source.ts';
import type { Answer, Task, TaskEnvelope, TaskResults, TrialTask, WalkTask } from './protocol.ts';
import { runCheck } from './run-check.ts';
import { loadCheckpoint } from './trial-checkpoints.ts';

/** Runs one task in this thread. Never throws: exceptions become answers. */
export async function runTask({ task, port, dataDir }: TaskEnvelope): Promise<Answer<TaskResults[Task['kind']]>> {
  const link = linkToHost(port);
  try {
    const study = await importSource(task.module, task.source);
    link.signal.throwIfAborted();
    return { kind: 'done', value: await perform(task, study, link, dataDir) };
  } catch (error) {
    if (error instanceof TrialCancelled) return { kind: 'cancelled', by: error.by };
    // A stopped task counts as cancelled, whichever exception it throws.
    if (link.signal.aborted) return { kind: 'cancelled', by: String(link.signal.reason) };
    if (task.kind === 'trial') await keepLog(task, error, link);
    return { kind: 'failed', error: failureOf(error) };
  } finally {
    link.close();
  }
}

function perform(task: Task, study: StudyDefinition, link: HostLink, dataDir: string): Promise<TaskResults[Task['kind']]> {
  const { device } = task;
  const dataset = (name: string) => link.call({ kind: 'dataset', name });
  const runsOn = (facts: RuntimeInfo) => sayRunsOn(link, facts);
  switch (task.kind) {
    case 'trial':
      return runTrial(task, study, link, createArtifactStore(dataDir));
    case 'plan':
      return schemedWalkForward(study, task.scheme).plan({ dataset });
    case 'evaluate': {
      const { address, seed, fold, varied } = task;
      const params = nest(study.space, task.params);
      return variedWalkForward(study, varied).evaluate({ address, params, seed, device, signal: link.signal, dataset, runsOn }, fold);
    }
    case 'walk':
      return walkSaved(task, study, { dataset, signal: link.signal }, createArtifactStore(dataDir));
    case 'baselines':
      return walkForwardOf(study).baselines({ dataset }, task.fold);
    case 'check-data':
    case 'check-features':
    case 'check-policies':
      return runCheck(task, walkForwardOf(study).checks, { dataset, signal: link.signal }, dataDir);
  }
}

async function walkSaved(
  { fold, policyHash }: WalkTask,
  study: StudyDefinition,
  context: CheckContext,
  store: ArtifactStore,
): Promise<TaskResults['walk']> {
  const { vault } = walkForwardOf(study);
  if (vault === undefined)
    throw new AssayError('study_invalid', `the walkForward of ${study.name} keeps no vault`, {
      hint: 'add vault: { dataset, sessions, walk } to it; tradingTask has it',
    });
  const policy = await store.get(policyHash);
  return { ...(await vault.walk(context, fold, policy)), policy };
}

async function runTrial(task: TrialTask, study: StudyDefinition, link: HostLink, store: ArtifactStore): Promise<TaskResults['trial']> {
  const { objectives, pruneOn } = study;
  const curve = objectives === null ? null : reportedMetric(objectives, pruneOn);
  const resumeFrom = task.mayResume ? await loadCheckpoint(task, store, link) : null;
  const { context, stopSignalled, end } = trialScope({ task, params: nest(study.space, task.params), curve, store, resumeFrom }, link);
  try {
    const result = await study.objective(context);
    const unseen = await end();
    const stopped = stopSignalled();
    if (stopped !== null) throw stopped;
    // An objective that obeys the signal returns early, without a valid result.
    link.signal.throwIfAborted();
    if (unseen !== null) throw unseen.error;
    return completed(result, study.objectives);
  } catch (error) {
    // Every call of the objective is answered before the trial ends.
    await end();
    // A prune or cancellation holds even if the objective wrapped the exception or threw another one.
    const reason = stopSignalled() ?? error;
    if (reason instanceof TrialPruned) return { kind: 'pruned', atStep: reason.atStep, reason: reason.reason };
    throw reason;
  }
}

function walkForwardOf(study: StudyDefinition): WalkForward<NestedParams> {
  if (study.walkForward !== null) return study.walkForward;
  throw new AssayError('study_invalid', `the study ${study.name} has no walkForward`, {
    hint: 'add walkForward: { plan, evaluate, baselines } to defineStudy({ ... })',
  });
}

function schemedWalkForward(study: StudyDefinition, scheme: string | undefined): Pick<WalkForward<NestedParams>, 'plan'> {
  const walkForward = walkForwardOf(study);
  if (scheme === undefined) return walkForward;
  if (walkForward.schemed !== undefined) return walkForward.schemed(scheme);
  throw new AssayError('study_invalid', `the walkForward of ${study.name} has no folds but its own`, {
    hint: 'add schemed: (scheme) => ({ plan }) to it; tradingTask has it',
  });
}

function variedWalkForward(study: StudyDefinition, settings: VariedSettings | undefined): Pick<WalkForward<NestedParams>, 'evaluate'> {
  const walkForward = walkForwardOf(study);
  if (settings === undefined) return walkForward;
  if (walkForward.vary !== undefined) return walkForward.vary(settings);
  throw new AssayError('study_invalid', `the walkForward of ${study.name} cannot vary settings`, {
    hint: 'add vary: (settings) => ({ evaluate }) to it; tradingTask has it',
  });
}
