import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { createHandClock } from '../../../../tests/fixtures/live/hand-clock.ts';
import { createTranslator } from '../../recording/translate.ts';
import type { FeedEvent } from '../connect-feed.ts';
import { connectEquityFeed, type EquityFeedOptions } from './connect-equity-feed.ts';

const secretKey = 'a-secret-of-this-test';
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0).reverse()) close();
});

/** What a vendor says first, in answer to the authentication, and in answer to the subscription; further frames follow it. */
interface Recorded {
  readonly vendor: EquityFeedOptions['vendor'];
  readonly hello: object;
  readonly accepted: object;
  readonly subscribed: object;
  readonly asked: readonly [authentication: object, subscription: object];
  readonly market: readonly object[];
}

const alpaca: Recorded = {
  vendor: 'alpaca',
  hello: [{ T: 'success', msg: 'connected' }],
  accepted: [{ T: 'success', msg: 'authenticated' }],
  subscribed: [{ T: 'subscription', bars: ['NVDA', 'MSFT'], quotes: ['NVDA', 'MSFT'], trades: [] }],
  asked: [
    { action: 'auth', key: 'id', secret: secretKey },
    { action: 'subscribe', bars: ['NVDA', 'MSFT'], quotes: ['NVDA', 'MSFT'], statuses: ['NVDA', 'MSFT'] },
  ],
  market: [
    [
      {
        T: 'q',
        S: 'NVDA',
        bx: 'V',
        bp: 485.1,
        bs: 300,
        ax: 'V',
        ap: 485.13,
        as: 200,
        c: ['R'],
        z: 'C',
        t: '2024-01-02T15:00:00.123456789Z',
      },
      { T: 'q', S: 'MSFT', bx: 'V', bp: 0, bs: 0, ax: 'V', ap: 371.5, as: 100, c: ['R'], z: 'C', t: '2024-01-02T15:00:00.2Z' },
    ],
    [{ T: 'b', S: 'NVDA', o: 485, h: 486.25, l: 484.5, c: 485.11, v: 1234, n: 12, vw: 485.2, t: '2024-01-02T15:00:00Z' }],
    [{ T: 'u', S: 'NVDA', o: 1, h: 1, l: 1, c: 1, v: 1, n: 1, vw: 1, t: '2024-01-02T15:00:00Z' }, { T: 'new kind' }],
  ],
};

const polygon: Recorded = {
  vendor: 'polygon',
  hello: [{ ev: 'status', status: 'connected', message: 'Connected Successfully' }],
  accepted: [{ ev: 'status', status: 'auth_success', message: 'authenticated' }],
  subscribed: [
    { ev: 'status', status: 'success', message: 'subscribed to: AM.NVDA' },
    { ev: 'status', status: 'success', message: 'subscribed to: Q.NVDA' },
  ],
  asked: [
    { action: 'auth', params: secretKey },
    { action: 'subscribe', params: 'AM.NVDA,Q.NVDA,AM.MSFT,Q.MSFT' },
  ],
  market: [
    [
      { ev: 'Q', sym: 'NVDA', bx: 4, bp: 485.1, bs: 300, ax: 7, ap: 485.13, as: 200, c: 0, t: 1_704_207_600_123, q: 1, z: 3 },
      { ev: 'Q', sym: 'MSFT', ax: 7, ap: 371.5, as: 100, c: 0, t: 1_704_207_600_200, q: 2, z: 3 },
    ],
    [
      {
        ev: 'AM',
        sym: 'NVDA',
        v: 1234,
        av: 5000,
        op: 1,
        vw: 485.2,
        o: 485,
        h: 486.25,
        l: 484.5,
        c: 485.11,
        a: 1,
        s: 1_704_207_600_000,
        e: 1_704_207_660_000,
      },
    ],
    [{ ev: 'T', sym: 'NVDA', p: 485.105, s: 1 }],
  ],
};

