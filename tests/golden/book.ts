import { MboBook } from '../../src/market/book/mbo.ts';
import { depth, type Levels } from '../../src/market/book/side.ts';
import { openDbn } from '../../src/market/dbn/reader.ts';
import { mboLayout } from '../../src/market/dbn/records.ts';
import { sharedDataFile } from '../fixtures/shared-data.ts';

type Level = readonly [price: string, size: number, orders: number];

export interface BookGolden {
  readonly file: string;
  readonly records: number;
  readonly actions: Readonly<Record<string, number>>;
  readonly unknownOrders: number;
  readonly lastStates: number;
  readonly topTenChanged: number;
  readonly lockedOrCrossed: number;
  readonly restingOrders: number;
  readonly weightedSums: readonly (readonly string[])[];
  readonly samples: readonly {
    readonly record: number;
    readonly state: number;
    readonly ts_recv: string;
    readonly orders: number;
    readonly bids: readonly Level[];
    readonly asks: readonly Level[];
  }[];
}

/** Rebuilds a book of ten levels and compares counts, whole states, and sums over all states. Its tick is that of ES. */
export async function checkBook(golden: BookGolden): Promise<readonly string[]> {
  const faults: string[] = [];
  const book = new MboBook(0.25e9, golden.file);
  const actions: Record<string, number> = {};
  const sums = Array.from({ length: 6 }, () => Array.from({ length: depth }, () => 0n));
  let [records, states, changed, crossed] = [0, 0, 0, 0];
  let sample = 0;
  for await (const run of (await openDbn(sharedDataFile(golden.file))).runs()) {
    if (run.rtype !== mboLayout.rtypes[0]) continue;
    for (let i = 0, at = run.start / 4; i < run.count; i++, at += run.stride / 4, records++) {
      const codes = run.words[at + 9]!;
      const action = String.fromCharCode((codes >>> 16) & 0xff);
      actions[action] = (actions[action] ?? 0) + 1;
      book.apply(run.words, run.ints, at);
      if ((codes & 128) === 0) continue;
      if (book.read()) changed++;
      if (book.bids.price[0]! >= book.asks.price[0]!) crossed++;
      addTo(sums, book, BigInt((states % 997) + 1));
      const expected = golden.samples[sample];
      if (expected?.state === states) {
        sample++;
        const actual = {
          record: records,
          state: states,
          ts_recv: String(timeAt(run.words, at + 10)),
          orders: book.orders,
          ...sidesOf(book),
        };
        if (JSON.stringify(actual) !== JSON.stringify(expected)) faults.push(`state ${states}: ${JSON.stringify(actual)}`);
      }
      states++;
    }
  }
  const counts = {
    records,
    unknownOrders: book.counts.unknownOrders,
    lastStates: states,
    topTenChanged: changed,
    lockedOrCrossed: crossed,
    restingOrders: book.orders,
  };
  for (const [name, value] of Object.entries(counts))
    if (value !== golden[name as keyof typeof counts]) faults.push(`${name} is ${value}, not ${golden[name as keyof typeof counts]}`);
  for (const [action, n] of Object.entries(golden.actions))
    if (actions[action] !== n) faults.push(`${actions[action]} records ${action}, not ${n}`);
  if (sample < golden.samples.length) faults.push(`${golden.samples.length - sample} of the sampled states did not occur`);
  const texts = sums.map((one) => one.map(String));
  if (JSON.stringify(texts) !== JSON.stringify(golden.weightedSums)) faults.push(`the weighted sums are ${JSON.stringify(texts)}`);
  return faults;
}

function addTo(sums: bigint[][], { bids, asks }: MboBook, weight: bigint): void {
  for (const [i, column] of [bids.price, bids.size, bids.count, asks.price, asks.size, asks.count].entries())
    for (let rank = 0; rank < depth; rank++) {
      const value = column[rank]!;
      if (!Number.isNaN(value)) sums[i]![rank] = sums[i]![rank]! + weight * BigInt(value);
    }
}

function sidesOf({ bids, asks }: MboBook): { readonly bids: Level[]; readonly asks: Level[] } {
  const side = ({ price, size, count }: Levels): Level[] =>
    Array.from(price, (each, rank): Level => [Number.isNaN(each) ? '' : String(BigInt(each)), size[rank]!, count[rank]!]).filter(
      ([, , n]) => n > 0,
    );
  return { bids: side(bids), asks: side(asks) };
}

function timeAt(words: Uint32Array, at: number): bigint {
  return (BigInt(words[at + 1]!) << 32n) | BigInt(words[at]!);
}
