import { and, eq, getTableColumns, sql } from 'drizzle-orm';
import { AssayError } from '../../core/errors.ts';
import { createRng } from '../../core/rng.ts';
import type { Pruner } from '../../search/pruners/pruner.ts';
import type { Sampler } from '../../search/samplers/sampler.ts';
import { forkOf, suggest } from '../../search/samplers/suggest.ts';
import type { CompiledSpace } from '../../search/space/compile.ts';
import type { FlatParams } from '../../search/space/param.ts';
import type { Asked, StudyId } from '../../search/study/storage.ts';
import { StudyFault } from '../../search/study/study-fault.ts';
import { noteEnd } from '../budget/note-end.ts';
import { ruledOut, usedUp } from '../budget/used-up.ts';
import { type Db, inSession, type Session } from '../database.ts';
import { isOfDatabase } from '../database-fault.ts';
import type { SettledCurves } from '../history/curves.ts';
import type { EarlierStudies } from '../history/earlier.ts';
import type { Observations } from '../history/observations.ts';
import { historyOf, isOpen, lastValueTells, readChanges } from '../history/read-history.ts';
import { studies, trials } from '../schema/index.ts';
import type { StudyRow } from '../schema/rows.ts';
import { advanceWaiting, pruneWaiting } from '../sql/advance-waiting.ts';
import { queueFork, readPopulation } from '../sql/fork.ts';
import { preparedSelect } from '../sql/prepared.ts';
import { mayAsk, queueNext } from '../sql/queue-next.ts';

export interface Asking {
  readonly db: Db;
  readonly observations: Observations;
  readonly curves: SettledCurves;
  readonly earlier: EarlierStudies;
  readonly prunerOf: (study: StudyRow) => Pruner;
  readonly samplerOf: (study: StudyRow) => Sampler;
  readonly spaceOf: (study: StudyRow) => CompiledSpace;
}

/** A suggested trial, with the study's row that it was suggested for. */
export interface Suggested {
  readonly study: StudyRow;
  readonly params: FlatParams;
  /** True if another trial of the study is queued. */
  readonly queued: boolean;
}

export type NothingToAsk = Exclude<Asked, { kind: 'queued' }>;

/** How the next trial is stored. */
export interface Next<Written> {
  /** Writes a new trial with at most one statement, sent at once (null: the study has changed since it was read). */
  readonly write: (tx: Db, suggested: Suggested) => Promise<Written | null>;
  /** Called if a paused trial that advances, or a fork, was queued instead. */
  readonly queued: (tx: Db, number: number) => Promise<Written>;
}

/** Queues the next trial of a study. */
export async function ask(asking: Asking, studyId: StudyId): Promise<Asked> {
  return suggestNext<Asked>(asking, studyId, {
    write: async (tx, { study, params }) => {
      const number = await queueNext(tx, study, { params }, mayAsk);
      return number === null ? null : { kind: 'queued', number };
    },
    queued: async (_, number) => ({ kind: 'queued', number }),
  });
}

/** Class of the advisory locks that asks take, one for each study. */
const askLock = 0x61_73_6b;

/**
 * Suggests the next trial of a study and writes it, in one transaction and two round trips.
 *
 * - Lock: an advisory lock of the study that only asks take, so that asks take turns. The study's row is locked by the last statement
 *   alone; other verbs do not wait while a sampler computes.
 * - Reads, in the first round trip: the study's row, the trials that ended since the last read, and all open ones.
 * - Writes, in the second, with the commit: one statement that takes effect only if number, budget, desired state and space are as read
 *   (with rules that stop a study: if its revision is as read). Otherwise everything is read again; the second time the study's row is
 *   locked from the start, so that the attempt cannot fail again.
 * - Durability: not flushed to disk. A crash of the server may forget the trial and everything after it, but no finished trial, since a
 *   `finish` is flushed with everything before it. A worker that holds a forgotten trial finds its lease lost.
 * - Determinism: a suggestion is a function of (seed, number, history) only; numbers are dense, and the budget is exact.
 * - Order of candidates: a paused trial that the pruner advances, a fork of the sampler, a new trial. Where the study is over, paused
 *   trials that the pruner holds are pruned.
 * @throws StudyFault what the study's sampler or pruner threw. @throws AssayError `not_found`
 */
export async function suggestNext<Written>(asking: Asking, studyId: StudyId, next: Next<Written>): Promise<Written | NothingToAsk> {
  // With rules that stop a study any trial that ends outdates the read; the second time no other verb may write.
  for (let alone = false; ; ) {
    const written = await inSession(asking.db, (session) => suggestOnce(asking, session, studyId, alone, next));
    if (written !== null && written !== 'again') return written;
    alone = written === null;
  }
}

