import { and, eq, getTableColumns, sql } from 'drizzle-orm';
import { AssayError } from '../../core/errors.ts';
import { createRng } from '../../core/rng.ts';
import { timeBoxed } from '../../core/time-box.ts';
import type { Pruner } from '../../search/pruners/pruner.ts';
import type { Sampler } from '../../search/samplers/sampler.ts';
import type { CompiledSpace } from '../../search/space/compile.ts';
import type { FlatParams } from '../../search/space/param.ts';
import { reportedMetric } from '../../search/study/goals.ts';
import type { Asked, StudyId } from '../../search/study/storage.ts';
import { StudyFault } from '../../search/study/study-fault.ts';
import type { History, Observation } from '../../search/trial/history.ts';
import { noteEnd } from '../budget/note-end.ts';
import { ruledOut, usedUp } from '../budget/used-up.ts';
import { type Db, inSession, type Session } from '../database.ts';
import { isOfDatabase } from '../database-fault.ts';
import type { SettledCurves } from '../history/curves.ts';
import { createObservations, type Observations } from '../history/observations.ts';
import { studies, trials } from '../schema/index.ts';
import { advanceWaiting, pruneWaiting } from '../sql/advance-waiting.ts';
import { queueFork, readPopulation } from '../sql/fork.ts';
import { preparedSelect } from '../sql/prepared.ts';
import { mayAsk, queueNext } from '../sql/queue-next.ts';

/** Somebody runs it, or will by itself; what is paused waits for more. */
const isOpen = sql`${trials.state} in ('queued', 'running')`;

/** A suggestion takes some milliseconds; the database ends a session that is idle for a minute with the lock that asks take. */
const longestSuggestionMs = 30_000;

export type StudyColumns = typeof studies.$inferSelect;

export interface Asking {
  readonly db: Db;
  readonly observations: Observations;
  readonly curves: SettledCurves;
  readonly prunerOf: (study: StudyColumns) => Pruner;
  readonly samplerOf: (study: StudyColumns) => Sampler;
  readonly spaceOf: (study: StudyColumns) => CompiledSpace;
}

/** A trial as it is about to be written, under the study as it was read. */
export interface Suggested {
  readonly study: StudyColumns;
  readonly params: FlatParams;
  /** Whether another trial of the study waits in the queue. */
  readonly queued: boolean;
}

export type NothingToAsk = Exclude<Asked, { kind: 'queued' }>;

/** What becomes of the next trial. */
export interface Next<Written> {
  /** Sends one statement at once, or none; null where the study has moved on. */
  readonly write: (tx: Db, suggested: Suggested) => Promise<Written | null>;
  /** A trial that waited, or one that goes on from another's checkpoint, is in the queue. */
  readonly queued: (tx: Db, number: number) => Promise<Written>;
}