/** A server that says what was recorded; `sockets` has its connections. */
async function vendorServer({ hello, accepted, subscribed }: Recorded) {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await new Promise((resolve) => server.once('listening', resolve));
  const sockets: WebSocket[] = [];
  const heard: object[] = [];
  server.on('connection', (socket) => {
    sockets.push(socket);
    socket.send(JSON.stringify(hello));
    socket.on('message', (content: Buffer) => {
      const message = JSON.parse(content.toString()) as { readonly action: string };
      heard.push(message);
      socket.send(JSON.stringify(message.action === 'auth' ? accepted : subscribed));
    });
  });
  closing.push(() => {
    for (const socket of sockets) socket.terminate();
    server.close();
  });
  return { url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`, sockets, heard };
}

function receive(url: string, vendor: EquityFeedOptions['vendor'], more: Partial<EquityFeedOptions> = {}) {
  const clock = createHandClock();
  const events: FeedEvent[] = [];
  const translator = createTranslator({
    symbolOf: new Map(),
    tickOf: new Map([
      ['NVDA', 0.01],
      ['MSFT', 0.01],
    ]),
    barMs: 60_000,
  });
  /** What records mean to a broker on paper and to an engine. */
  const meant: unknown[] = [];
  const feed = connectEquityFeed({
    ...{ vendor, url, keyId: 'id', secretKey, symbols: ['NVDA', 'MSFT'], clock, rng: { uniform: () => 0 } },
    onEvent: (event) => {
      events.push(event);
      if (event.kind !== 'record') return;
      const { layout, view, start } = event.record;
      const { record, event: told } = translator.translate(layout!, view, start, 7n);
      meant.push(...[record, told].filter((one) => one !== null));
    },
    ...more,
  });
  feed.done.catch(() => undefined);
  closing.push(feed.stop);
  const kinds = (): readonly string[] => events.map(({ kind }) => kind).filter((kind) => kind !== 'record');
  return { clock, feed, events, meant, kinds };
}

const poll = <T>(value: () => T) => expect.poll(value, { interval: 5 });
const say = (socket: WebSocket, frames: readonly object[]): void => {
  for (const frame of frames) socket.send(JSON.stringify(frame));
};

const nvda = { time: 7n, symbol: 'NVDA' };
const wholeMarket = [
  { ...nvda, kind: 'book', bids: [{ ticks: 48_510, size: 300 }], asks: [{ ticks: 48_513, size: 200 }], suspect: false },
  { ...nvda, kind: 'quote', bidTicks: 48_510, askTicks: 48_513 },
  { time: 7n, symbol: 'MSFT', kind: 'book', bids: [], asks: [{ ticks: 37_150, size: 100 }], suspect: false },
  { ...nvda, kind: 'bar', startMs: 1_704_207_600_000, bar: { open: 485, high: 486.25, low: 484.5, close: 485.11, volume: 1234 } },
];

describe.each([alpaca, polygon])('the stream of $vendor', (recorded) => {
  test('is asked for what is wanted, and means the same to broker and engine', async () => {
    const { url, sockets, heard } = await vendorServer(recorded);
    const { meant, kinds } = receive(url, recorded.vendor);
    await poll(kinds).toEqual(['session', 'header']);
    expect(heard).toEqual(recorded.asked);
    say(sockets[0]!, recorded.market);
    await poll(() => meant).toEqual(wholeMarket);
  });

  test('is connected to again; each bar comes once, and what was lost is a gap', async () => {
    const { url, sockets } = await vendorServer(recorded);
    const { clock, meant, kinds } = receive(url, recorded.vendor);
    await poll(kinds).toHaveLength(2);
    say(sockets[0]!, recorded.market.slice(1));
    await poll(() => meant.length).toBe(1);
    sockets[0]!.terminate();
    await poll(kinds).toEqual(['session', 'header', 'gap', 'ended']);
    clock.advance(1000);
    await poll(kinds).toEqual(['session', 'header', 'gap', 'ended', 'session', 'header']);
    say(sockets[1]!, [...recorded.market.slice(1), ...recorded.market.slice(0, 1)]);
    await poll(() => meant.length).toBe(4);
    expect(meant.filter((one) => (one as { kind: string }).kind === 'bar')).toHaveLength(1);
  });

  test('that says something else is connected to again', async () => {
    const { url, sockets } = await vendorServer(recorded);
    const { kinds, events } = receive(url, recorded.vendor);
    await poll(kinds).toHaveLength(2);
    sockets[0]!.send(JSON.stringify([{ T: 'b', ev: 'AM' }]));
    await poll(kinds).toEqual(['session', 'header', 'gap', 'ended']);
    expect(events.at(-1)).toMatchObject({
      retryMs: 1000,
      error: { code: 'unavailable', message: expect.stringContaining('cannot be read') },
    });
  });
});

test('halts of trading are told', async () => {
  const { url, sockets } = await vendorServer(alpaca);
  const { meant, kinds } = receive(url, 'alpaca');
  await poll(kinds).toHaveLength(2);
  const status = (sc: string) => ({ T: 's', S: 'NVDA', sc, sm: '', rc: '', rm: '', z: 'C', t: '2024-01-02T15:00:00Z' });
  say(sockets[0]!, [[status('H'), status('P'), status('T')]]);
  await poll(() => meant).toEqual([
    { ...nvda, kind: 'halt', halted: true },
    { ...nvda, kind: 'halt', halted: false },
  ]);
});

test.each<[Recorded, object, string, number | null]>([
  [alpaca, [{ T: 'error', code: 402, msg: 'auth failed' }], 'forbidden', null],
  [alpaca, [{ T: 'error', code: 406, msg: 'connection limit exceeded' }], 'unavailable', 60_000],
  [alpaca, [{ T: 'error', code: 500, msg: 'internal error' }], 'unavailable', 1000],
  [polygon, [{ ev: 'status', status: 'auth_failed', message: 'authentication failed' }], 'forbidden', null],
  [polygon, [{ ev: 'status', status: 'max_connections', message: 'Maximum number of connections exceeded.' }], 'unavailable', 60_000],
])('%o answered by %o ends it as %s, again after %s', async (recorded, refusal, code, retryMs) => {
  const { url } = await vendorServer({ ...recorded, accepted: refusal });
  const { events, kinds, feed } = receive(url, recorded.vendor);
  await poll(kinds).toEqual(['ended']);
  expect(events[0]).toMatchObject({ error: { code }, retryMs });
  expect(JSON.stringify(events[0])).not.toContain(secretKey);
  if (retryMs === null) await expect(feed.done).rejects.toMatchObject({ code });
});

test('a server that takes the connection and does not open it is given up for its silence', async () => {
  let taken = 0;
  const server = createServer(() => taken++).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { clock, events, kinds } = receive(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`, 'alpaca');
  await poll(() => taken).toBe(1);
  clock.advance(10_000);
  await poll(kinds).toEqual(['ended']);
  expect(events[0]).toMatchObject({ error: { message: expect.stringContaining('in time') } });
  server.close();
});

test('a silent server is given up, and a receiver that throws ends the feed', async () => {
  const { url, sockets } = await vendorServer({ ...alpaca, hello: [] });
  const { clock, events, kinds } = receive(url, 'alpaca');
  await poll(() => sockets.length).toBe(1);
  clock.advance(10_000);
  await poll(kinds).toEqual(['ended']);
  expect(events[0]).toMatchObject({ retryMs: 1000, error: { message: expect.stringContaining('in time') } });
  const sound = await vendorServer(alpaca);
  const thrown = receive(sound.url, 'alpaca', {
    onEvent: () => {
      throw new Error('full');
    },
  });
  await expect(thrown.feed.done).rejects.toThrow('full');
});

test.each([{ symbols: [] }, { symbols: ['nvda,msft'] }, { bars: false, quotes: false }])('%o is refused', (wrong) => {
  expect(() => receive('ws://127.0.0.1:1', 'alpaca', wrong)).toThrow(expect.objectContaining({ code: 'usage' }));
});
