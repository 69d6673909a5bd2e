import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ServerSent, serverSentOf } from './server-sent.ts';

async function eventsIn(pieces: readonly Uint8Array[]): Promise<readonly ServerSent[]> {
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      for (const piece of pieces) controller.enqueue(piece);
      controller.close();
    },
  });
  const events: ServerSent[] = [];
  for await (const event of serverSentOf(body, 1000)) events.push(event);
  return events;
}

const stream = (end: string) =>
  [
    ': ping',
    '',
    'retry: 1000',
    '',
    'event: changes',
    'id: 7',
    'data: {"a":',
    'data:"ü🧨"}',
    '',
    'data',
    '',
    'id',
    'event: end',
    'data: x',
    '',
    'data: cut off',
  ].join(end);

const expected: readonly ServerSent[] = [
  { event: 'changes', id: '7', data: '{"a":\n"ü🧨"}' },
  { event: 'message', id: '7', data: '' },
  { event: 'end', id: '', data: 'x' },
];

test('events are the same however the stream is cut into pieces, and whatever ends its lines', async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom('\n', '\r\n', '\r'), fc.array(fc.nat(200), { maxLength: 12 }), async (end, cuts) => {
      const bytes = new TextEncoder().encode(stream(end));
      const at = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)).toSorted((a, b) => a - b), bytes.length];
      const pieces = at.slice(1).map((to, i) => bytes.subarray(at[i], to));
      expect(await eventsIn(pieces)).toEqual(expected);
    }),
  );
});

test('a stream that is silent for too long is given up', async () => {
  const silent = new ReadableStream<Uint8Array>();
  await expect(serverSentOf(silent, 5).next()).rejects.toThrow('silent');
});
