import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { order } from '../../../tests/fixtures/live/mnq.ts';
import { generateRecording } from '../../../tests/fixtures/live/recording.ts';
import { paperParts } from '../../../tests/fixtures/live/replay-parts.ts';
import type { AlignedBars } from '../../market/bars.ts';
import type { EngineEvent } from '../engine/events.ts';
import { nsOf } from '../nanoseconds.ts';
import { readRecording } from '../recording/read-recording.ts';
import type { RiskLimits } from '../risk/limits.ts';
import { runFeed } from './replay.ts';
import type { FeedItem } from './run-engine.ts';
import type { RunRecord } from './witness.ts';

let items: readonly FeedItem[];
let bars: AlignedBars;
const at = (text: string): bigint => nsOf(Date.parse(text));

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'assay-risk-'));
  const generated = generateRecording();
  ({ bars } = generated);
  writeFileSync(join(folder, 'day.dbn'), generated.bytes);
  writeFileSync(join(folder, 'received'), generated.received);
  const read: FeedItem[] = [];
  const recording = { path: join(folder, 'day.dbn'), receivedPath: join(folder, 'received') };
  for await (const item of readRecording(recording, { tickOf: paperParts(bars).ticks, barMs: bars.barMs })) read.push(item);
  items = read;
  rmSync(folder, { recursive: true });
});

type Told = EngineEvent extends infer Event ? (Event extends EngineEvent ? Omit<Event, 'time'> : never) : never;

/** The recording with what people and rules outside said at some times. */
function withTold(told: readonly (readonly [time: bigint, event: Told])[], from = items): readonly FeedItem[] {
  const more = told.map(([time, event]): FeedItem => ({ time, records: [], events: [{ ...event, time } as EngineEvent] }));
  return [...from, ...more].sort((a, b) => Number(a.time - b.time));
}

const firstClose = Date.parse('2024-01-17T22:00:00Z');
const firstDay = (feed: readonly FeedItem[]) => feed.filter(({ time }) => time < nsOf(firstClose + 5000));
const run = (feed: readonly FeedItem[], limits: Partial<RiskLimits> = {}): Promise<RunRecord> =>
  runFeed(firstDay(feed), paperParts(bars, limits));
const lotsAt = ({ navs }: RunRecord, ms: number): number => navs.filter(({ barEndMs }) => barEndMs <= ms).at(-1)!.lots[0]!;
const changesOf = ({ changes }: RunRecord) => changes.map(({ from, to, causes }) => `${from} ${to} ${causes.join(' ')}`);
const fillsBetween = ({ reports }: RunRecord, from: bigint, to: bigint) =>
  reports.filter(({ report, time }) => report.kind === 'fill' && time > from && time < to);
const decided = ({ decisions }: RunRecord, from: bigint, to: bigint) =>
  decisions.filter(({ barEndMs }) => nsOf(barEndMs) > from && nsOf(barEndMs) < to).length;

const noon = at('2024-01-17T21:00:30Z');
const later = at('2024-01-17T21:20:30Z');
const end = nsOf(firstClose - 121_000);
const held = (record: RunRecord, time: bigint): number => lotsAt(record, Number(time / 1_000_000n));

