import { setTimeout as sleep } from 'node:timers/promises';
import { counted } from '../../core/counted.ts';
import { AssayError, messageOf } from '../../core/errors.ts';
import { sha256 } from '../../core/json.ts';
import type { SharedTable } from '../../core/table.ts';
import { nest } from '../../search/space/nest.ts';
import type { FlatParams } from '../../search/space/param.ts';
import type { StudyDefinition } from '../../search/study/define-study.ts';
import { reportedMetric } from '../../search/study/goals.ts';
import { type SmokeCheck, smokeCheck } from '../../search/study/smoke.ts';
import type { Report } from '../../search/study/storage.ts';
import { TrialCancelled } from '../../search/study/trial-context.ts';
import { type ArtifactStore, piecesOf } from '../../storage/artifacts/store.ts';
import { completed } from '../thread/completed.ts';
import { trialScope } from '../thread/context.ts';
import type { HostLink } from '../thread/host-link.ts';
import type { Call } from '../thread/protocol.ts';
import { reportChecks } from './report-checks.ts';

interface ObjectiveRun {
  readonly params: FlatParams;
  readonly seed: number;
  readonly seconds: number;
  readonly dataset: (name: string) => Promise<SharedTable>;
}

/** Time that an objective has to end after it was told to, as its signal and its next report do. */
const graceMs = 1000;

/** Runs an objective with the context that a thread gives it, whose host keeps everything in memory. */
export async function smokeObjective(
  study: StudyDefinition,
  { params, seed, seconds, dataset }: ObjectiveRun,
): Promise<{ readonly checks: readonly SmokeCheck[]; readonly stillRunning: boolean }> {
  const reports: Report[] = [];
  const stop = new AbortController();
  const startedAt = performance.now();
  const answer = async (call: Call): Promise<unknown> => {
    // An objective that never lets a timer run is stopped here.
    if (performance.now() - startedAt > 1000 * seconds) stop.abort('the time limit');
    if (call.kind === 'report') {
      reports.push(call.report);
      return stop.signal.aborted ? { kind: 'stop', by: 'the time limit' } : { kind: 'continue' };
    }
    if (call.kind === 'dataset') return dataset(call.name);
    return call.kind === 'artifact' ? sha256(call.bytes) : null;
  };
  const link: HostLink = {
    signal: stop.signal,
    resumes: () => false,
    call: answer as HostLink['call'],
    close: () => undefined,
  };
  const { objectives, pruneOn } = study;
  const task = {
    kind: 'trial',
    module: '',
    source: '',
    device: 'cpu',
    address: `${study.name}#0`,
    number: 0,
    attempt: 1,
    params,
    seed,
    mayResume: false,
  } as const;
  const curve = objectives === null ? null : reportedMetric(objectives, pruneOn);
  const scope = trialScope({ task, params: nest(study.space, params), curve, store: memoryStore, resumeFrom: null }, link);

  const running = ending(async () => {
    const result = await study.objective(scope.context);
    const unseen = await scope.end();
    if (unseen !== null) throw unseen.error;
    stop.signal.throwIfAborted();
    return completed(result, objectives);
  });
  const limit = new AbortController();
  const late = sleep(1000 * seconds, undefined, limit)
    .then(() => {
      stop.abort('the time limit');
      return sleep(graceMs, undefined, limit);
    })
    .then(
      () => null,
      () => null,
    );
  const end = await Promise.race([running, late]);
  limit.abort();
  const tookSeconds = (performance.now() - startedAt) / 1000;
  return {
    checks: [...reportChecks(reports), resultCheck(end, { seconds, tookSeconds, stopped: stop.signal.aborted, steps: reports.length })],
    stillRunning: end === null,
  };
}

type End = { readonly result: ReturnType<typeof completed> } | { readonly error: unknown };

async function ending(run: () => Promise<ReturnType<typeof completed>>): Promise<End> {
  try {
    return { result: await run() };
  } catch (error) {
    return { error };
  }
}

interface Course {
  readonly seconds: number;
  readonly tookSeconds: number;
  readonly stopped: boolean;
  readonly steps: number;
}

function resultCheck(end: End | null, { seconds, tookSeconds, stopped, steps }: Course): SmokeCheck {
  const facts = { seconds: tookSeconds };
  if (end !== null && 'result' in end) {
    const { value, values = [value] } = end.result;
    const found = `${values.map((each) => String(Number(each.toPrecision(4)))).join(', ')} after ${tookSeconds.toFixed(1)} s`;
    return smokeCheck('result', found, { ...facts, value }, [
      !values.every(Number.isFinite) && ['look', 'an infinite value sorts to an end; return a finite one unless that is meant'],
    ]);
  }
  if (end === null || stopped || end.error instanceof TrialCancelled) {
    const found = `stopped after ${seconds} s and ${counted(steps, 'report')}`;
    return smokeCheck('result', found, facts, [
      end === null && ['look', 'it went on after it was told to stop: look at `signal` in long loops, or report more often'],
      ['look', 'whether its result is finite was not seen: give more --seconds'],
    ]);
  }
  const { error } = end;
  const hint = error instanceof AssayError ? error.hint : undefined;
  return smokeCheck('result', messageOf(error), facts, [['broken', hint ?? 'correct the objective: every trial would fail like this']]);
}

const none = (): never => {
  throw new AssayError('not_found', 'nothing is stored in a smoke run');
};

/** Takes bytes and forgets them. */
const memoryStore: ArtifactStore = {
  put: async (bytes) => {
    const pieces: Uint8Array[] = [];
    for await (const piece of piecesOf(bytes)) pieces.push(piece);
    const all = Buffer.concat(pieces);
    return { hash: sha256(all), bytes: all.length };
  },
  get: async () => none(),
  remove: async () => undefined,
  list: async function* () {},
  pathOf: none,
};
