import type { Json } from '../../core/json.ts';
import { type DbnHeader, symbolTypeName } from './header.ts';
import { priceScale, undefinedPrice, undefinedTime } from './kinds.ts';
import type { Field } from './layout.ts';
import { type DbnFile, layoutOfRun } from './reader.ts';
import { type DbnRecord, decodeRecord, decodeUnknown } from './record.ts';
import { SymbolTable } from './symbols.ts';

/** What a file holds, for people. */
export interface DbnSummary {
  /** Null for a fragment. */
  readonly header: Readonly<Record<string, Json>> | null;
  /** Number of records of each type: `mbo`, or `unknown 77`. */
  readonly types: Readonly<Record<string, number>>;
  readonly instruments: readonly InstrumentSummary[];
  /** The first records, with prices in units and times in ISO form; undefined values are null. */
  readonly head: readonly Readonly<Record<string, Json>>[];
  /** Bytes of an incomplete last record. */
  readonly cutOff: number;
}

export interface InstrumentSummary {
  readonly instrumentId: number;
  readonly symbols: readonly string[];
  readonly records: number;
  /** Times of the event: ISO, to the nanosecond (null where undefined). */
  readonly first: string | null;
  readonly last: string | null;
}

/** Reads a file to its end. @throws AssayError as the runs of a file. */
export async function summarize(file: DbnFile, headRecords: number): Promise<DbnSummary> {
  const symbols = new SymbolTable();
  if (file.header !== null) symbols.add(file.header);
  const types = new Map<string, number>();
  const instruments = new Map<number, { records: number; first: bigint; last: bigint }>();
  const head: Readonly<Record<string, Json>>[] = [];
  for await (const run of file.runs()) {
    const layout = layoutOfRun(run, file.place);
    const type = layout?.name ?? `unknown ${run.rtype.toString(16).padStart(2, '0')}`;
    types.set(type, (types.get(type) ?? 0) + run.count);
    for (let i = 0, at = run.start >> 2; i < run.count; i++, at += run.stride >> 2) {
      const id = run.words[at + 1]!;
      const time = (BigInt(run.words[at + 3]!) << 32n) | BigInt(run.words[at + 2]!);
      const seen = instruments.get(id);
      if (seen === undefined) instruments.set(id, { records: 1, first: time, last: time });
      else {
        seen.records++;
        seen.last = time;
      }
      if (head.length < headRecords)
        head.push(
          layout === null
            ? { type, ...plain(decodeUnknown(run.bytes, at * 4), []) }
            : { type, ...plain(decodeRecord(layout, run.bytes, at * 4), layout.fields) },
        );
    }
  }
  return {
    header: file.header === null ? null : plainHeader(file.header),
    types: Object.fromEntries(types),
    instruments: [...instruments].map(([instrumentId, { records, first, last }]) => ({
      instrumentId,
      symbols: symbols.namesOf(instrumentId),
      records,
      first: isoTime(first),
      last: isoTime(last),
    })),
    head,
    cutOff: file.cutOff.bytes,
  };
}

function plainHeader({
  version,
  dataset,
  schema,
  start,
  end,
  limit,
  stypeIn,
  stypeOut,
  tsOut,
  symbols,
  partial,
  notFound,
}: DbnHeader): Readonly<Record<string, Json>> {
  return {
    version,
    dataset,
    schema: schema ?? 'mixed',
    start: isoTime(start),
    end: end === null ? null : isoTime(end),
    limit: limit === 0n ? null : Number(limit),
    stypeIn: symbolTypeName(stypeIn),
    stypeOut: symbolTypeName(stypeOut),
    tsOut,
    symbols: [...symbols],
    partial: [...partial],
    notFound: [...notFound],
  };
}

function plain(record: DbnRecord, fields: readonly Field[]): Readonly<Record<string, Json>> {
  const kinds = new Map(fields.map(({ name, kind }) => [name, kind]));
  return Object.fromEntries(
    Object.entries(record).map(([name, value]): [string, Json] => {
      if (typeof value !== 'bigint') return [name, value];
      const kind = kinds.get(name) ?? (name.startsWith('ts_') ? 'time' : 'u64');
      if (kind === 'price') return [name, value === undefinedPrice ? null : Number(value) / priceScale];
      return [name, kind === 'time' ? isoTime(value) : String(value)];
    }),
  );
}

/** `2024-01-02T23:00:00.000000001Z`; null where undefined. */
export function isoTime(nanoseconds: bigint): string | null {
  if (nanoseconds === undefinedTime) return null;
  const seconds = new Date(Number(nanoseconds / 1_000_000_000n) * 1000).toISOString().slice(0, 19);
  return `${seconds}.${String(nanoseconds % 1_000_000_000n).padStart(9, '0')}Z`;
}
