import { and, eq, getTableColumns, sql } from 'drizzle-orm';
import { AssayError } from '../../core/errors.ts';
import { createRng } from '../../core/rng.ts';
import type { Sampler } from '../../search/samplers/sampler.ts';
import type { CompiledSpace } from '../../search/space/compile.ts';
import type { FlatParams } from '../../search/space/param.ts';
import { reportedFigure } from '../../search/study/goals.ts';
import type { Asked, StudyId } from '../../search/study/storage.ts';
import { noteEnd } from '../budget/note-end.ts';
import { usedUp } from '../budget/used-up.ts';
import { type Db, transactionFrom } from '../database.ts';
import type { Observations } from '../history/observations.ts';
import { preparedSelect } from '../prepared.ts';
import { studies, trials } from '../schema/index.ts';
import { mayAsk, queueNext } from './queue-next.ts';

const isOpen = sql`${trials.state} in ('queued', 'running')`;

export type StudyRow = typeof studies.$inferSelect;

export interface Asking {
  readonly db: Db;
  readonly observations: Observations;
  readonly samplerOf: (study: StudyRow) => Sampler;
  readonly spaceOf: (study: StudyRow) => CompiledSpace;
}

/** A trial as it is about to be written, under the study as it was read. */
export interface Suggested {
  readonly study: StudyRow;
  readonly params: FlatParams;
}

export type NothingToAsk = Exclude<Asked, { kind: 'queued' }>;

/** Queue the next trial of a study. */
export async function ask(asking: Asking, studyId: StudyId): Promise<Asked> {
  return suggestNext(asking, studyId, async (tx, { study, params }) => {
    const number = await queueNext(tx, study, { params }, mayAsk);
    return number === null ? null : { kind: 'queued', number };
  });
}

/** Among advisory locks, those of studies that are asked. */
const askLock = 0x61_73_6b;

/**
 * One transaction under a lock that only asks take, so that they take turns: each sees the trials of the ones before it, numbers are
 * dense, and the budget is exact. Nobody else waits while a sampler computes: the study's own row is locked by the last statement alone,
 * which writes only if number, budget, standing and space are still what the suggestion was made for (with rules that stop a study: if
 * nothing has changed at all); otherwise it is made anew.
 *
 * Not flushed to disk, like a claim: a crash of the server may forget the trial, and with it all that came later; what outlives a crash
 * was flushed by a `finish`, and so was everything before it. A worker that holds a forgotten trial finds its lease lost.
 *
 * The suggestion depends on (seed, number, history) only.
 * @param write returns null where the study has moved on
 */
export async function suggestNext<Written>(
  { db, observations, samplerOf, spaceOf }: Asking,
  studyId: StudyId,
  write: (tx: Db, suggested: Suggested) => Promise<Written | null>,
): Promise<Written | NothingToAsk> {
  // A process that hangs while it holds the lock, perhaps on a machine that sleeps, loses its session and with it the lock.
  const first = `set local synchronous_commit = off; set local idle_in_transaction_session_timeout = '60s';
    select pg_advisory_xact_lock(${askLock}, ${Number(studyId)})`;
  return transactionFrom(db, first, async (tx) => {
    for (;;) {
      const [study] = await readStudy(tx, { study: studyId });
      if (study === undefined)
        throw new AssayError('not_found', `there is no study with the key ${studyId}`, {
          hint: 'it may have been removed: assay study ls',
        });
      if (study.standing === 'paused') return { kind: 'paused' };
      const because = study.standing === 'stopped' ? null : await usedUp(tx, study);
      if (because !== null) await noteEnd(tx, study, because);
      if (study.standing === 'stopped' || because !== null) return { kind: 'exhausted', open: await countOpen(tx, studyId) };

      const next = study.nextNumber;
      const changes = await readChanges(tx, { study: studyId, seen: observations.seen(studyId) });
      const history = {
        direction: study.direction,
        ...(study.objectives !== null && { directions: study.objectives.map(({ direction }) => direction) }),
        observations: observations.advance(studyId, changes, lastValueTells(study)),
        next,
        seed: study.seed,
      };
      const suggested = samplerOf(study).suggest(spaceOf(study), history, createRng(study.seed).fork('suggest').fork(next));
      const written = await write(tx, { study, params: suggested });
      if (written !== null) return written;
      // Rules that judge what trials found are outdated by every trial that ends: the second time nobody else may write.
      if (study.budgetRules !== null) await tx.execute(sql`select from studies where id = ${studyId} for no key update`);
    }
  });
}

const readStudy = preparedSelect<typeof studies._.columns, 'study'>(
  'ask_study',
  getTableColumns(studies),
  (columns, value) => sql`select ${columns} from studies where id = ${value('study')}`,
);

const { number, state, params, value, values, constraints, lastStep, lastValue, revision } = trials;
const changed = { number, state, params, value, values, constraints, lastStep, lastValue, revision };

/** Finished trials that are newer than what was read before, and all open ones: only what is finished stays as it is. */
const readChanges = preparedSelect<typeof changed, 'study' | 'seen'>(
  'ask_changes',
  changed,
  (columns, is) => sql`
    select ${columns} from trials where study_id = ${is('study')} and revision > ${is('seen')} and state not in ('queued', 'running')
    union all
    select ${columns} from trials where study_id = ${is('study')} and ${isOpen}`,
);

/** Whether a trial's reports are about the first objective, as samplers take them to be. */
function lastValueTells({ objectives, pruneOn }: StudyRow): boolean {
  return objectives === null || reportedFigure(objectives, pruneOn) === objectives[0]!.name;
}

async function countOpen(tx: Db, study: StudyId): Promise<number> {
  return tx.$count(trials, and(eq(trials.studyId, study), isOpen));
}
