import { AssayError } from '../../core/errors.ts';
import { layoutOfRun, openDbn } from '../../market/dbn/reader.ts';
import { sendTimeBytes } from '../../market/dbn/records.ts';
import { SymbolTable } from '../../market/dbn/symbols.ts';
import { availableAt, barNanos, startTimeOf } from '../feed/progress.ts';
import { systemCodes, systemMessage } from './messages.ts';

/** A record of a file, or the end of an interval. */
export interface RecordedRecord {
  /** When it was known: what records of several files are merged by. */
  readonly knownAt: bigint;
  /** What the start of a subscription is compared with. */
  readonly time: bigint;
  readonly rtype: number;
  /** For an end of interval, the type of the bars; else null. */
  readonly endOf: number | null;
  readonly instrument: number;
  /** Without a send time. */
  readonly bytes: Uint8Array;
}

/** What the headers of the files say. */
export interface Catalog {
  readonly dataset: string;
  readonly symbols: SymbolTable;
  /** Those that the symbols stand for. */
  readonly instruments: readonly number[];
  /** Begin of the earliest. */
  readonly start: bigint;
}

const messageLayouts: ReadonlySet<string> = new Set(['system', 'error', 'symbol-mapping']);
const barNames: Readonly<Record<number, string>> = { 32: 'ohlcv-1s', 33: 'ohlcv-1m', 34: 'ohlcv-1h', 35: 'ohlcv-1d' };

/**
 * @param dataset of the files; null: that of the first.
 * @throws AssayError as {@link openDbn}, and `data_invalid` for a fragment and for a file of another data set.
 */
export async function readCatalog(paths: readonly string[], dataset: string | null): Promise<Catalog> {
  const symbols = new SymbolTable();
  let start: bigint | null = null;
  let common = dataset;
  const names = new Set<string>();
  for (const path of paths) {
    const file = await openDbn(path);
    await file.close();
    common ??= file.header?.dataset ?? null;
    if (file.header === null || file.header.dataset !== common)
      throw new AssayError('data_invalid', `the file is of ${file.header?.dataset ?? 'no data set'}, the gateway of ${common ?? 'none'}`, {
        place: path,
        hint: 'serve files of one data set, with their headers',
      });
    symbols.add(file.header);
    for (const name of file.header.symbols) names.add(name);
    if (start === null || file.header.start < start) start = file.header.start;
  }
  return {
    dataset: common ?? '',
    symbols,
    instruments: [...new Set([...names].flatMap((name) => symbols.idsOf(name)))],
    start: start ?? 0n,
  };
}

/**
 * The market's records of several files in the order in which they were known, and the end of every interval from the first bar of a file on.
 * Messages of recorded sessions are left out: a gateway sends its own.
 * @throws AssayError `data_invalid` for records that are of another form in version 3.
 */
export async function* mergeRecordings(paths: readonly string[]): AsyncGenerator<RecordedRecord> {
  const sources = paths.map((path) => withIntervalEnds(recordsOfFile(path)));
  try {
    const heads = await Promise.all(sources.map((source) => source.next()));
    for (;;) {
      let first = -1;
      for (const [at, head] of heads.entries())
        if (head.done !== true && (first === -1 || isBefore(head.value, heads[first]!.value as RecordedRecord))) first = at;
      if (first === -1) return;
      yield heads[first]!.value as RecordedRecord;
      heads[first] = await sources[first]!.next();
    }
  } finally {
    for (const source of sources) await source.return(undefined);
  }
}

async function* recordsOfFile(path: string): AsyncGenerator<RecordedRecord> {
  const file = await openDbn(path);
  for await (const run of file.runs()) {
    const layout = layoutOfRun(run, path);
    if (layout === null || messageLayouts.has(layout.name)) continue;
    if (!layout.versions.endsWith('3'))
      throw new AssayError('data_invalid', `records of type ${layout.name} are of an older version`, {
        place: path,
        hint: 'convert the file to version 3 with the dbn command of its maker',
      });
    const hasSendTime = run.stride === layout.bytes + sendTimeBytes;
    const view = new DataView(run.bytes.buffer, run.bytes.byteOffset, run.bytes.byteLength);
    for (let i = 0; i < run.count; i++) {
      const start = run.start + i * run.stride;
      const record = { layout, rtype: run.rtype, view, start, length: run.stride };
      const bytes = run.bytes.slice(start, start + layout.bytes);
      if (hasSendTime) bytes[0] = layout.bytes / 4;
      yield {
        knownAt: availableAt(record),
        time: startTimeOf(record),
        rtype: run.rtype,
        endOf: null,
        instrument: view.getUint32(start + 4, true),
        bytes,
      };
    }
  }
}

/** Adds the ends of intervals as soon as something later is known, from the first bar on, also where an interval has none. */
async function* withIntervalEnds(records: AsyncGenerator<RecordedRecord>): AsyncGenerator<RecordedRecord> {
  /** End of the interval under way, by the type of the bars. */
  const under = new Map<number, bigint>();
  const ends = function* (until: bigint): Generator<RecordedRecord> {
    for (const type of under.keys())
      for (let end = under.get(type)!; end < until; end += barNanos[type]!) {
        under.set(type, end + barNanos[type]!);
        yield endOfInterval(type, end);
      }
  };
  let last = 0n;
  for await (const record of records) {
    yield* ends(record.knownAt);
    if (record.rtype in barNames && (under.get(record.rtype) ?? 0n) < record.knownAt) under.set(record.rtype, record.knownAt);
    last = record.knownAt;
    yield record;
  }
  yield* ends(last + 1n);
}

function endOfInterval(type: number, end: bigint): RecordedRecord {
  const bytes = systemMessage(end, `End of interval for ${barNames[type]!}`, systemCodes.intervalEnd);
  return { knownAt: end, time: end, rtype: bytes[1]!, endOf: type, instrument: 0, bytes };
}

/** At one time bars come before the end of their interval, whatever file they are in. */
function isBefore(a: RecordedRecord, b: RecordedRecord): boolean {
  return a.knownAt < b.knownAt || (a.knownAt === b.knownAt && a.endOf === null && b.endOf !== null);
}
