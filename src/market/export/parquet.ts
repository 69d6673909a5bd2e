import type { SchemaElement } from 'hyparquet-writer';
import { parquetFile } from './parquet-file.ts';
import type { ExportColumn, ExportTable, ExportValues } from './table.ts';

/** Rows of a row group: 0.8 MB of each column. */
const rowsPerGroup = 100_000;

/**
 * Writes a table as Parquet: times as TIMESTAMP in nanoseconds (UTC), numbers as doubles with every bit, snappy.
 * @param write receives the file in pieces, in their order
 */
export function writeParquet(table: ExportTable, facts: Readonly<Record<string, string>>, write: (piece: Uint8Array) => void): void {
  const file = parquetFile(table.columns.map(schemaOf), facts, write);
  for (const values of table.symbols)
    for (let from = 0; from < table.rowsPerSymbol; from += rowsPerGroup) {
      const to = Math.min(from + rowsPerGroup, table.rowsPerSymbol);
      file.group(
        table.columns.map((column, i) => ({
          name: column.name,
          data: dataOf(column, values[i]!, from, to),
          // A dictionary of numbers would take -0 for 0.
          encoding: column.kind === 'text' ? 'RLE_DICTIONARY' : 'PLAIN',
        })),
      );
    }
  file.end();
}

function schemaOf({ name, kind, isPartial }: ExportColumn): SchemaElement {
  const repetition_type = isPartial ? 'OPTIONAL' : 'REQUIRED';
  if (kind === 'number') return { name, type: 'DOUBLE', repetition_type };
  if (kind === 'text') return { name, type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' }, repetition_type };
  return { name, type: 'INT64', logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'NANOS' }, repetition_type };
}

function dataOf({ kind }: ExportColumn, values: ExportValues, from: number, to: number) {
  if (values === null) return new Array<null>(to - from).fill(null);
  if (values instanceof Float64Array)
    return kind === 'time' ? BigInt64Array.from(values.subarray(from, to), (ms) => BigInt(ms) * 1_000_000n) : values.subarray(from, to);
  return Array.from({ length: to - from }, (_, row) => values(from + row));
}
