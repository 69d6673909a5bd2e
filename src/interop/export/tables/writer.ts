import { closeSync, openSync, writeSync } from 'node:fs';
import type { ColumnSource, SchemaElement } from 'hyparquet-writer';
import { csvCell } from '../../../core/csv-cell.ts';
import { parquetFile } from '../../../market/export/parquet-file.ts';
import { nonFiniteFlag } from '../../../storage/readers/finite.ts';
import { cannotWrite, newFile } from '../new-file.ts';
import type { Cell, Column, Table } from './column.ts';

export const tableFormats = ['csv', 'jsonl', 'parquet'] as const;

export type TableFormat = (typeof tableFormats)[number];

/** Writes rows of a format. */
interface RowWriter<Row> {
  readonly rows: (rows: readonly Row[]) => void;
  readonly end: () => void;
}

type Write = (piece: string | Uint8Array) => void;

/**
 * Writes a table to a new file, which has its name only once it is whole; memory holds some thousand rows at most.
 * @param facts kept as metadata by Parquet
 * @param onRows called with the number of rows so far
 * @returns the number of rows
 */
export async function writeTable<Row>(
  { columns, pages, item }: Table<Row>,
  path: string,
  format: TableFormat,
  { facts, onRows }: { readonly facts: Readonly<Record<string, string>>; readonly onRows: (rows: number) => void },
): Promise<number> {
  const file = newFile(path);
  let open: number | null = null;
  try {
    const write: Write = (piece) => {
      try {
        open ??= openSync(file.draft, 'wx');
        const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece;
        for (let done = 0; done < bytes.length; ) done += writeSync(open, bytes, done);
      } catch (cause) {
        throw cannotWrite(path, cause);
      }
    };
    const writer = { csv: csvWriter, jsonl: jsonlWriter, parquet: parquetWriter }[format](columns, write, { facts, item });
    let count = 0;
    for await (const page of pages) {
      writer.rows(page);
      count += page.length;
      onRows(count);
    }
    writer.end();
    write('');
    closeSync(open!);
    open = null;
    file.keep();
    return count;
  } catch (error) {
    if (open !== null) closeSync(open);
    file.drop();
    throw error;
  }
}

interface WriterOptions<Row> {
  readonly facts: Readonly<Record<string, string>>;
  readonly item: ((row: Row) => object) | undefined;
}

/** RFC 4180: what is not there is empty, an empty text is quoted. */
function csvWriter<Row>(columns: readonly Column<Row>[], write: Write): RowWriter<Row> {
  const line = (cells: readonly string[]): string => `${cells.join(',')}\r\n`;
  write(line(columns.map(({ name }) => csvCell(name))));
  return {
    rows: (rows) => write(rows.map((row) => line(columns.map((column) => textOf(column.cell(row))))).join('')),
    end: () => undefined,
  };
}

function textOf(cell: Cell): string {
  if (cell === null) return '';
  if (cell === '') return '""';
  if (cell instanceof Date) return cell.toISOString();
  // The sign of a zero is kept.
  return csvCell(Object.is(cell, -0) ? '-0' : String(cell));
}

/** One JSON value a line. A number that is not finite is null, and `nonFinite` says what it was. */
function jsonlWriter<Row>(columns: readonly Column<Row>[], write: Write, { item }: WriterOptions<Row>): RowWriter<Row> {
  const plain = (row: Row): object => {
    const cells = columns.map(({ name, kind, cell }) => [name, kind === 'json' ? parsed(cell(row)) : cell(row)] as const);
    const numbers = cells.filter((entry): entry is readonly [string, number] => typeof entry[1] === 'number');
    return { ...Object.fromEntries(cells), ...nonFiniteFlag(Object.fromEntries(numbers)) };
  };
  return {
    rows: (rows) => write(rows.map((row) => `${JSON.stringify((item ?? plain)(row))}\n`).join('')),
    end: () => undefined,
  };
}

const parsed = (cell: Cell): unknown => (cell === null ? null : JSON.parse(String(cell)));

/** Rows of a row group: what memory holds of a table. */
const rowsPerGroup = 10_000;

function parquetWriter<Row>(columns: readonly Column<Row>[], write: Write, { facts }: WriterOptions<Row>): RowWriter<Row> {
  const file = parquetFile(columns.map(schemaOf), facts, write);
  let waiting: Row[] = [];
  const group = (): void => {
    if (waiting.length > 0) file.group(columns.map((column) => dataOf(column, waiting)));
    waiting = [];
  };
  return {
    rows: (rows) => {
      waiting.push(...rows);
      if (waiting.length >= rowsPerGroup) group();
    },
    end: () => {
      group();
      file.end();
    },
  };
}

const schemas = {
  number: { type: 'DOUBLE' },
  integer: { type: 'INT64' },
  boolean: { type: 'BOOLEAN' },
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } },
  // Not the older converted type, by which the writer would make JSON of the text.
  json: { type: 'BYTE_ARRAY', logical_type: { type: 'JSON' } },
  time: { type: 'INT64', logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' } },
} as const satisfies Readonly<Record<Column<never>['kind'], Omit<SchemaElement, 'name'>>>;

function schemaOf({ name, kind }: Column<never>): SchemaElement {
  return { name, repetition_type: 'OPTIONAL', ...schemas[kind] };
}

function dataOf<Row>({ name, kind, cell }: Column<Row>, rows: readonly Row[]): ColumnSource {
  const data = rows.map((row) => {
    const value = cell(row);
    if (value === null) return null;
    if (kind === 'integer') return BigInt(value as number);
    if (kind === 'time') return BigInt((value as Date).getTime());
    return kind === 'json' ? Buffer.from(String(value)) : value;
  });
  // A dictionary of numbers would take -0 for 0.
  return { name, data, ...(kind === 'number' && { encoding: 'PLAIN' as const }) };
}
