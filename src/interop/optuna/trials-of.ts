import { eq } from 'drizzle-orm';
import { type CompiledSpace, compileSpace } from '../../search/space/compile.ts';
import type { Db } from '../../storage/database.ts';
import { studies } from '../../storage/schema/index.ts';
import { boundedMap } from './bounded-map.ts';
import { isFinal, wireTrial } from './encode-trial.ts';
import { noStudy, noTrial } from './fault.ts';
import { sharedRead } from './shared-read.ts';
import { type ChangedTrial, readChanged, readTrial, type StoredTrial } from './store/read-trials.ts';
import { createEndedTrials, type EndedTrials } from './trial-cache.ts';
import { encodeListed, type WireTrial } from './wire.ts';

/** Most bytes of ended trials that are kept of one study; a larger one is read anew each time it has more. */
const mostBytes = 256 * 1024 * 1024;

/** Number of studies of which ended trials are kept. */
const mostStudies = 64;

/** Reads trials as the wire has them. Ended trials are encoded once, running ones of Optuna once a write; a reply without news costs one indexed query. */
export interface TrialReader {
  readonly one: (trial: string) => Promise<WireTrial>;
  /** Trials with a larger id, and the included ones, each encoded as an item of the reply. @throws Fault `NOT_FOUND` */
  readonly after: (study: string, bound: string, included: readonly string[]) => Promise<readonly Uint8Array[]>;
}

interface Encoded {
  readonly id: number;
  readonly encoded: Uint8Array;
}

/** The trials of a study at one moment. */
interface Snapshot {
  readonly ended: EndedTrials;
  readonly open: readonly Encoded[];
}

/** What was read of a study so far. */
interface Known {
  readonly ended: EndedTrials;
  /** Running trials by their marks. */
  readonly running: ReadonlyMap<string, Encoded>;
}

const nothing = (): Known => ({ ended: createEndedTrials(), running: new Map() });

export function createTrialReader(db: Db): TrialReader {
  const readers = boundedMap<string, () => Promise<Snapshot>>(mostStudies);

  const readerOf = (study: string): (() => Promise<Snapshot>) => {
    const known = readers.get(study);
    if (known !== undefined) return known;
    let before = nothing();
    const made = sharedRead(async (): Promise<Snapshot> => {
      if (before.ended.bytes > mostBytes) before = nothing();
      let rows = await changedSince(study, before);
      if (rows[0]!.revision < before.ended.seen) {
        // The server crashed and lost revisions that were not on disk yet; no ended trial was among them.
        before = nothing();
        rows = await changedSince(study, before);
      }
      const { running, others } = await take(before, rows);
      before = { ended: before.ended, running };
      return { ended: before.ended, open: [...running.values(), ...others] };
    });
    readers.set(study, made);
    return made;
  };

  const changedSince = async (study: string, { ended, running }: Known): Promise<readonly ChangedTrial[]> => {
    const { rows } = await readChanged(db, { study, seen: ended.seen, known: [...running.keys()] });
    if (rows.length > 0) return rows;
    readers.delete(study);
    throw noStudy(study);
  };

  /** Adds what has ended, and returns the open trials: those with a mark by it, and the others. */
  const take = async (before: Known, rows: readonly ChangedTrial[]) => {
    const trials = rows.filter((row): row is ChangedTrial & StoredTrial => row.id !== null);
    const space = await spaceFor(db, trials[0]);
    const fresh = new Map<string, Encoded>();
    const others: Encoded[] = [];
    for (const trial of trials) {
      const one = { id: trial.id, encoded: encodeListed(wireTrial(trial, space)) };
      if (isFinal(trial)) before.ended.add(trial.id, one.encoded);
      else if (trial.mark === null) others.push(one);
      else fresh.set(trial.mark, one);
    }
    before.ended.seen = rows[0]!.revision;
    // Each mark was sent as known, or came with its trial from the same moment.
    const running = new Map(rows[0]!.marks.map((mark) => [mark, fresh.get(mark) ?? before.running.get(mark)!]));
    return { running, others };
  };

  return {
    one: async (trial) => {
      const stored = await readTrial(db, trial);
      if (stored === null) throw noTrial(trial);
      return wireTrial(stored, await spaceFor(db, stored));
    },
    after: async (study, bound, included) => {
      // What follows runs before any other answer of the database, so both are of the same moment.
      const { ended, open } = await readerOf(study)();
      const [least, wanted] = [Number(bound), new Set(included.map(Number))];
      const before = [...wanted].filter((id) => id <= least).flatMap((id) => ended.get(id) ?? []);
      const unfinished = open.filter(({ id }) => id > least || wanted.has(id)).map(({ encoded }) => encoded);
      return [...before, ...ended.after(least), ...unfinished];
    },
  };
}

/** The space of a study that is not Optuna's own. */
async function spaceFor(db: Db, trial: StoredTrial | undefined): Promise<CompiledSpace | null> {
  if (trial === undefined || trial.foreign_kind === 'optuna') return null;
  const [row] = await db.select({ space: studies.space }).from(studies).where(eq(studies.id, trial.study_id));
  return row === undefined ? null : compileSpace(row.space);
}
