import { describeValue, previewOf } from '../../core/describe-value.ts';
import { AssayError } from '../../core/errors.ts';
import { storableText } from '../../core/text.ts';
import { isTime } from '../../core/time.ts';
import { largestStep } from '../../search/study/step.ts';
import type { RuntimeInfo } from '../../search/study/storage.ts';
import { type Checkpoint, TrialCancelled, type TrialContext, TrialPruned } from '../../search/study/trial-context.ts';
import { checkedDailyReturns } from '../../search/trial/daily-returns.ts';
import type { Metrics } from '../../search/trial/trial.ts';
import type { ArtifactStore } from '../../storage/artifacts/store.ts';
import type { HostLink } from './host-link.ts';
import { createPendingCalls } from './pending-calls.ts';
import type { TrialTask } from './protocol.ts';
import { reportedValues } from './reported-values.ts';
import { saveCheckpoint } from './trial-checkpoints.ts';

export interface ScopeOptions<Params> {
  readonly task: TrialTask;
  readonly params: Params;
  /** Name of the reported metric that is the trial's curve (null: the trial reports a single value). */
  readonly curve: string | null;
  readonly store: ArtifactStore;
  readonly resumeFrom: Checkpoint | null;
}

export interface TrialScope<Params> {
  readonly context: TrialContext<Params, number | Metrics>;
  /** The prune or cancellation already thrown to the objective, even if it swallowed the exception (null: none). */
  readonly stopSignalled: () => TrialPruned | TrialCancelled | null;
  /**
   * Ends the scope after the objective has returned; later reports are refused. Resolves when every pending call is answered, to the first
   * error that the objective did not handle (null: none).
   */
  readonly end: () => Promise<{ readonly error: unknown } | null>;
}

