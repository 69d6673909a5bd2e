import { describe, expect, test } from 'vitest';
import { createHandClock } from '../../../tests/fixtures/live/hand-clock.ts';
import { symbol } from '../../../tests/fixtures/live/mnq.ts';
import { begin, minute, poll, quotes, said, to, useServedRecordings } from '../../../tests/fixtures/live/served.ts';
import type { FeedOptions } from '../feed/connect-feed.ts';
import type { Compression } from '../feed/control-lines.ts';
import type { Fault } from './faults.ts';

const { serve, client, filed } = useServedRecordings();

describe('a recording that is served and received', () => {
  test.each<[string, Compression, boolean]>([
    ['day.dbn', 'none', true],
    ['day.dbn', 'none', false],
    ['day.dbn.zst', 'zstd', true],
  ])('from %s with compression %s and send times %s has the records of the file', async (name, compression, tsOut) => {
    const clock = createHandClock();
    const received = client(await serve([name], clock), clock, quotes, { compression, tsOut });
    await poll(() => said(received, 3).length).toBe(2);
    const records = await filed('day.dbn');
    expect(records.length).toBeGreaterThan(6000);
    const byTime = (rtype: number) => received.market().filter((record) => record['rtype'] === rtype);
    for (const rtype of [0x01, 0x21]) expect(byTime(rtype)).toEqual(records.filter((record) => record['rtype'] === rtype));
    expect(received.records.every((record) => (record['ts_out'] !== undefined) === tsOut)).toBe(true);
    expect(said(received, 1).map((record) => record['msg'])).toEqual([
      'Subscription request 1 for mbp-1 data succeeded',
      'Subscription request 2 for ohlcv-1m data succeeded',
    ]);
    expect(received.records[0]).toMatchObject({ rtype: 0x16, stype_in_symbol: symbol, stype_out_symbol: symbol, instrument_id: 42 });
  });

  test('is the same through every fault of the gateway, each record once', async () => {
    const clock = createHandClock();
    const faults: readonly Fault[] = [
      { session: 1, after: 700, kind: 'fin' },
      { session: 2, after: 900, kind: 'half' },
      { session: 3, after: 1100, kind: 'rst' },
      { session: 4, after: 1300, kind: 'error', code: 6 },
      { session: 5, after: 5, kind: 'error', code: 7 },
      { session: 5, after: 1500, kind: 'hang' },
    ];
    const received = client(await serve(['day.dbn'], clock, { faults }), clock, quotes);
    for (const session of [1, 2, 3, 4]) {
      await poll(() => received.ends().length).toBe(session);
      clock.advance(received.ends()[session - 1]!.retryMs!);
    }
    await poll(() => received.events.filter(({ kind }) => kind === 'session').length).toBe(5);
    await poll(() => received.events.some((event) => event.kind === 'gap' && event.cause === 'skipped')).toBe(true);
    await poll(() => {
      clock.advance(1000);
      return received.ends().length;
    }).toBe(5);
    clock.advance(received.ends()[4]!.retryMs!);
    await poll(() => said(received, 3).length).toBe(2);
    const records = await filed('day.dbn');
    for (const rtype of [0x01, 0x21])
      expect(received.market().filter((record) => record['rtype'] === rtype)).toEqual(
        records.filter((record) => record['rtype'] === rtype),
      );
    expect(received.events.flatMap((event) => (event.kind === 'gap' ? [event.cause] : []))).toEqual([
      ...['disconnected', 'disconnected', 'disconnected', 'disconnected', 'skipped', 'disconnected'],
    ]);
  });

  test('in several files comes in the order of its receive times', async () => {
    const clock = createHandClock();
    const received = client(await serve(['one.dbn', 'two.dbn'], clock), clock, [to('trades', ['ALL_SYMBOLS'])]);
    await poll(() => said(received, 3).length).toBe(1);
    expect(received.market().map((record) => [record['instrument_id'], record['ts_recv']])).toEqual([
      ...[
        [2, 5n],
        [1, 10n],
        [1, 20n],
        [1, 20n],
        [2, 20n],
      ],
      ...[
        [2, 30n],
        [1, 50n],
      ],
    ]);
  });

  test('begins at the start of its subscription', async () => {
    const clock = createHandClock();
    const received = client(await serve(['one.dbn'], clock), clock, [to('trades', ['S1'], 20n)]);
    await poll(() => said(received, 3).length).toBe(1);
    expect(received.market().map((record) => record['sequence'])).toEqual([1, 2, 3]);
  });

  test('has the end of every interval, of those without a bar as well', async () => {
    const clock = createHandClock();
    const received = client(await serve(['bars.dbn'], clock), clock, [to('ohlcv-1m', ['S1'])]);
    await poll(() => said(received, 3).length).toBe(1);
    const order = received.records.filter((record) => record['rtype'] === 0x21 || record['code'] === 4);
    expect(order.map((record) => [record['rtype'], (BigInt(record['ts_event']!) - begin) / minute])).toEqual([
      ...[
        [0x21, 0n],
        [0x17, 1n],
        [0x21, 1n],
        [0x17, 2n],
        [0x17, 3n],
        [0x21, 3n],
        [0x17, 4n],
      ],
    ]);
  });

  test('has the end of an interval behind the bars of every file, once', async () => {
    const clock = createHandClock();
    const received = client(await serve(['bars.dbn', 'more-bars.dbn'], clock), clock, [to('ohlcv-1m', ['ALL_SYMBOLS'])]);
    await poll(() => said(received, 3).length).toBe(1);
    const order = received.records.filter((record) => record['rtype'] === 0x21 || record['code'] === 4);
    expect(order.map((record) => [record['instrument_id'], (BigInt(record['ts_event']!) - begin) / minute])).toEqual([
      ...[
        [1, 0n],
        [2, 0n],
        [0, 1n],
        [1, 1n],
        [2, 1n],
        [0, 2n],
        [0, 3n],
        [1, 3n],
        [2, 3n],
        [0, 4n],
      ],
    ]);
  });
});

