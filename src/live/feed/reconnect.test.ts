import { afterEach, describe, expect, test } from 'vitest';
import { endFeeds, metadata, runFeed, sequences, trade } from '../../../tests/fixtures/live/running-feed.ts';
import type { GatewayCall, GatewayScript } from '../../../tests/fixtures/live/scripted-gateway.ts';
import { backoffMs } from './backoff.ts';

afterEach(endFeeds);

describe('after the end of a session', () => {
  /** The example: 105 twice came, and from 105 on there are three and then 106. */
  const again: GatewayScript = async (call) => {
    const { subscriptions } = await call.accept(metadata);
    call.send(...(subscriptions[0]!.start === 105n ? [trade(105n, 2), trade(105n, 3), trade(105n, 4), trade(106n, 5)] : []));
    await call.closed;
  };
  const first = Buffer.concat([metadata, trade(104n, 1), trade(105n, 2), trade(105n, 3)]);

  test.each<[string, GatewayScript]>([
    [
      'FIN',
      async (call) => {
        await call.accept(first);
        call.socket.end();
      },
    ],
    [
      'half a record',
      async (call) => {
        await call.accept(Buffer.concat([first, trade(105n, 4).subarray(0, 30)]));
        call.socket.end();
      },
    ],
    ['bytes that are no record', async (call) => void (await call.accept(Buffer.concat([first, new Uint8Array(64)])))],
  ])('by %s it goes on from the newest time, each record once', async (_, script) => {
    const ran = await runFeed([script, again]);
    await ran.until('ended');
    expect(ran.kinds().slice(-2)).toEqual(['gap', 'ended']);
    ran.clock.advance(1500);
    await ran.until('record', 5);
    expect(sequences(ran)).toEqual([1, 2, 3, 4, 5]);
  });

  test('by RST it goes on as well', async () => {
    const opened: GatewayCall[] = [];
    const ran = await runFeed([
      async (call) => {
        await call.accept(first);
        opened.push(call);
      },
      again,
    ]);
    await ran.until('record', 3);
    await expect.poll(() => opened.length, { interval: 2 }).toBe(1);
    opened[0]!.socket.resetAndDestroy();
    await ran.until('ended');
    ran.clock.advance(1500);
    await ran.until('record', 5);
    expect(sequences(ran)).toEqual([1, 2, 3, 4, 5]);
  });

  test('that brought nothing it goes on from its beginning', async () => {
    const starts: (bigint | null)[] = [];
    const ran = await runFeed([
      async (call) => {
        starts.push((await call.accept(metadata)).subscriptions[0]!.start);
        call.socket.end();
      },
    ]);
    await ran.until('ended');
    ran.clock.advance(1500);
    await ran.until('ended', 2);
    expect(starts).toEqual([null, 7n]);
  });

  test('it waits longer after each failure, and briefly again after a session of more than a minute', async () => {
    let isAccepting = false;
    const opened: GatewayCall[] = [];
    const ran = await runFeed(
      [
        async (call) => {
          if (!isAccepting) return void call.socket.end();
          await call.accept(metadata);
          opened.push(call);
        },
      ],
      { heartbeatSeconds: 120 },
    );
    for (let i = 1; i <= 8; i++) {
      await ran.until('ended', i);
      if (i === 8) isAccepting = true;
      ran.clock.advance(ran.ends()[i - 1]!.retryMs!);
    }
    expect(ran.ends().map(({ retryMs }) => retryMs)).toEqual([1500, 2500, 4500, 8500, 16_500, 32_500, 60_500, 60_500]);
    await ran.until('header');
    await expect.poll(() => opened.length, { interval: 2 }).toBe(1);
    ran.clock.advance(60_001);
    opened[0]!.socket.end();
    await ran.until('ended', 9);
    expect(ran.ends()[8]!.retryMs).toBe(1500);
  });

  test('it stops where it is told to, while it waits', async () => {
    const ran = await runFeed([(call) => void call.socket.end()]);
    await ran.until('ended');
    ran.feed.stop();
    await ran.feed.done;
    expect([ran.clock.due(), ran.gateway.connections()]).toEqual([[], 1]);
  });
});

test('waiting times double from 1 s to 60 s, with up to 1 s more', () => {
  expect([0, 1, 5, 6, 1000].map((failures) => backoffMs(failures, 0))).toEqual([1000, 2000, 32_000, 60_000, 60_000]);
  expect(backoffMs(0, 0.999)).toBe(1999);
});
