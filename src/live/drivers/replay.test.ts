import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { zstdFrame } from '../../../tests/fixtures/dbn.ts';
import { type GeneratedRecording, generateRecording } from '../../../tests/fixtures/live/recording.ts';
import { paperParts, replayParts, replayPolicy } from '../../../tests/fixtures/live/replay-parts.ts';
import { pieceBytes } from '../../market/dbn/runs.ts';
import { readRecording } from '../recording/read-recording.ts';
import { backtestEngine } from './backtest.ts';
import { type ReplayParts, replayRecording, runFeed } from './replay.ts';
import type { FeedItem } from './run-engine.ts';

let folder: string;
let generated: GeneratedRecording;
const place = (name: string): string => join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-replay-'));
  generated = generateRecording();
  writeFileSync(place('day.dbn'), generated.bytes);
  // A frame a piece, of lengths that cut records: the reader sees other pieces than those of the plain file.
  const frames: Uint8Array[] = [];
  for (let at = 0; at < generated.bytes.length; at += 7919) frames.push(zstdFrame(generated.bytes.subarray(at, at + 7919)));
  writeFileSync(place('day.dbn.zst'), Buffer.concat(frames));
  writeFileSync(place('received'), generated.received);
  writeFileSync(place('received-later'), generated.receivedLater);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const partsOf = (more: Partial<ReplayParts>): ReplayParts => replayParts(generated.bars, more);
const onPaper = (): ReplayParts => paperParts(generated.bars);