describe('a gateway', () => {
  test('serves several clients at once, and sends heartbeats when it has nothing more', async () => {
    const clock = createHandClock();
    const gateway = await serve(['one.dbn', 'two.dbn'], clock);
    const clients = ['S1', 'S2'].map((name) => client(gateway, clock, [to('trades', [name])], { heartbeatSeconds: 5 }));
    for (const one of clients) await poll(() => said(one, 3).length).toBe(1);
    expect(clients.map((one) => one.market().length)).toEqual([4, 3]);
    await poll(() => clock.due().filter((ms) => ms === 5000).length).toBe(2);
    clock.advance(5000);
    for (const one of clients) await poll(() => said(one, 0).map((record) => record['msg'])).toEqual(['Heartbeat']);
  });

  test('tells each unknown symbol, and streams the others', async () => {
    const clock = createHandClock();
    const received = client(await serve(['one.dbn'], clock), clock, [to('trades', ['S1', 'S8', 'S9'])]);
    await poll(() => said(received, 3).length).toBe(1);
    expect(received.events.filter(({ kind }) => kind === 'problem')).toEqual(
      ['S8', 'S9'].map((name) => ({ kind: 'problem', code: 4, text: `Symbol resolution failed for ${name}` })),
    );
    expect(received.market()).toHaveLength(4);
  });

  test('sends a record twice and waits where its script says so', async () => {
    const clock = createHandClock();
    const faults: readonly Fault[] = [
      { session: 1, after: 1, kind: 'duplicate' },
      { session: 1, after: 2, kind: 'delay', ms: 700 },
    ];
    const received = client(await serve(['one.dbn'], clock, { faults }), clock, [to('trades', ['S1'])]);
    await poll(() => clock.due().includes(700)).toBe(true);
    await poll(() => received.market().map((record) => record['sequence'])).toEqual([0, 1, 1]);
    clock.advance(700);
    await poll(() => received.market().map((record) => record['sequence'])).toEqual([0, 1, 1, 2, 3]);
  });

  test.each<[string, Partial<FeedOptions>]>([
    ['another key', { key: 'db-FakeKeyForAssayTests000000043' }],
    ['another data set', { dataset: 'XNAS.ITCH' }],
  ])('refuses %s', async (_, wrong) => {
    const clock = createHandClock();
    const received = client(await serve(['one.dbn'], clock), clock, [to('trades', ['S1'])], wrong);
    await expect(received.feed.done).rejects.toThrow(expect.objectContaining({ code: 'forbidden' }));
  });

  test('refuses files of another data set, a key of another form and a port that is taken', async () => {
    const clock = createHandClock();
    await expect(serve(['one.dbn'], clock, { dataset: 'XNAS.ITCH' })).rejects.toThrow(expect.objectContaining({ code: 'data_invalid' }));
    await expect(serve(['one.dbn'], clock, { key: 'x' })).rejects.toThrow(expect.objectContaining({ code: 'config_invalid' }));
    const { address } = await serve(['one.dbn'], clock);
    await expect(serve(['one.dbn'], clock, { port: address.port })).rejects.toThrow(expect.objectContaining({ code: 'port_in_use' }));
  });
});
