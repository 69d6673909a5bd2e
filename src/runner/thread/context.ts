import { AssayError } from '../../core/errors.ts';
import type { Facts } from '../../search/study/storage.ts';
import { type Checkpoint, TrialCancelled, type TrialContext, TrialPruned } from '../../search/study/trial-context.ts';
import type { Metrics } from '../../search/trial/trial.ts';
import type { ArtifactStore } from '../../storage/artifacts/store.ts';
import type { HostLink } from './host-link.ts';
import type { TrialTask } from './protocol.ts';
import { reportedFigures } from './reported-figures.ts';
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
  readonly pronounced: () => TrialPruned | TrialCancelled | null;
}

/** The database keeps steps as 32-bit integers. */
const largestStep = 2 ** 31 - 1;

/** The context of one trial over the link to the host. */
export function trialScope<Params>({ task, params, curve, store, resumeFrom }: ScopeOptions<Params>, link: HostLink): TrialScope<Params> {
  let pronounced: TrialPruned | TrialCancelled | null = null;
  let lastStep = resumeFrom?.step ?? Number.NEGATIVE_INFINITY;
  let lastCheckpoint = lastStep;
  let mayReportOnceMore = true;

  const pronounce = (word: TrialPruned | TrialCancelled): never => {
    pronounced ??= word;
    throw pronounced;
  };

  /** A trial that is to go on later gets one report through, so that it can look at the signal and save where it stands. */
  const heedStop = (): void => {
    if (!link.signal.aborted) return;
    if (!link.returns() || !mayReportOnceMore) pronounce(new TrialCancelled(String(link.signal.reason)));
  };

  const report: TrialScope<Params>['context']['report'] = async (step, reported, metrics) => {
    if (pronounced !== null) throw pronounced;
    heedStop();
    if (!Number.isInteger(step) || step < 0 || step <= lastStep || step > largestStep)
      throw new AssayError(
        'trial_failed',
        `report(${step}, ...): steps are whole numbers that grow, up to ${largestStep}; the last one was ${lastStep}`,
        {
          hint: 'report each step once, in order',
        },
      );
    lastStep = step;
    const reply = await link.call({ kind: 'report', report: { step, ...reportedFigures(reported, metrics, curve) } });
    if (reply.kind === 'prune') pronounce(new TrialPruned(step, reply.reason));
    if (reply.kind === 'stop') pronounce(new TrialCancelled(reply.by));
    heedStop();
    if (link.signal.aborted) mayReportOnceMore = false;
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
      checkpoint: (step, bytes) => quiet(checkpoint(step, bytes)),
      // A report that nobody awaits must not end the thread as an unhandled rejection: `pronounced` remembers its verdict.
      report: (...args) => quiet(report(...args)),
      artifact: (role, bytes) => quiet(link.call({ kind: 'artifact', role, bytes })),
      dataset: (name) => quiet(link.call({ kind: 'dataset', name })),
      searched: (window) => quiet(searched(window)),
      runsOn: (facts) => quiet(sayRunsOn(link, facts)),
    },
    pronounced: () => pronounced,
  };
}

/** The same promise, whose rejection counts as seen. Whoever awaits it still gets the rejection. */
function quiet<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

/** @throws AssayError `trial_failed` for anything but words. */
export async function sayRunsOn(link: HostLink, facts: Facts): Promise<void> {
  const wrong = Object.entries(facts).find(([, fact]) => typeof fact !== 'string');
  if (wrong !== undefined)
    throw new AssayError('trial_failed', `runsOn({ ${wrong[0]}: ${String(wrong[1])} }): what a trial runs on is said in words`, {
      hint: "such as runsOn({ executor: 'onnx' })",
    });
  const kept = Object.fromEntries(Object.entries(facts).map(([name, fact]) => [storable(name), storable(fact)]));
  await link.call({ kind: 'runsOn', facts: kept });
}

/** Names that native code hands out may be padded with zeros or cut within a character: the database keeps neither. */
function storable(text: string): string {
  return Buffer.from(text.replaceAll('\0', '')).toString();
}
