import type { FlatParams } from '../../search/space/param.ts';
import type { Claimed, Lease, Storage, StudyDescription, StudyId, StudyRecord } from '../../search/study/storage.ts';
import type { Metrics, Outcome, TrialState } from '../../search/trial/trial.ts';

/** What the tests need besides the port: the stored rows, people's commands, and control of lease expiry. */
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
  /**
   * Changes since a position, at most `limit` trials.
   * @throws AssayError `usage` with the place `since` for a position that is none or ahead of the study; `not_found`
   */
  readonly changes: (study: StudyId, since: string, limit: number) => Promise<StudyChanges>;
}

/** A page of changes of a study, by revision, then by number. */
export interface StudyChanges {
  /** Position after this page, from which the next one begins: `57`, or `57.12` inside of a revision. */
  readonly next: string;
  /** True if more changes follow already. */
  readonly more: boolean;
  /** The study when the page was read. */
  readonly study: {
    readonly state: string;
    readonly revision: number;
    readonly counts: Readonly<Record<TrialState, number>>;
    readonly best: number | null;
  };
  /** Each trial once, with its newest change. */
  readonly trials: readonly ChangedTrial[];
}

export interface ChangedTrial {
  readonly number: number;
  /** The study's, at the trial's last change of state. */
  readonly revision: number;
  readonly state: TrialState;
  readonly value: number | null;
  readonly lastReport: { readonly step: number; readonly value: number | null } | null;
  readonly metrics: Readonly<Record<keyof Metrics, number | null>>;
}

/** A trial as it is stored, with the reports of all its attempts by attempt and step. */
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
