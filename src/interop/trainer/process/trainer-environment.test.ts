import { expect, test } from 'vitest';
import { trainerEnvironment } from './trainer-environment.ts';

test('a trainer gets the environment without what the platform, its stores and vendors are opened with', () => {
  const secrets = ['ASSAY_TOKEN', 'PGPASSWORD', 'DATABASE_URL', 'AWS_SECRET_ACCESS_KEY', 'DATABENTO_API_KEY', 'POLYGON_API_KEY'];
  const own = Object.fromEntries([...secrets, 'ALPACA_PAPER_SECRET_KEY', 'APCA_API_SECRET_KEY', 'PATH', 'HOME'].map((name) => [name, 'x']));
  const given = trainerEnvironment(own, { token: 't', threads: 2 });
  expect(Object.keys(given).filter((name) => given[name] === 'x')).toEqual(['PATH', 'HOME']);
  expect(given).toMatchObject({ ASSAY_TRAINER: 't', OMP_NUM_THREADS: '2' });
});
