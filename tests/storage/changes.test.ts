import { sql } from 'drizzle-orm';
import type { PoolClient } from 'pg';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { StudyRecord } from '../../src/search/study/storage.ts';
import { cancelTrial } from '../../src/storage/commands/cancel-trial.ts';
import { controlStudy } from '../../src/storage/commands/control-study.ts';
import { pauseTrial } from '../../src/storage/commands/pause-trial.ts';
import { removeStudy } from '../../src/storage/commands/remove-study.ts';
import { connect } from '../../src/storage/connect.ts';
import { type ChangesPage, changesSince } from '../../src/storage/readers/changes-since.ts';
import { type FollowEnd, type FollowOptions, followStudy } from '../../src/storage/readers/follow-study.ts';
import { createStorage } from '../../src/storage/storage.ts';
import { listenForChanges, type StudyChanges, unannounced } from '../../src/storage/study-changes.ts';
import { describeStudy } from '../../src/testing/storage/subject.ts';
import { useDatabase } from '../fixtures/database.ts';
import { startNetwork } from '../fixtures/network.ts';
import { patience } from '../fixtures/patience.ts';
import { complete, studyWith } from '../fixtures/trials.ts';

const database = useDatabase();

const numbersOf = ({ trials }: ChangesPage): readonly number[] => trials.map(({ number }) => number);

