import { AssayError } from '../../core/errors.ts';
import type { Json } from '../../core/json.ts';
import { type FlowLevels, flowColumns } from '../book/columns.ts';
import { BookFeed } from '../book/feed.ts';
import { MinuteBars } from '../book/minute-bars.ts';
import { MinuteFlow } from '../book/minute-flow.ts';
import { SecondSnapshots } from '../book/second-snapshots.ts';
import { snapshotColumns, snapshotValues } from '../book/snapshot-columns.ts';
import { sessionCalendarOf } from '../calendars/index.ts';
import { minuteMs } from '../local-time.ts';
import { knownUntilOf, openHashed, type ReadFile } from './dbn-files.ts';
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
  const kind = kindOf(reading);
  const series = new SeriesTable(reading, flowColumns[kind.levels]);
  const calendar = sessionCalendarOf(reading.calendarId);
  const bars = new Map<number, MinuteBars>();
  const feed = new BookFeed({
    tickOf: reading.tickOf,
    isRead: (id) => series.symbolsOf(id).length > 0,
    sinkOf: ({ id, ...options }) => {
      const made = new MinuteBars(kind.levels, ({ session, time }, prices, volume, flow) =>
        series.push(id, session.date, time, prices, volume, flow),
      );
      bars.set(id, made);
      return new MinuteFlow({ ...options, calendar, emit: (minute) => made.add(minute) });
    },
  });
  const { files, facts } = await readFiles(reading, feed, kind.rtype);
  return series.finish(minuteMs, files, (id) => ({ ...factsOf(feed, id), ...bars.get(id)?.counts, ...facts }));
}

/**
 * Reads events of books into a bar a second: prices are those of the mid, from the last snapshot to this one; columns are levels and flow.
 * @throws AssayError `data_invalid` for a schema without a book, and as {@link BookFeed.push}.
 */
export async function readDbnSnapshots(reading: DbnReading): Promise<ReadDbn> {
  const kind = kindOf(reading);
  const { levels } = kind;
  if (levels === 0)
    throw new AssayError('data_invalid', `snapshots cannot be made of ${reading.schema}: it has no states of a book`, {
      place: reading.files[0]!.path,
      hint: 'download mbp-1, mbp-10 or mbo',
    });
  const series = new SeriesTable(reading, snapshotColumns(levels));
  const calendar = sessionCalendarOf(reading.calendarId);
  const feed = new BookFeed({
    tickOf: reading.tickOf,
    isRead: (id) => series.symbolsOf(id).length > 0,
    sinkOf: ({ id, place }) => {
      let [mid, openMs] = [Number.NaN, Number.NaN];
      return new SecondSnapshots(calendar, place, (snapshot) => {
        const { prices, volume, extra } = snapshotValues(snapshot, levels, openMs === snapshot.session.openMs ? mid : null);
        [mid, openMs] = [prices[3], snapshot.session.openMs];
        series.push(id, snapshot.session.date, snapshot.time, prices, volume, extra);
      });
    },
  });
  const { files, facts } = await readFiles(reading, feed, kind.rtype);
  return series.finish(1000, files, (id) => ({ ...factsOf(feed, id), ...facts }));
}

/** Pushes the records of one type of all files, in the order of their times. */
async function readFiles(
  reading: DbnReading,
  feed: BookFeed,
  rtype: number,
): Promise<{ readonly files: readonly ReadFile[]; readonly facts: Readonly<Record<string, Json>> }> {
  const files: ReadFile[] = [];
  let [cutOff, otherRecords] = [0, 0];
  let knownUntil: bigint | null = null;
  for (const { path, header } of reading.files) {
    // A gap between two files ends what is known of the books.
    if (files.length > 0 && (knownUntil === null || header?.start !== knownUntil)) feed.end(knownUntil);
    const { file, facts } = await openHashed(path, reading);
    feed.startFile(path, reading.schema);
    for await (const run of file.runs()) {
      if (run.rtype === rtype) feed.push(run);
      else otherRecords += run.count;
    }
    knownUntil = knownUntilOf(header);
    cutOff += file.cutOff.bytes;
    files.push(facts());
  }
  feed.end(knownUntil);
  return { files, facts: { schema: reading.schema, otherRecords, cutOff } };
}

function factsOf(feed: BookFeed, instrumentId: number): Readonly<Record<string, Json>> {
  const lane = feed.lanes.get(instrumentId);
  return { ...lane?.counts, ...lane?.book?.counts };
}

function kindOf({ schema, files }: DbnReading): (typeof schemaTypes)[string] {
  const kind = schemaTypes[schema ?? ''];
  if (kind !== undefined) return kind;
  const place = files[0]!.path;
  const known = Object.keys(schemaTypes).join(', ');
  if (schema === null)
    throw new AssayError('usage', 'the file mixes several schemas, or does not say its own', {
      place,
      hint: `choose the one to read: --schema mbp-10 (one of ${known})`,
    });
  throw new AssayError('data_invalid', `bars cannot be made of ${schema}: it has no trades`, {
    place,
    hint: `download ${known}, ohlcv-1m or bbo-1s; look into this file with \`assay data dbn\``,
  });
}
