import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, vi } from 'vitest';
import { useDatabase } from '../../tests/fixtures/database.ts';
import { listenForChanges } from './study-changes.ts';

const database = useDatabase();

it.each(['', 'nonsense', 'null', '{"study": "x"}', '[]'])("somebody else's word on the channel may mean anything: %j", async (payload) => {
  const changes = await listenForChanges(database.pool);
  try {
    const heard = vi.fn();
    changes.onChange([1], heard);
    await database.pool.query("select pg_notify('assay_study', $1)", [payload]);
    await vi.waitFor(() => expect(heard).toHaveBeenCalled());
    heard.mockClear();
    await database.pool.query(
      `select pg_notify('assay_study', '{"study":2,"revision":1}'), pg_notify('assay_study', '{"study":1,"revision":1}')`,
    );
    await vi.waitFor(() => expect(heard).toHaveBeenCalledOnce());
    await sleep(0);
  } finally {
    changes.close();
  }
});
