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

/** Reads trials as the wire has them. Ended trials are encoded once; a reply without news costs one indexed query. */
export interface TrialReader {
  readonly one: (trial: string) => Promise<WireTrial>;
  /** Trials with a larger id, and the included ones, each encoded as an item of the reply. @throws Fault `NOT_FOUND` */
  readonly after: (study: string, bound: string, included: readonly string[]) => Promise<readonly Uint8Array[]>;
}

/** The trials of a study at one moment. */
interface Snapshot {
  readonly ended: EndedTrials;
  readonly open: readonly { readonly id: number; readonly encoded: Uint8Array }[];
}

export function createTrialReader(db: Db): TrialReader {
  const readers = boundedMap<string, () => Promise<Snapshot>>(mostStudies);

  const readerOf = (study: string): (() => Promise<Snapshot>) => {
    const known = readers.get(study);
    if (known !== undefined) return known;
    let ended = createEndedTrials();
    const made = sharedRead(async () => {
      if (ended.bytes > mostBytes) ended = createEndedTrials();
      const rows = await changedSince(study, ended);
      if (rows[0]!.revision < ended.seen) {
        // The server crashed and lost revisions that were not on disk yet; no ended trial was among them.
        ended = createEndedTrials();
        return take(ended, await changedSince(study, ended));
      }
      return take(ended, rows);
    });
    readers.set(study, made);
    return made;
  };

  const changedSince = async (study: string, ended: EndedTrials): Promise<readonly ChangedTrial[]> => {
    const { rows } = await readChanged(db, { study, seen: ended.seen });
    if (rows.length > 0) return rows;
    readers.delete(study);
    throw noStudy(study);
  };

  const take = async (ended: EndedTrials, rows: readonly ChangedTrial[]): Promise<Snapshot> => {
    const trials = rows.filter((row): row is ChangedTrial & StoredTrial => row.id !== null);
    const space = await spaceFor(db, trials[0]);
    const open: { readonly id: number; readonly encoded: Uint8Array }[] = [];
    for (const trial of trials) {
      const encoded = encodeListed(wireTrial(trial, space));
      if (isFinal(trial)) ended.add(trial.id, encoded);
      else open.push({ id: trial.id, encoded });
    }
    ended.seen = rows[0]!.revision;
    return { ended, open };
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
