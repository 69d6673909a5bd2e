import { afterEach, expect, test, vi } from 'vitest';
import { drawHook } from '../../../tests/fixtures/drawn-hook.ts';
import { useList } from './list.ts';

type Row = { readonly number: number; readonly revision: number };

const answers: ((answer: Response) => void)[] = [];
const fetching = vi.spyOn(globalThis, 'fetch').mockImplementation(() => new Promise((resolve) => answers.push(resolve)));
afterEach(() => {
  answers.length = 0;
});

const pageOf = (revision: number, numbers: readonly number[], next: string | null = null): Response =>
  Response.json({ items: numbers.map((number) => ({ number, revision })), next, total: 10 });

/** A list that is drawn, and its rows. */
async function drawList() {
  const drawn = drawHook(() => useList('/v1/studies/{}/trials', ['s'], {}));
  await drawn.effects;
  const list = () => drawn.results.at(-1)!;
  return { list, rows: () => list().rows as unknown as readonly Row[], remove: drawn.remove };
}

/** What an event says of trial 1. */
const changeTo =
  (revision: number) =>
  (rows: readonly object[], onTheirWay: boolean): readonly never[] =>
    (rows as readonly Row[]).map((row) =>
      row.number !== 1 || (onTheirWay && row.revision > revision) ? row : { ...row, revision },
    ) as never;

test('a change that is heard while the rows are on their way is not overwritten by them, unless they are newer', async () => {
  const { list, rows, remove } = await drawList();
  list().patch(changeTo(5));
  answers.shift()!(pageOf(4, [2, 1]));
  await expect.poll(() => rows().map(({ revision }) => revision)).toEqual([4, 5]);
  list().again();
  list().patch(changeTo(6));
  list().patch(changeTo(7));
  answers.shift()!(pageOf(9, [2, 1]));
  await expect.poll(() => rows().map(({ revision }) => revision)).toEqual([9, 9]);
  remove();
});

test('the next page keeps what was heard of the rows before it, and of its own', async () => {
  const { list, rows, remove } = await drawList();
  answers.shift()!(pageOf(4, [3, 2], 'more'));
  await expect.poll(() => rows().length).toBe(2);
  list().more();
  list().patch(changeTo(5));
  answers.shift()!(pageOf(4, [1]));
  await expect
    .poll(() => rows().map(({ number, revision }) => [number, revision]))
    .toEqual([
      [3, 4],
      [2, 4],
      [1, 5],
    ]);
  remove();
});

test('a list whose database is away is read again by itself', async () => {
  const { list, rows, remove } = await drawList();
  answers.shift()!(Response.json({ code: 'database_unavailable', detail: 'the database does not answer' }, { status: 503 }));
  await expect.poll(() => list().problem?.code).toBe('database_unavailable');
  await expect.poll(() => answers.length, { timeout: 30_000 }).toBe(1);
  answers.shift()!(pageOf(4, [1]));
  await expect.poll(() => rows().length).toBe(1);
  expect(list().problem).toBeNull();
  remove();
});

test('requests are only those of the lists', () => {
  for (const [address] of fetching.mock.calls) expect(address).toMatch(/^\/v1\/studies\/s\/trials/);
  fetching.mockRestore();
});
