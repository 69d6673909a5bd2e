import { symbolTypes } from '../../market/dbn/kinds.ts';
import { allSymbols, type SubscriptionPart } from '../feed/control-lines.ts';
import { recordTypes } from '../feed/progress.ts';
import { errorCodes, errorMessage, mappingMessage, systemCodes, systemMessage } from './messages.ts';
import type { Catalog, RecordedRecord } from './recorded.ts';

/** What the subscriptions of a session ask for. */
export interface Wanted {
  /** Adds a subscription; returns what the gateway says to it: mappings, an error for each symbol that there is not, and that it succeeded. */
  readonly add: (part: SubscriptionPart, now: bigint) => readonly Uint8Array[];
  /** True for a record that is asked for; an end of interval is taken once. */
  readonly take: (record: RecordedRecord) => boolean;
  /** A message for each subscription that asked for what was before. */
  readonly replayed: (now: bigint) => readonly Uint8Array[];
}

interface Filter {
  readonly rtype: number;
  /** Null: every instrument. */
  readonly instruments: ReadonlySet<number> | null;
  readonly start: bigint | null;
}

export function createWanted({ symbols }: Catalog): Wanted {
  const filters: Filter[] = [];
  const replays = new Set<string>();
  /** End of the newest interval that was told, by the type of its bars: files of one schema have the same intervals. */
  const ended = new Map<number, bigint>();
  return {
    add: ({ schema, stypeIn, symbols: names, start, id, isLast }, now) => {
      const said: Uint8Array[] = [];
      const ids = new Set<number>();
      const isAll = names.includes(allSymbols);
      for (const name of isAll ? [] : names) {
        const found = symbols.idsOf(name);
        if (found.length === 0) said.push(errorMessage(now, `Symbol resolution failed for ${name}`, errorCodes.unknownSymbol));
        for (const one of found) {
          ids.add(one);
          said.push(mappingMessage(now, one, symbolTypes.indexOf(stypeIn), name, symbols.namesOf(one)[0]!));
        }
      }
      filters.push({ rtype: recordTypes[schema], instruments: isAll ? null : ids, start });
      if (start !== null) replays.add(schema);
      if (isLast)
        said.push(systemMessage(now, `Subscription request ${id ?? filters.length} for ${schema} data succeeded`, systemCodes.subscribed));
      return said;
    },
    take: ({ rtype, endOf, instrument, time }) => {
      if (endOf === null)
        return filters.some(
          (filter) =>
            filter.rtype === rtype &&
            (filter.instruments === null || filter.instruments.has(instrument)) &&
            (filter.start === null || time >= filter.start),
        );
      const isNew = time > (ended.get(endOf) ?? 0n);
      if (!isNew || !filters.some((filter) => filter.rtype === endOf && (filter.start === null || time > filter.start))) return false;
      ended.set(endOf, time);
      return true;
    },
    replayed: (now) => [...replays].map((schema) => systemMessage(now, `Finished ${schema} replay`, systemCodes.replayed)),
  };
}
