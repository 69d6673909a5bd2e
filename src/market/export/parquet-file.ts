import type { ColumnSource, KeyValue, SchemaElement } from 'hyparquet-writer';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';

/** A Parquet file that is written in row groups, each handed over before the next one is made. */
export interface ParquetFile {
  /** Writes a row group. */
  readonly group: (columns: ColumnSource[]) => void;
  readonly end: () => void;
}

/**
 * Begins a file with snappy pages.
 * @param columns of the schema below its root
 * @param facts key-value metadata
 * @param write receives the file in pieces, in their order
 */
export function parquetFile(
  columns: readonly SchemaElement[],
  facts: Readonly<Record<string, string>>,
  write: (piece: Uint8Array) => void,
): ParquetFile {
  const bytes = new ByteWriter();
  const parquet = new ParquetWriter({
    writer: bytes,
    schema: [{ name: 'schema', num_children: columns.length }, ...columns],
    kvMetadata: Object.entries(facts).map(([key, value]): KeyValue => ({ key, value })),
    createdBy: 'assay',
  });
  /** Hands over what was written. Offsets in the file go on counting. */
  const flush = (): void => {
    write(new Uint8Array(bytes.buffer, 0, bytes.index));
    bytes.index = 0;
  };
  return {
    group: (data) => {
      // Synchronous, since the writer keeps all in memory.
      void parquet.write({ columnData: data, rowGroupSize: Number.MAX_SAFE_INTEGER });
      flush();
    },
    end: () => {
      void parquet.finish();
      flush();
    },
  };
}
