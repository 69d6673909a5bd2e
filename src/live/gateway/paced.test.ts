import { describe, expect, test } from 'vitest';
import { createHandClock } from '../../../tests/fixtures/live/hand-clock.ts';
import { poll, said, to, tradesOf, useServedRecordings } from '../../../tests/fixtures/live/served.ts';

const served = useServedRecordings();
const { serve, client } = served;
const second = 1_000_000_000n;
const start = 1_705_503_600n * second;
/** Trades at 0, 1, 2, 3 and 10 seconds. */
const seconds = [0n, 1n, 2n, 3n, 10n].map((at) => start + at * second);
const sequences = (records: readonly Readonly<Record<string, unknown>>[]): readonly unknown[] =>
  records.map((record) => record['sequence']);

describe('a market that goes on', () => {
  test('sends each record when it is known, at twice its speed, and heartbeats where there is none', async () => {
    served.write('seconds.dbn', tradesOf(1, seconds));
    const clock = createHandClock();
    const gateway = await serve(['seconds.dbn'], clock, { speed: 2 });
    const received = client(gateway, clock, [to('trades', ['S1'], null)], { heartbeatSeconds: 5 });
    await poll(() => received.market().length).toBe(1);
    for (const [ms, n] of [
      [499, 1],
      [1, 2],
      [500, 3],
      [500, 4],
      [3499, 4],
    ] as const) {
      await poll(() => clock.due().length).toBeGreaterThan(1);
      clock.advance(ms);
      await poll(() => received.market().length).toBe(n);
    }
    clock.advance(1);
    await poll(() => sequences(received.market())).toEqual([0, 1, 2, 3, 4]);
    expect(said(received, 3)).toEqual([]);
    await poll(() => clock.due().filter((ms) => ms === 5000).length).toBe(1);
    clock.advance(5000);
    await poll(() => said(received, 0).length).toBe(1);
  });

  test('begins where it is told; the past comes to who asks for it, then it is told, and later clients join the present', async () => {
    served.write('seconds.dbn', tradesOf(1, seconds));
    const clock = createHandClock();
    const gateway = await serve(['seconds.dbn'], clock, { speed: 1, start: start + 2n * second });
    const [present, past] = [
      client(gateway, clock, [to('trades', ['S1'], null)]),
      client(gateway, clock, [to('trades', ['S1'], start + second)]),
    ];
    await poll(() => sequences(past.market())).toEqual([1, 2]);
    await poll(() => said(past, 3).length).toBe(1);
    await poll(() => sequences(present.market())).toEqual([2]);
    clock.advance(1500);
    await poll(() => sequences(present.market())).toEqual([2, 3]);
    const late = client(gateway, clock, [to('trades', ['S1'], null)]);
    await poll(() => said(late, 1).length).toBe(1);
    await poll(() => clock.due().filter((ms) => ms === 6500).length).toBe(3);
    clock.advance(6500);
    await poll(() => sequences(late.market())).toEqual([4]);
    expect(sequences(past.market())).toEqual([1, 2, 3, 4]);
    expect(said(late, 3)).toEqual([]);
  });
});
