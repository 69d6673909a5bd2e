import type { ExportColumn, ExportTable, ExportValues } from './table.ts';

const rowsPerPiece = 1024;

/**
 * Writes a table as CSV: times in ISO 8601 (UTC), numbers in the shortest text that gives the same bits.
 * @param write receives the file in pieces, in their order
 */
export function writeCsv({ columns, symbols, rowsPerSymbol }: ExportTable, write: (piece: Uint8Array) => void): void {
  write(Buffer.from(`${columns.map(({ name }) => name).join(',')}\n`));
  for (const values of symbols)
    for (let from = 0; from < rowsPerSymbol; from += rowsPerPiece) {
      let lines = '';
      for (let row = from; row < Math.min(from + rowsPerPiece, rowsPerSymbol); row++)
        lines += `${columns.map((column, i) => fieldOf(column, values[i]!, row)).join(',')}\n`;
      write(Buffer.from(lines));
    }
}

function fieldOf({ kind }: ExportColumn, values: ExportValues, row: number): string {
  if (values === null) return '';
  if (!(values instanceof Float64Array)) return values(row);
  const value = values[row]!;
  if (kind === 'time') return new Date(value).toISOString().replace('.000Z', 'Z');
  return Object.is(value, -0) ? '-0' : String(value);
}
