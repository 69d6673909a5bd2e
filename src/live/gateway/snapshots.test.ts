import { expect, test } from 'vitest';
import { createHandClock } from '../../../tests/fixtures/live/hand-clock.ts';
import { mboBytes } from '../../../tests/fixtures/live/mbo.ts';
import { poll, to, useServedRecordings } from '../../../tests/fixtures/live/served.ts';
import { undefinedPrice } from '../../market/dbn/kinds.ts';

const served = useServedRecordings();

test('a snapshot clears the book and adds what rests, by priority; then the market goes on', async () => {
  served.write(
    'orders.dbn',
    mboBytes(
      ['A', 1, 100, 5],
      ['R', 0, 0, 0],
      ['A', 2, 100, 5],
      ['A', 3, 100, 6],
      ['A', 4, 101, 7],
      // Less keeps its place, more and another price lose it; a part and a whole order are canceled.
      ['M', 2, 100, 4],
      ['A', 5, 99, 2],
      ['M', 3, 100, 9],
      ['C', 4, 101, 3],
      ['C', 5, 99, 2],
      ['T', 9, 100, 1],
      ['A', 6, 98, 1],
    ),
  );
  const clock = createHandClock();
  const gateway = await served.serve(['orders.dbn'], clock, { speed: 1, start: 105n });
  const snapshot = { ...to('mbo', ['S7'], null), snapshot: true };
  const received = served.client(gateway, clock, [snapshot], { tsOut: false });
  await poll(() => received.market().length).toBe(4);
  const said = received
    .market()
    .map((record) => [record['action'], record['order_id'], record['price'], record['size'], record['flags'], record['ts_recv']]);
  expect(said).toEqual([
    ['R', 0n, undefinedPrice, 0, 40, 105n],
    ['A', 2n, 100n, 4, 40, 105n],
    ['A', 4n, 101n, 4, 40, 105n],
    ['A', 3n, 100n, 9, 168, 105n],
  ]);
  clock.advance(1);
  await poll(() =>
    received
      .market()
      .slice(4)
      .map((record) => record['order_id']),
  ).toEqual([6n]);
});

test('an empty book is a record that clears it and ends the event', async () => {
  served.write('late.dbn', mboBytes(['A', 1, 100, 5]));
  const clock = createHandClock();
  const gateway = await served.serve(['late.dbn'], clock);
  const received = served.client(gateway, clock, [{ ...to('mbo', ['S7'], null), snapshot: true }]);
  await poll(() => received.market().map((record) => [record['action'], record['flags']])).toEqual([
    ['R', 168],
    ['A', 128],
  ]);
});
