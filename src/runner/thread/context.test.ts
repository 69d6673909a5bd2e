import { expect, test } from 'vitest';
import { useDatabase } from '../../../tests/fixtures/database.ts';
import { complete, studyWith } from '../../../tests/fixtures/trials.ts';
import type { RuntimeInfo } from '../../search/study/storage.ts';
import { createStorage } from '../../storage/storage.ts';
import { sayRunsOn } from './context.ts';
import type { HostLink } from './host-link.ts';
import type { Call } from './protocol.ts';

const database = useDatabase();

test('device names from native code are stored without zero padding and cut characters', async () => {
  const said: RuntimeInfo[] = [];
  const call = async (asked: Call) => {
    if (asked.kind === 'runsOn') said.push(asked.facts);
    return null;
  };
  await sayRunsOn({ call } as unknown as HostLink, { gpu: 'H200\0\0\0', driver: 'r\ud83d' });
  expect(said).toEqual([{ gpu: 'H200', driver: 'r\ufffd' }]);

  const { id } = await studyWith(database.db, [{}]);
  const storage = createStorage(database.db);
  const claimed = await storage.claim({ studies: [id], worker: 'w', leaseMs: 60_000 });
  expect(await storage.finish(claimed!.lease, complete(1), said[0])).toBe('alive');
  expect((await database.pool.query('select ran_on from attempts')).rows).toEqual([{ ran_on: said[0] }]);
});