test('a later revision waits for the one before it, and neither is skipped', async () => {
  const { db } = database;
  const { id, revision } = await studyWith(db, [{}, {}]);
  let commit = (): void => undefined;
  const mayCommit = new Promise<void>((resolve) => {
    commit = resolve;
  });
  let written = (): void => undefined;
  const isWritten = new Promise<void>((resolve) => {
    written = resolve;
  });
  const first = db.transaction(async (tx) => {
    await cancelTrial(tx, id, 0, 'first');
    written();
    await mayCommit;
  });
  await isWritten;
  const second = cancelTrial(db, id, 1, 'second');
  const waiting = sql`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  while ((await db.execute(waiting)).rowCount === 0);
  expect(await changesSince(db, id, String(revision))).toMatchObject({ trials: [], next: String(revision) });
  commit();
  await Promise.all([first, second]);
  const page = await changesSince(db, id, String(revision));
  expect(page.trials.map(({ number, revision: of }) => [number, of - revision])).toEqual([
    [0, 1],
    [1, 2],
  ]);
});

describe('in a study of twenty thousand trials', () => {
  const small = useDatabase({ poolSize: 1 });

  /** The statements that are sent while `act` runs. */
  async function sentBy(act: () => Promise<unknown>): Promise<{ readonly text: string; readonly values: unknown[] }[]> {
    const sent: { readonly text: string; readonly values: unknown[] }[] = [];
    const client: PoolClient = await small.pool.connect();
    const query = client.query.bind(client) as (...args: unknown[]) => Promise<unknown>;
    client.query = ((statement: unknown, ...rest: unknown[]) => {
      if (typeof statement === 'object') sent.push({ text: (statement as { text: string }).text, values: rest[0] as unknown[] });
      return query(statement, ...rest);
    }) as typeof client.query;
    client.release();
    await act();
    client.query = query as typeof client.query;
    return sent;
  }

  test('a page reads only what it shows, from the index, in its order', async () => {
    const { id } = await studyWith(small.db, []);
    await small.db.execute(sql`
      insert into trials (study_id, number, state, params, seed, revision, finished_at, cancelled_by)
      select ${id}, i, 'cancelled', '{}', 1, i + 2, now(), 'operator' from generate_series(0, 19999) as i`);
    await small.db.execute(sql`update studies set revision = 20001, next_number = 20000, cancelled_trials = 20000 where id = ${id}`);
    await small.db.execute(sql`analyze`);
    for (const [since, most] of [
      ['0', 101],
      ['12000.5', 101],
      ['19991', 10],
    ] as const) {
      const statements = await sentBy(() => changesSince(small.db, id, since, { limit: 100 }));
      const { text, values } = statements.find((statement) => statement.text.includes('order by "trials"."revision"'))!;
      const { rows } = await small.pool.query<{ 'QUERY PLAN': [{ Plan: { Plans: [object] } }] }>(
        `explain (analyze, format json) ${text}`,
        values,
      );
      const [{ Plan: limited }] = rows[0]!['QUERY PLAN'];
      expect(limited).toMatchObject({ 'Node Type': 'Limit', 'Actual Rows': most });
      expect(limited.Plans).toMatchObject([
        {
          'Node Type': 'Index Scan',
          'Index Name': 'trials_changes',
          'Actual Rows': most,
          'Index Cond': expect.stringMatching(/study_id.*revision/),
        },
      ]);
      expect(limited.Plans[0]).not.toHaveProperty('Filter');
    }
  });
});

describe('following', () => {
  let changes: StudyChanges;
  let aborting: AbortController;
  beforeEach(async () => {
    // No polling unless a test enables it: announcements wake the follower.
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    changes = await listenForChanges(database.pool, 10);
    aborting = new AbortController();
  });
  afterEach(() => {
    changes.close();
    vi.useRealTimers();
  });

  const follow = ({ id }: StudyRecord, options: Partial<FollowOptions> = {}) =>
    followStudy(database.db, id, { since: null, changes, signal: aborting.signal, ...options });

  async function rest(
    pages: AsyncGenerator<ChangesPage, FollowEnd>,
  ): Promise<{ readonly numbers: readonly number[]; readonly end: FollowEnd }> {
    const numbers: number[] = [];
    for (;;) {
      const { value, done } = await pages.next();
      if (done === true) return { numbers, end: value };
      numbers.push(...numbersOf(value));
    }
  }

  const finishOne = async ({ id }: StudyRecord): Promise<void> => {
    const storage = createStorage(database.db);
    const taken = await storage.take({ studies: [id], worker: 'w', leaseMs: 600_000 });
    if (taken.kind === 'taken') await storage.finish(taken.claimed.lease, complete(taken.claimed.number));
  };

  test('begins with the current study, is woken by each change, and ends with the study', async () => {
    const study = await studyWith(database.db, [{ outcome: complete(1) }], { budget: { trials: 2 } });
    const pages = follow(study);
    expect((await pages.next()).value).toMatchObject({ trials: [], next: String(study.revision), study: { state: 'idle' } });
    const heard = pages.next();
    await finishOne(study);
    const { value } = await heard;
    expect(numbersOf(value as ChangesPage)).toEqual([1]);
    expect(await rest(pages)).toMatchObject({ end: 'complete' });
    // After all changes were read only the end follows.
    const { next } = await changesSince(database.db, study.id, null);
    expect(await rest(follow(study, { since: next }))).toEqual({ numbers: [], end: 'complete' });
    expect(await rest(follow(study, { since: '0', limit: 1 }))).toEqual({ numbers: [0, 1], end: 'complete' });
  });

  test('returns in one page what happened meanwhile, and no page without a change', async () => {
    const study = await studyWith(database.db, [], { budget: { trials: 40 } });
    const pages = follow(study);
    await pages.next();
    const startedAtMs = performance.now();
    for (let i = 0; i < 20; i++) await finishOne(study);
    expect(numbersOf((await pages.next()).value as ChangesPage)).toHaveLength(20);
    const working = (async () => {
      for (let i = 0; i < 20; i++) await finishOne(study);
    })();
    let told = 1;
    let numbers = 0;
    while (numbers < 20) {
      const { value } = await pages.next();
      numbers += (value as ChangesPage).trials.filter(({ state }) => state === 'complete').length;
      told += 1;
    }
    // However slow this machine is: at most four a second, and one at each end.
    expect(told).toBeLessThanOrEqual(2 + (performance.now() - startedAtMs) / 250);
    await working;
    expect(await rest(pages)).toMatchObject({ end: 'complete' });
  });

  test('continues after the listening session broke: missed changes are read', async () => {
    const study = await studyWith(database.db, [], { budget: { trials: 1 } });
    const breaking = await listenForChanges(database.pool, 500);
    const pages = follow(study, { changes: breaking });
    await pages.next();
    const heard = rest(pages);
    changes.close();
    const { rows } = await database.db.execute<{ pid: number }>(sql`
      select pid, pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query like 'listen %'`);
    const dying = sql`select from pg_stat_activity where pid in (${sql.join(
      rows.map(({ pid }) => pid),
      sql`, `,
    )})`;
    while (((await database.db.execute(dying)).rowCount ?? 0) > 0);
    await finishOne(study);
    expect(await heard).toEqual({ numbers: [0], end: 'complete' });
    breaking.close();
  });

  test('polls once a second if nothing is announced', async () => {
    const study = await studyWith(database.db, [], { budget: { trials: 1 } });
    const pages = follow(study, { changes: unannounced });
    await pages.next();
    await finishOne(study);
    const heard = rest(pages);
    vi.advanceTimersByTime(1000);
    expect(await heard).toEqual({ numbers: [0], end: 'complete' });
  });

  test('a stopped study ends with its last running trial; a trial paused by hand keeps an open study from its end', async () => {
    const stopped = await studyWith(database.db, [{}, {}]);
    const storage = createStorage(database.db);
    const taken = await storage.take({ studies: [stopped.id], worker: 'w', leaseMs: 600_000 });
    const [, end] = await Promise.all([
      controlStudy(database.db, stopped.id, 'stop', 'operator'),
      rest(follow(stopped, { since: '0' })),
      taken.kind === 'taken' && storage.finish(taken.claimed.lease, complete(1)),
    ]);
    expect(end).toMatchObject({ end: 'stopped' });

    const held = await studyWith(database.db, [{}]);
    await pauseTrial(database.db, held.id, 0, 'operator');
    const pages = follow(held);
    await pages.next();
    const next = rest(pages);
    await cancelTrial(database.db, held.id, 0, 'operator');
    await controlStudy(database.db, held.id, 'stop', 'operator');
    expect(await next).toMatchObject({ numbers: [0], end: 'stopped' });
  });

  test('ends when the study is removed; an abort ends it at once and leaves no listener', async () => {
    const study = await studyWith(database.db, [{}]);
    let listeners = 0;
    const counted: StudyChanges = {
      ...changes,
      onChange: (studies, listener) => {
        const off = changes.onChange(studies, listener);
        listeners += 1;
        return () => {
          listeners -= 1;
          off();
        };
      },
    };
    const [removed, aborted] = [follow(study, { changes: counted }), follow(study, { changes: counted })];
    await Promise.all([removed.next(), aborted.next()]);
    expect([listeners, vi.getTimerCount()]).toEqual([2, 2]);
    const ended = rest(aborted);
    aborting.abort();
    expect(await ended).toEqual({ numbers: [], end: 'aborted' });
    const others = follow(study, { changes: counted, signal: new AbortController().signal });
    await others.next();
    const next = rest(others);
    await removeStudy(database.db, study.id);
    // No revision is announced; the next poll sees it.
    vi.advanceTimersByTime(5000);
    expect(await next).toEqual({ numbers: [], end: 'removed' });
    expect(await rest(removed)).toMatchObject({ end: 'aborted' });
    expect([listeners, vi.getTimerCount()]).toEqual([0, 0]);
  });

  test('waits for a database that does not answer and misses nothing', async () => {
    const study = await studyWith(database.db, [], { budget: { trials: 1 } });
    const network = await startNetwork(database.url);
    const connection = await connect({ databaseUrl: network.url, poolSize: 2 });
    const away = vi.fn(() => network.cutAt('no such words'));
    try {
      const pages = followStudy(connection.db, study.id, { since: null, changes, signal: aborting.signal, onAway: away });
      await pages.next();
      network.cutAt('isolation level');
      await finishOne(study);
      const heard = rest(pages);
      await vi.waitFor(() => expect(away).toHaveBeenCalled(), patience);
      vi.advanceTimersByTime(5000);
      expect(await heard).toEqual({ numbers: [0], end: 'complete' });
    } finally {
      await connection.close();
      await network.close();
    }
  });

  test('a study created again under the same name refuses a revision of the old one', async () => {
    const { id, revision } = await createStorage(database.db).open(describeStudy());
    await expect(
      followStudy(database.db, id, { since: String(revision + 7), changes, signal: aborting.signal }).next(),
    ).rejects.toMatchObject({
      code: 'usage',
      hint: expect.stringContaining('created again'),
    });
  });
});
