import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { useDatabase } from '../../../tests/fixtures/database.ts';
import type { Db } from '../../storage/database.ts';
import { openLiveStore } from './live-store.ts';
import { takeRun } from './runs.ts';
import { verifyRun } from './status.ts';

const database = useDatabase();

/** A database whose connection ends, once each, before and after a statement is done. */
function breaking(db: Db, breaks: ('before' | 'after')[]): Db {
  return new Proxy(db, {
    get: (target, key) => {
      if (key !== 'execute') return Reflect.get(target, key) as unknown;
      return async (statement: ReturnType<typeof sql>) => {
        const fault = breaks.shift();
        if (fault === 'before') throw new Error('the connection ended');
        const answer = await target.execute(statement);
        if (fault === 'after') throw new Error('the connection ended');
        return answer;
      };
    },
  });
}

test('rows of a write that failed are written once with the next ones, and the audit trail has no hole', async () => {
  const run = await takeRun(database.db, {
    ...{ name: 'broken', model: 'test@1', policyHash: 'a'.repeat(64), config: {} },
    ...{ feed: 'gateway:here:1', broker: 'paper', account: 'paper/broken', by: 'ana' },
  });
  const breaks: ('before' | 'after')[] = [];
  const store = await openLiveStore(breaking(database.db, breaks), run);
  for (const [n, fault] of (['before', 'after'] as const).entries()) {
    breaks.push(fault);
    const order = { id: `A-${n}`, symbol: 'MNQH4', side: 'buy', lots: 1, kind: { type: 'market' }, timeInForce: 'day' } as const;
    await expect(store.intend(order, 1n)).rejects.toThrow('the connection ended');
    store.incident('gap', `the ${n + 1}. one`, 2n);
    await store.heard({ time: 3n, seenAt: 3n, orderId: order.id, report: { kind: 'accepted' } });
    breaks.push(fault);
    store.incident('gap', `another with the ${n + 1}. one`, 4n);
    await expect(store.flush()).rejects.toThrow('the connection ended');
    await store.flush();
  }
  expect(await verifyRun(database.db, 'broken')).toMatchObject({ intact: true, records: 8 });
  const counted = await database.db.execute(
    sql`select (select count(*)::int from live_orders) as orders, (select count(*)::int from live_order_events) as events,
      (select count(*)::int from live_incidents) as incidents`,
  );
  expect(counted.rows).toEqual([{ orders: 2, events: 2, incidents: 4 }]);
});
