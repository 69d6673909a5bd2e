import { asc, eq, sql } from 'drizzle-orm';
import { AssayError } from '../../core/errors.ts';
import type { FlatParams } from '../../search/space/param.ts';
import type { StudyId } from '../../search/study/storage.ts';
import type { Db } from '../database.ts';
import { trials } from '../schema/index.ts';
import { checkLimit, maxPageLimit } from './page.ts';
import { type StudyItem, summarise } from './study-item.ts';
import { type TrialItem, trialItem } from './trial-item.ts';

/** A trial as it is now; `revision` is the study's at its last change, which a report is not. */
export interface ChangedTrial extends Omit<TrialItem, 'params'> {
  readonly revision: number;
  /** Where they were asked for. */
  readonly params?: FlatParams;
}

/** What happened to a study and its trials, in the order of revisions; of one revision in the order of numbers. */
export interface ChangesPage {
  /** Where this page ends, and the next one begins. */
  readonly next: string;
  /** Whether there are changes behind it already. */
  readonly more: boolean;
  /** As it was when the page was read; where there is more, it is ahead of the trials. */
  readonly study: StudyItem;
  /** Each trial once, with its newest change only. */
  readonly trials: readonly ChangedTrial[];
}

export interface ChangesOptions {
  /** Trials of one page, 1 to 200. Default 200. */
  readonly limit?: number | undefined;
  /** Default false. */
  readonly params?: boolean | undefined;
}

/** `57`: behind all changes of this revision. `57.12`: one revision changed more trials than a page holds; behind the one of this number. */
export const positionPattern = /^[0-9]{1,15}(\.[0-9]{1,9})?$/;

/**
 * The trials that changed since a position, and the study beside them, from one snapshot.
 *
 * Nothing is skipped and nothing comes twice, whoever writes meanwhile: a revision is given under the lock of the study's row, which is kept
 * until the commit, so that revisions are seen in their order; and a page is on disk before it is answered, so that no crash of the server
 * forgets a revision that somebody has read, to give it once more.
 *
 * @param since null: no changes, only the study as it is now and where it stands
 * @throws AssayError `not_found`; `usage` for what is no position, or one ahead of the study
 */
export async function changesSince(
  db: Db,
  id: StudyId,
  since: string | null,
  { limit = maxPageLimit, params = false }: ChangesOptions = {},
): Promise<ChangesPage> {
  checkLimit(limit);
  const after = since === null ? null : parsePosition(since);
  const page = await db.transaction(
    async (tx): Promise<ChangesPage> => {
      const [summary] = await summarise(tx, sql`id = ${id}`, 1);
      if (summary === undefined)
        throw new AssayError('not_found', `there is no study with the key ${id}`, { hint: 'it may have been removed: assay study ls' });
      const { item: study } = summary;
      if (after !== null && after.revision > study.revision) throw ahead(study, after.revision);
      const rows = after === null ? [] : await readChanges(tx, id, after, limit + 1);
      const changed = rows.slice(0, limit).map((row): ChangedTrial => {
        const { params: given, ...rest } = trialItem(study, row);
        return { revision: row.revision, ...rest, ...(params && { params: given }) };
      });
      const [last, behind] = [rows[limit - 1], rows[limit]];
      if (last === undefined || behind === undefined) return { next: String(study.revision), more: false, study, trials: changed };
      const next = behind.revision > last.revision ? String(last.revision) : `${last.revision}.${last.number}`;
      return { next, more: true, study, trials: changed };
    },
    { isolationLevel: 'repeatable read', accessMode: 'read only' },
  );
  if (page.next !== since) await flush(db);
  return page;
}

interface Position {
  readonly revision: number;
  readonly number: number;
}

/** Larger than every number of a trial. */
const allNumbers = 2 ** 31 - 1;

function parsePosition(text: string): Position {
  if (!positionPattern.test(text))
    throw new AssayError('usage', `${JSON.stringify(text)} is no revision`, {
      place: 'since',
      hint: 'it is a whole number such as 57, or `next` of the page before; 0 is the beginning',
    });
  const [revision, number] = text.split('.');
  return { revision: Number(revision), number: number === undefined ? allNumbers : Number(number) };
}

function ahead({ name, revision }: StudyItem, since: number): AssayError {
  return new AssayError('usage', `study ${name} is at revision ${revision}, not yet at ${since}`, {
    place: 'since',
    hint: 'the study may have been removed and made anew; begin without a revision',
  });
}

/** In the order of the index `trials_changes`, which ends where the page does. Planned anew each time: with values, the plan cannot be another. */
function readChanges(tx: Db, id: StudyId, { revision, number }: Position, limit: number) {
  return tx
    .select()
    .from(trials)
    .where(sql`${eq(trials.studyId, id)} and (${trials.revision}, ${trials.number}) > (${revision}::bigint, ${number}::int)`)
    .orderBy(asc(trials.revision), asc(trials.number))
    .limit(limit);
}

/** Puts everything that was committed before on disk, asks and claims too: a commit that writes a record is flushed, and with it all before it. */
async function flush(db: Db): Promise<void> {
  await db.execute(sql`select pg_logical_emit_message(true, 'assay', '')`);
}
