import { asc, eq, sql } from 'drizzle-orm';
import { AssayError } from '../../core/errors.ts';
import type { FlatParams } from '../../search/space/param.ts';
import type { StudyId } from '../../search/study/storage.ts';
import type { Db } from '../database.ts';
import { trials } from '../schema/index.ts';
import { checkLimit, maxPageLimit } from './page.ts';
import { type StudyItem, summarise } from './study-item.ts';
import { type TrialItem, trialItem } from './trial-item.ts';

/** A trial as it is now. */
export interface ChangedTrial extends Omit<TrialItem, 'params'> {
  /** Present if requested. */
  readonly params?: FlatParams;
}

/** Changes of a study and its trials, by revision, then by number. */
export interface ChangesPage {
  /** Position after this page, from which the next one begins. */
  readonly next: string;
  /** True if more changes follow already. */
  readonly more: boolean;
  /** The study when the page was read; if `more`, it is ahead of the trials. */
  readonly study: StudyItem;
  /** Each trial once, with its newest change. */
  readonly trials: readonly ChangedTrial[];
}

export interface ChangesOptions {
  /** Trials of one page, 1 to 200. Default 200. */
  readonly limit?: number | undefined;
  /** Default false. */
  readonly params?: boolean | undefined;
}

/** `57`: after all changes of this revision. `57.12`: after trial 12 of this revision, which changed more trials than a page holds. */
export const positionPattern = /^[0-9]{1,15}(\.[0-9]{1,9})?$/;

/**
 * Reads the trials that changed since a position, and the study, from one snapshot.
 *
 * Returns each change once, in order, while others write: a revision is given under the lock of the study's row, which is held until the
 * commit. A page is flushed before it is returned, so no crash of the server forgets a revision that was read and gives it again.
 *
 * @param since null: no changes, only the study and its position
 * @throws AssayError `not_found`; `usage` for a text that is no position, and for one ahead of the study
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
        return { ...rest, ...(params && { params: given }) };
      });
      const last = rows[limit - 1];
      const behind = rows[limit];
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

/** Greater than the number of any trial. */
const allNumbers = 2 ** 31 - 1;

function parsePosition(text: string): Position {
  if (!positionPattern.test(text))
    throw new AssayError('usage', `${JSON.stringify(text)} is not a revision`, {
      place: 'since',
      hint: 'it is a whole number such as 57, or `next` of the previous page; 0 is the beginning',
    });
  const [revision, number] = text.split('.');
  return { revision: Number(revision), number: number === undefined ? allNumbers : Number(number) };
}

function ahead({ name, revision }: StudyItem, since: number): AssayError {
  return new AssayError('usage', `study ${name} is at revision ${revision}, not yet at ${since}`, {
    place: 'since',
    hint: 'the study may have been removed and created again; start without a revision',
  });
}

/** Sorted as the index `trials_changes`, of which it reads one page. Planned for the values each time, so that this plan is chosen. */
function readChanges(tx: Db, id: StudyId, { revision, number }: Position, limit: number) {
  return tx
    .select()
    .from(trials)
    .where(sql`${eq(trials.studyId, id)} and (${trials.revision}, ${trials.number}) > (${revision}::bigint, ${number}::int)`)
    .orderBy(asc(trials.revision), asc(trials.number))
    .limit(limit);
}

/** Flushes all earlier commits, asks and claims included: a commit that writes a record is flushed with everything before it. */
async function flush(db: Db): Promise<void> {
  await db.execute(sql`select pg_logical_emit_message(true, 'assay', '')`);
}
