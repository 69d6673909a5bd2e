import { PassThrough } from 'node:stream';
import { expect, test, vi } from 'vitest';
import { useDatabase } from '../../../tests/fixtures/database.ts';
import { studyWith } from '../../../tests/fixtures/trials.ts';
import type { Io } from '../io.ts';
import { main } from '../main.ts';

vi.mock('node:os', async (original) => ({
  ...(await original<typeof import('node:os')>()),
  userInfo: () => {
    throw new Error('A system error occurred: uv_os_get_passwd returned ENOENT');
  },
}));

const database = useDatabase();
const sink = { write: () => undefined, isTerminal: false, width: () => 80 };
const io: Io = { out: sink, err: sink, in: new PassThrough(), env: {} };

test('a user that the system has no name for, as in a container, controls trials and studies too', async () => {
  const { name } = await studyWith(database.db, [{}, {}]);
  const control = (...argv: string[]) => main([...argv, '--database-url', database.url], io);
  expect(await control('trial', 'pause', `${name}#0`)).toBe(0);
  expect(await control('study', 'cancel', name, '--yes')).toBe(0);
  const { rows } = await database.pool.query('select distinct cancelled_by from trials');
  expect(rows).toEqual([{ cancelled_by: `uid ${process.getuid!()}` }]);
});
