import { AssayError } from '../core/errors.ts';
import type { AlignedBlock, AlignedStream } from './align.ts';
import { createAccount, type Seen } from './align-account.ts';
import { barAge, barFields } from './bars.ts';
import { isSum } from './book/columns.ts';
import type { Session, SessionCalendar } from './calendars/calendar.ts';
import { dayMs } from './local-time.ts';
import { sessionOfBar } from './sessions.ts';
import { type BarBlock, type BarStream, mapColumns } from './stream.ts';

/** How symbols whose bars are not all at the same times become rows. */
export type Alignment =
  /** Rows are the times that every symbol has. */
  | { readonly kind: 'common' }
  /** Rows are the times that any symbol has; the others repeat their last bar of the session, at most so many bars old. */
  | { readonly kind: 'asof'; readonly limitBars: number };

/** Parses `common` or `asof:5`. @throws AssayError `usage` for another text. */
export function parseAlignment(text: string): Alignment {
  if (text === 'common') return { kind: 'common' };
  const limitBars = Number(/^asof:(\d{1,4})$/.exec(text)?.[1] ?? 0);
  if (limitBars > 0) return { kind: 'asof', limitBars };
  throw new AssayError('usage', `${JSON.stringify(text)} is no alignment`, {
    place: '--align',
    hint: 'write common, or asof with the age in bars that a repeated bar may have: asof:5',
  });
}

/**
 * Puts the bars of several symbols side by side at every time that any of them has, block by block. A symbol without a bar then repeats the
 * close of its last one in the session with volume 0; sums of a bar, such as order flow, are 0, other columns repeat their last value. The
 * column {@link barAge} says how many bars old it is. No row depends on a later bar. Where a symbol has no bar yet in the session, or the
 * last one is older than the limit, the row is left out and its bars are counted. Reads the streams as `alignStreams` does.
 * @throws AssayError `data_invalid` without a row, for a source that has the column already, and for bars of a day, of which a session has one.
 */
export function alignAsOf(
  streams: readonly BarStream[],
  calendar: SessionCalendar,
  { barMs, limitBars }: { readonly barMs: number; readonly limitBars: number },
): AlignedStream {
  const symbols = streams.map((stream) => stream.symbol);
  if (barMs >= dayMs)
    throw new AssayError('data_invalid', 'a session has one bar of a day: none within it could be repeated', {
      hint: 'leave --align asof out, and take sessions that a symbol lacks with --missing allow',
    });
  const taken = streams.find((stream) => stream.extra.includes(barAge));
  if (taken !== undefined)
    throw new AssayError('data_invalid', `${taken.symbol} has a column ${barAge} already: it was aligned before`, {
      hint: 'align the original files, or leave the column out of --extra',
    });
  const filled = new Array<number>(symbols.length).fill(0);
  const account = createAccount(symbols, calendar);
  const rows = (seen: Seen, fills: (k: number) => void) => rowsAsOf(streams, calendar, { barMs, limitBars, seen, fills });
  let count = 0;
  for (const { time } of rows(account.see, (k) => filled[k]!++)) count += time.length;
  if (count === 0)
    throw new AssayError('data_invalid', `at no time has each of ${symbols.join(' and ')} a bar of the last ${limitBars}`, {
      hint: 'check that the files cover the same dates, and that zone and stamp (start or end) are declared correctly for each',
    });
  const ignore = (): void => undefined;
  return { symbols, blocks: () => rows(ignore, ignore), report: account.report(count, filled) };
}

const blockRows = 8192;

function* rowsAsOf(
  streams: readonly BarStream[],
  calendar: SessionCalendar,
  { barMs, limitBars, seen, fills }: { barMs: number; limitBars: number; seen: Seen; fills: (k: number) => void },
): Generator<AlignedBlock> {
  const symbols = streams.map((stream) => createSymbol(stream));
  const ages = new Int32Array(symbols.length);
  const draft = (): { time: Float64Array; series: BarBlock[] } => ({
    time: new Float64Array(blockRows),
    series: streams.map((stream) => emptyBlock([...stream.extra, barAge], blockRows)),
  });
  let block = draft();
  let n = 0;
  for (;;) {
    const timeMs = Math.min(...symbols.map((symbol) => symbol.nextMs()));
    if (timeMs === Number.POSITIVE_INFINITY) break;
    const session = sessionOfBar(calendar, timeMs);
    let isWhole = true;
    for (const [k, symbol] of symbols.entries()) {
      if (symbol.nextMs() === timeMs) symbol.take(session);
      ages[k] = symbol.isOf(session) ? Math.round((timeMs - symbol.lastMs()) / barMs) : limitBars + 1;
      if (ages[k]! > limitBars) isWhole = false;
    }
    for (const k of symbols.keys())
      if (ages[k] === 0) seen(k, timeMs, isWhole);
      else if (isWhole) fills(k);
    if (!isWhole) continue;
    block.time[n] = timeMs;
    for (const [k, symbol] of symbols.entries()) symbol.write(block.series[k]!, n, timeMs, ages[k]!);
    n++;
    if (n < blockRows) continue;
    yield block;
    block = draft();
    n = 0;
  }
  if (n > 0)
    yield { time: block.time.subarray(0, n), series: block.series.map((one) => mapColumns(one, (values) => values.subarray(0, n))) };
}

/** The last bar of one symbol, and the time of the next. */
function createSymbol(stream: BarStream) {
  const blocks = stream.blocks()[Symbol.iterator]();
  let block: BarBlock | null = null;
  let row = 0;
  let nextMs = 0;
  let lastMs = Number.NaN;
  let lastSession: Session | null = null;
  const five = new Float64Array(barFields.length);
  const extra = new Float64Array(stream.extra.length);
  const find = (): void => {
    while (block === null || row >= block.time.length) {
      const next = blocks.next();
      if (next.done === true) {
        nextMs = Number.POSITIVE_INFINITY;
        return;
      }
      block = next.value;
      row = 0;
    }
    nextMs = block.time[row]!;
  };
  find();
  return {
    nextMs: () => nextMs,
    lastMs: () => lastMs,
    isOf: (session: Session | null) => lastSession !== null && lastSession.openMs === session?.openMs,
    /** Makes the next bar the last one. */
    take: (session: Session | null): void => {
      for (const [i, field] of barFields.entries()) five[i] = block![field][row]!;
      for (const [i, name] of stream.extra.entries()) extra[i] = block!.extra[name]![row]!;
      lastMs = nextMs;
      lastSession = session;
      row++;
      find();
    },
    /** Writes the last bar, or its close where it is older. */
    write: (to: BarBlock, at: number, timeMs: number, age: number): void => {
      to.time[at] = timeMs;
      for (const [i, field] of barFields.entries())
        to[field][at] = age === 0 ? five[i]! : field === 'volume' ? 0 : five[barFields.indexOf('close')]!;
      for (const [i, name] of stream.extra.entries()) to.extra[name]![at] = age === 0 ? extra[i]! : repeated(name, extra[i]!);
      to.extra[barAge]![at] = age;
    },
  };
}

/** What a column of an older bar says of a time without one. */
function repeated(name: string, value: number): number {
  // The old contract's open belongs to the first bar of a new one alone.
  if (name === 'previousOpen') return Number.NaN;
  return isSum(name) ? 0 : value;
}

function emptyBlock(extra: readonly string[], rows: number): BarBlock {
  const column = (): Float64Array => new Float64Array(rows);
  return {
    ...{ time: column(), open: column(), high: column(), low: column(), close: column(), volume: column() },
    extra: Object.fromEntries(extra.map((name) => [name, column()])),
  };
}