describe('a replay of a recording', () => {
  test('decides, fills and is worth what a backtest on its bars does, however late they arrived', async () => {
    const { bars } = generated;
    const { run, features, fitted, environment, memory } = partsOf({});
    const backtested = await backtestEngine(
      bars,
      { from: 0, to: 2 },
      { run, features, fitted, environment, memory, policy: replayPolicy.engine },
    );
    expect(backtested.steps.length).toBeGreaterThan(140);
    for (const receivedPath of [place('received'), place('received-later'), null]) {
      const replayed = await replayRecording({ path: place('day.dbn'), receivedPath }, partsOf({}));
      expect(replayed).toEqual(backtested);
    }
  });

  test('with orders is the same, hash included, from memory, from a file, in other pieces and in another time zone', async () => {
    const items: FeedItem[] = [];
    const recording = { path: place('day.dbn'), receivedPath: place('received') };
    for await (const item of readRecording(recording, { tickOf: onPaper().ticks, barMs: generated.bars.barMs })) items.push(item);
    const fromMemory = await runFeed(items, onPaper());
    expect(generated.bytes.length).toBeGreaterThan(pieceBytes / 2);
    expect(fromMemory.orders.length).toBeGreaterThan(60);
    const fills = fromMemory.reports.filter(({ report }) => report.kind === 'fill');
    expect(fills.length).toBeGreaterThan(60);
    expect(new Set(fromMemory.navs.flatMap(({ lots }) => lots)).size).toBeGreaterThan(3);
    expect(await replayRecording(recording, onPaper())).toEqual(fromMemory);
    expect(await replayRecording({ ...recording, path: place('day.dbn.zst') }, onPaper())).toEqual(fromMemory);
    const zone = process.env['TZ'];
    try {
      process.env['TZ'] = 'Pacific/Chatham';
      expect(new Date(0).getTimezoneOffset()).not.toBe(0);
      expect((await replayRecording(recording, onPaper())).hash).toBe(fromMemory.hash);
    } finally {
      if (zone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = zone;
    }
  });

  test('sells everything before a session ends, and decides nothing from then on', async () => {
    const { decisions, navs, incidents } = await replayRecording({ path: place('day.dbn'), receivedPath: place('received') }, onPaper());
    expect(incidents.filter(({ code }) => code !== 'order-rejected')).toEqual([]);
    for (const close of ['2024-01-17T22:00:00Z', '2024-01-18T22:00:00Z'].map(Date.parse)) {
      expect(decisions.filter(({ barEndMs }) => barEndMs >= close - 120_000 && barEndMs <= close)).toEqual([]);
      const last = navs.filter(({ barEndMs }) => barEndMs <= close).at(-1)!;
      expect([last.barEndMs, last.lots]).toEqual([close, [0]]);
    }
  });

  test('is the same up to a time, orders and fills included, whatever the market does after it', async () => {
    const whole: FeedItem[] = [];
    const recording = { path: place('day.dbn'), receivedPath: place('received') };
    for await (const item of readRecording(recording, { tickOf: onPaper().ticks, barMs: generated.bars.barMs })) whole.push(item);
    const known = async (items: readonly FeedItem[], until: bigint) => {
      const { decisions, reports, navs } = await runFeed(items, onPaper());
      const untilMs = Number(until / 1_000_000n);
      return {
        reports: reports.filter(({ seenAt }) => seenAt < until),
        decisions: decisions.filter(({ barEndMs }) => barEndMs + 5 < untilMs),
        navs: navs.filter(({ barEndMs }) => barEndMs + 5 < untilMs),
      };
    };
    for (const cut of [1500, 3900, 5200]) {
      const { time } = whole[cut]!;
      // Quotes and trades move away, bars become others, from here on.
      const changed = whole.map(
        (item, at): FeedItem =>
          at <= cut
            ? item
            : {
                time: item.time,
                records: item.records.map((record) =>
                  record.kind === 'trade' ? { ...record, ticks: record.ticks + 7, size: record.size + 3 } : record,
                ),
                events: item.events.map((event) =>
                  event.kind === 'bar' ? { ...event, bar: { ...event.bar, close: event.bar.close + 2, high: event.bar.high + 2 } } : event,
                ),
              },
      );
      const until = await known(whole, time);
      expect(until.reports.length).toBeGreaterThan(10);
      expect(await known(changed, time)).toEqual(until);
      expect((await runFeed(changed, onPaper())).hash).not.toBe((await runFeed(whole, onPaper())).hash);
    }
  });

  test('opens nothing in a contract that is soon traded for the last time', async () => {
    const parts = onPaper();
    const recording = { path: place('day.dbn'), receivedPath: place('received') };
    // Before 15 March there are 42 sessions from 17 January on, and 41 from the 18th.
    const under = (rollSessions: number) => replayRecording(recording, { ...parts, paper: { ...parts.paper!, rollSessions } });
    const [far, near] = [await under(42), await under(43)];
    expect(near.incidents.map(({ code }) => code)).toEqual(['near-expiry', 'near-expiry']);
    expect([near.decisions, near.orders]).toEqual([[], []]);
    expect(far.incidents.filter(({ code }) => code === 'near-expiry')).toHaveLength(1);
    expect(far.decisions.every(({ barEndMs }) => barEndMs < Date.parse('2024-01-18T00:00:00Z'))).toBe(true);
    expect(far.orders.length).toBeGreaterThan(10);
  });

  test('repeated twenty times has one hash', async () => {
    const hashes = new Set<string>();
    for (let i = 0; i < 20; i++)
      hashes.add((await replayRecording({ path: place('day.dbn'), receivedPath: place('received') }, onPaper())).hash);
    expect(hashes.size).toBe(1);
  });

  test('refuses receive times of another recording, and a file of them that is cut off', async () => {
    writeFileSync(place('fewer'), generated.received.subarray(8));
    writeFileSync(place('cut'), generated.received.subarray(3));
    const read = (name: string) => replayRecording({ path: place('day.dbn'), receivedPath: place(name) }, partsOf({}));
    await expect(read('fewer')).rejects.toMatchObject({ code: 'data_invalid', message: expect.stringContaining('another number') });
    await expect(read('cut')).rejects.toMatchObject({ code: 'data_invalid' });
    await expect(read('absent')).rejects.toMatchObject({ code: 'not_found' });
  });
});
