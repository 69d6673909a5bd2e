import { QueryObserver } from '@tanstack/query-core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { client } from './query.ts';
import { reachAgain } from './reach.ts';
import { gotAnswer, gotNoAnswer } from './server.ts';

const asked = vi.fn(async () => 'answer');
let stop: (() => void)[] = [];
beforeEach(async () => {
  const observer = new QueryObserver(client, { queryKey: ['shown'], queryFn: asked, staleTime: Number.POSITIVE_INFINITY });
  stop = [observer.subscribe(() => undefined), reachAgain()];
  await expect.poll(() => observer.getCurrentResult().data).toBe('answer');
  asked.mockClear();
});
afterEach(() => {
  for (const end of stop) end();
  client.clear();
  vi.restoreAllMocks();
});

test('what is shown is asked again when another request than the own one hears that the server is back', async () => {
  gotNoAnswer();
  gotNoAnswer();
  expect(asked).not.toHaveBeenCalled();
  gotAnswer();
  await expect.poll(() => asked.mock.calls.length).toBe(1);
  gotAnswer();
  expect(asked).toHaveBeenCalledTimes(1);
});

test('while nothing answers, the server is asked whether it is there', async () => {
  const fetching = vi.spyOn(globalThis, 'fetch').mockImplementation(async () => Response.json({ status: 'ok' }));
  gotNoAnswer();
  await expect.poll(() => asked.mock.calls.length).toBe(1);
  expect(fetching).toHaveBeenCalledExactlyOnceWith('/healthz', expect.anything());
});
