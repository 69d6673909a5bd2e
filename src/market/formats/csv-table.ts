import type { CsvRow } from './csv-bar.ts';

const rowFields = ['line', 'startMs', 'open', 'high', 'low', 'close', 'volume'] as const;
type RowField = (typeof rowFields)[number];

/** The bars of a file as columns of equal length, with line numbers. */
export type CsvTable = Readonly<Record<RowField, Float64Array>>;

/** Collects rows in growing columns, 56 bytes per row. */
export interface CsvTableBuilder {
  readonly push: (row: CsvRow) => void;
  readonly table: () => CsvTable;
}

const firstCapacity = 4096;

export function createCsvTable(): CsvTableBuilder {
  let columns = rowFields.map(() => new Float64Array(firstCapacity));
  let n = 0;
  return {
    push: (row) => {
      if (n === columns[0]!.length) columns = columns.map(doubled);
      for (const [i, field] of rowFields.entries()) columns[i]![n] = row[field];
      n += 1;
    },
    table: () => tableOf((_, i) => columns[i]!.slice(0, n)),
  };
}

/** Copies the rows for which `isKept` is true, in their order. */
export function keptRows(table: CsvTable, isKept: (row: number) => boolean): CsvTable {
  const kept = table.line.map((_, row) => Number(isKept(row)));
  return tableOf((field) => table[field].filter((_, row) => kept[row] === 1));
}

export function reversedRows(table: CsvTable): CsvTable {
  return tableOf((field) => table[field].slice().reverse());
}

function tableOf(column: (field: RowField, index: number) => Float64Array): CsvTable {
  return Object.fromEntries(rowFields.map((field, i) => [field, column(field, i)])) as unknown as CsvTable;
}

function doubled(column: Float64Array): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(2 * column.length);
  larger.set(column);
  return larger;
}
