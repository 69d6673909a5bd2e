import { symbolTypes } from '../../market/dbn/kinds.ts';
import { allSymbols, type SubscriptionPart } from '../feed/control-lines.ts';
import { recordTypes } from '../feed/progress.ts';
import { errorCodes, errorMessage, mappingMessage, systemCodes, systemMessage } from './messages.ts';
import type { Catalog, RecordedRecord } from './recorded.ts';

/** What the subscriptions of a session ask for. */
export interface Wanted {
  /**
   * Adds a subscription; returns what the gateway says to it: mappings, an error for each symbol that there is not, and that it succeeded.
   * @param present market time of a subscription without a start; null: with the first record.
   */
  readonly add: (part: SubscriptionPart, now: bigint, present: bigint | null) => readonly Uint8Array[];
  /** True for a record that is asked for; an end of interval is taken once. */
  readonly take: (record: RecordedRecord) => boolean;
  /** A message for each schema of which was asked for what was before. */
  readonly replayed: (now: bigint) => readonly Uint8Array[];
  /** Instruments of which the book is asked for, as it is. */
  readonly snapshots: () => readonly number[];
}

interface Filter {
  readonly rtype: number;
  /** Null: every instrument. */
  readonly instruments: ReadonlySet<number> | null;
  /** Compared with the records' own times; null: none. */
  readonly start: bigint | null;
  /** Compared with the time at which they were known; null: none. */
  readonly knownFrom: bigint | null;
}

export function createWanted({ symbols, instruments }: Catalog): Wanted {
  const filters: Filter[] = [];
  const replays = new Set<string>();
  const books = new Set<number>();
  /** End of the newest interval that was told, by the type of its bars: files of one schema have the same intervals. */
  const ended = new Map<number, bigint>();
  return {
    add: ({ schema, stypeIn, symbols: names, start, snapshot, id, isLast }, now, present) => {
      const said: Uint8Array[] = [];
      const ids = new Set<number>();
      const isAll = names.includes(allSymbols);
      for (const name of isAll ? [] : names) {
        const found = symbols.idsOf(name);
        if (found.length === 0) said.push(errorMessage(now, `Symbol resolution failed for ${name}`, errorCodes.unknownSymbol));
        for (const one of found) {
          ids.add(one);
          said.push(mappingMessage(now, one, symbolTypes.indexOf(stypeIn), name, rawNameOf(symbols.namesOf(one))));
        }
      }
      filters.push({ rtype: recordTypes[schema], instruments: isAll ? null : ids, start, knownFrom: start === null ? present : null });
      if (start !== null) replays.add(schema);
      if (snapshot) for (const one of isAll ? instruments : ids) books.add(one);
      if (isLast)
        said.push(systemMessage(now, `Subscription request ${id ?? filters.length} for ${schema} data succeeded`, systemCodes.subscribed));
      return said;
    },
    take: ({ rtype, endOf, instrument, time, knownAt }) => {
      const isFrom = ({ knownFrom }: Filter): boolean => knownFrom === null || knownAt >= knownFrom;
      if (endOf === null)
        return filters.some(
          (filter) =>
            filter.rtype === rtype &&
            (filter.instruments === null || filter.instruments.has(instrument)) &&
            (filter.start === null || time >= filter.start) &&
            isFrom(filter),
        );
      const isNew = time > (ended.get(endOf) ?? 0n);
      if (!isNew || !filters.some((filter) => filter.rtype === endOf && (filter.start === null || time > filter.start) && isFrom(filter)))
        return false;
      ended.set(endOf, time);
      return true;
    },
    replayed: (now) => {
      const messages = [...replays].map((schema) => systemMessage(now, `Finished ${schema} replay`, systemCodes.replayed));
      replays.clear();
      return messages;
    },
    snapshots: () => [...books],
  };
}

/** The exchange's own name of an instrument, which a file may know under a continuous one as well. */
function rawNameOf(names: readonly string[]): string {
  return names.find((name) => !/\.[cvn]\.\d+$/.test(name)) ?? names[0]!;
}
