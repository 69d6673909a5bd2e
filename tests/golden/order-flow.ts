import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { liquidityOf } from '../../src/market/book/columns.ts';
import { BookFeed } from '../../src/market/book/feed.ts';
import { eventFlow, micropriceDeviation } from '../../src/market/book/measures.ts';
import { type FlowMinute, MinuteFlow, type Quote } from '../../src/market/book/minute-flow.ts';
import { globexEquity } from '../../src/market/calendars/globex-equity.ts';
import { openDbn, recordsOf } from '../../src/market/dbn/reader.ts';
import { sharedDataFile } from '../fixtures/shared-data.ts';
import { agrees, type GoldenNumber } from './read.ts';

interface OrderFlowMinute {
  readonly minute: number;
  readonly ofiLevels: readonly number[];
  readonly close: {
    readonly bidPx: string;
    readonly bidSz: number;
    readonly askPx: string;
    readonly askSz: number;
    readonly mid: number;
    readonly microprice: number;
  };
  readonly tradeBar: readonly [number, number, number, number] | null;
  readonly [name: string]: unknown;
}

export interface OrderFlowGolden {
  readonly file: string;
  readonly open: string;
  readonly minutes: readonly OrderFlowMinute[];
}

/** Tick of ES, in units of 1e-9. */
const tick = 0.25e9;

async function minutesOf(file: string): Promise<Map<string, FlowMinute>> {
  const minutes = new Map<string, FlowMinute>();
  const feed = new BookFeed({
    tickOf: () => tick,
    sinkOf: ({ id, ...one }) =>
      new MinuteFlow({ ...one, calendar: globexEquity, emit: (minute) => minutes.set(`${minute.time} ${id}`, minute) }),
  });
  const opened = await openDbn(sharedDataFile(file));
  feed.startFile(file, opened.header?.schema ?? null);
  for await (const run of opened.runs()) feed.push(run);
  feed.end(opened.header?.end ?? null);
  return minutes;
}

/** Compares the aggregates of each minute after the session's open. */
export async function checkOrderFlow({ file, open, minutes: expected }: OrderFlowGolden): Promise<readonly string[]> {
  const found = new Map([...(await minutesOf(file)).values()].map((minute) => [minute.time, minute]));
  return expected.flatMap((golden) => {
    const actual = found.get(Date.parse(open) + golden.minute * 60_000);
    return actual === undefined ? [`minute ${golden.minute}: none`] : minuteFaults(actual, golden);
  });
}

function minuteFaults(actual: FlowMinute, golden: OrderFlowMinute): readonly string[] {
  const { bidPrice, bidSize, askPrice, askSize } = actual.close!;
  const mid = (bidPrice + askPrice) / 2e9;
  const values: Readonly<Record<string, unknown>> = {
    minute: golden.minute,
    states: actual.states,
    ofi: actual.ofi[0],
    ofiLevels: actual.ofi,
    ofiSeconds: actual.ofiSeconds,
    spreadTicks: actual.spread,
    micropriceDevTicks: actual.microDev,
    micropriceDevMeanTicks: actual.microDevMean,
    depth5: actual.depth5,
    validNs: actual.validNs,
    bought: actual.bought,
    sold: actual.sold,
    unsided: actual.unsided,
    trades: actual.trades,
    close: {
      bidPx: String(bidPrice),
      bidSz: bidSize,
      askPx: String(askPrice),
      askSz: askSize,
      mid,
      microprice: mid + (actual.microDev * tick) / 1e9,
    },
    tradeBar: actual.bar === null ? null : [actual.bar.open, actual.bar.high, actual.bar.low, actual.bar.close].map((price) => price / 1e9),
    liquidityConsumption: liquidityOf(actual).liquidity,
    liquidityConsumptionSigned: liquidityOf(actual).liquiditySigned,
  };
  return Object.entries(golden).flatMap(([name, value]) =>
    isSame(values[name], value)
      ? []
      : [`minute ${golden.minute}: ${name} is ${JSON.stringify(values[name])}, not ${JSON.stringify(value)}`],
  );
}

/** Equal, numbers to 1e-9. */
function isSame(actual: unknown, expected: unknown): boolean {
  if (typeof actual === 'number') return agrees(actual, expected as GoldenNumber);
  if (typeof actual !== 'object' || actual === null || typeof expected !== 'object' || expected === null) return actual === expected;
  const [own, wanted] = [Object.entries(actual), Object.entries(expected)];
  return own.length === wanted.length && wanted.every(([key, value]) => isSame((actual as Record<string, unknown>)[key], value));
}

