import { AssayError } from '../../core/errors.ts';
import { SecondSnapshots } from '../book/second-snapshots.ts';
import { emptyLevels, type Levels } from '../book/side.ts';
import { levelColumns, levelValues, midPrices } from '../book/snapshot-columns.ts';
import { sessionCalendarOf } from '../calendars/index.ts';
import { type ColumnDecoder, columnDecoder } from '../dbn/columns.ts';
import { priceScale, recordFlags, undefinedTime } from '../dbn/kinds.ts';
import { layoutOfRun } from '../dbn/reader.ts';
import { pieceBytes } from '../dbn/runs.ts';
import { knownUntilOf, openHashed, type ReadFile } from './dbn-files.ts';
import { type ReadDbn, SeriesTable } from './dbn-series.ts';
import type { DbnReading } from './import-dbn.ts';

/** Record type and interval in seconds of the schemas that hold the best prices at the ends of intervals. */
const quoteSchemas = {
  'bbo-1s': { rtype: 0xc3, step: 1, isConsolidated: false },
  'bbo-1m': { rtype: 0xc4, step: 60, isConsolidated: false },
  'cbbo-1s': { rtype: 0xc0, step: 1, isConsolidated: true },
  'cbbo-1m': { rtype: 0xc1, step: 60, isConsolidated: true },
} as const;

/** True for a schema that {@link readDbnQuotes} reads. */
export function isQuoteSchema(schema: string | null): schema is keyof typeof quoteSchemas {
  return schema !== null && Object.hasOwn(quoteSchemas, schema);
}

const fields = ['publisher_id', 'instrument_id', 'price', 'size', 'flags', 'ts_recv', 'bid_px_00', 'ask_px_00', 'bid_sz_00', 'ask_sz_00'];

/** One instrument of the files. */
interface Lane {
  readonly flow: SecondSnapshots;
  readonly publisher: number;
  readonly counts: { records: number; outside: number; doubtful: number; crossed: number; bars: number };
  /** The last trade, as the records repeat it. */
  last: number;
  lastSize: number;
}

/**
 * Reads the best prices at the ends of seconds or minutes into bars of that length. Prices are those of the mid, from the end of the interval
 * before to this one's; columns are the quotes, the flow between the two (`ofiSeconds` or `ofiMinutes`: two different things) and the last
 * trade. An interval without a record repeats its quotes: the source prints none where nothing changed. One without a valid book, both sides
 * there and the bid below the ask, has no bar. Volume is 0, for the source has none.
 * @throws AssayError `data_invalid` for an end that is no whole second or minute, and for one instrument at several venues.
 */
