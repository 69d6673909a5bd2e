import { stripVTControlCharacters } from 'node:util';

/** A cell as machines read it: every digit; null where there is nothing. */
export type Exact = string | number | boolean | null | undefined;

export interface Column<Row> {
  readonly title: string;
  /** For people: rounded, in the unit that they would choose. */
  readonly cell: (row: Row) => string;
  /** For pipes and spreadsheets. Default: the cell. */
  readonly exact?: (row: Row) => Exact;
  /** Its title there, where it says the unit. */
  readonly exactTitle?: string;
  readonly align?: 'left' | 'right';
  /** True if a text wraps at word ends instead of being cut. */
  readonly wrap?: true;
  /** Where the terminal is too narrow, columns that have this are left out, the highest first. */
  readonly expendable?: number;
}

const displayWidth = (text: string) => stripVTControlCharacters(text).length;

const gap = '  ';
/** A column that gives way keeps this much. */
const leastFlexible = 16;

export interface FittedTable {
  readonly text: string;
  /** Titles of the columns that did not fit. */
  readonly dropped: readonly string[];
}

/** Aligned columns with a header, for a terminal; see {@link fitTable}. Pipes and `--json` always have the whole text. */
export function formatTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[], width = Number.POSITIVE_INFINITY): string {
  return fitTable(columns, rows, width).text;
}

/**
 * A table whose lines are at most `width` wide. What gives way, in this order: left-aligned texts behind the first column, down to
 * 16 characters (they wrap, or end in an ellipsis); whole columns that are expendable; the first column.
 */
export function fitTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[], width: number): FittedTable {
  const dropped: string[] = [];
  let shown = columns;
  for (;;) {
    const cells = rows.map((row) => shown.map((column) => column.cell(row)));
    const widths = shown.map((column, index) =>
      Math.max(displayWidth(column.title), ...cells.map((line) => displayWidth(line[index] ?? ''))),
    );
    const flexible = shown.flatMap((column, index) => (index === 0 || column.align === 'right' ? [] : [index]));
    if (shrink(widths, flexible, width)) return { text: layOut(shown, cells, widths), dropped };
    const worst = shown.reduce((worst, column) => ((column.expendable ?? 0) > (worst?.expendable ?? 0) ? column : worst), shown[0]);
    if (worst?.expendable === undefined) {
      shrink(widths, [0, ...flexible], width);
      return { text: layOut(shown, cells, widths), dropped };
    }
    dropped.push(worst.title);
    shown = shown.filter((column) => column !== worst);
  }
}

function layOut<Row>(columns: readonly Column<Row>[], cells: readonly (readonly string[])[], widths: readonly number[]): string {
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
function cellLines(text: string, available: number, wraps: boolean): readonly string[] {
  if (displayWidth(text) <= available) return [text];
  const plain = stripVTControlCharacters(text);
  if (!wraps) return [`${plain.slice(0, available - 1)}…`];
  const lines = [''];
  for (const word of plain.split(' ').flatMap((whole) => pieces(whole, available))) {
    const longer = lines.at(-1) === '' ? word : `${lines.at(-1)} ${word}`;
    if (longer.length <= available || lines.at(-1) === '') lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

function pieces(word: string, available: number): readonly string[] {
  return word.length <= available
    ? [word]
    : Array.from({ length: Math.ceil(word.length / available) }, (_, i) => word.slice(i * available, (i + 1) * available));
}

/** Takes one character at a time from the widest column that may give way, until the lines fit; false where they cannot. */
function shrink(widths: number[], flexible: readonly number[], width: number): boolean {
  let excess = widths.reduce((sum, own) => sum + own + gap.length, -gap.length) - width;
  for (; excess > 0; excess -= 1) {
    const widest = flexible.reduce((best, index) => (widths[index]! > (widths[best] ?? 0) ? index : best), -1);
    if ((widths[widest] ?? 0) <= leastFlexible) return false;
    widths[widest] = widths[widest]! - 1;
  }
  return true;
}
