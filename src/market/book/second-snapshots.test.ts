import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { hasSharedData, sharedDataFile, sharedDataNote } from '../../../tests/fixtures/shared-data.ts';
import { globexEquity } from '../calendars/globex-equity.ts';
import { openDbn } from '../dbn/reader.ts';
import { BookFeed } from './feed.ts';
import { SecondSnapshots, type Snapshot } from './second-snapshots.ts';
import { depth, emptyLevels, type Levels } from './side.ts';

const open = Date.parse('2024-01-02T23:00Z') / 1000;

function levels(price: number, size: number): Levels {
  const all = emptyLevels();
  all.price[0] = price;
  all.size[0] = size;
  return all;
}

function recorder(): { readonly sink: SecondSnapshots; readonly seen: [second: number, bidSize: number, ofi: number, trades: number][] } {
  const seen: [number, number, number, number][] = [];
  const take = ({ time, bids, ofiSeconds, trades }: Snapshot): number => seen.push([time / 1000 - open, bids.size[0]!, ofiSeconds, trades]);
  return { sink: new SecondSnapshots(globexEquity, 'x.dbn', take), seen };
}

test('a snapshot is the last valid state of its second, carried forward; there is none before the first one', () => {
  const { sink, seen } = recorder();
  sink.moveTo(open + 1);
  sink.trade(100, 2, 1);
  sink.moveTo(open + 2);
  sink.state(levels(100, 5), levels(101, 7), true);
  sink.state(levels(100, 8), levels(101, 7), true);
  sink.moveTo(open + 5);
  sink.trade(100, 3, -1);
  sink.state(levels(100, 9), levels(101, 7), true);
  sink.end(BigInt(open + 7) * 1_000_000_000n);
  expect(seen).toEqual([
    [2, 8, 0, 0],
    [3, 8, 0, 0],
    [4, 8, 0, 0],
    [5, 9, 1, 1],
    [6, 9, 0, 0],
  ]);
});

test('nothing is carried over an invalid state, a reset or the close', () => {
  const { sink, seen } = recorder();
  for (const [second, bid, isTrusted] of [
    [0, 100, true],
    [1, 101, true],
    [2, 100, true],
    [3, 100, false],
  ] as const) {
    sink.moveTo(open + second);
    sink.state(levels(bid, 10 + second), levels(101, 7), isTrusted);
  }
  sink.moveTo(open + 5);
  sink.state(levels(100, 20), levels(101, 7), true);
  sink.moveTo(open + 6);
  sink.reset();
  sink.state(levels(100, 30), levels(101, 7), true);
  const close = globexEquity.sessionOf('2024-01-03')!.closeMs / 1000 - open;
  expect(sink.moveTo(open + close)).toBe(false);
  expect(seen.slice(0, 4)).toEqual([
    [0, 10, 0, 0],
    [2, 12, 0, 0],
    [5, 20, 0, 0],
    [6, 30, 0, 0],
  ]);
  expect(seen.at(-1)).toEqual([close - 1, 30, 0, 0]);
});

test('times that go back over a minute are refused', () => {
  const { sink } = recorder();
  sink.moveTo(open + 61);
  expect(sink.moveTo(open + 60)).toBe(true);
  expect(() => sink.moveTo(open + 59)).toThrow(
    expect.objectContaining({ code: 'data_invalid', message: expect.stringContaining('times go back from 2024-01-02T23:01:00.000Z') }),
  );
});

test.skipIf(!hasSharedData)(`a real hour gives the stored book of every second${sharedDataNote}`, async () => {
  const text = gunzipSync(readFileSync(sharedDataFile('orderbook/DERIVED_esh4-20231225_1s_mbp10.csv.gz'))).toString();
  const [header, ...lines] = text
    .trim()
    .split(/\r?\n/)
    .map((line) => line.split(','));
  const stored = new Map(lines.map((fields) => [Number(fields[0]) * 1000, fields]));
  const at = (name: string): number => header!.indexOf(name);
  const file = await openDbn(sharedDataFile('orderbook/esh4-glbx-mdp3-20231225.mbo.dbn.zst'));
  let seconds = 0;
  const feed = new BookFeed({
    tickOf: () => 250_000_000,
    sinkOf: () =>
      new SecondSnapshots(globexEquity, 'x', ({ time, bids, asks }) => {
        const fields = stored.get(time);
        if (fields === undefined) throw new Error(`no row of ${new Date(time).toISOString()}`);
        seconds++;
        for (let rank = 0; rank < depth; rank++)
          for (const [side, own] of [
            ['bid', bids],
            ['ask', asks],
          ] as const) {
            const names = [`${side}_px_0${rank}`, `${side}_sz_0${rank}`, `${side}_ct_0${rank}`];
            const wanted: readonly number[] = names.map((name): number => Number(fields[at(name)]));
            const actual = [own.price[rank]! / 1e9, own.size[rank]!, own.count[rank]!];
            if (actual.join() !== wanted.join())
              expect.fail(`${new Date(time).toISOString()} ${side} ${rank}: ${actual.join()}, not ${wanted.join()}`);
          }
      }),
  });
  feed.startFile('x', 'mbo');
  for await (const run of file.runs()) feed.push(run);
  feed.end(file.header!.end);
  expect(seconds).toBe(3600);
});
