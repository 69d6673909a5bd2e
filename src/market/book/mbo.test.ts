import { describe, expect, test } from 'vitest';
import { layoutNamed } from '../../../tests/fixtures/dbn.ts';
import { hasSharedData, sharedDataFile, sharedDataNote } from '../../../tests/fixtures/shared-data.ts';
import { createRng } from '../../core/rng.ts';
import { recordFlags, undefinedPrice } from '../dbn/kinds.ts';
import { openDbn } from '../dbn/reader.ts';
import { encodeRecord } from '../dbn/record.ts';
import { MboBook } from './mbo.ts';
import { OrderTable } from './orders.ts';
import { depth } from './side.ts';

const mbo = layoutNamed('mbo');
const tick = 250_000_000n;

interface Order {
  readonly id: bigint;
  readonly action: string;
  readonly side?: string;
  readonly ticks?: number;
  readonly size?: number;
  readonly flags?: number;
  readonly price?: bigint;
}

function applyTo(book: MboBook, { id, action, side = 'B', ticks = 0, size = 1, flags = 128, price = BigInt(ticks) * tick }: Order): void {
  const zero = { publisher_id: 1, instrument_id: 1, ts_event: 0n, channel_id: 0, ts_recv: 0n, ts_in_delta: 0, sequence: 0 };
  const bytes = encodeRecord(mbo, { ...zero, order_id: id, action, side, price, size, flags });
  book.apply(new Uint32Array(bytes.buffer), new Int32Array(bytes.buffer), 0);
}

/** Levels as [ticks, size, orders], the best first. */
function levelsOf(book: MboBook): { readonly bids: number[][]; readonly asks: number[][] } {
  book.read();
  const side = ({ price, size, count }: MboBook['bids']): number[][] =>
    Array.from({ length: depth }, (_, rank) => [price[rank]! / Number(tick), size[rank]!, count[rank]!]).filter(
      ([, , orders]) => orders! > 0,
    );
  return { bids: side(book.bids), asks: side(book.asks) };
}

const newBook = (): MboBook => new MboBook(Number(tick), 'x.dbn');

/** The same rules in the plainest form. */
class PlainBook {
  readonly orders = new Map<bigint, { side: string; ticks: number; size: number }>();

  apply({ id, action, side = 'B', ticks = 0, size = 1 }: Order): void {
    const order = this.orders.get(id);
    if (action === 'R') this.orders.clear();
    else if (action === 'C' && order !== undefined) {
      order.size -= size;
      if (order.size <= 0) this.orders.delete(id);
    } else if (action === 'A' || action === 'M') this.orders.set(id, { side, ticks, size });
  }

  levels(side: string): number[][] {
    const levels = new Map<number, number[]>();
    for (const order of this.orders.values()) {
      if (order.side !== side) continue;
      const level = levels.get(order.ticks) ?? [order.ticks, 0, 0];
      levels.set(order.ticks, [order.ticks, level[1]! + order.size, level[2]! + 1]);
    }
    return [...levels.values()].sort((a, b) => (side === 'B' ? b[0]! - a[0]! : a[0]! - b[0]!)).slice(0, depth);
  }
}

