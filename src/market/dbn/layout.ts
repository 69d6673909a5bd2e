import { AssayError } from '../../core/errors.ts';

/**
 * Kinds of fields, all little-endian. `price` is a signed 64-bit number of 1e-9, `time` an unsigned 64-bit number of nanoseconds since the
 * epoch in UTC, `char` an ASCII character (NUL: none), `text` ASCII padded with NUL.
 */
export const fieldBytes = { u8: 1, i8: 1, u16: 2, i16: 2, u32: 4, i32: 4, u64: 8, i64: 8, price: 8, time: 8, char: 1, text: 0 } as const;

export type FieldKind = keyof typeof fieldBytes;

export interface Field {
  readonly name: string;
  readonly kind: FieldKind;
  /** Bytes from the record's start. */
  readonly offset: number;
  readonly bytes: number;
}

/** The one description of a record: decoder, columns, encoder and docs/dbn-records.md follow from it. */
export interface Layout {
  readonly name: string;
  /** The record types that have this layout. */
  readonly rtypes: readonly number[];
  /** Versions of the encoding with this layout, where they differ; e.g. "1-2". */
  readonly versions: string;
  /** Length without the send time that live records may end with. */
  readonly bytes: number;
  readonly fields: readonly Field[];
  /** Bytes that hold nothing. */
  readonly unused: readonly Pick<Field, 'offset' | 'bytes'>[];
}

/** A field's name with its kind or the length of its text; a plain number is bytes that hold nothing. */
export type FieldSpec = readonly [name: string, kind: Exclude<FieldKind, 'text'> | number] | number;

/** The record header, which every record begins with; its first two bytes are the length in words and the record type. */
const headerFields: readonly Field[] = place(
  [
    ['publisher_id', 'u16'],
    ['instrument_id', 'u32'],
    ['ts_event', 'time'],
  ],
  2,
).fields;

export const recordHeaderBytes = 16;

/** Builds a layout from its fields in order. @throws AssayError `internal` if they do not fill it. */
export function layout(name: string, rtypes: readonly number[], versions: string, bytes: number, specs: readonly FieldSpec[]): Layout {
  const { fields, unused, end } = place(specs, recordHeaderBytes);
  if (end !== bytes) throw new AssayError('internal', `the fields of ${name} end at ${end}, not at ${bytes}`);
  return { name, rtypes, versions, bytes, fields: [...headerFields, ...fields], unused };
}

function place(specs: readonly FieldSpec[], start: number): Pick<Layout, 'fields' | 'unused'> & { readonly end: number } {
  const fields: Field[] = [];
  const unused: Pick<Field, 'offset' | 'bytes'>[] = [];
  let end = start;
  for (const spec of specs) {
    const [name, type] = typeof spec === 'number' ? [null, spec] : spec;
    const [kind, bytes] = typeof type === 'number' ? (['text', type] as const) : ([type, fieldBytes[type]] as const);
    if (name === null) unused.push({ offset: end, bytes });
    else fields.push({ name, kind, offset: end, bytes });
    end += bytes;
  }
  return { fields, unused, end };
}