/** Queue the next trial of a study. */
export async function ask(asking: Asking, studyId: StudyId): Promise<Asked> {
  return suggestNext<Asked>(asking, studyId, {
    write: async (tx, { study, params }) => {
      const number = await queueNext(tx, study, { params }, mayAsk);
      return number === null ? null : { kind: 'queued', number };
    },
    queued: async (_, number) => ({ kind: 'queued', number }),
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
 * Two round trips: everything that is read, and everything that is written, with the commit.
 *
 * Not flushed to disk, like a claim: a crash of the server may forget the trial, and with it all that came later; what outlives a crash
 * was flushed by a `finish`, and so was everything before it. A worker that holds a forgotten trial finds its lease lost.
 *
 * The suggestion depends on (seed, number, history) only. Before a new trial comes one that waits and that the pruner lets go on now; where
 * the study is over, the others that wait are pruned.
 * @throws StudyFault what the study's own algorithms threw; AssayError `not_found`
 */
export async function suggestNext<Written>(asking: Asking, studyId: StudyId, next: Next<Written>): Promise<Written | NothingToAsk> {
  // Rules that judge what trials found are outdated by every trial that ends: the second time nobody else may write.
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

/** What one ask has read, and whether nobody else writes meanwhile. */
interface AsRead {
  readonly study: StudyColumns;
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
  const because = study.desiredState === 'open' ? await usedUp(tx, study) : null;
  // Trials before the study, as everywhere: with its row locked there is no promotion, and nothing that waits is ended.
  const advanced = alone ? null : await nextAdvanced(asking, tx, study, because);
  if (advanced !== null) {
    const written = await next.queued(tx, advanced);
    await send('commit');
    return written;
  }
  const open = changes.filter(({ state }) => state === 'queued' || state === 'running').length;
  // Whether a bar may let somebody go on that was not asked about, or has moved since.
  const mayAdvance = alone || (open > 0 && asking.prunerOf(study).nextToAdvance !== undefined);
  const over = await nothingToAsk(tx, study, { because, mayPromote: mayAdvance });
  if (over !== null) {
    await send('commit');
    return over;
  }
  const upcoming = study.nextNumber;
  const history = historyOf(study, observations.advance(study.id, changes, lastValueTells(study)));
  const [sampler, space, rng] = [samplerOf(study), spaceOf(study), createRng(study.seed).fork('suggest').fork(upcoming)];
  const fork = sampler.fork?.(space, await readPopulation(tx, study, asking.curves), rng.fork('fork')) ?? null;
  if (fork !== null) {
    const number = await queueFork(tx, study, fork);
    const written = number === null ? null : await next.queued(tx, number);
    await send('commit');
    return written;
  }
  const params = timeBoxed(`a suggestion of the sampler ${sampler.id}`, longestSuggestionMs, () => sampler.suggest(space, history, rng));
  const queued = changes.some((trial) => trial.state === 'queued');
  const [written] = await Promise.all([next.write(tx, { study, params, queued }), send('commit')]);
  return written;
}

/** A process that hangs while it holds the lock, perhaps on a machine that sleeps, loses its session and with it the lock. */
function beginAsking(studyId: StudyId, alone: boolean): string {
  const id = Number(studyId);
  const begin = `begin; set local synchronous_commit = off; set local idle_in_transaction_session_timeout = '60s';
    select pg_advisory_xact_lock(${askLock}, ${id})`;
  return alone ? `${begin}; select from studies where id = ${id} for no key update` : begin;
}

/** @param because the budget is used up; by the number of trials alone, those that wait still go on */
async function nextAdvanced({ prunerOf, curves }: Asking, tx: Db, study: StudyColumns, because: string | null): Promise<number | null> {
  const { nextToAdvance: promotes } = prunerOf(study);
  if (promotes === undefined || study.desiredState !== 'open' || (because !== null && (await ruledOut(tx, study)) !== null)) return null;
  return advanceWaiting(tx, study, promotes, curves);
}

/** @param because the budget is used up. @param mayPromote whether those that wait are to be judged once more before they are ended */
async function nothingToAsk(
  tx: Db,
  study: StudyColumns,
  { because, mayPromote: mayAdvance }: { readonly because: string | null; readonly mayPromote: boolean },
): Promise<NothingToAsk | 'again' | null> {
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

const { number, state, params, value, values, constraints, lastStep, lastValue, atStep, revision } = trials;
const changed = { number, state, params, value, values, constraints, lastStep, lastValue, atStep, revision };

/** Finished and paused trials that are newer than what was read before, and all that wait or run: those stay as they are. */
const readChanges = preparedSelect<typeof changed, 'study' | 'seen'>(
  'ask_changes',
  changed,
  (columns, is) => sql`
    select ${columns} from trials where study_id = ${is('study')} and revision > ${is('seen')} and state not in ('queued', 'running')
    union all
    select ${columns} from trials where study_id = ${is('study')} and ${isOpen}`,
);

/** Whether a trial's reports are about the first objective, as samplers take them to be. */
function historyOf(study: StudyColumns, observations: readonly Observation[]): History {
  return {
    direction: study.direction,
    ...(study.objectives !== null && { directions: study.objectives.map(({ direction }) => direction) }),
    observations,
    next: study.nextNumber,
    seed: study.seed,
  };
}

/** Everything that a suggestion for the study's next number would be made from, read anew. */
export async function readHistory(db: Db, study: StudyColumns): Promise<History> {
  const changes = await readChanges(db, { study: study.id, seen: 0 });
  return historyOf(study, createObservations().advance(study.id, changes, lastValueTells(study)));
}

function lastValueTells({ objectives, pruneOn }: StudyColumns): boolean {
  return objectives === null || reportedMetric(objectives, pruneOn) === objectives[0]!.name;
}

async function countOpen(tx: Db, study: StudyId): Promise<number> {
  return tx.$count(trials, and(eq(trials.studyId, study), isOpen));
}