describe('a book of orders', () => {
  test.each([
    ['near each other', 30, 0.02],
    ['thousands of ticks apart, below zero too', 9000, 0.02],
    ['a million ticks apart', 1_000_000, 0.02],
    ['few, so that the window empties again and again', 20_000, 0.45],
  ])('agrees with the plain rules at every record where orders lie %s', (name, spread, cancelRate) => {
    const rng = createRng(name);
    const [book, plain] = [newBook(), new PlainBook()];
    const live: bigint[] = [];
    for (let i = 0; i < 1500; i++) {
      const isOld = live.length > 0 && rng.uniform() < 0.4 + cancelRate;
      const id = isOld ? live[rng.int(live.length)]! : 2n ** 40n * BigInt(rng.int(5)) + BigInt(i);
      if (!isOld) live.push(id);
      const action = rng.uniform() < 0.003 ? 'R' : isOld ? (rng.uniform() < 0.5 + cancelRate ? 'C' : 'M') : 'A';
      if (action === 'C' && !plain.orders.has(id)) continue;
      const side = rng.uniform() < 0.5 ? 'B' : 'A';
      const ticks = rng.int(spread) - Math.floor(spread / 3) + (rng.uniform() < 0.01 ? 50_000 : 0);
      const order = { id, action, side, ticks, size: 1 + rng.int(9) };
      applyTo(book, order);
      plain.apply(order);
      expect(levelsOf(book)).toEqual({ bids: plain.levels('B'), asks: plain.levels('A') });
      expect(book.orders).toBe(plain.orders.size);
    }
  });

  test('says whether the ten levels changed', () => {
    const book = newBook();
    for (let i = 0; i < 12; i++) applyTo(book, { id: BigInt(i), action: 'A', ticks: 100 - i });
    expect(book.read()).toBe(true);
    expect(book.read()).toBe(false);
    applyTo(book, { id: 11n, action: 'C' }); // the twelfth level
    expect(book.read()).toBe(false);
    applyTo(book, { id: 0n, action: 'C' });
    expect(book.read()).toBe(true);
    applyTo(book, { id: 20n, action: 'A', ticks: 5000 });
    applyTo(book, { id: 20n, action: 'C' });
    expect(book.read()).toBe(false);
  });

  test('trades and fills leave it as it is', () => {
    const book = newBook();
    applyTo(book, { id: 1n, action: 'A', ticks: 10, size: 5 });
    for (const action of ['T', 'F', 'N']) applyTo(book, { id: 1n, action, ticks: 10, size: 5 });
    expect(levelsOf(book).bids).toEqual([[10, 5, 1]]);
  });

  test('counts what does not fit it and doubts itself until it is cleared', () => {
    const book = newBook();
    applyTo(book, { id: 1n, action: 'C' });
    expect(book.isDoubtful).toBe(true);
    applyTo(book, { id: 2n, action: 'M', ticks: 7, size: 3 });
    expect(levelsOf(book).bids).toEqual([[7, 3, 1]]);
    applyTo(book, { id: 2n, action: 'A', ticks: 8, size: 4 });
    applyTo(book, { id: 3n, action: 'A', side: 'N' });
    applyTo(book, { id: 3n, action: 'Z' });
    expect(book.counts).toEqual({ unknownOrders: 2, repeatedOrders: 1, sidelessOrders: 1, unknownActions: 1 });
    expect(levelsOf(book).bids).toEqual([[8, 4, 1]]);
    applyTo(book, { id: 0n, action: 'R' });
    expect([book.isDoubtful, book.orders, levelsOf(book).bids]).toEqual([false, 0, []]);
  });

  test('takes an order of a top-of-book feed as its whole side', () => {
    const book = newBook();
    const flags = 128 | recordFlags.topOfBook;
    applyTo(book, { id: 1n, action: 'A', side: 'A', ticks: 12 });
    applyTo(book, { id: 2n, action: 'A', ticks: 10, flags });
    applyTo(book, { id: 3n, action: 'A', ticks: 9, size: 6, flags });
    expect(levelsOf(book)).toEqual({ bids: [[9, 6, 1]], asks: [[12, 1, 1]] });
    applyTo(book, { id: 4n, action: 'A', price: undefinedPrice, flags });
    expect(levelsOf(book)).toEqual({ bids: [], asks: [[12, 1, 1]] });
  });

  test('refuses a price off the tick, and one of too many ticks', () => {
    for (const price of [tick + 1n, -tick / 2n, tick * 2n ** 24n + 5n, tick * 2n ** 33n])
      expect(() => applyTo(newBook(), { id: 1n, action: 'A', price })).toThrow(/no whole number of ticks of 0.25/);
  });
});

test('the table of orders stays right and small over many adds and removes of 64-bit ids', () => {
  const table = new OrderTable();
  const rng = createRng('orders');
  const live: [number, number][] = [];
  const word = (): number => (rng.uniform() < 0.5 ? rng.int(8) : rng.int(2 ** 32) | 0);
  for (let i = 0; i < 200_000; i++) {
    if (live.length < 3000) {
      const [low, high] = [word(), word()];
      if (table.find(low, high) >= 0) continue;
      table.add(low, high, 1 + (i % 2), i >>> 0, -i);
      live.push([low, high]);
    } else {
      const [low, high] = live.splice(rng.int(live.length), 1)[0]!;
      table.remove(table.find(low, high));
      if (table.find(low, high) !== -1) expect.fail(`${low} ${high} is still there`);
    }
  }
  expect(table.count).toBe(live.length);
  expect(live.every(([low, high]) => table.find(low, high) >= 0)).toBe(true);
  table.clearSide(1);
  expect(table.count).toBe(live.filter(([low, high]) => table.find(low, high) >= 0).length);
  expect(table.count).toBeGreaterThan(1000);
});

test.skipIf(!hasSharedData)(`a real file that begins with a snapshot gives its known states and changes${sharedDataNote}`, async () => {
  const book = new MboBook(Number(tick), 'x');
  let [states, changes] = [0, 0];
  const file = await openDbn(sharedDataFile('dbn/nautilus/orderbooks_mbo_2024-05-08T00-00-00_2024-05-08T00-00-02.dbn.zst'));
  for await (const run of file.runs())
    for (let i = 0, at = run.start / 4; i < run.count; i++, at += run.stride / 4) {
      book.apply(run.words, run.ints, at);
      if ((run.words[at + 9]! & recordFlags.last) === 0) continue;
      states++;
      if (book.read()) changes++;
    }
  expect([states, changes, book.counts.unknownOrders]).toEqual([185, 164, 0]);
});
