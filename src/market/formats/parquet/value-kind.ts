import { ParquetFault } from './fault.ts';
import type { PhysicalType } from './metadata.ts';
import { numberOf, structOf, type ThriftStruct } from './thrift.ts';

export type TimeUnit = 'ms' | 'us' | 'ns';

/** What the values of a column mean, apart from how they are stored. */
export type ValueKind =
  | { readonly kind: 'plain' | 'text' | 'date' | 'half' }
  | { readonly kind: 'unsigned'; readonly bits: number }
  | { readonly kind: 'decimal'; readonly scale: number }
  | { readonly kind: 'timestamp'; readonly unit: TimeUnit; readonly isUtc: boolean }
  | { readonly kind: 'time'; readonly unit: TimeUnit };

/** Ids of the logical types (a union), and numbers of the older converted types, that change how a value is read. */
const logical = { string: 1, enum: 4, decimal: 5, date: 6, time: 7, timestamp: 8, integer: 10, json: 12, half: 15 } as const;
const convertedKinds = new Map<number, ValueKind>([
  [0, { kind: 'text' }],
  [4, { kind: 'text' }],
  [6, { kind: 'date' }],
  [7, { kind: 'time', unit: 'ms' }],
  [8, { kind: 'time', unit: 'us' }],
  [9, { kind: 'timestamp', unit: 'ms', isUtc: true }],
  [10, { kind: 'timestamp', unit: 'us', isUtc: true }],
  [11, { kind: 'unsigned', bits: 8 }],
  [12, { kind: 'unsigned', bits: 16 }],
  [13, { kind: 'unsigned', bits: 32 }],
  [14, { kind: 'unsigned', bits: 64 }],
  [19, { kind: 'text' }],
]);
const convertedDecimal = 5;
const units: readonly TimeUnit[] = ['ms', 'us', 'ns'];

/** The kind of a schema element's values: by its logical type, else its converted type, else its physical type. */
export function valueKindOf(element: ThriftStruct, type: PhysicalType): ValueKind {
  const kind = element.has(10) ? logicalKind(structOf(element, 10)) : null;
  if (kind !== null) return kind;
  const converted = numberOf(element, 6, -1);
  if (converted === convertedDecimal) return { kind: 'decimal', scale: numberOf(element, 7, 0) };
  const known = convertedKinds.get(converted);
  if (known !== undefined) return known;
  // Time of day and Julian day. Writers disagree on the zone, so none is assumed.
  if (type === 'INT96') return { kind: 'timestamp', unit: 'ns', isUtc: false };
  return { kind: type === 'BYTE_ARRAY' ? 'text' : 'plain' };
}

function logicalKind(union: ThriftStruct): ValueKind | null {
  if (union.has(logical.string) || union.has(logical.enum) || union.has(logical.json)) return { kind: 'text' };
  if (union.has(logical.date)) return { kind: 'date' };
  if (union.has(logical.half)) return { kind: 'half' };
  if (union.has(logical.decimal)) return { kind: 'decimal', scale: numberOf(structOf(union, logical.decimal), 1, 0) };
  if (union.has(logical.time)) return { kind: 'time', unit: unitOf(structOf(union, logical.time)) };
  if (union.has(logical.timestamp)) {
    const timestamp = structOf(union, logical.timestamp);
    return { kind: 'timestamp', unit: unitOf(timestamp), isUtc: timestamp.get(1) === true };
  }
  if (union.has(logical.integer)) {
    const integer = structOf(union, logical.integer);
    return integer.get(2) === false ? { kind: 'unsigned', bits: numberOf(integer, 1) } : { kind: 'plain' };
  }
  return null;
}

function unitOf(time: ThriftStruct): TimeUnit {
  const [id = 0] = structOf(time, 2).keys();
  const unit = units[id - 1];
  if (unit === undefined) throw new ParquetFault('it has times in an unknown unit');
  return unit;
}
