const tableFields = ['line', 'time', 'open', 'high', 'low', 'close', 'volume'] as const;
type TableField = (typeof tableFields)[number];

/** The bars of a file as columns of equal length, with line numbers and times in epoch milliseconds. */
export type BarTable = Readonly<Record<TableField, Float64Array>>;

/** Collects bars in growing columns, 56 bytes per bar. */
export interface BarTableBuilder {
  readonly push: (line: number, time: number, open: number, high: number, low: number, close: number, volume: number) => void;
  readonly table: () => BarTable;
}

const firstCapacity = 1024;

export function createBarTable(): BarTableBuilder {
  let columns = tableFields.map(() => new Float64Array(firstCapacity));
  let n = 0;
  return {
    push: (line, time, open, high, low, close, volume) => {
      if (n === columns[0]!.length) columns = columns.map(doubled);
      columns[0]![n] = line;
      columns[1]![n] = time;
      columns[2]![n] = open;
      columns[3]![n] = high;
      columns[4]![n] = low;
      columns[5]![n] = close;
      columns[6]![n] = volume;
      n++;
    },
    table: () => tableOf((_, i) => columns[i]!.subarray(0, n)),
  };
}

/** The bars for which `isKept` is true, in their order; the table itself if that is all of them. */
export function keptBars(table: BarTable, isKept: (row: number) => boolean): BarTable {
  const isWanted = Uint8Array.from(table.time, (_, row) => Number(isKept(row)));
  return isWanted.includes(0) ? tableOf((field) => table[field].filter((_, row) => isWanted[row] === 1)) : table;
}

export function reversedBars(table: BarTable): BarTable {
  return tableOf((field) => table[field].slice().reverse());
}

/** The bars of several tables, one behind the other. */
export function joinedBars(tables: readonly BarTable[]): BarTable {
  const [only] = tables;
  if (tables.length === 1) return only!;
  const n = tables.reduce((sum, { time }) => sum + time.length, 0);
  return tableOf((field) => {
    const column = new Float64Array(n);
    let at = 0;
    for (const table of tables) {
      column.set(table[field], at);
      at += table[field].length;
    }
    return column;
  });
}

function tableOf(column: (field: TableField, index: number) => Float64Array): BarTable {
  return Object.fromEntries(tableFields.map((field, i) => [field, column(field, i)])) as unknown as BarTable;
}

function doubled(column: Float64Array): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(2 * column.length);
  larger.set(column);
  return larger;
}