export async function readDbnQuotes(reading: DbnReading): Promise<ReadDbn> {
  const { rtype, step, isConsolidated } = quoteSchemas[reading.schema as keyof typeof quoteSchemas];
  const series = new SeriesTable(reading, [...levelColumns(1), step === 1 ? 'ofiSeconds' : 'ofiMinutes', 'last', 'lastSize']);
  const calendar = sessionCalendarOf(reading.calendarId);
  const lanes = new Map<number, Lane>();

  const laneOf = (id: number, publisher: number, place: string): Lane => {
    let [mid, openMs] = [Number.NaN, Number.NaN];
    const lane: Lane = {
      publisher,
      counts: { records: 0, outside: 0, doubtful: 0, crossed: 0, bars: 0 },
      last: Number.NaN,
      lastSize: 0,
      flow: new SecondSnapshots(
        calendar,
        place,
        (snapshot) => {
          const prices = midPrices(snapshot, openMs === snapshot.session.openMs ? mid : null);
          [mid, openMs] = [prices[3], snapshot.session.openMs];
          const extra = [...levelValues(snapshot, 1), snapshot.ofiSeconds, lane.last, lane.lastSize];
          series.push(id, snapshot.session.date, snapshot.time, prices, 0, extra);
          lane.counts.bars++;
        },
        step,
      ),
    };
    lanes.set(id, lane);
    return lane;
  };

  const [bids, asks] = [emptyLevels(), emptyLevels()];
  const files: ReadFile[] = [];
  let [cutOff, otherRecords] = [0, 0];
  let knownUntil: bigint | null = null;
  const endAll = (): void => {
    for (const { flow } of lanes.values()) flow.end(knownUntil);
  };
  for (const { path, header } of reading.files) {
    if (files.length > 0 && (knownUntil === null || header?.start !== knownUntil)) endAll();
    const { file, facts } = await openHashed(path, reading);
    let decoder: ColumnDecoder | null = null;
    for await (const run of file.runs()) {
      const layout = run.rtype === rtype ? layoutOfRun(run, file.place) : null;
      if (layout === null) {
        otherRecords += run.count;
        continue;
      }
      decoder ??= columnDecoder(layout, Math.floor(pieceBytes / layout.bytes), fields);
      decoder.decode(run, file.place);
      const column = <T>(name: string): T => decoder!.columns[name] as T;
      const [ids, publishers] = [column<Uint32Array>('instrument_id'), column<Uint16Array>('publisher_id')];
      const [flags, times] = [column<Uint8Array>('flags'), column<BigUint64Array>('ts_recv')];
      const [price, size] = [column<Float64Array>('price'), column<Uint32Array>('size')];
      const [bidPrice, askPrice] = [column<Float64Array>('bid_px_00'), column<Float64Array>('ask_px_00')];
      const [bidSize, askSize] = [column<Uint32Array>('bid_sz_00'), column<Uint32Array>('ask_sz_00')];
      for (let row = 0; row < run.count; row++) {
        const id = ids[row]!;
        if (series.symbolsOf(id).length === 0) continue;
        const lane = lanes.get(id) ?? laneOf(id, publishers[row]!, path);
        const { counts, flow } = lane;
        if (!isConsolidated && lane.publisher !== publishers[row]) throw severalVenues(id, path);
        counts.records++;
        // The interval before this one's ends with the trade that was the last one then.
        const isInside = flow.moveTo(startOf(times[row]!, step, path));
        lane.last = price[row]! / priceScale;
        lane.lastSize = size[row]!;
        if (!isInside) {
          counts.outside++;
          continue;
        }
        setBest(bids, bidPrice[row]!, bidSize[row]!);
        setBest(asks, askPrice[row]!, askSize[row]!);
        const isTrusted = (flags[row]! & recordFlags.maybeBadBook) === 0;
        if (!isTrusted) counts.doubtful++;
        else if (!(bidPrice[row]! < askPrice[row]!)) counts.crossed++;
        flow.state(bids, asks, isTrusted);
      }
    }
    knownUntil = knownUntilOf(header);
    cutOff += file.cutOff.bytes;
    files.push(facts());
  }
  endAll();
  const facts = { schema: reading.schema, otherRecords, cutOff };
  return { ...series.finish(step * 1000, files, (id) => ({ ...lanes.get(id)?.counts, ...facts })), hasVolume: false };
}

/** Start of an interval in epoch seconds from its end. */
function startOf(end: bigint, step: number, place: string): number {
  const length = BigInt(step) * 1_000_000_000n;
  if (end === undefinedTime || end % length !== 0n)
    throw new AssayError('data_invalid', `a record ends its interval at ${end} ns, which is no whole ${step === 1 ? 'second' : 'minute'}`, {
      place,
      hint: 'the file is damaged: download it again',
    });
  return Number(end / 1_000_000_000n) - step;
}

function setBest({ price, size }: Levels, bestPrice: number, bestSize: number): void {
  price[0] = bestPrice;
  size[0] = bestSize;
}

function severalVenues(instrumentId: number, place: string): AssayError {
  return new AssayError('data_invalid', `instrument ${instrumentId} has quotes of several publishers`, {
    place,
    hint: 'quotes of several venues are not one book: download each venue’s data by itself, or the consolidated schema (cbbo-1s, cbbo-1m)',
  });
}
