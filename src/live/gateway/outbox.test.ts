import { connect, createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { createHandClock } from '../../../tests/fixtures/live/hand-clock.ts';
import { trade } from '../../../tests/fixtures/live/running-feed.ts';
import { decodeRecord } from '../../market/dbn/record.ts';
import type { SlowReader } from '../feed/control-lines.ts';
import { createRecordReader } from '../feed/record-reader.ts';
import { sessionMetadata } from './messages.ts';
import { createOutbox, type Outbox } from './outbox.ts';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A client that reads nothing until it is asked to, and the outbox on the other side. */
async function slowClient(slowReader: SlowReader | null) {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
  const client = connect((server.address() as { readonly port: number }).port, '127.0.0.1').pause();
  const socket = await accepted;
  closing.push(() => {
    client.destroy();
    socket.destroy();
    server.close();
  });
  const clock = createHandClock();
  const out = createOutbox(socket, { clock, mostWaiting: 2 ** 16 });
  const request = { auth: '', dataset: '', tsOut: false, compression: 'none', heartbeatSeconds: 5, slowReader, client: '' } as const;
  out.begin(request, sessionMetadata('GLBX.MDP3', 0n, false));
  const messages: string[] = [];
  let records = 0;
  const read = (): void => {
    const reader = createRecordReader('none', 'slow client', {
      onHeader: () => undefined,
      onRecord: ({ layout, view, start }) => {
        const record = decodeRecord(layout!, new Uint8Array(view.buffer, view.byteOffset, view.byteLength), start);
        if (layout!.name === 'trade') records++;
        else messages.push(String(record['err'] ?? record['msg']));
        return true;
      },
    });
    client.on('data', reader.push).resume();
  };
  return { out, clock, read, messages, records: () => records };
}

const record = trade(1n, 1).slice(0, 48);
record[0] = 12;
/** More than what two sockets of one machine hold. */
const most = 400_000;

/** Puts and sends records until one is left out, or `flush` waits; returns how many were taken. */
async function fill(out: Outbox): Promise<{ readonly sent: number; readonly waits: Promise<void> | null }> {
  for (let sent = 0; sent < most; sent++) {
    if (!out.put(record)) return { sent, waits: null };
    if (!out.isFull()) continue;
    let isDone = false;
    const waits = out.flush().then(() => {
      isDone = true;
    });
    await new Promise(setImmediate);
    if (!isDone) return { sent: sent + 1, waits };
  }
  throw new Error('the client was never slow');
}

describe('a client that is too slow', () => {
  test('for a market that goes on does without records, and is told of how many', async () => {
    const { out, clock, read, messages, records } = await slowClient('skip');
    out.goLive();
    const { sent, waits } = await fill(out);
    expect(waits).toBeNull();
    for (let i = 0; i < 4; i++) expect(out.put(record)).toBe(false);
    read();
    await out.flush();
    await expect.poll(records, { interval: 5 }).toBe(sent);
    clock.advance(5000);
    await expect.poll(() => messages, { interval: 5 }).toEqual(['Skipped 5 records for a slow reader', 'Heartbeat']);
    expect(out.put(record)).toBe(true);
    await out.flush();
    await expect.poll(records, { interval: 5 }).toBe(sent + 1);
  });

  test.each<SlowReader | null>(['warn', null])('and asks for everything (%s) is warned, and waited for', async (slowReader) => {
    const { out, read, messages, records } = await slowClient(slowReader);
    out.goLive();
    const { sent, waits } = await fill(out);
    expect(waits).not.toBeNull();
    read();
    await waits;
    await out.flush();
    await expect.poll(records, { interval: 5 }).toBe(sent);
    expect(messages).toEqual(['Slow reader: records wait for this client']);
  });

  test('for the past is waited for without a word, whatever it asks for', async () => {
    const { out, read, messages, records } = await slowClient('skip');
    const { sent, waits } = await fill(out);
    expect(waits).not.toBeNull();
    read();
    await waits;
    await out.flush();
    await expect.poll(records, { interval: 5 }).toBe(sent);
    expect(messages).toEqual([]);
  });
});
