import { asc, eq, sql } from 'drizzle-orm';
import { describe } from 'vitest';
import type { Lease } from '../../src/search/study/storage.ts';
import { attempts, reports, trials } from '../../src/storage/schema/index.ts';
import { createStorage } from '../../src/storage/storage.ts';
import { cancelTrial } from '../../src/storage/verbs/cancel.ts';
import { storageConformance } from '../conformance/storage.ts';
import { useDatabase } from '../fixtures/database.ts';

describe('PostgreSQL', () => {
  const database = useDatabase({ poolSize: 16 });

  storageConformance({
    open: () => createStorage(database.db),
    cancel: (study, number, by) => cancelTrial(database.db, study, number, by),
    expire: async (lease: Lease) => {
      const held = database.db.select({ id: attempts.trialId }).from(attempts).where(eq(attempts.token, lease.token));
      await database.db
        .update(trials)
        .set({ leaseExpiresAt: sql`clock_timestamp() - interval '1 millisecond'` })
        .where(sql`${trials.id} in ${held} and ${trials.leaseToken} = ${lease.token}`);
    },
    trials: async (study) => {
      const rows = await database.db.select().from(trials).where(eq(trials.studyId, study)).orderBy(asc(trials.number));
      const curves = await database.db
        .select({ trialId: reports.trialId, attempt: reports.attempt, step: reports.step, value: reports.value })
        .from(reports)
        .innerJoin(trials, eq(trials.id, reports.trialId))
        .where(eq(trials.studyId, study))
        .orderBy(asc(reports.attempt), asc(reports.step));
      return rows.map(({ id, number, state, attempt, value, values, constraints }) => ({
        number,
        state,
        attempt,
        value,
        values,
        constraints,
        reports: curves
          .filter(({ trialId }) => trialId === id)
          .map(({ attempt: of, step, value: at }) => ({ attempt: of, step, value: at })),
      }));
    },
  });
});
