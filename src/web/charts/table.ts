/** The numbers of a chart: what "as table" shows and the CSV file holds. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

export type Cell = string | number | boolean | null | undefined;

/** RFC 4180, with line feeds as PostgreSQL and most programs write them. Numbers are exact; what is missing is empty. */
export function csvOf({ columns, rows }: Table): string {
  return [columns, ...rows].map((row) => `${row.map(field).join(',')}\n`).join('');
}

function field(cell: Cell): string {
  const text = cell === null || cell === undefined || Number.isNaN(cell) ? '' : String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A file name from a title: letters, digits and hyphens. */
export function fileName(title: string, extension: string): string {
  const words = title
    .toLowerCase()
    .replaceAll(/[^a-z0-9#]+/g, '-')
    .replaceAll('#', '-')
    .replaceAll(/^-+|-+$/g, '');
  return `${words.slice(0, 80) || 'chart'}.${extension}`;
}
