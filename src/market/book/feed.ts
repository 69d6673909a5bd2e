import { AssayError } from '../../core/errors.ts';
import { recordFlags, type Schema } from '../dbn/kinds.ts';
import type { DbnRun } from '../dbn/runs.ts';
import type { FlowLevels } from './columns.ts';
import type { FlowSink } from './flow-sink.ts';
import { MboBook } from './mbo.ts';
import { depth, emptyLevels, type Levels } from './side.ts';
import { nanosOf, secondsOf } from './time.ts';

export interface FeedOptions {
  /** The tick of an instrument in units of 1e-9; asked of instruments with a book. */
  readonly tickOf: (instrumentId: number) => number;
  /** True for the instruments that are read; all without it. Asked once each. */
  readonly isRead?: (instrumentId: number) => boolean;
  /** What takes the states and trades of an instrument. @param levels of its states: 10, or 1 for books of the best prices. */
  readonly sinkOf: (instrument: {
    readonly id: number;
    readonly tick: number;
    readonly levels: 1 | 10;
    readonly place: string;
  }) => FlowSink;
}

/** What was read of an instrument. */
export interface FeedCounts {
  records: number;
  trades: number;
  /** Trades without a price. */
  unpriced: number;
  /** Records outside the calendar's sessions; their orders are in the book. */
  outside: number;
  /** States with MAYBE_BAD_BOOK, or of a book with unknown orders. */
  doubtful: number;
}

/** One instrument of a feed. */
export interface Lane {
  readonly instrumentId: number;
  /** The type of its records. */
  readonly rtype: number;
  readonly levels: FlowLevels;
  readonly publisher: number;
  readonly counts: FeedCounts;
  readonly flow: FlowSink;
  readonly book: MboBook | null;
  readonly bids: Levels;
  readonly asks: Levels;
}

/** Words of a record: see docs/dbn-records.md. A trade's fields stand at the same bytes in all types but MBO. */
const word = {
  instrument: 1,
  event: 2,
  price: 4,
  size: 6,
  codes: 7,
  receive: 8,
  levels: 12,
  mboPrice: 6,
  mboSize: 8,
  mboCodes: 9,
  mboReceive: 10,
};
const [tradeAction, clearAction] = Buffer.from('TR');
const [buyer, seller] = Buffer.from('BA');
const breaks = recordFlags.snapshot | recordFlags.maybeBadBook;

/** The kinds of records with trades or books, by record type; `levels` 0: trades only. */
const kinds: Readonly<Record<number, { readonly isMbo: boolean; readonly levels: FlowLevels }>> = {
  0: { isMbo: false, levels: 0 },
  1: { isMbo: false, levels: 1 },
  10: { isMbo: false, levels: 10 },
  160: { isMbo: true, levels: 10 },
  177: { isMbo: false, levels: 1 },
  194: { isMbo: false, levels: 0 },
};

/**
 * Reads events of books and trades, one lane an instrument. Records are put into time by ts_recv, by ts_event where that is
 * undefined. A state is the book after a record that is the last of its event. Flow starts anew at snapshots, cleared books and books that
 * the feed doubts; a snapshot's own state stands in the time means.
 */
export class BookFeed {
  readonly lanes = new Map<number, Lane>();
  readonly #options: FeedOptions;
  readonly #skipped = new Set<number>();
  #last: Lane | null = null;
  #place = '';
  #isTbbo = false;

  constructor(options: FeedOptions) {
    this.#options = options;
  }

  /** Names the file that the next runs are of. The book of a TBBO record is the one before the trade, so it is no state. */
  startFile(place: string, schema: Schema | null): void {
    this.#place = place;
    this.#isTbbo = schema === 'tbbo';
  }

  /**
   * Takes a run.
   * @returns false for records that hold neither trades nor events of a book; nothing of them is used.
   * @throws AssayError `data_invalid` as {@link FlowSink.moveTo} and {@link MboBook.apply}, and for one instrument at several venues.
   */
  push(run: DbnRun): boolean {
    const kind = kinds[run.rtype];
    if (kind === undefined) return false;
    const levels = this.#isTbbo ? 0 : kind.levels;
    const step = run.stride >> 2;
    const { words, ints } = run;
    for (let i = 0, at = run.start >> 2; i < run.count; i++, at += step) {
      const instrumentId = words[at + word.instrument]!;
      let lane = this.#last;
      if (lane === null || lane.instrumentId !== instrumentId) {
        if (!this.#isRead(instrumentId)) continue;
        lane = this.#laneOf(instrumentId, words[at]! >>> 16, run.rtype, levels);
      }
      if (words[at]! >>> 16 !== lane.publisher) throw this.#severalVenues(lane, words[at]! >>> 16);
      if (run.rtype !== lane.rtype) throw this.#severalTypes(lane);
      if (kind.isMbo) this.#mbo(lane, words, ints, at);
      else this.#event(lane, words, ints, at, levels);
    }
    return true;
  }

  #mbo(lane: Lane, words: Uint32Array, ints: Int32Array, at: number): void {
    const book = lane.book!;
    book.apply(words, ints, at);
    const codes = words[at + word.mboCodes]!;
    const isInside = this.#moveTo(lane, words, at, word.mboReceive);
    const action = (codes >>> 16) & 0xff;
    if (action === tradeAction && isInside) this.#trade(lane, words, ints, at + word.mboPrice, words[at + word.mboSize]!, codes >>> 24);
    const isBreak = action === clearAction || (codes & breaks) !== 0;
    if (isBreak) lane.flow.reset();
    if ((codes & recordFlags.last) === 0) return;
    const isTrusted = !book.isDoubtful && (codes & recordFlags.maybeBadBook) === 0;
    const isSame = !book.read();
    if (!isInside) return;
    if (!(isSame && isTrusted && !isBreak && lane.flow.same())) this.#state(lane, isTrusted);
    if (isBreak) lane.flow.reset();
  }

