import { AssayError } from '../../core/errors.ts';
import type { CalendarId } from '../calendars/index.ts';
import type { Instrument } from '../instruments.ts';
import { priceScale, undefinedPrice, undefinedTime } from './kinds.ts';
import { openDbn, recordsOf } from './reader.ts';
import type { DbnRecord } from './record.ts';

/** What a definition says of an instrument. */
export interface Definition {
  readonly symbol: string;
  readonly root: string;
  /** Units of 1e-9; null where it is not defined. */
  readonly tick: number | null;
  readonly multiplier: number | null;
  readonly currency: string;
  readonly isFuture: boolean;
  /** ISO time in UTC; null where it is not defined. */
  readonly expiration: string | null;
  /** Date from which it is known, 2024-01-02. */
  readonly date: string;
}

/**
 * Reads instrument definitions by id; the last one of each counts.
 * @throws AssayError `data_invalid` for a file without definitions, and as {@link openDbn}.
 */
export async function readDefinitions(path: string): Promise<ReadonlyMap<number, Definition>> {
  const found = new Map<number, Definition>();
  for await (const record of recordsOf(await openDbn(path)))
    if (record['rtype'] === 0x13) found.set(Number(record['instrument_id']), definitionOf(record));
  if (found.size === 0)
    throw new AssayError('data_invalid', 'the file holds no definitions', {
      place: path,
      hint: 'download the schema "definition" of the same symbols',
    });
  return found;
}

/** The multiplier is `unit_of_measure_qty`: `contract_multiplier` is undefined for the index futures of CME. */
function definitionOf(record: DbnRecord): Definition {
  const price = (name: string): bigint | null => {
    const value = record[name] as bigint;
    return value === undefinedPrice || value <= 0n ? null : value;
  };
  const quantity = price('unit_of_measure_qty');
  const tick = price('min_price_increment');
  return {
    symbol: String(record['raw_symbol']),
    root: String(record['asset']),
    tick: tick === null ? null : Number(tick),
    multiplier: quantity === null ? null : Number(quantity) / priceScale,
    currency: String(record['currency']),
    isFuture: record['instrument_class'] === 'F',
    expiration: record['expiration'] === undefinedTime ? null : isoOf(record['expiration'] as bigint),
    date: isoOf(record['ts_recv'] as bigint).slice(0, 10),
  };
}

function isoOf(nanoseconds: bigint): string {
  return new Date(Number(nanoseconds / 1_000_000n)).toISOString();
}

/** The instrument of a data set (null unless the definition is of a future with tick and multiplier). */
export function instrumentOf(definition: Definition | undefined, symbol: string, calendar: CalendarId): Instrument | null {
  if (definition?.isFuture !== true || definition.tick === null || definition.multiplier === null) return null;
  return {
    symbol,
    root: definition.root,
    unit: 'contract',
    multiplier: definition.multiplier,
    tick: definition.tick / priceScale,
    currency: definition.currency,
    calendar,
    feePerSide: null,
    initialMargin: null,
    maintenanceMargin: null,
    validFrom: definition.date,
    ...(definition.expiration === null ? {} : { expiration: definition.expiration }),
  };
}
