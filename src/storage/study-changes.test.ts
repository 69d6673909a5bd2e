import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { useDatabase } from '../../tests/fixtures/database.ts';
import { startNetwork } from '../../tests/fixtures/network.ts';
import { patience } from '../../tests/fixtures/patience.ts';
import { connect } from './connect.ts';
import { listenForChanges } from './study-changes.ts';

const database = useDatabase();

test.each(['', 'nonsense', 'null', '{"study": "x"}', '[]'])('a foreign message on the channel may mean anything: %j', async (payload) => {
  const changes = await listenForChanges(database.pool);
  try {
    const heard = vi.fn();
    changes.onChange([1], heard);
    await database.pool.query("select pg_notify('assay_study', $1)", [payload]);
    await vi.waitFor(() => expect(heard).toHaveBeenCalled(), patience);
    heard.mockClear();
    await database.pool.query(
      `select pg_notify('assay_study', '{"study":2,"revision":1}'), pg_notify('assay_study', '{"study":1,"revision":1}')`,
    );
    await vi.waitFor(() => expect(heard).toHaveBeenCalledOnce(), patience);
    await sleep(0);
  } finally {
    changes.close();
  }
});

test.each(['requests', 'replies', 'both'] as const)('a session that listens and hears nothing any more is replaced (%s)', async (way) => {
  const network = await startNetwork(database.url);
  const connection = await connect({ databaseUrl: network.url, connectMs: 1500 });
  const changes = await listenForChanges(connection.sessions, 10, { askMs: 50, answerMs: 200 });
  try {
    const heard = vi.fn();
    changes.onChange([7], heard);
    network.fallSilent(way);
    await sleep(600);
    network.speakAgain();
    // What was announced meanwhile is lost: whoever listens is told to look.
    await vi.waitFor(() => expect(heard).toHaveBeenCalled(), patience);
    heard.mockClear();
    await database.pool.query(`select pg_notify('assay_study', '{"study":7,"revision":1}')`);
    await vi.waitFor(() => expect(heard).toHaveBeenCalled(), patience);
  } finally {
    changes.close();
    await connection.close({ graceMs: 100 });
    await network.close();
  }
});
