import { sql } from 'drizzle-orm';
import type { Connection } from '../../../src/storage/connect.ts';
import { bestTrials } from '../../../src/storage/readers/best-trials.ts';
import { changesSince } from '../../../src/storage/readers/changes-since.ts';
import { findStudy } from '../../../src/storage/readers/find.ts';
import { listStudies } from '../../../src/storage/readers/list-studies.ts';
import { pageTrials } from '../../../src/storage/readers/page-trials.ts';
import { createStorage } from '../../../src/storage/storage.ts';
import { costOf, costOnce } from '../measure.ts';
import { fillStudy } from './load.ts';

/** Every key that a page can be sorted by, once in each way that it is found. */
export const sortKeys = ['number', '-number', 'value', '-value', 'startedAt', '-finishedAt', 'duration', 'param:x0', '-param:x4'];

/** What it takes to read a long history, in milliseconds by the clock. */
export interface ReadingCosts {
  readonly best: number;
  /** The first suggestion of a process that knows nothing yet. */
  readonly coldAsk: number;
}

export async function readingCosts({ db }: Connection, name: string, trials: number): Promise<ReadingCosts> {
  const id = await fillStudy(db, name, trials);
  await db.execute(sql`analyze`);
  const best = await costOf(() => bestTrials(db, name), 20);
  const cold = await costOf(() => createStorage(db).ask(id), 1, 5);
  return { best: best.wallMs, coldAsk: cold.wallMs };
}

/** The list of the studies whose name holds this, with counts and best, in milliseconds by the clock. */
export async function listCost({ db }: Connection, q: string): Promise<number> {
  return (await costOf(() => listStudies(db, { q }), 10)).wallMs;
}

/** The second page of 100, in milliseconds by the clock. */
export async function pageCost({ db }: Connection, study: string, sort: string): Promise<number> {
  const first = await pageTrials(db, study, { sort, limit: 100 });
  return (await costOf(() => pageTrials(db, study, { sort, limit: 100, cursor: first.next ?? undefined }), 5, 5)).wallMs;
}

/** Cost of following the study, in milliseconds of wall time. */
export interface FollowingCosts {
  /** The newest 100 changes, flushed to disk as always. */
  readonly newest: number;
  /** Every change there is, page by page. */
  readonly all: number;
}

export async function followingCosts({ db }: Connection, name: string): Promise<FollowingCosts> {
  const { id, nextNumber } = await findStudy(db, name);
  // The last of them changed with the revision before the study's own.
  const since = String(nextNumber + 1 - 100);
  if ((await changesSince(db, id, since)).trials.length !== 100) throw new Error(`study ${name} is not as it was filled`);
  const newest = await costOf(() => changesSince(db, id, since), 5, 5);
  const all = await costOnce(async () => {
    for (let page = await changesSince(db, id, '0'); page.more; ) page = await changesSince(db, id, page.next);
  });
  return { newest: newest.wallMs, all: all.wallMs };
}
