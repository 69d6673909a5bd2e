import { randomUUID } from 'node:crypto';
import { asc, eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Lease } from '../../src/search/study/storage.ts';
import type { TrialState } from '../../src/search/trial/trial.ts';
import { cancelTrial } from '../../src/storage/commands/cancel-trial.ts';
import { controlStudy } from '../../src/storage/commands/control-study.ts';
import { enqueue } from '../../src/storage/commands/enqueue-trial.ts';
import { pauseTrial } from '../../src/storage/commands/pause-trial.ts';
import { resumeTrial } from '../../src/storage/commands/resume-trial.ts';
import type { Connection } from '../../src/storage/connect.ts';
import type { Database } from '../../src/storage/database.ts';
import { openDatabase } from '../../src/storage/open.ts';
import { changesSince } from '../../src/storage/readers/changes-since.ts';
import { showStudy } from '../../src/storage/readers/show-study.ts';
import { attempts, reports, trials } from '../../src/storage/schema/index.ts';
import { createStorage } from '../../src/storage/storage.ts';
import { listenForChanges } from '../../src/storage/study-changes.ts';
import { describeStudy, type StorageUnderTest } from '../../src/testing/storage/subject.ts';
import { storageConformance } from '../../src/testing/storage.ts';
import { useDatabase } from '../fixtures/database.ts';
import { hasPgbouncer, startPgbouncer } from '../fixtures/pgbouncer.ts';

function postgres(database: Pick<Database, 'db'>): StorageUnderTest {
  return {
    open: () => createStorage(database.db),
    cancel: (study, number, by) => cancelTrial(database.db, study, number, by),
    pause: (study, number, by) => pauseTrial(database.db, study, number, by),
    resume: (study, number) => resumeTrial(database.db, study, number),
    enqueue: (study, params) => enqueue(database.db, study, { params, idempotencyKey: randomUUID() }),
    changes: (study, since, limit) => changesSince(database.db, study, since, { limit }),
    control: (study, control) => controlStudy(database.db, study, control, 'operator'),
    expire: async (lease: Lease) => {
      const held = database.db.select({ id: attempts.trialId }).from(attempts).where(eq(attempts.token, lease.token));
      await database.db
        .update(trials)
        .set({ leaseExpiresAt: sql`clock_timestamp() - interval '1 millisecond'` })
        .where(sql`${trials.id} in ${held} and ${trials.leaseToken} = ${lease.token}`);
    },
    trials: async (study) => {
      await expectCounted(database, study);
      const rows = await database.db.select().from(trials).where(eq(trials.studyId, study)).orderBy(asc(trials.number));
      const curves = await database.db
        .select({ trialId: reports.trialId, attempt: reports.attempt, step: reports.step, value: reports.value })
        .from(reports)
        .innerJoin(trials, eq(trials.id, reports.trialId))
        .where(eq(trials.studyId, study))
        .orderBy(asc(reports.attempt), asc(reports.step));
      return rows.map(({ id, number, state, attempt, value, values, constraints, pausedBy, reason }) => ({
        number,
        state,
        attempt,
        value,
        values,
        constraints,
        pausedBy,
        reason,
        reports: curves
          .filter(({ trialId }) => trialId === id)
          .map(({ attempt: of, step, value: at }) => ({ attempt: of, step, value: at })),
      }));
    },
  };
}

/** What the list of studies says of a study is what there is. */
async function expectCounted({ db }: Pick<Database, 'db'>, study: number): Promise<void> {
  const { rows } = await db.execute<{ name: string; state: TrialState | null; count: string }>(sql`
    select name, state, count(trials.id) from studies left join trials on study_id = studies.id where studies.id = ${study} group by name, state`);
  const counted = Object.fromEntries(rows.flatMap(({ state, count }) => (state === null ? [] : [[state, Number(count)]])));
  const { counts } = await showStudy(db, rows[0]!.name);
  expect(counts).toEqual({ ...Object.fromEntries(Object.keys(counts).map((state) => [state, 0])), ...counted });
}

describe('PostgreSQL', () => storageConformance(postgres(useDatabase({ poolSize: 16 }))));

if (!hasPgbouncer) console.warn('skipped: storage behind PgBouncer, which is not installed here (Debian: apt-get install pgbouncer)');

describe.skipIf(!hasPgbouncer)('PostgreSQL behind PgBouncer in transaction mode', () => {
  const database = useDatabase({ poolSize: 1 });
  let bouncer: Awaited<ReturnType<typeof startPgbouncer>>;
  let connection: Connection;
  beforeAll(async () => {
    bouncer = await startPgbouncer(database.url);
    connection = await openDatabase({ databaseUrl: bouncer.url, poolSize: 16 });
  });
  afterAll(async () => {
    await connection.close();
    await bouncer.stop();
  });

  storageConformance(
    postgres({
      get db() {
        return connection.db;
      },
    }),
  );

  test('has no session to listen on, unless there is a direct way', async () => {
    expect(connection.sessions).toBeNull();
    vi.stubEnv('DATABASE_DIRECT_URL', database.url);
    const direct = await openDatabase({ databaseUrl: bouncer.url, poolSize: 1 });
    vi.unstubAllEnvs();
    const changes = await listenForChanges(direct.sessions);
    const changed = new Promise<void>((resolve) => changes.onChange(null, resolve));
    await createStorage(connection.db).open(describeStudy());
    await changed;
    changes.close();
    await direct.close();
  });
});
