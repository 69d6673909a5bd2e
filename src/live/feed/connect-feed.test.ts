import { afterEach, describe, expect, test } from 'vitest';
import { createHandClock } from '../../../tests/fixtures/live/hand-clock.ts';
import { endFeeds, heartbeat, message, metadata, runFeed, sequences, trade, trades } from '../../../tests/fixtures/live/running-feed.ts';
import { type GatewayCall, type GatewayScript, testKey } from '../../../tests/fixtures/live/scripted-gateway.ts';
import { connectFeed, type FeedOptions, gatewayOf } from './connect-feed.ts';
import type { Subscription } from './control-lines.ts';

afterEach(endFeeds);

describe('a session', () => {
  test('authenticates, subscribes, starts, and reads what stands behind the acceptance in the same piece', async () => {
    let lines: readonly string[] = [];
    const more: Subscription = { schema: 'ohlcv-1m', stypeIn: 'continuous', symbols: ['MNQ.c.0'], start: 0n, snapshot: false };
    const ran = await runFeed(
      [
        async (call) => {
          ({ lines } = await call.accept(Buffer.concat([metadata, trade(5n, 1), trade(6n, 2).subarray(0, 9)])));
          call.send(trade(6n, 2).subarray(9), heartbeat);
        },
      ],
      { subscriptions: [trades, more], heartbeatSeconds: 5 },
    );
    await ran.until('record', 3);
    expect(lines.map((line) => line.replace(/client=assay\/.*/, 'client=ours'))).toEqual([
      'auth=52baf7d002c0434dea0315d19a322375e286904e7a2e178327974fbca4a6bd8e-00042|dataset=GLBX.MDP3|encoding=dbn|ts_out=1|compression=none|heartbeat_interval_s=5|slow_reader_behavior=skip|client=ours',
      'schema=trades|stype_in=raw_symbol|symbols=MNQH4|snapshot=0|id=1|is_last=1',
      'schema=ohlcv-1m|stype_in=continuous|symbols=MNQ.c.0|snapshot=0|id=2|is_last=1|start=0',
      'start_session',
    ]);
    expect(ran.kinds()).toEqual(['session', 'header', 'record', 'record', 'record']);
    expect(sequences(ran)).toEqual([1, 2]);
    expect(ran.records[2]).toMatchObject({ msg: 'Heartbeat', code: 0 });
    ran.feed.stop();
    await ran.feed.done;
    expect(ran.clock.due()).toEqual([]);
  });

  test('reads one frame of Zstandard that never ends', async () => {
    const ran = await runFeed(
      [
        async (call) => {
          await call.accept();
          const block = (bytes: Uint8Array): Uint8Array => {
            const head = Buffer.alloc(3);
            head.writeUIntLE(bytes.length * 8, 0, 3);
            return Buffer.concat([head, bytes]);
          };
          call.send(Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0x58]), block(metadata), block(trade(5n, 1)), block(trade(6n, 2)));
        },
      ],
      { compression: 'zstd' },
    );
    await ran.until('record', 2);
    expect(sequences(ran)).toEqual([1, 2]);
  });

  test('says of a record whether it was known before the connection', async () => {
    const ran = await runFeed([
      async (call) => {
        await call.accept(metadata);
        call.send(trade(1_705_503_599_999_999_999n, 1));
        call.send(trade(1_705_503_600_000_000_000n, 2));
      },
    ]);
    await ran.until('record', 2);
    expect(ran.events.flatMap((event) => (event.kind === 'record' ? [event.replayed] : []))).toEqual([true, false]);
  });
});

describe('the connection is given up', () => {
  test('where it does not stand within 10 s, and made again', async () => {
    const ran = await runFeed([(call) => call.closed]);
    expect(ran.clock.due()).toEqual([10_000]);
    ran.clock.advance(9_999);
    expect(ran.ends()).toEqual([]);
    ran.clock.advance(1);
    expect(ran.ends()).toMatchObject([{ retryMs: 1500, error: { code: 'unavailable', message: expect.stringContaining('within 10 s') } }]);
    expect(ran.clock.due()).toEqual([1500]);
  });

  test('where a gateway accepts it and then says nothing for 30 s', async () => {
    const ran = await runFeed([(call) => call.send('lsg_version=0.7.0\n')]);
    await expect.poll(() => ran.clock.due(), { interval: 2 }).toEqual([30_000]);
    ran.clock.advance(30_000);
    expect(ran.ends()).toMatchObject([{ retryMs: 1500, error: { message: expect.stringContaining('within 30 s') } }]);
    expect(ran.kinds()).toEqual(['ended']);
  });

  test('10 s after a heartbeat did not come; each record begins the time anew', async () => {
    const opened: GatewayCall[] = [];
    const ran = await runFeed(
      [
        async (call) => {
          await call.accept(metadata);
          opened.push(call);
          await call.closed;
        },
      ],
      { heartbeatSeconds: 5 },
    );
    await ran.until('header');
    ran.clock.advance(14_999);
    await expect.poll(() => opened.length, { interval: 2 }).toBe(1);
    opened[0]!.send(heartbeat);
    await ran.until('record');
    ran.clock.advance(14_999);
    expect(ran.ends()).toEqual([]);
    ran.clock.advance(1);
    expect(ran.ends()).toMatchObject([{ retryMs: 1500, error: { message: expect.stringContaining('no record within 15 s') } }]);
    expect(ran.kinds().slice(-2)).toEqual(['gap', 'ended']);
  });
});

