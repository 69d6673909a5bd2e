/** Receives a served recording into an engine with orders to the broker on paper. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createRng } from '../../../src/core/rng.ts';
import { runFeed } from '../../../src/live/drivers/replay.ts';
import type { FeedItem } from '../../../src/live/drivers/run-engine.ts';
import type { RunRecord } from '../../../src/live/drivers/witness.ts';
import { connectFeed } from '../../../src/live/feed/connect-feed.ts';
import { createTranslator } from '../../../src/live/recording/translate.ts';
import { globexEquity } from '../../../src/market/calendars/globex-equity.ts';
import { symbol } from '../../fixtures/live/mnq.ts';
import { paperParts } from '../../fixtures/live/replay-parts.ts';

const barMs = 60_000;
export const benchParts = () => paperParts({ barMs, calendar: globexEquity });

export interface ReceivedRun {
  readonly record: RunRecord;
  readonly quotes: number;
  readonly bars: number;
  /** Causes of the gaps that were told. */
  readonly gaps: readonly string[];
  /** From the first record to the end of the run. */
  readonly seconds: number;
  /** Processor time of this process meanwhile. */
  readonly cpuSeconds: number;
  /** Delay of the event loop, 99th percentile. */
  readonly delayMs: number;
  /** Most records that waited for the engine. */
  readonly mostWaiting: number;
}

/** @param start of the subscriptions: 0 for all there is, null for a market that goes on. @param bars after which it ends. */
export async function receiveRun(
  address: { readonly host: string; readonly port: number },
  key: string,
  start: bigint | null,
  bars: number,
): Promise<ReceivedRun> {
  const parts = benchParts();
  const translator = createTranslator({ symbolOf: new Map(), tickOf: parts.ticks, barMs });
  const waiting: FeedItem[] = [];
  const gaps: string[] = [];
  const counts = { quotes: 0, bars: 0 };
  let wake = (): void => undefined;
  let [isOver, mostWaiting, last, begunAt] = [false, 0, 0n, 0];
  let cpu = process.cpuUsage();
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const common = { stypeIn: 'raw_symbol', symbols: [symbol], start, snapshot: false } as const;
  const feed = connectFeed({
    ...{ key, dataset: 'GLBX.MDP3', address, rng: createRng('bench'), slowReader: 'skip' },
    subscriptions: [
      { ...common, schema: 'mbp-1' },
      { ...common, schema: 'ohlcv-1m' },
    ],
    onEvent: (event) => {
      if (event.kind === 'gap') gaps.push(event.cause);
      if (event.kind !== 'record' || event.record.layout === null) return;
      const { layout, view, start: at, rtype } = event.record;
      if (rtype === 1) counts.quotes++;
      if (rtype === 0x21) counts.bars++;
      if (begunAt === 0 && rtype === 1) {
        begunAt = performance.now();
        cpu = process.cpuUsage();
        delay.enable();
      }
      const known = layout.name === 'symbol-mapping' || layout.name === 'system' ? last : translator.earliest(layout, view, at);
      if (known > last) last = known;
      const { record, event: told } = translator.translate(layout, view, at, last);
      if (record !== null || told !== null)
        waiting.push({ time: last, records: record === null ? [] : [record], events: told === null ? [] : [told] });
      if (waiting.length > mostWaiting) mostWaiting = waiting.length;
      if (counts.bars >= bars) isOver = true;
      wake();
    },
  });
  async function* items(): AsyncGenerator<FeedItem> {
    for (;;) {
      const taken = waiting.splice(0);
      yield* taken;
      if (waiting.length > 0) continue;
      if (isOver) return;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
      // Whatever else has come by now is taken with it.
      await new Promise(setImmediate);
    }
  }
  const record = await runFeed(items(), parts);
  delay.disable();
  const { user, system } = process.cpuUsage(cpu);
  feed.stop();
  await feed.done;
  return {
    record,
    ...counts,
    gaps,
    mostWaiting,
    cpuSeconds: (user + system) / 1e6,
    seconds: (performance.now() - begunAt) / 1000,
    delayMs: delay.percentile(99) / 1e6,
  };
}
