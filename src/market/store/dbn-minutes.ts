import { AssayError } from '../../core/errors.ts';
import type { Json } from '../../core/json.ts';
import { type FlowLevels, flowColumns } from '../book/columns.ts';
import { BookFeed } from '../book/feed.ts';
import { MinuteBars } from '../book/minute-bars.ts';
import { sessionCalendarOf } from '../calendars/index.ts';
import { minuteMs } from '../local-time.ts';
import { openHashed, type ReadFile } from './dbn-files.ts';
import { type ReadDbn, SeriesTable } from './dbn-series.ts';
import type { DbnReading } from './import-dbn.ts';

/** Schemas with trades, by the record type that is read of them and the levels of the book that they show. */
const schemaTypes: Readonly<Record<string, { readonly rtype: number; readonly levels: FlowLevels }>> = {
  mbo: { rtype: 0xa0, levels: 10 },
  'mbp-10': { rtype: 0x0a, levels: 10 },
  'mbp-1': { rtype: 0x01, levels: 1 },
  'cmbp-1': { rtype: 0xb1, levels: 1 },
  tbbo: { rtype: 0x01, levels: 0 },
  tcbbo: { rtype: 0xc2, levels: 0 },
  trades: { rtype: 0x00, levels: 0 },
};

/**
 * Reads events of trades and books into minute bars with order flow.
 * @throws AssayError `data_invalid` for a schema without trades, and as {@link BookFeed.push}.
 */
export async function readDbnMinutes(reading: DbnReading): Promise<ReadDbn> {
  const { files: paths, schema, calendarId } = reading;
  const kind = schemaTypes[schema ?? ''];
  if (kind === undefined) throw noTrades(schema, paths[0]!.path);
  const series = new SeriesTable(reading, flowColumns[kind.levels]);
  const bars = new Map<number, MinuteBars>();
  const feed = new BookFeed({
    calendar: sessionCalendarOf(calendarId),
    tickOf: reading.tickOf,
    isRead: (instrumentId) => series.symbolsOf(instrumentId).length > 0,
    emit: (instrumentId, minute) => barsOf(instrumentId).add(minute),
  });
  const barsOf = (instrumentId: number): MinuteBars => {
    let one = bars.get(instrumentId);
    if (one === undefined) {
      one = new MinuteBars(kind.levels, (minute, prices, volume, flow) =>
        series.push(instrumentId, minute.session.date, minute.time, prices, volume, flow),
      );
      bars.set(instrumentId, one);
    }
    return one;
  };

  const files: ReadFile[] = [];
  let [cutOff, otherRecords] = [0, 0];
  let knownUntil: bigint | null = null;
  for (const { path, header } of paths) {
    // A gap between two files ends what is known of the books.
    if (files.length > 0 && (knownUntil === null || header?.start !== knownUntil)) feed.end(knownUntil);
    const { file, facts } = await openHashed(path, reading);
    feed.startFile(path, schema);
    for await (const run of file.runs()) {
      if (run.rtype === kind.rtype) feed.push(run);
      else otherRecords += run.count;
    }
    knownUntil = header?.end ?? null;
    cutOff += file.cutOff.bytes;
    files.push(facts());
  }
  feed.end(knownUntil);
  const factsOf = (instrumentId: number): Readonly<Record<string, Json>> => {
    const lane = feed.lanes.get(instrumentId);
    const minutes = bars.get(instrumentId);
    return { ...lane?.counts, ...lane?.book?.counts, ...minutes?.counts, schema, otherRecords, cutOff };
  };
  return series.finish(minuteMs, files, factsOf);
}

function noTrades(schema: string | null, place: string): AssayError {
  const known = Object.keys(schemaTypes).join(', ');
  if (schema === null)
    return new AssayError('usage', 'the file mixes several schemas, or does not say its own', {
      place,
      hint: `choose the one to read: --schema mbp-10 (one of ${known})`,
    });
  return new AssayError('data_invalid', `bars cannot be made of ${schema}: it has no trades`, {
    place,
    hint: `download ${known} or ohlcv-1m; look into this file with \`assay data dbn\``,
  });
}