describe('a refusal', () => {
  test.each([
    ['success=0|error=Authentication failed for KEY.', 'Authentication failed for ****00042.'],
    ['Unknown client KEY', 'Unknown client ****00042'],
  ])('%s ends the feed, and no message shows the key', async (reply, said) => {
    const ran = await runFeed([
      async (call) => {
        call.send('cram=abc\n');
        await call.line();
        call.send(`${reply.replace('KEY', testKey)}\n`);
      },
    ]);
    await expect(ran.feed.done).rejects.toThrow(
      expect.objectContaining({ code: 'forbidden', message: `the gateway refuses the session: ${said}` }),
    );
    expect(ran.ends()).toMatchObject([{ retryMs: null }]);
    expect([ran.gateway.connections(), ran.clock.due()]).toEqual([1, []]);
  });

  test('for too many sessions is asked again after a minute', async () => {
    const ran = await runFeed([
      async (call) => {
        call.send('cram=abc\n');
        await call.line();
        call.send('success=0|error=User has reached their open connection limit\n');
      },
    ]);
    await ran.until('ended');
    expect(ran.ends()[0]!.retryMs).toBe(60_000);
  });
});

describe('an error of the gateway', () => {
  const failing =
    (code: number): GatewayScript =>
    async (call) => {
      await call.accept(Buffer.concat([metadata, trade(5n, 1), message('error', 'it says why', code), trade(6n, 2)]));
      await call.closed;
    };

  test.each([
    [1, 'forbidden'],
    [2, 'forbidden'],
    [5, 'usage'],
  ])('of code %i ends the feed as %s', async (code, name) => {
    const ran = await runFeed([failing(code)]);
    await expect(ran.feed.done).rejects.toThrow(
      expect.objectContaining({ code: name, message: 'the gateway ends the session: it says why' }),
    );
    expect([ran.gateway.connections(), sequences(ran)]).toEqual([1, [1]]);
  });

  test.each([
    [3, 60_000, 'disconnected'],
    [6, 1500, 'disconnected'],
    [8, 1500, 'aged-out'],
  ])('of code %i is followed by another session after %i ms', async (code, retryMs, cause) => {
    let start: bigint | null | undefined;
    const ran = await runFeed([
      failing(code),
      async (call) => {
        start = (await call.accept(metadata)).subscriptions[0]!.start;
      },
    ]);
    await ran.until('ended');
    expect(ran.events.slice(-2)).toMatchObject([
      { kind: 'gap', cause },
      { kind: 'ended', retryMs },
    ]);
    ran.clock.advance(retryMs);
    await ran.until('session', 2);
    await expect.poll(() => start, { interval: 2 }).toBe(code === 8 ? null : 5n);
  });

  test.each([
    [4, []],
    [7, ['skipped']],
    [255, []],
  ])('of code %i is told, and the session goes on', async (code, causes) => {
    const ran = await runFeed([failing(code)]);
    await ran.until('record', 3);
    expect(ran.events).toContainEqual({ kind: 'problem', code, text: 'it says why' });
    expect(ran.events.flatMap((event) => (event.kind === 'gap' ? [event.cause] : []))).toEqual(causes);
    expect(sequences(ran)).toEqual([1, 2]);
  });

  test('that warns of slow reading is a gap', async () => {
    const ran = await runFeed([(call) => call.accept(Buffer.concat([metadata, message('system', 'slow', 2), trade(6n, 2)]))]);
    await ran.until('record', 2);
    expect(ran.events).toContainEqual({ kind: 'gap', cause: 'slow' });
  });
});

test('what the receiver of events throws ends the feed', async () => {
  const fault = new Error('no room');
  const ran = await runFeed([(call) => call.accept(Buffer.concat([metadata, trade(5n, 1)]))], {
    onEvent: (event) => {
      if (event.kind === 'record') throw fault;
    },
  });
  await expect(ran.feed.done).rejects.toBe(fault);
  expect(ran.clock.due()).toEqual([]);
});

test.each<[string, Partial<FeedOptions>]>([
  ['usage', { heartbeatSeconds: 4 }],
  ['usage', { heartbeatSeconds: 1801 }],
  ['usage', { dataset: 'glbx|x' }],
  ['usage', { subscriptions: [] }],
  ['usage', { subscriptions: [{ ...trades, symbols: [] }] }],
  [
    'usage',
    {
      subscriptions: [
        { ...trades, schema: 'mbp-1' },
        { ...trades, schema: 'tbbo' },
      ],
    },
  ],
  ['config_invalid', { key: 'db-short' }],
])('refuses with %s, before it connects, %j', (code, wrong) => {
  const options: FeedOptions = {
    ...{ key: testKey, dataset: 'GLBX.MDP3', subscriptions: [trades], rng: { uniform: () => 0 }, clock: createHandClock() },
    onEvent: () => undefined,
    ...wrong,
  };
  expect(() => connectFeed(options)).toThrow(expect.objectContaining({ code }));
});

test('the gateway of a data set has its name', () => {
  expect(gatewayOf('GLBX.MDP3')).toEqual({ host: 'glbx-mdp3.lsg.databento.com', port: 13_000 });
});
