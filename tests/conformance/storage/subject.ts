import type { FlatParams } from '../../../src/search/space/param.ts';
import type { Claimed, Lease, Storage, StudyDescription, StudyId, StudyRecord } from '../../../src/search/study/storage.ts';
import type { Outcome, TrialState } from '../../../src/search/trial/trial.ts';
import type { ChangesPage } from '../../../src/storage/readers/changes-since.ts';

/** What the suite needs besides the port: the stored rows and control of lease expiry. */
export interface StorageUnderTest {
  /** A storage on the same data without a cache, as in another process. */
  readonly open: () => Storage;
  readonly trials: (study: StudyId) => Promise<readonly StoredTrial[]>;
  /** Expires a lease by the storage's own clock. */
  readonly expire: (lease: Lease) => Promise<void>;
  readonly cancel: (study: StudyId, number: number, by: string) => Promise<unknown>;
  /** By hand. */
  readonly pause: (study: StudyId, number: number, by: string) => Promise<unknown>;
  readonly resume: (study: StudyId, number: number) => Promise<unknown>;
  /** Queues a trial by hand. Returns its number. */
  readonly enqueue: (study: StudyId, params: FlatParams) => Promise<number>;
  readonly control: (study: StudyId, control: 'pause' | 'resume' | 'stop') => Promise<unknown>;
  /** Changes since a position, at most `limit` trials. */
  readonly changes: (study: StudyId, since: string, limit: number) => Promise<ChangesPage>;
}

export interface StoredTrial {
  readonly number: number;
  readonly state: TrialState;
  readonly attempt: number;
  readonly value: number | null;
  readonly values: readonly number[] | null;
  readonly constraints: readonly number[] | null;
  readonly pausedBy: string | null;
  readonly reason: string | null;
  readonly reports: readonly { readonly attempt: number; readonly step: number; readonly value: number }[];
}

let studies = 0;

export function describeStudy(change: Partial<StudyDescription> = {}): StudyDescription {
  return {
    name: `study-${process.pid}-${studies++}`,
    direction: 'minimize',
    objectives: null,
    space: { lr: { type: 'float', low: 1e-5, high: 1e-2, log: true }, layers: { type: 'int', low: 1, high: 4 } },
    spaceHash: 'a'.repeat(64),
    sampler: { id: 'random', options: {} },
    pruner: { id: 'nop', options: {} },
    pruneOn: null,
    budget: { trials: 10 },
    seed: 7,
    maxAttempts: 2,
    priority: 0,
    needs: null,
    policy: 'default',
    module: { url: 'file:///studies/x.ts', sourceHash: 'b'.repeat(64), packagesHash: null, gitCommit: null, gitDirty: false },
    ...change,
  };
}

export const complete = (value: number): Outcome => ({ kind: 'complete', value, metrics: { sharpe: value / 2 } });

export async function begin(
  subject: StorageUnderTest,
  change: Partial<StudyDescription> = {},
): Promise<{ readonly storage: Storage; readonly study: StudyRecord }> {
  const storage = subject.open();
  return { storage, study: await storage.open(describeStudy(change)) };
}

/** A study whose first trial is claimed. */
export async function running(
  subject: StorageUnderTest,
  change: Partial<StudyDescription> = {},
): Promise<{ readonly storage: Storage; readonly study: StudyRecord; readonly claimed: Claimed }> {
  const { storage, study } = await begin(subject, change);
  await storage.ask(study.id);
  return { storage, study, claimed: await claimOne(storage, study.id) };
}

export async function claimOne(storage: Storage, study: StudyId, worker = 'worker'): Promise<Claimed> {
  const claimed = await storage.claim({ studies: [study], worker, leaseMs: 60_000 });
  if (claimed === null) throw new Error('nothing to claim');
  return claimed;
}

export async function onlyTrial(subject: StorageUnderTest, study: StudyId): Promise<StoredTrial> {
  const [trial, ...others] = await subject.trials(study);
  if (trial === undefined || others.length > 0) throw new Error('not exactly one trial');
  return trial;
}
