import { expect, test } from 'vitest';
import { createWishes, type OrderOptions } from './orders.ts';
import { Problem } from './problem.ts';

/** Orders that are answered in turn: with a status, 0 for no answer, 200 for success. */
function answering(...statuses: readonly number[]) {
  const left = [...statuses];
  const keys: string[] = [];
  const send = createWishes((_address, _body, { key }: OrderOptions = {}) => {
    keys.push(key!);
    const status = left.shift();
    return status === 200 ? Promise.resolve({}) : Promise.reject(new Problem({ status: status!, code: 'told', detail: 'told' }));
  });
  const wish = (reason: string): Promise<unknown> => send('/v1/models/m/aliases/champion/rollback', { reason }).catch(() => null);
  return { wish, keys };
}

test('what was carried out is another wish when it is asked for again in the same words', async () => {
  const { wish, keys } = answering(200, 200);
  await wish('too many losses');
  await wish('too many losses');
  expect(new Set(keys).size).toBe(2);
});

test.each([409, 412, 422])('what was refused with %i, too', async (status) => {
  const { wish, keys } = answering(status, 200);
  await wish('too many losses');
  await wish('too many losses');
  expect(new Set(keys).size).toBe(2);
});

test.each([0, 500, 502, 504])(
  'as long as nothing is known of it (%i) it keeps its key, unless something else is wanted',
  async (status) => {
    const { wish, keys } = answering(status, status, 200, 200);
    await wish('too many losses');
    await wish('too many losses');
    await wish('of bars that were wrong');
    expect(keys[1]).toBe(keys[0]);
    expect(keys[2]).not.toBe(keys[0]);
  },
);