async function suggestOnce<Written>(
  asking: Asking,
  session: Session,
  studyId: StudyId,
  alone: boolean,
  next: Next<Written>,
): Promise<Written | NothingToAsk | 'again' | null> {
  const { db: tx, send } = session;
  const [, [study], changes] = await Promise.all([
    send(beginAsking(studyId, alone)),
    readStudy(tx, { study: studyId }),
    readChanges(tx, { study: studyId, seen: asking.observations.seen(studyId) }),
  ]);
  if (study === undefined)
    throw new AssayError('not_found', `there is no study with the key ${studyId}`, {
      hint: 'it may have been removed: assay study ls',
    });
  try {
    return await suggestFor(asking, session, { study, changes, alone }, next);
  } catch (error) {
    throw isOfDatabase(error) ? error : new StudyFault(study, error);
  }
}

/** What one ask has read; `alone`: the study's row is locked. */
interface AsRead {
  readonly study: StudyRow;
  readonly changes: Awaited<ReturnType<typeof readChanges>>;
  readonly alone: boolean;
}

async function suggestFor<Written>(
  asking: Asking,
  { db: tx, send }: Session,
  { study, changes, alone }: AsRead,
  next: Next<Written>,
): Promise<Written | NothingToAsk | 'again' | null> {
  const { observations, samplerOf, spaceOf } = asking;
  const because = mayGoOn(study) ? await usedUp(tx, study) : null;
  // Not with the study's row locked: trials are locked before the study, so none advances or is pruned then.
  const advanced = alone ? null : await nextAdvanced(asking, tx, study, because);
  if (advanced !== null) {
    const written = await next.queued(tx, advanced);
    await send('commit');
    return written;
  }
  const open = changes.filter(({ state }) => state === 'queued' || state === 'running').length;
  // True if the pruner may advance a trial it was not asked about, or a trial has changed since.
  const mayAdvance = alone || (open > 0 && asking.prunerOf(study).nextToAdvance !== undefined);
  const over = await nothingToAsk(tx, study, { because, mayAdvance });
  if (over !== null) {
    await send('commit');
    return over;
  }
  const upcoming = study.nextNumber;
  const earlier = await asking.earlier.of(tx, study);
  const history = historyOf(study, observations.advance(study.id, changes, lastValueTells(study)), earlier);
  const [sampler, space, rng] = [samplerOf(study), spaceOf(study), createRng(study.seed).fork('suggest').fork(upcoming)];
  const fork = sampler.fork === undefined ? null : forkOf(sampler, space, await readPopulation(tx, study, asking.curves), rng.fork('fork'));
  if (fork !== null) {
    const number = await queueFork(tx, study, fork);
    const written = number === null ? null : await next.queued(tx, number);
    await send('commit');
    return written;
  }
  const params = suggest(sampler, space, history, rng);
  const queued = changes.some((trial) => trial.state === 'queued');
  const [written] = await Promise.all([next.write(tx, { study, params, queued }), send('commit')]);
  return written;
}

/** Begins the transaction and takes the lock. A process that hangs while it holds the lock loses its session, and with it the lock. */
function beginAsking(studyId: StudyId, alone: boolean): string {
  const id = Number(studyId);
  const begin = `begin; set local synchronous_commit = off; set local idle_in_transaction_session_timeout = '60s';
    select pg_advisory_xact_lock(${askLock}, ${id})`;
  return alone ? `${begin}; select from studies where id = ${id} for no key update` : begin;
}

/** True if nobody holds the study: neither the person who paused or stopped it nor the freeze of its group. */
function mayGoOn({ desiredState, frozenBy }: StudyRow): boolean {
  return desiredState === 'open' && frozenBy === null;
}

/**
 * Returns the number of the paused trial that advances (null: none does).
 * @param because why the budget is used up (null: it is not). A used-up number of trials does not stop paused trials
 */
async function nextAdvanced({ prunerOf, curves }: Asking, tx: Db, study: StudyRow, because: string | null): Promise<number | null> {
  const pruner = prunerOf(study);
  if (pruner.nextToAdvance === undefined || !mayGoOn(study) || (because !== null && (await ruledOut(tx, study)) !== null)) return null;
  return advanceWaiting(tx, study, pruner, curves);
}

/**
 * Returns why the study is not asked (null: it may be asked).
 * @param because why the budget is used up (null: it is not)
 * @param mayAdvance true if the pruner decides on paused trials once more before they are pruned
 */
async function nothingToAsk(
  tx: Db,
  study: StudyRow,
  { because, mayAdvance }: { readonly because: string | null; readonly mayAdvance: boolean },
): Promise<NothingToAsk | 'again' | null> {
  if (study.frozenBy !== null && study.desiredState !== 'stopped') return { kind: 'frozen' };
  if (study.desiredState === 'paused') return { kind: 'paused' };
  if (study.desiredState === 'open' && because === null) return null;
  const open = await countOpen(tx, study.id);
  if (because !== null) {
    if (open === 0 && (mayAdvance || (await pruneWaiting(tx, study.id)))) return 'again';
    await noteEnd(tx, study, because);
  }
  return { kind: 'exhausted', open };
}

const readStudy = preparedSelect<typeof studies._.columns, 'study'>(
  'ask_study',
  getTableColumns(studies),
  (columns, value) => sql`select ${columns} from studies where id = ${value('study')}`,
);

async function countOpen(tx: Db, study: StudyId): Promise<number> {
  return tx.$count(trials, and(eq(trials.studyId, study), isOpen));
}