interface NativeGolden {
  readonly mbp1?: {
    readonly file: string;
    readonly minutes: readonly {
      readonly minute: string;
      readonly bought: number;
      readonly sold: number;
      readonly unsided: number;
      readonly ofi: number;
      readonly states: number;
      readonly last: readonly [string, number, string, number];
    }[];
  };
  readonly ohlcv?: { readonly file: string; readonly bars: readonly (readonly [number, string, number, number, number, number, number])[] };
  readonly lobster?: {
    readonly file: string;
    readonly fromPair: number;
    readonly toPair: number;
    readonly sumByLevel: readonly number[];
    readonly level1: readonly number[];
    readonly micropriceOfRow: readonly (readonly [number, number])[];
  };
}

export type { NativeGolden };

/** Compares minutes of a native file of best prices, bars as they were downloaded and as they follow from trades, and flow of a LOBSTER file. */
export async function checkNative({ mbp1, ohlcv, lobster }: NativeGolden): Promise<readonly string[]> {
  const minutes = mbp1 === undefined ? new Map<string, FlowMinute>() : await minutesOf(mbp1.file);
  const faults = (mbp1?.minutes ?? []).flatMap(({ minute, last, ...golden }) => {
    const actual = [...minutes.values()].find((one) => one.time === Date.parse(minute));
    if (actual === undefined) return [`${minute}: none`];
    const own = { ...golden, bought: actual.bought, sold: actual.sold, unsided: actual.unsided, ofi: actual.ofi[0], states: actual.states };
    const quote = quoteOf(actual.close);
    return isSame(own, golden) && isSame(quote, last) ? [] : [`${minute}: ${JSON.stringify(own)} ${JSON.stringify(quote)}`];
  });
  if (ohlcv !== undefined) faults.push(...(await barFaults(ohlcv, minutes)));
  if (lobster !== undefined) faults.push(...lobsterFaults(lobster));
  return faults;
}

function quoteOf(quote: Quote | null): readonly (string | number)[] {
  return quote === null ? [] : [String(quote.bidPrice), quote.bidSize, String(quote.askPrice), quote.askSize];
}

async function barFaults(
  { file, bars }: NonNullable<NativeGolden['ohlcv']>,
  minutes: ReadonlyMap<string, FlowMinute>,
): Promise<readonly string[]> {
  const found = new Map<string, readonly number[]>();
  for await (const record of recordsOf(await openDbn(sharedDataFile(file)))) {
    const prices = ['open', 'high', 'low', 'close'].map((name) => Number(record[name]) / 1e9);
    found.set(`${Number((record['ts_event'] as bigint) / 1_000_000n)} ${record['instrument_id']}`, [...prices, Number(record['volume'])]);
  }
  return bars.flatMap(([instrument, minute, ...values]) => {
    const key = `${Date.parse(minute)} ${instrument}`;
    const flow = minutes.get(key);
    const fromTrades =
      flow === undefined || flow.bar === null
        ? values
        : [
            ...[flow.bar.open, flow.bar.high, flow.bar.low, flow.bar.close].map((price) => price / 1e9),
            flow.bought + flow.sold + flow.unsided,
          ];
    return [found.get(key), fromTrades].flatMap((own) =>
      isSame(own, values) ? [] : [`${key}: ${JSON.stringify(own)}, not ${JSON.stringify(values)}`],
    );
  });
}

function lobsterFaults(golden: NonNullable<NativeGolden['lobster']>): readonly string[] {
  const rows = gunzipSync(readFileSync(sharedDataFile(golden.file)))
    .toString()
    .trim()
    .split('\n')
    .map((line) => line.split(',').map(Number));
  const flowOf = (pair: number, level: number): number => {
    const [before, after] = [rows[pair]!, rows[pair + 1]!];
    const [askPrice, askSize, bidPrice, bidSize] = [0, 1, 2, 3].map((field) => 4 * level + field) as [number, number, number, number];
    return eventFlow(
      before[bidPrice]!,
      before[bidSize]!,
      before[askPrice]!,
      before[askSize]!,
      after[bidPrice]!,
      after[bidSize]!,
      after[askPrice]!,
      after[askSize]!,
    );
  };
  const pairs = Array.from({ length: golden.toPair - golden.fromPair }, (_, i) => golden.fromPair + i);
  const sums = golden.sumByLevel.map((_, level) => pairs.reduce((sum, pair) => sum + flowOf(pair, level), 0));
  const level1 = golden.level1.map((_, i) => flowOf(golden.fromPair + i, 0));
  const microprices = golden.micropriceOfRow.map(([row]) => {
    const [ask, askSize, bid, bidSize] = rows[row]! as [number, number, number, number];
    return [row, ((ask + bid) / 2 + micropriceDeviation(bidSize, askSize, ask - bid)) / 10_000];
  });
  const own = { sumByLevel: sums, level1, micropriceOfRow: microprices };
  return Object.entries(own).flatMap(([name, value]) =>
    isSame(value, golden[name as keyof typeof own]) ? [] : [`${name} is ${JSON.stringify(value)}`],
  );
}
