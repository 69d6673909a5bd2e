import { AssayError } from '../../core/errors.ts';
import { sessionCalendarOf } from '../calendars/index.ts';
import { columnsOf } from '../dbn/columns.ts';
import { priceScale } from '../dbn/kinds.ts';
import { dayMs, minuteMs } from '../local-time.ts';
import { openHashed, type ReadFile } from './dbn-files.ts';
import { type ReadDbn, SeriesTable } from './dbn-series.ts';
import type { DbnReading } from './import-dbn.ts';

/** Length of the bars of each schema; those of a second become bars of a minute. */
const lengths: Readonly<Record<string, number>> = {
  'ohlcv-1s': minuteMs,
  'ohlcv-1m': minuteMs,
  'ohlcv-1h': 60 * minuteMs,
  'ohlcv-1d': dayMs,
  'ohlcv-eod': dayMs,
};

interface Bar {
  time: number;
  prices: [number, number, number, number];
  volume: number;
}

const fields = ['rtype', 'instrument_id', 'ts_event', 'open', 'high', 'low', 'close', 'volume'];

/** Reads bars as Databento has them; their time is the start of the bar. */
export async function readDbnBars(reading: DbnReading): Promise<ReadDbn> {
  const barMs = lengths[reading.schema ?? '']!;
  const series = new SeriesTable(reading, []);
  const calendar = sessionCalendarOf(reading.calendarId);
  const open = new Map<number, Bar>();
  const counts = new Map<number, number>();
  const flush = (instrumentId: number, { time, prices, volume }: Bar): void => {
    const date = calendar.sessionAt(time)?.date ?? new Date(time).toISOString().slice(0, 10);
    series.push(instrumentId, date, time, prices, volume, []);
  };
  const add = (instrumentId: number, ms: number, prices: Bar['prices'], volume: number): void => {
    counts.set(instrumentId, (counts.get(instrumentId) ?? 0) + 1);
    const time = reading.schema === 'ohlcv-1s' ? Math.floor(ms / barMs) * barMs : ms;
    const last = open.get(instrumentId);
    if (last?.time === time && reading.schema === 'ohlcv-1s') {
      last.prices = [last.prices[0], Math.max(last.prices[1], prices[1]), Math.min(last.prices[2], prices[2]), prices[3]];
      last.volume += volume;
      return;
    }
    if (last !== undefined) flush(instrumentId, last);
    open.set(instrumentId, { time, prices, volume });
  };

  const files: ReadFile[] = [];
  let cutOff = 0;
  for (const { path } of reading.files) {
    const { file, facts } = await openHashed(path, reading);
    for await (const { layout, columns, count } of columnsOf(file, fields)) {
      if (layout.name !== 'ohlcv') continue;
      const column = <T>(name: string): T => columns[name] as T;
      const [ids, times, volumes] = [
        column<Uint32Array>('instrument_id'),
        column<BigUint64Array>('ts_event'),
        column<BigUint64Array>('volume'),
      ];
      const prices = ['open', 'high', 'low', 'close'].map(column<Float64Array>);
      for (let row = 0; row < count; row++) {
        const [openPrice, high, low, close] = prices.map((values) => values[row]! / priceScale) as Bar['prices'];
        if (series.symbolsOf(ids[row]!).length > 0)
          add(ids[row]!, msOf(times[row]!, path), [openPrice, high, low, close], Number(volumes[row]!));
      }
    }
    cutOff += file.cutOff.bytes;
    files.push(facts());
  }
  for (const [instrumentId, bar] of open) flush(instrumentId, bar);
  return series.finish(barMs, files, (instrumentId) => ({ schema: reading.schema, records: counts.get(instrumentId) ?? 0, cutOff }));
}

/** Bars start on whole seconds. @throws AssayError `data_invalid` for one that does not. */
function msOf(nanoseconds: bigint, place: string): number {
  if (nanoseconds % 1_000_000_000n !== 0n)
    throw new AssayError('data_invalid', `a bar starts at ${nanoseconds} ns, inside a second`, {
      place,
      hint: 'the file is damaged: download it again',
    });
  return Number(nanoseconds / 1_000_000n);
}
