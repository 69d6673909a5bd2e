import { expect, test, vi } from 'vitest';
import { drawHook } from '../../../tests/fixtures/drawn-hook.ts';
import { client, keyOf, useAnswer } from './query.ts';

test('an answer that comes after the drawing and before the page listens is not lost', async () => {
  const asked = { path: '/v1/models' } as const;
  const fetching = vi.spyOn(globalThis, 'fetch').mockReturnValue(new Promise(() => undefined));
  const drawn = drawHook(() => useAnswer(asked));
  const answer = { items: [] };
  client.setQueryData(keyOf(asked), answer);
  await drawn.effects;
  expect(drawn.results[0]!.value.data).toBe(answer);
  drawn.remove();
  client.clear();
  fetching.mockRestore();
});
