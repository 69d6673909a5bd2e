import { ParquetFault } from './fault.ts';
import { numberOf, structOf, structsOf, ThriftReader, type ThriftStruct, textOf } from './thrift.ts';
import { type ValueKind, valueKindOf } from './value-kind.ts';

/** Physical types, encodings and codecs by their number in the format (parquet.thrift). */
const physicalTypes = ['BOOLEAN', 'INT32', 'INT64', 'INT96', 'FLOAT', 'DOUBLE', 'BYTE_ARRAY', 'FIXED_LEN_BYTE_ARRAY'] as const;
const codecs = ['UNCOMPRESSED', 'SNAPPY', 'GZIP', 'LZO', 'BROTLI', 'LZ4', 'ZSTD', 'LZ4_RAW'] as const;

export type PhysicalType = (typeof physicalTypes)[number];
export type Codec = (typeof codecs)[number];

/** A column with one value per row. */
export interface ParquetColumn {
  readonly name: string;
  readonly type: PhysicalType;
  /** Bytes of a value of fixed length; 0 for other types. */
  readonly typeLength: number;
  /** True if values may be null. */
  readonly isOptional: boolean;
  readonly kind: ValueKind;
}

/** The bytes of one column in one row group. */
export interface ColumnChunk {
  readonly codec: Codec;
  readonly offset: number;
  readonly bytes: number;
}

export interface RowGroup {
  readonly rows: number;
  /** Parallel to the columns of the file. */
  readonly chunks: readonly ColumnChunk[];
}

export interface ParquetMetadata {
  readonly rows: number;
  readonly columns: readonly ParquetColumn[];
  /** Names of lists, maps and structs, which are not read. */
  readonly nested: readonly string[];
  readonly groups: readonly RowGroup[];
  readonly keyValues: ReadonlyMap<string, string>;
}

/**
 * Parses a file's footer (FileMetaData of parquet.thrift) and checks it against the file's size.
 * @throws ParquetFault
 */
export function parseMetadata(footer: Uint8Array, fileBytes: number): ParquetMetadata {
  const file = new ThriftReader(footer).struct();
  const leaves = leavesOf(structsOf(file, 2));
  const wanted = leaves.flatMap((leaf, index) => (leaf.column === null ? [] : [{ column: leaf.column, index }]));
  const groups = structsOf(file, 4).map((group) => {
    const chunks = structsOf(group, 1);
    if (chunks.length !== leaves.length)
      throw new ParquetFault(`a row group has ${chunks.length} columns where the schema has ${leaves.length}`);
    return { rows: countOf(group, 3), chunks: wanted.map(({ column, index }) => chunkOf(chunks[index]!, column, fileBytes)) };
  });
  const rows = countOf(file, 3);
  const sum = groups.reduce((total, group) => total + group.rows, 0);
  if (sum !== rows) throw new ParquetFault(`its row groups have ${sum} rows where the file has ${rows}`);
  return {
    rows,
    columns: wanted.map(({ column }) => column),
    nested: [...new Set(leaves.flatMap(({ column, top }) => (column === null ? [top] : [])))],
    groups,
    keyValues: new Map(file.has(5) ? structsOf(file, 5).map((pair) => [textOf(pair, 1), pair.has(2) ? textOf(pair, 2) : '']) : []),
  };
}

interface Leaf {
  /** Null for a leaf inside a list, map or struct. */
  readonly column: ParquetColumn | null;
  /** Name of the column of the table that the leaf belongs to. */
  readonly top: string;
}

/** The schema is a tree in depth-first order; its leaves are the columns of a row group, in the same order. */
function leavesOf(elements: readonly ThriftStruct[]): readonly Leaf[] {
  const leaves: Leaf[] = [];
  let at = 1;
  const visit = (top: string | null): void => {
    const element = elements[at];
    if (element === undefined) throw new ParquetFault('its schema has fewer columns than it states');
    at += 1;
    const name = textOf(element, 4);
    const children = numberOf(element, 5, 0);
    const isFlat = top === null && children === 0 && numberOf(element, 3, 0) !== repeated;
    if (children === 0) leaves.push({ column: isFlat ? columnOf(element, name) : null, top: top ?? name });
    for (let child = 0; child < children; child++) visit(top ?? name);
  };
  const root = elements[0];
  if (root === undefined) throw new ParquetFault('it has no schema');
  const count = numberOf(root, 5, 0);
  for (let child = 0; child < count; child++) visit(null);
  if (at !== elements.length) throw new ParquetFault('its schema has more columns than it states');
  return leaves;
}

const optional = 1;
const repeated = 2;

function columnOf(element: ThriftStruct, name: string): ParquetColumn {
  const type = physicalTypes[numberOf(element, 1)];
  if (type === undefined) throw new ParquetFault(`its column ${JSON.stringify(name)} has an unknown type`);
  const typeLength = type === 'FIXED_LEN_BYTE_ARRAY' ? numberOf(element, 2) : 0;
  if (typeLength < 0 || typeLength > 2 ** 16)
    throw new ParquetFault(`its column ${JSON.stringify(name)} has values of ${typeLength} bytes`);
  return { name, type, typeLength, isOptional: numberOf(element, 3, 0) === optional, kind: valueKindOf(element, type) };
}

function chunkOf(chunk: ThriftStruct, { name }: ParquetColumn, fileBytes: number): ColumnChunk {
  if (chunk.has(8)) throw new ParquetFault(`its column ${JSON.stringify(name)} is encrypted`, 'write the file without encryption');
  if (chunk.has(1)) throw new ParquetFault(`its column ${JSON.stringify(name)} lies in another file`, 'write all columns to one file');
  const meta = structOf(chunk, 3);
  const codec = codecs[numberOf(meta, 4)];
  if (codec === undefined || codec === 'LZO')
    throw new ParquetFault(`its column ${JSON.stringify(name)} is compressed in a way that cannot be read`, 'write it with snappy or zstd');
  const bytes = countOf(meta, 7);
  const dataOffset = countOf(meta, 9);
  const dictionaryOffset = numberOf(meta, 11, 0);
  // Some writers leave the offset of the dictionary page at 0.
  const offset = dictionaryOffset > 0 && dictionaryOffset < dataOffset ? dictionaryOffset : dataOffset;
  if (offset + bytes > fileBytes) throw new ParquetFault(`its column ${JSON.stringify(name)} lies beyond the end of the file`);
  return { codec, offset, bytes };
}

function countOf(struct: ThriftStruct, id: number): number {
  const value = numberOf(struct, id);
  if (value < 0) throw new ParquetFault(`its metadata states a count of ${value}`);
  return value;
}
