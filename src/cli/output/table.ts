import { stripVTControlCharacters } from 'node:util';

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => string;
  readonly align?: 'left' | 'right';
  /** What does not fit goes on below, at word ends, instead of being cut. */
  readonly wrap?: true;
}

const displayWidth = (text: string) => stripVTControlCharacters(text).length;

const gap = '  ';
/** A column that gives way keeps this much. */
const leastFlexible = 16;

/**
 * Aligned columns with a header, for a terminal. Where lines would be wider than `width`, the widest left-aligned columns give
 * way: their cells wrap, or end in an ellipsis. Pipes and `--json` always have the whole text.
 */
export function formatTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[], width = Number.POSITIVE_INFINITY): string {
  const cells = rows.map((row) => columns.map((column) => column.cell(row)));
  const widths = columns.map((column, index) =>
    Math.max(displayWidth(column.title), ...cells.map((line) => displayWidth(line[index] ?? ''))),
  );
  shrink(widths, columns, width);
  const pad = (text: string, index: number) => {
    const space = ' '.repeat(Math.max(0, (widths[index] ?? 0) - displayWidth(text)));
    return columns[index]?.align === 'right' ? space + text : text + space;
  };
  const line = (texts: readonly string[]) => texts.map(pad).join(gap).trimEnd();
  const fitted = cells.map((row) => row.map((text, index) => cellLines(text, widths[index] ?? 0, columns[index]?.wrap === true)));
  const lines = fitted.flatMap((row) => {
    const height = Math.max(...row.map((parts) => parts.length));
    return Array.from({ length: height }, (_, part) => line(row.map((parts) => parts[part] ?? '')));
  });
  return `${[line(columns.map((column) => column.title)), ...lines].join('\n')}\n`;
}

/** A cell as the lines it takes. */
function cellLines(text: string, room: number, wraps: boolean): readonly string[] {
  if (displayWidth(text) <= room) return [text];
  const plain = stripVTControlCharacters(text);
  if (!wraps) return [`${plain.slice(0, room - 1)}…`];
  const lines = [''];
  for (const word of plain.split(' ')) {
    const longer = lines.at(-1) === '' ? word : `${lines.at(-1)} ${word}`;
    if (longer.length <= room || lines.at(-1) === '') lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/** Takes one character at a time from the widest column that may give way, until the lines fit. */
function shrink(widths: number[], columns: readonly Column<never>[], width: number): void {
  const flexible = columns.flatMap((column, index) => (column.align === 'right' ? [] : [index]));
  let excess = widths.reduce((sum, own) => sum + own + gap.length, -gap.length) - width;
  for (; excess > 0; excess -= 1) {
    const widest = flexible.reduce((best, index) => (widths[index]! > (widths[best] ?? 0) ? index : best), -1);
    if ((widths[widest] ?? 0) <= leastFlexible) return;
    widths[widest] = widths[widest]! - 1;
  }
}

/** Tab-separated values with a header, for a pipe. Tabs and line ends inside a cell become spaces. */
export function formatTsv<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  return `${columns.map((column) => column.title).join('\t')}\n${tsvLines(columns, rows)}`;
}

/** The same without the header, for what goes on. */
export function tsvLines<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const clean = (text: string) => stripVTControlCharacters(text).replace(/[\t\r\n]+/g, ' ');
  return rows.map((row) => `${columns.map((column) => clean(column.cell(row))).join('\t')}\n`).join('');
}