  #event(lane: Lane, words: Uint32Array, ints: Int32Array, at: number, levels: number): void {
    const codes = words[at + word.codes]!;
    const isInside = this.#moveTo(lane, words, at, word.receive);
    const action = codes & 0xff;
    const flags = (codes >>> 16) & 0xff;
    if (action === tradeAction && isInside) this.#trade(lane, words, ints, at + word.price, words[at + word.size]!, (codes >>> 8) & 0xff);
    const isBreak = action === clearAction || (flags & breaks) !== 0;
    if (isBreak) lane.flow.reset();
    if (levels === 0 || (flags & recordFlags.last) === 0 || !isInside) return;
    readLevels(lane, words, ints, at + word.levels, levels);
    this.#state(lane, (flags & recordFlags.maybeBadBook) === 0);
    if (isBreak) lane.flow.reset();
  }

  #state({ counts, flow, bids, asks }: Lane, isTrusted: boolean): void {
    if (!isTrusted) counts.doubtful++;
    flow.state(bids, asks, isTrusted);
  }

  #moveTo(lane: Lane, words: Uint32Array, at: number, receive: number): boolean {
    const time = timeWord(words, at, receive);
    const isInside = lane.flow.moveTo(secondsOf(words[time]!, words[time + 1]!), nanosOf(words[time]!, words[time + 1]!));
    lane.counts.records++;
    if (!isInside) lane.counts.outside++;
    return isInside;
  }

  #trade(lane: Lane, words: Uint32Array, ints: Int32Array, price: number, size: number, side: number): void {
    const at = priceAt(words, ints, price);
    if (Number.isNaN(at)) {
      lane.counts.unpriced++;
      return;
    }
    lane.counts.trades++;
    lane.flow.trade(at, size, side === buyer ? 1 : side === seller ? -1 : 0);
  }

  /**
   * Ends every instrument where the data end or have a gap; what comes after it begins with empty books.
   * @param knownUntil as in {@link FlowSink.end}.
   */
  end(knownUntil: bigint | null): void {
    for (const { flow, book } of this.lanes.values()) {
      flow.end(knownUntil);
      book?.clear();
    }
  }

  #isRead(instrumentId: number): boolean {
    if (this.lanes.has(instrumentId)) return true;
    if (this.#skipped.has(instrumentId)) return false;
    const isRead = this.#options.isRead?.(instrumentId) ?? true;
    if (!isRead) this.#skipped.add(instrumentId);
    return isRead;
  }

  #laneOf(instrumentId: number, publisher: number, rtype: number, levels: FlowLevels): Lane {
    const known = this.lanes.get(instrumentId);
    this.#last = known ?? this.#newLane(instrumentId, publisher, rtype, levels);
    this.lanes.set(instrumentId, this.#last);
    return this.#last;
  }

  #newLane(instrumentId: number, publisher: number, rtype: number, levels: FlowLevels): Lane {
    const { sinkOf, tickOf } = this.#options;
    const tick = levels === 0 ? 1 : tickOf(instrumentId);
    const place = this.#place;
    const book = kinds[rtype]!.isMbo ? new MboBook(tick, place) : null;
    return {
      instrumentId,
      publisher,
      rtype,
      levels,
      counts: { records: 0, trades: 0, unpriced: 0, outside: 0, doubtful: 0 },
      flow: sinkOf({ id: instrumentId, tick, levels: levels === 1 ? 1 : 10, place }),
      book,
      bids: book?.bids ?? emptyLevels(),
      asks: book?.asks ?? emptyLevels(),
    };
  }

  #severalTypes({ instrumentId }: Lane): AssayError {
    return new AssayError('data_invalid', `instrument ${instrumentId} has records of several schemas, whose trades would count twice`, {
      place: this.#place,
      hint: 'choose one of them: --schema mbp-10',
    });
  }

  #severalVenues({ instrumentId, publisher }: Lane, other: number): AssayError {
    return new AssayError('data_invalid', `instrument ${instrumentId} has events of several publishers: ${publisher} and ${other}`, {
      place: this.#place,
      hint: 'books of several venues cannot be one book: download each venue’s data by itself, or the consolidated schema',
    });
  }
}

/** The first word of the time at which a record could be known. */
function timeWord(words: Uint32Array, at: number, receive: number): number {
  return words[at + receive]! === 0xffffffff && words[at + receive + 1]! === 0xffffffff ? at + word.event : at + receive;
}

/** A price in units of 1e-9; NaN where undefined. @throws AssayError `data_invalid` where float64 cannot hold it. */
function priceAt(words: Uint32Array, ints: Int32Array, at: number): number {
  const [low, high] = [words[at]!, ints[at + 1]!];
  if (high < 0x200000 && high >= -0x200000) return high * 4_294_967_296 + low;
  if (high === 0x7fffffff && low === 0xffffffff) return Number.NaN;
  throw new AssayError('data_invalid', `a price of ${high * 4.294967296} cannot be used`, {
    hint: 'prices are exact below 9,007,199 only',
  });
}

function readLevels({ bids, asks }: Lane, words: Uint32Array, ints: Int32Array, at: number, levels: number): void {
  for (let rank = 0; rank < Math.min(levels, depth); rank++, at += 8) {
    bids.price[rank] = priceAt(words, ints, at);
    asks.price[rank] = priceAt(words, ints, at + 2);
    bids.size[rank] = words[at + 4]!;
    asks.size[rank] = words[at + 5]!;
    bids.count[rank] = words[at + 6]!;
    asks.count[rank] = words[at + 7]!;
  }
}