/** Creates the context of one trial over the link to the host. */
export function trialScope<Params>({ task, params, curve, store, resumeFrom }: ScopeOptions<Params>, link: HostLink): TrialScope<Params> {
  let stopSignal: TrialPruned | TrialCancelled | null = null;
  let lastStep = resumeFrom?.step ?? Number.NEGATIVE_INFINITY;
  let lastCheckpoint = lastStep;
  let mayReportOnceMore = true;
  let hasReturned = false;
  let hasReportedLast = false;
  /** Reports are sent one after the other, so that the decision on one arrives before the next is sent. */
  let lastReport: Promise<void> = Promise.resolve();
  const pending = createPendingCalls();

  const signalStop = (exception: TrialPruned | TrialCancelled): never => {
    stopSignal ??= exception;
    throw stopSignal;
  };

  /** Throws if the trial is stopped. A trial that resumes later may report once more, to notice the signal and save a checkpoint. */
  const checkStop = (): void => {
    if (!link.signal.aborted) return;
    if (!link.resumes() || !mayReportOnceMore) signalStop(new TrialCancelled(String(link.signal.reason)));
  };

  const report: TrialScope<Params>['context']['report'] = async (step, reported, metrics, { last = false, dailyReturns } = {}) => {
    if (stopSignal !== null) throw stopSignal;
    if (hasReturned)
      throw new AssayError('trial_failed', `report(${step}, ...) came after the objective had returned`, {
        hint: 'await every report before returning',
      });
    if (hasReportedLast)
      throw new AssayError('trial_failed', `report(${step}, ...) came after the last one, at step ${lastStep}`, {
        hint: 'give { last: true } with the report after the last step only: the pruner does not stop the trial there',
      });
    checkStop();
    if (!Number.isInteger(step) || step < 0 || step <= lastStep || step > largestStep)
      throw new AssayError(
        'trial_failed',
        `report(${step}, ...): steps are whole numbers that grow, up to ${largestStep}; the last one was ${lastStep}`,
        {
          hint: 'report each step once, in order',
        },
      );
    // Copied now: the objective may change its metrics while an earlier report is being sent.
    const values = reportedValues(reported, metrics, curve);
    const days = dailyReturns === undefined ? {} : { dailyReturns: checkedDailyReturns(dailyReturns) };
    lastStep = step;
    hasReportedLast = last;
    const sent = lastReport.then(async () => {
      if (stopSignal !== null) throw stopSignal;
      const reply = await link.call({ kind: 'report', report: { step, ...values, ...(last && { last }) }, ...days });
      if (reply.kind === 'prune') signalStop(new TrialPruned(step, reply.reason));
      if (reply.kind === 'stop') signalStop(new TrialCancelled(reply.by));
      checkStop();
      if (link.signal.aborted) mayReportOnceMore = false;
    });
    lastReport = sent.catch(() => undefined);
    return sent;
  };

  const searched: TrialScope<Params>['context']['searched'] = async (window) => {
    if (!isTime(window.untilMs))
      throw new AssayError('trial_failed', `searched({ untilMs: ${window.untilMs} }): the end of a window is a time in milliseconds`, {
        hint: 'give the end of the last bar that the search may see',
      });
    await link.call({ kind: 'searched', window });
  };

  const checkpoint: TrialContext<Params>['checkpoint'] = async (step, bytes) => {
    if (!Number.isInteger(step) || step < 0 || step < lastCheckpoint || step > largestStep)
      throw new AssayError(
        'trial_failed',
        `checkpoint(${step}, ...): steps are whole numbers that grow, up to ${largestStep}; the last one was ${lastCheckpoint}`,
        { hint: 'give the step after which the trial resumes, counted as in report' },
      );
    lastCheckpoint = step;
    await saveCheckpoint(task, store, link, { step, bytes });
  };

  const artifact: TrialContext<Params>['artifact'] = async (role, bytes) => {
    if (typeof role !== 'string' || role === '' || role.length > longestRole || storableText(role) !== role)
      throw new AssayError('trial_failed', `artifact(${previewOf(role)}, ...): this is not a valid role`, {
        hint: `give a role of up to ${longestRole} characters, such as policy`,
      });
    if (!(bytes instanceof Uint8Array))
      throw new AssayError('trial_failed', `artifact('${role}', ...) was given ${describeValue(bytes)}`, {
        hint: "give a Uint8Array, such as Buffer.from('text')",
      });
    return link.call({ kind: 'artifact', role, bytes });
  };

  const { address, number, attempt, seed, device } = task;
  return {
    context: {
      address,
      number,
      attempt,
      params,
      seed,
      device,
      signal: link.signal,
      resumeFrom,
      checkpoint: (step, bytes) => pending.track(checkpoint(step, bytes)),
      report: (...args) => pending.track(report(...args)),
      artifact: (role, bytes) => pending.track(artifact(role, bytes)),
      dataset: (name) => pending.track(link.call({ kind: 'dataset', name })),
      searched: (window) => pending.track(searched(window)),
      runsOn: (facts) => pending.track(sayRunsOn(link, facts)),
    },
    stopSignalled: () => stopSignal,
    end: () => {
      hasReturned = true;
      return pending.drained();
    },
  };
}

/** Characters of an artifact's role. */
const longestRole = 200;

/** @throws AssayError `trial_failed` for values that are not strings. */
export async function sayRunsOn(link: HostLink, facts: RuntimeInfo): Promise<void> {
  const invalid = Object.entries(facts).find(([, fact]) => typeof fact !== 'string');
  if (invalid !== undefined)
    throw new AssayError('trial_failed', `runsOn({ ${invalid[0]}: ${previewOf(invalid[1])} }): runtime info consists of strings`, {
      hint: "such as runsOn({ executor: 'onnx' })",
    });
  const kept = Object.fromEntries(Object.entries(facts).map(([name, fact]) => [withoutPadding(name), withoutPadding(fact)]));
  await link.call({ kind: 'runsOn', facts: kept });
}

/** Removes zero padding and cut characters of names from native code, which the database cannot store. */
function withoutPadding(text: string): string {
  return storableText(text.replaceAll('\0', ''));
}
