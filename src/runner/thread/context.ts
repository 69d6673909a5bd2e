import { describeValue, previewOf } from '../../core/describe-value.ts';
import { AssayError } from '../../core/errors.ts';
import { storableText } from '../../core/text.ts';
import { largestStep } from '../../search/study/step.ts';
import type { RuntimeInfo } from '../../search/study/storage.ts';
import { type Checkpoint, TrialCancelled, type TrialContext, TrialPruned } from '../../search/study/trial-context.ts';
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
  /** The reported figure that is the trial's curve, where it reports figures by name; null: it reports the value itself. */
  readonly curve: string | null;
  readonly store: ArtifactStore;
  readonly resumeFrom: Checkpoint | null;
}

export interface TrialScope<Params> {
  readonly context: TrialContext<Params, number | Metrics>;
  /** The prune or cancellation that was pronounced, even where the objective did not await or swallowed it. */
  readonly stopSignalled: () => TrialPruned | TrialCancelled | null;
  /**
   * The objective has returned: it may report no more. Resolves when everything that it asked for is answered, to the first error that
   * it never looked at, if any.
   */
  readonly end: () => Promise<{ readonly error: unknown } | null>;
}

/** The context of one trial over the link to the host. */
export function trialScope<Params>({ task, params, curve, store, resumeFrom }: ScopeOptions<Params>, link: HostLink): TrialScope<Params> {
  let stopSignal: TrialPruned | TrialCancelled | null = null;
  let lastStep = resumeFrom?.step ?? Number.NEGATIVE_INFINITY;
  let lastCheckpoint = lastStep;
  let mayReportOnceMore = true;
  let hasReturned = false;
  /** Reports go to the host one after the other, so that a verdict on one comes before the next is made. */
  let lastReport: Promise<void> = Promise.resolve();
  const pending = createPendingCalls();

  const signalStop = (exception: TrialPruned | TrialCancelled): never => {
    stopSignal ??= exception;
    throw stopSignal;
  };

  /** A trial that is to go on later gets one report through, so that it can look at the signal and save where it stands. */
  const checkStop = (): void => {
    if (!link.signal.aborted) return;
    if (!link.resumes() || !mayReportOnceMore) signalStop(new TrialCancelled(String(link.signal.reason)));
  };

  const report: TrialScope<Params>['context']['report'] = async (step, reported, metrics) => {
    if (stopSignal !== null) throw stopSignal;
    if (hasReturned)
      throw new AssayError('trial_failed', `report(${step}, ...) came after the objective had returned`, {
        hint: 'await every report before returning',
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
    // Copied now: the objective may change its figures while an earlier report is on its way.
    const values = reportedValues(reported, metrics, curve);
    lastStep = step;
    const sent = lastReport.then(async () => {
      if (stopSignal !== null) throw stopSignal;
      const reply = await link.call({ kind: 'report', report: { step, ...values } });
      if (reply.kind === 'prune') signalStop(new TrialPruned(step, reply.reason));
      if (reply.kind === 'stop') signalStop(new TrialCancelled(reply.by));
      checkStop();
      if (link.signal.aborted) mayReportOnceMore = false;
    });
    lastReport = sent.catch(() => undefined);
    return sent;
  };

  const searched: TrialScope<Params>['context']['searched'] = async (window) => {
    if (!Number.isFinite(window.untilMs))
      throw new AssayError('trial_failed', `searched({ untilMs: ${window.untilMs} }): the end of a window is a time in milliseconds`, {
        hint: 'give the time at which the last bar that the search may see ends',
      });
    await link.call({ kind: 'searched', window });
  };

  const checkpoint: TrialContext<Params>['checkpoint'] = async (step, bytes) => {
    if (!Number.isInteger(step) || step < 0 || step < lastCheckpoint || step > largestStep)
      throw new AssayError(
        'trial_failed',
        `checkpoint(${step}, ...): steps are whole numbers that grow, up to ${largestStep}; the last one was ${lastCheckpoint}`,
        { hint: 'give the step after which the trial is to go on, as report counts them' },
      );
    lastCheckpoint = step;
    await saveCheckpoint(task, store, link, { step, bytes });
  };

  const artifact: TrialContext<Params>['artifact'] = async (role, bytes) => {
    if (typeof role !== 'string' || role === '' || role.length > longestRole || storableText(role) !== role)
      throw new AssayError('trial_failed', `artifact(${previewOf(role)}, ...): this cannot name an artifact`, {
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

/** What may name an artifact. */
const longestRole = 200;

/** @throws AssayError `trial_failed` for anything but words. */
export async function sayRunsOn(link: HostLink, facts: RuntimeInfo): Promise<void> {
  const invalid = Object.entries(facts).find(([, fact]) => typeof fact !== 'string');
  if (invalid !== undefined)
    throw new AssayError('trial_failed', `runsOn({ ${invalid[0]}: ${previewOf(invalid[1])} }): what a trial runs on is said in words`, {
      hint: "such as runsOn({ executor: 'onnx' })",
    });
  const kept = Object.fromEntries(Object.entries(facts).map(([name, fact]) => [withoutPadding(name), withoutPadding(fact)]));
  await link.call({ kind: 'runsOn', facts: kept });
}

/** Names that native code hands out may be padded with zeros or cut within a character: the database keeps neither. */
function withoutPadding(text: string): string {
  return storableText(text.replaceAll('\0', ''));
}