describe('an engine with orders', () => {
  test('that a person flattens sells everything at once and opens nothing until persons let it', async () => {
    const record = await run(withTold([[noon, { kind: 'restrict', cause: 'operator-flatten', because: 'lunch', by: 'ana' }]]));
    expect(held(record, noon)).not.toBe(0);
    expect(changesOf(record)).toEqual(['active reducing operator-flatten']);
    expect(fillsBetween(record, noon, noon + nsOf(5000)).length).toBeGreaterThan(0);
    expect(held(record, noon + nsOf(60_000))).toBe(0);
    expect(decided(record, noon, end)).toBeGreaterThan(20);
    expect(fillsBetween(record, noon + nsOf(5000), end)).toEqual([]);
    expect(record.denials.length).toBeGreaterThan(5);
    expect(new Set(record.denials.map(({ code }) => code))).toEqual(new Set(['reducing-only']));
  });

  test('that a person halts is not even asked, keeps what it holds, and is sold out of by the end of the session', async () => {
    const record = await run(withTold([[noon, { kind: 'restrict', cause: 'operator-halt', because: 'lunch', by: 'ana' }]]));
    expect(decided(record, noon, at('2024-01-19T00:00:00Z'))).toBe(0);
    expect(fillsBetween(record, noon + nsOf(1000), end)).toEqual([]);
    expect(held(record, end)).not.toBe(0);
    expect(lotsAt(record, firstClose)).toBe(0);
    expect(record.incidents.filter(({ code }) => code === 'kill-switch')).toEqual([]);
  });

  test('is told anew, after a restart, what brokers refused in earlier lives: that is no loop of refusals now', async () => {
    const past = noon - nsOf(86_400_000);
    const told = Array.from({ length: 6 }, (_, n): readonly (readonly [bigint, Told])[] => [
      [noon, { kind: 'intent', order: order(`past-${n}`, 'buy', 1) }],
      [
        noon,
        {
          kind: 'order',
          event: { time: past, seenAt: past, orderId: `past-${n}`, report: { kind: 'rejected', code: 'no-quote', because: 'a test' } },
        },
      ],
    ]).flat();
    expect(changesOf(await run(withTold(told)))).toEqual([]);
  });

  test('goes on where persons let it, a step at a time and with a reason', async () => {
    const ask = (to: 'reducing' | 'active', more: Partial<Extract<Told, { kind: 'askLoosening' }>> = {}) =>
      ({ kind: 'askLoosening', to, approvals: [{ name: 'ben', role: 'risk' }], reason: 'lunch is over', request: to, ...more }) as const;
    const record = await run(
      withTold([
        [noon, { kind: 'restrict', cause: 'operator-halt', because: 'lunch', by: 'ana' }],
        [noon + 1n, ask('reducing', { reason: 'short' })],
        [noon + 2n, ask('active')],
        [noon + 3n, ask('reducing', { approvals: [{ name: 'ben', role: 'trader' }] })],
        [noon + nsOf(300_000), ask('reducing')],
        [later, ask('active')],
      ]),
    );
    expect(changesOf(record)).toEqual(['active halted operator-halt', 'halted reducing operator-halt', 'reducing active rearmed']);
    expect(decided(record, noon, noon + nsOf(300_000))).toBe(0);
    expect(decided(record, later, end)).toBeGreaterThan(20);
    expect(fillsBetween(record, later, end).length).toBeGreaterThan(10);
  });

  test('that loses more than a day may sells, opens nothing that day, and goes on with the next session', async () => {
    const record = await runFeed(items, paperParts(bars, { dailyLoss: 0.0005, dailyLossHalt: 0.9 }));
    expect(changesOf(record)[0]).toBe('active reducing daily-loss');
    const lost = record.changes[0]!.at;
    expect(held(record, lost + nsOf(90_000))).toBe(0);
    expect(fillsBetween(record, lost + nsOf(5000), nsOf(firstClose))).toEqual([]);
    expect(changesOf(record)[1]).toBe('reducing active daily-loss');
    expect(fillsBetween(record, record.changes[1]!.at, at('2024-01-19T00:00:00Z')).length).toBeGreaterThan(5);
  });

  test('that loses more from its peak than it may is halted for good', async () => {
    const record = await run(items, { maxDrawdown: 0.0005 });
    expect(changesOf(record)).toEqual(['active halted drawdown']);
    expect(record.incidents.map(({ code }) => code)).toContain('kill-switch');
    const lost = record.changes[0]!.at;
    expect(held(record, lost + nsOf(90_000))).toBe(0);
    expect(decided(record, lost, at('2024-01-19T00:00:00Z'))).toBe(0);
  });

  const silentFrom = at('2024-01-17T21:10:10Z');
  const silent = (ms: number) => items.filter(({ time }) => time < silentFrom || time > silentFrom + nsOf(ms));

  test('whose feed falls silent only reduces, and trusts it again after a minute', async () => {
    const record = await run(silent(15_000), { silenceMs: 10_000, silenceHaltMs: 60_000 });
    expect(changesOf(record)).toEqual(['active reducing stale', 'reducing active stale']);
    const [stale, again] = record.changes.map((change) => change.at) as [bigint, bigint];
    expect(stale - silentFrom).toBeGreaterThan(nsOf(9000));
    expect(stale - silentFrom).toBeLessThan(nsOf(14_000));
    expect(again - (silentFrom + nsOf(15_000))).toBeGreaterThan(nsOf(58_000));
    expect(again - (silentFrom + nsOf(15_000))).toBeLessThan(nsOf(63_000));
  });

  test('whose feed is silent for a minute with a position is halted and sold out of', async () => {
    const parts = paperParts(bars, { silenceMs: 10_000, silenceHaltMs: 60_000 });
    // A broker has quotes of its own: this one still takes orders at its last one.
    const paper = { ...parts.paper!, options: { ...parts.paper!.options, staleMs: 120_000 } };
    const record = await runFeed(firstDay(silent(110_000)), { ...parts, paper });
    expect(held(record, silentFrom)).not.toBe(0);
    expect(changesOf(record)).toEqual(['active reducing stale', 'reducing halted feed-silence', 'halted halted stale']);
    expect(record.changes[1]!.at - silentFrom).toBeLessThan(nsOf(63_000));
    expect(held(record, silentFrom + nsOf(110_000))).toBe(0);
    expect(record.incidents.map(({ code }) => code)).toEqual(expect.arrayContaining(['data-gap', 'kill-switch']));
    expect(held(record, silentFrom + nsOf(170_000))).toBe(0);
  });

  test('sends no order from a decision that is too old', async () => {
    // Every bar arrives six seconds after its end.
    const late = items.map(
      (item): FeedItem =>
        item.events.some(({ kind }) => kind === 'bar' || kind === 'intervalEnd')
          ? { ...item, time: item.time + nsOf(6000), events: item.events.map((event) => ({ ...event, time: event.time + nsOf(6000) })) }
          : item,
    );
    const record = await run(
      [...late].sort((a, b) => Number(a.time - b.time)),
      {},
    );
    expect(record.decisions.length).toBeGreaterThan(60);
    expect(record.orders).toEqual([]);
    expect(new Set(record.denials.map(({ code }) => code))).toEqual(new Set(['late-order']));
  });

  test('restricts itself where its driver cannot write or is late, and the account is not the broker’s', async () => {
    const vitals = { clockSkewMs: 0, loopDelayMs: 0, canRecord: true, reconciled: 'same' } as const;
    const record = await run(
      withTold([
        [noon, { kind: 'vitals', vitals: { ...vitals, loopDelayMs: 400 } }],
        [noon + 1n, { kind: 'vitals', vitals }],
        [later, { kind: 'vitals', vitals: { ...vitals, canRecord: false } }],
        [later + 1n, { kind: 'vitals', vitals: { ...vitals, reconciled: 'differs' } }],
      ]),
    );
    expect(changesOf(record)).toEqual([
      'active reducing lag',
      'reducing active lag',
      'active reducing no-record',
      'reducing halted position-mismatch',
    ]);
    // Nobody trades to repair a position that is not agreed on, not even at the session's end.
    expect(record.incidents.map(({ code }) => code)).toEqual(expect.arrayContaining(['position-mismatch', 'kill-switch']));
  });
});
