import { AssayError } from '../../src/core/errors.ts';
import { columnsOf, type DbnBatch } from '../../src/market/dbn/columns.ts';
import type { DbnHeader } from '../../src/market/dbn/header.ts';
import { schemas, undefinedPrice, undefinedTime } from '../../src/market/dbn/kinds.ts';
import { type DbnFile, openDbn, recordsOf } from '../../src/market/dbn/reader.ts';
import type { DbnRecord, FieldValue } from '../../src/market/dbn/record.ts';
import { sharedDataFile } from '../fixtures/shared-data.ts';

type Row = Readonly<Record<string, number | string>>;

interface HeaderGolden {
  readonly mappings: readonly (readonly [string, readonly (readonly [number, number, string])[]])[];
  readonly [key: string]: unknown;
}

export interface DbnFileGolden {
  readonly file: string;
  readonly header: HeaderGolden | null;
  readonly count: number;
  readonly records: readonly Row[];
}

export type DbnSumsGolden = Pick<DbnFileGolden, 'file' | 'header' | 'count'> & Readonly<Record<string, string>>;

/** Records of small files, integer sums of large ones, and files that must be refused. Files are named relative to the market data. */
export interface DbnGolden {
  readonly files: readonly DbnFileGolden[];
  readonly whole: readonly DbnSumsGolden[];
  readonly refuse: readonly string[];
}

/** Compares the header, the number of records and the first records, decoded as objects and as columns. */
export async function checkDbnFile({ file, header, count, records }: DbnFileGolden): Promise<readonly string[]> {
  const opened = await openDbn(sharedDataFile(file));
  const found: DbnRecord[] = [];
  for await (const record of recordsOf(opened)) found.push(record);
  const faults = headerFaults(file, opened, header);
  if (found.length !== count) faults.push(`${file}: ${found.length} records, not ${count}`);
  const columns = await rowsOfColumns(sharedDataFile(file));
  for (const [i, expected] of records.entries())
    for (const [name, value] of Object.entries(expected)) {
      const actual = asGolden(found[i]?.[name]);
      if (actual !== value) faults.push(`${file}: ${name} of record ${i} is ${actual}, not ${value}`);
      const cell = columns[i]?.[name];
      if (cell !== undefined && cell !== value) faults.push(`${file}: ${name} of row ${i} is ${cell}, not ${value}`);
    }
  return faults;
}

/** Compares exact sums over all records. */
export async function checkDbnSums(golden: DbnSumsGolden): Promise<readonly string[]> {
  const opened = await openDbn(sharedDataFile(golden.file));
  const faults = headerFaults(golden.file, opened, golden.header);
  const names = Object.keys(golden).filter((key) => key.startsWith('sum_'));
  const sums = new Map(names.map((name) => [name, 0n]));
  let count = 0;
  for await (const record of recordsOf(opened)) {
    count++;
    for (const name of names) sums.set(name, sums.get(name)! + BigInt(record[name.slice(4)]!));
  }
  if (count !== golden.count) faults.push(`${golden.file}: ${count} records, not ${golden.count}`);
  for (const [name, sum] of sums) if (String(sum) !== golden[name]) faults.push(`${golden.file}: ${name} is ${sum}, not ${golden[name]}`);
  return faults;
}

export async function checkDbnRefused(file: string): Promise<readonly string[]> {
  try {
    await openDbn(sharedDataFile(file));
    return [`${file}: was opened`];
  } catch (error) {
    return error instanceof AssayError && error.code === 'data_invalid' ? [] : [`${file}: ${String(error)}`];
  }
}

function headerFaults(file: string, { header, bodyStart }: DbnFile, expected: HeaderGolden | null): string[] {
  if (header === null || expected === null) return (header === null) === (expected === null) ? [] : [`${file}: a header where none is`];
  const actual = { ...plainHeader(header), bodyStart };
  return Object.entries(expected).flatMap(([key, value]) => {
    const own = JSON.stringify((actual as Record<string, unknown>)[key]);
    return own === JSON.stringify(value) ? [] : [`${file}: ${key} of the header is ${own}, not ${JSON.stringify(value)}`];
  });
}

function plainHeader({ schema, start, end, limit, tsOut, mappings, ...rest }: DbnHeader): object {
  return {
    ...rest,
    schema: schema === null ? 0xffff : schemas.indexOf(schema),
    start: String(start),
    end: String(end ?? undefinedTime),
    limit: String(limit),
    tsOut: tsOut ? 1 : 0,
    mappings: mappings.map(({ symbol, intervals }) => [symbol, intervals.map((one) => [one.start, one.end, one.symbol])]),
  };
}

/** Golden files write 64-bit numbers as text. */
function asGolden(value: FieldValue | undefined): number | string | undefined {
  return typeof value === 'bigint' ? String(value) : value;
}

/** The same values from columns, as golden files write them. Columns of text are left out. */
async function rowsOfColumns(path: string): Promise<readonly Row[]> {
  const rows: Row[] = [];
  try {
    for await (const batch of columnsOf(await openDbn(path))) for (let row = 0; row < batch.count; row++) rows.push(rowOf(batch, row));
  } catch (error) {
    // Columns refuse prices that float64 cannot hold; the records above have them.
    if (!(error instanceof AssayError) || !error.message.includes('too large for a column')) throw error;
    return [];
  }
  return rows;
}

function rowOf({ layout, columns }: DbnBatch, row: number): Row {
  return Object.fromEntries(
    layout.fields.flatMap(({ name, kind }): readonly (readonly [string, number | string])[] => {
      if (kind === 'text') return [];
      const value = columns[name]![row]!;
      if (kind === 'char') return [[name, value === 0 ? '' : String.fromCharCode(Number(value))]];
      if (kind === 'price') return [[name, Number.isNaN(value) ? String(undefinedPrice) : String(BigInt(value))]];
      return [[name, typeof value === 'bigint' ? String(value) : value]];
    }),
  );
}
